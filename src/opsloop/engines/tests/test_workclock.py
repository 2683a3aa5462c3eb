"""The clock of key nodes: it runs in working time only."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines.blocks import DEFAULT_TEMPLATE, Template
from opsloop.engines.workcalendar import NoWorkdayError, WorkCalendar, china
from opsloop.engines.workclock import WorkClock

SHANGHAI = ZoneInfo("Asia/Shanghai")
# 9–12 and 14–17:30: six and a half hours a day.
CLOCK = WorkClock(DEFAULT_TEMPLATE, china([2026]), SHANGHAI)

moments = st.integers(0, 300 * 24 * 60).map(
    lambda minutes: datetime(2026, 2, 1, tzinfo=SHANGHAI) + timedelta(minutes=minutes)
)
limits = st.integers(0, 6000)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


def test_a_limit_of_24_hours_from_monday_morning_ends_on_thursday() -> None:
    """Three days of 6.5 hours and the 4.5 that are left."""
    assert CLOCK.after(at(date(2026, 11, 23), 9), 24 * 60) == at(date(2026, 11, 26), 15, 30)


def test_it_stands_still_at_lunch_and_at_night() -> None:
    assert CLOCK.after(at(date(2026, 11, 23), 12, 30), 30) == at(date(2026, 11, 23), 14, 30)
    assert CLOCK.after(at(date(2026, 11, 23), 20), 30) == at(date(2026, 11, 24), 9, 30)


def test_it_runs_on_a_make_up_sunday_and_not_in_the_national_holiday() -> None:
    """20 September 2026 is a make-up Sunday; 1 to 7 October are free."""
    assert CLOCK.after(at(date(2026, 9, 18), 17), 60) == at(date(2026, 9, 20), 9, 30)
    assert CLOCK.after(at(date(2026, 9, 30), 17), 60) == at(date(2026, 10, 8), 9, 30)


def test_nothing_to_count_ends_at_once_and_a_negative_limit_is_refused() -> None:
    night = at(date(2026, 11, 22), 23)
    assert CLOCK.after(night, 0) == night
    with pytest.raises(ValueError, match="negative"):
        CLOCK.after(night, -1)


def test_a_calendar_without_work_says_so() -> None:
    never = WorkClock(Template(()), WorkCalendar(), SHANGHAI)
    with pytest.raises(NoWorkdayError):
        never.after(at(date(2026, 11, 23), 9), 1)
    assert never.between(at(date(2026, 11, 23), 9), at(date(2026, 11, 30), 9)) == 0


@given(moments, limits)
def test_what_has_passed_until_the_end_is_the_limit(start: datetime, minutes: int) -> None:
    assert CLOCK.between(start, CLOCK.after(start, minutes)) == minutes


@given(moments, limits.filter(bool))
def test_it_ends_in_working_time_and_not_before_its_start(start: datetime, minutes: int) -> None:
    end = CLOCK.after(start, minutes)
    assert end > start
    assert CLOCK.between(end - timedelta(minutes=1), end) == 1


@given(moments, limits, limits)
def test_two_limits_in_turn_are_their_sum(start: datetime, one: int, other: int) -> None:
    assert CLOCK.after(CLOCK.after(start, one), other) == CLOCK.after(start, one + other)


@given(moments, moments, moments)
def test_spans_add_up_and_turn_around(one: datetime, two: datetime, three: datetime) -> None:
    assert CLOCK.between(one, two) == -CLOCK.between(two, one)
    assert CLOCK.between(one, two) + CLOCK.between(two, three) == CLOCK.between(one, three)
