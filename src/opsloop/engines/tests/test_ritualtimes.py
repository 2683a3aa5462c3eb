"""When rituals are offered."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from opsloop.engines.ritualtimes import Workday, closes_week, last_workday, offered, planned_week
from opsloop.engines.workcalendar import china

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = china([2026])


def at(hour: float, day: int = 18, month: int = 11) -> datetime:
    return datetime(2026, month, day, int(hour), round(hour % 1 * 60), tzinfo=ZONE)


def kinds(hour: float, day: int = 18, ended: tuple[str, ...] = ()) -> list[str]:
    workday = Workday(at(9, day), at(17.5, day))
    return list(offered(at(hour, day), workday, calendar=CALENDAR, ended=ended))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("hour", "found"),
    [(6.5, []), (7, ["morning"]), (9, ["morning"]), (13, ["morning"]), (13.25, []), (16, []), (16.5, ["evening"]), (23, ["evening"])],
)  # fmt: skip
def test_each_ritual_has_its_time_of_the_day(hour: float, found: list[str]) -> None:
    assert kinds(hour) == found


def test_what_was_finished_or_skipped_is_offered_no_more() -> None:
    assert kinds(9, ended=("morning",)) == []
    assert kinds(18, ended=("evening",)) == []


def test_who_leads_is_offered_the_round_of_the_team_in_the_morning() -> None:
    day = Workday(at(9), at(17.5))
    assert offered(at(9), day, calendar=CALENDAR, ended=(), leads=True) == ("morning", "team")
    assert offered(at(9), day, calendar=CALENDAR, ended=("team",), leads=True) == ("morning",)
    assert offered(at(14), day, calendar=CALENDAR, ended=(), leads=True) == ()


def test_who_does_not_work_is_offered_nothing() -> None:
    assert offered(at(9), None, calendar=CALENDAR, ended=()) == ()


def test_the_week_is_offered_on_its_last_working_afternoon_and_on_the_first_day() -> None:
    assert kinds(10, day=20) == ["morning"]
    assert kinds(15, day=20) == ["week"]
    assert kinds(17, day=20) == ["evening", "week"]
    assert kinds(9, day=16) == ["morning", "week"]
    assert kinds(9, day=16, ended=("week",)) == ["morning"]


def test_a_make_up_sunday_closes_its_week() -> None:
    # 2026-09-20 is a make-up Sunday before the National Day holidays.
    assert CALENDAR.kind_of(date(2026, 9, 20)) == "makeup"
    assert not closes_week(date(2026, 9, 18), CALENDAR)
    assert closes_week(date(2026, 9, 20), CALENDAR)


def test_the_week_to_plan_is_the_next_one_once_this_one_is_over() -> None:
    assert planned_week(date(2026, 11, 18), CALENDAR) == date(2026, 11, 16)
    assert planned_week(date(2026, 11, 20), CALENDAR) == date(2026, 11, 23)
    assert planned_week(date(2026, 11, 21), CALENDAR) == date(2026, 11, 23)


def test_the_day_that_was_worked_last_lasts_until_the_next_one() -> None:
    assert last_workday(date(2026, 11, 21), CALENDAR) == date(2026, 11, 20)
    assert last_workday(date(2026, 11, 20), CALENDAR) == date(2026, 11, 20)
    # The week of National Day.
    assert last_workday(date(2026, 10, 5), CALENDAR) == date(2026, 9, 30)
