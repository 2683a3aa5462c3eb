"""Weeks and months, how a number stands to its target, and how much was open when."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines.dashboard import (
    Backlog,
    Step,
    backlogs,
    due_stretch,
    judge,
    leading_to,
    read_stretch,
    share,
    stretch_of,
    turn,
)

DAYS = st.dates(date(2001, 1, 1), date(2098, 12, 1))


@given(DAYS, st.sampled_from(["week", "month"]))
def test_stretches_are_read_as_written_and_leave_no_day_out(day: date, step: Step) -> None:
    one = stretch_of(step, day)
    assert one.starts_on <= day <= one.ends_on
    assert read_stretch(one.name) == one
    assert one.following.starts_on == one.ends_on + timedelta(days=1)
    assert one.following.before == one
    assert [stretch.name for stretch in leading_to(one, 3)][-1] == one.name


@pytest.mark.parametrize("name", ["2026-W54", "2026-13", "1999-01", "2026-W1", "２０２６-11", ""])
def test_what_is_no_week_or_month_is_none(name: str) -> None:
    assert read_stretch(name) is None


def test_in_its_first_days_one_looks_at_the_one_before() -> None:
    assert due_stretch("week", date(2026, 11, 24)).name == "2026-W47"
    assert due_stretch("week", date(2026, 11, 25)).name == "2026-W48"
    assert due_stretch("month", date(2026, 11, 10)).name == "2026-10"
    assert due_stretch("month", date(2026, 11, 11)).name == "2026-11"
    assert due_stretch("week", date(2027, 1, 4)).name == "2026-W53"


def test_shares_flatter_nobody() -> None:
    assert (share(999, 1000, "more"), share(1, 1000, "less"), share(0, 3, "less")) == (99, 1, 0)
    assert share(0, 0, "more") is None


def test_a_target_is_met_just_missed_or_missed() -> None:
    def verdicts(better: str, *values: int | None) -> list[str]:
        return [judge(one, 80, better=better, tolerance=5) for one in values]  # type: ignore[arg-type]

    assert verdicts("more", 80, 75, 74, None) == ["good", "watch", "bad", "none"]
    assert verdicts("less", 80, 85, 86) == ["good", "watch", "bad"]
    assert [judge(one, 15, better="near", tolerance=10) for one in (-15, 20, -26)] == ["good", "watch", "bad"]


def test_a_move_is_to_the_better_or_not() -> None:
    assert turn(80, 70, better="more") == (10, True)
    assert turn(80, 70, better="less") == (10, False)
    assert turn(-5, 20, better="near") == (-25, True)
    assert turn(-20, 20, better="near") == (-40, None)
    assert turn(80, None, better="more") is None


MOMENT = st.integers(0, 4)


@given(st.lists(st.tuples(MOMENT, MOMENT, MOMENT, st.integers(1, 5)), max_size=12))
def test_the_backlog_is_what_one_counts_moment_by_moment(groups: list[tuple[int, int, int, int]]) -> None:
    tasks = [row[:3] for row in groups for _ in range(row[3])]
    for moment, found in enumerate(backlogs(groups, 4)):
        alive = [one for one in tasks if one[0] <= moment < one[2]]
        assert found == Backlog(len(alive), sum(one[1] <= moment for one in alive))
