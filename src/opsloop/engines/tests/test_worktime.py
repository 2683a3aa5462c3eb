from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines.bars import bar
from opsloop.engines.workcalendar import WorkCalendar
from opsloop.engines.worktime import DAY_MINUTES, WorkAxis

MONDAY = date(2026, 9, 14)
# A day off on Thursday that Saturday makes up for.
CALENDAR = WorkCalendar(days_off=frozenset({date(2026, 9, 17)}), make_up_days=frozenset({date(2026, 9, 19)}))


@pytest.fixture
def axis() -> WorkAxis:
    return WorkAxis(CALENDAR, MONDAY)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 9, day, hour, minute)


@pytest.mark.parametrize(
    ("moment", "place"),
    [
        (at(14, 9), 0), (at(14, 7), 0), (at(14, 12, 30), 180), (at(14, 18), 480), (at(15, 9), 480),
        (at(17, 11), 1440), (at(18, 9), 1440), (at(19, 10), 1980), (at(20, 10), 2400), (at(11, 18), 0), (at(11, 9), -480),
    ],
)  # fmt: skip
def test_a_moment_has_its_place(axis: WorkAxis, moment: datetime, place: int) -> None:
    assert axis.place(moment) == place


def test_an_end_of_a_day_is_the_start_of_the_next(axis: WorkAxis) -> None:
    assert axis.closing(3 * DAY_MINUTES) == at(16, 18)
    assert axis.opening(3 * DAY_MINUTES) == at(18, 9)
    assert axis.opening(-60) == at(11, 17)


@given(st.integers(-5000, 300_000))
def test_every_place_is_found_again(place: int) -> None:
    axis = WorkAxis(CALENDAR, MONDAY)
    assert axis.place(axis.opening(place)) == place
    assert axis.place(axis.closing(place)) == place
    assert axis.closing(place) <= axis.opening(place)


def test_a_missing_start_is_assumed_from_the_estimate(axis: WorkAxis) -> None:
    found = bar(None, at(18, 12), 480, axis)
    assert found is not None
    assert (found.start, found.start_assumed, found.minutes) == (at(16, 13), True, 480)


def test_a_milestone_stands_at_its_due_date_and_a_task_without_dates_nowhere(axis: WorkAxis) -> None:
    found = bar(at(14, 9), at(18, 12), 480, axis, is_milestone=True)
    assert found is not None
    assert (found.start, found.minutes) == (at(18, 12), 0)
    assert bar(None, None, 480, axis) is None
    begun = bar(at(14, 9), None, None, axis)
    assert begun is not None
    assert begun.due - begun.start == timedelta(hours=9)
