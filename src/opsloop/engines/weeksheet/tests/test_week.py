"""The ISO week and how rows become tasks."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines.scheduling import verify
from opsloop.engines.sheets import Grid, read_tasks
from opsloop.engines.weeksheet import Week, WeekPlan, as_data, parse_week, plan_week
from opsloop.engines.workcalendar import WorkCalendar

BERLIN = ZoneInfo("Europe/Berlin")


def planned(*rows: tuple[object, ...], week: str = "2026-W48", zone: str = "Asia/Shanghai") -> WeekPlan:
    """Return the plan of a sheet with these rows under the usual headings."""
    headings = ("任务名称", "负责人", "耗时预估", "截止时间", "前置任务")
    grid = Grid("表", (headings, *rows))  # type: ignore[arg-type]
    asked = parse_week(week)
    sheet = read_tasks(grid, today=asked.monday)
    return plan_week(sheet, asked, zone=ZoneInfo(zone), calendar=WorkCalendar())


@given(st.dates(date(2001, 1, 1), date(2098, 12, 31)))
def test_a_week_is_named_as_iso_names_it(day: date) -> None:
    """From a day to the name and back; it ends where the next begins."""
    year, number, _ = day.isocalendar()
    week = parse_week(f"{year}-W{number:02d}")
    assert week.monday <= day <= week.sunday
    assert parse_week(str(week)) == week
    assert (week.end(BERLIN).date() - week.monday).days == 7


def test_a_year_without_week_53_is_told() -> None:
    """2026 has one, 2027 has not."""
    assert parse_week("2026-w53") == Week(2026, 53)
    with pytest.raises(ValueError, match="2027 has no week 53"):
        parse_week("2027-W53")


def test_a_date_alone_is_due_at_the_end_of_its_day() -> None:
    """So work that ends with the day is in time."""
    plan = planned(("盘点", "林晓", "5.5h", "11月23日"))
    assert plan.plan.late == ()
    assert plan.problem.tasks[0].due == datetime(2026, 11, 24, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_the_week_of_a_clock_change_is_planned_in_wall_time() -> None:
    """On Sunday 29 March 2026 clocks go forward in Berlin; the working days keep their hours."""
    plan = planned(("报告", "Eva", "30h", ""), week="2026-W13", zone="Europe/Berlin")
    assert {f"{piece.start:%H:%M}" for piece in plan.plan.placements} <= {"09:00", "10:00", "10:30", "14:00"}
    assert verify(plan.problem, plan.plan) == []


def test_adjoining_pieces_are_one_sitting() -> None:
    """What runs from a fragment into focus time is one entry for a person."""
    plan = planned(("对账", "林晓", "30min", ""))
    assert [piece.minutes for piece in plan.plan.placements] == [30, 15]
    assert [f"{one.start:%H:%M}-{one.end:%H:%M}" for one in plan.sittings()] == ["10:00-10:45"]


def test_an_estimate_of_nothing_is_named() -> None:
    """An hour is assumed, and the plan says why."""
    plan = planned(("碎活", "林晓", 0, ""))
    assert [problem.code for problem in plan.sheet.problems] == ["duration_not_positive"]
    assert plan.problem.tasks[0].minutes == 0


def test_a_name_on_several_rows_means_the_row_of_the_same_owner() -> None:
    """周报 of each person waits for that person's own 取数."""
    rows = (("取数", "林晓", "1h", ""), ("取数", "周敏", "1h", ""), ("周报", "周敏", "1h", "", "取数"))
    plan = planned(*rows)
    assert plan.problem.tasks[2].predecessors[0].task == "3"


def test_work_that_must_not_be_split_is_one_placement() -> None:
    """Three and a half hours stand in one piece over the afternoon's focus block and the buffer."""
    grid = Grid(
        "表",
        (("任务名称", "负责人", "耗时预估", "截止时间", "可拆分"), ("直播", "林晓", "3h", "11月23日", "否")),
    )
    week = parse_week("2026-W48")
    sheet = read_tasks(grid, today=week.monday)
    plan = plan_week(sheet, week, zone=ZoneInfo("Asia/Shanghai"), calendar=WorkCalendar())
    [piece] = as_data(plan, "zh-Hans")["placements"]
    assert (piece["start"][11:16], piece["end"][11:16], piece["block"]) == ("14:00", "17:30", "focus")
