"""The working calendar, against the official notice for 2026 and against its own laws."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines.workcalendar import DayOverride, NoWorkdayError, WorkCalendar, china

CHINA_2026 = china([2026])
DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))


def test_it_knows_the_notice_for_2026() -> None:
    """State Council notice for 2026: seven make-up days, all on weekends."""
    makeup = sorted(day for day in CHINA_2026.make_up_days if day.year == 2026)
    assert makeup == [
        date(2026, 1, 4),
        date(2026, 2, 14),
        date(2026, 2, 28),
        date(2026, 5, 9),
        date(2026, 9, 20),
        date(2026, 10, 10),
    ]
    assert CHINA_2026.workdays(date(2026, 9, 28), date(2026, 10, 10)) == [
        date(2026, 9, 28),
        date(2026, 9, 29),
        date(2026, 9, 30),
        date(2026, 10, 8),
        date(2026, 10, 9),
        date(2026, 10, 10),
    ]


def test_it_names_days_as_people_do() -> None:
    """A moved day off carries the name of its festival, a make-up day says what it is for."""
    assert CHINA_2026.name_of(date(2026, 10, 7)) == "国庆节"
    assert CHINA_2026.name_of(date(2026, 10, 10)) == "国庆节调休上班"
    assert (
        china([2026], language="en")
        .name_of(date(2026, 2, 28))
        .startswith("Make-up workday for Chinese New Year")
    )


def test_it_says_which_years_are_not_announced() -> None:
    """A year far ahead has statutory days but no make-up days, and says so."""
    far = china([2090])
    assert far.is_provisional(2090)
    assert not far.is_workday(date(2090, 10, 1))
    assert not CHINA_2026.is_provisional(2026)


def test_the_last_workday_of_a_week_may_be_a_makeup_sunday() -> None:
    """20 September 2026 is a Sunday that is worked."""
    assert CHINA_2026.last_workday_of_week(date(2026, 9, 16)) == date(2026, 9, 20)
    assert CHINA_2026.last_workday_of_week(date(2026, 11, 23)) == date(2026, 11, 27)


def test_a_week_without_workdays_ends_before_it_begins() -> None:
    """In the week of Spring Festival 2026 the last workday is the make-up Saturday before it."""
    assert CHINA_2026.last_workday_of_week(date(2026, 2, 18)) == date(2026, 2, 14)


@given(DAYS)
def test_next_and_previous_are_inverse_on_workdays(day: date) -> None:
    """Going to the next workday and back arrives at the last workday up to `day`."""
    following = CHINA_2026.next_workday(day)
    assert following > day
    assert CHINA_2026.is_workday(following)
    assert CHINA_2026.workdays(day + timedelta(days=1), following) == [following]
    if CHINA_2026.is_workday(day):
        assert CHINA_2026.previous_workday(following) == day


@given(DAYS, st.integers(-30, 30))
def test_adding_workdays_and_taking_them_away_comes_back(day: date, count: int) -> None:
    """From a workday, n forward and n back is where one began."""
    start = CHINA_2026.next_workday(day)
    assert CHINA_2026.add_workdays(CHINA_2026.add_workdays(start, count), -count) == start


@given(st.lists(st.tuples(DAYS, st.sampled_from(["workday", "weekend", "holiday", "makeup"])), max_size=8))
def test_an_override_is_what_its_row_says(rows: list[tuple[date, str]]) -> None:
    """The last row of a day decides whether it is worked."""
    changed = CHINA_2026.with_overrides(DayOverride(day, kind) for day, kind in rows)  # type: ignore[arg-type]
    for day, kind in dict(rows).items():
        assert changed.is_workday(day) == (kind in ("workday", "makeup"))


def test_an_announced_year_forgets_what_was_guessed() -> None:
    """The imported notice replaces the provisional days of its year."""
    guessed = china([2090])
    announced = guessed.with_overrides([DayOverride(date(2090, 10, 3), "makeup", "补班")], announced=[2090])
    assert not announced.is_provisional(2090)
    assert {day for day in announced.days_off if day.year == 2090} == set()
    assert announced.name_of(date(2090, 10, 3)) == "补班"


def test_a_calendar_without_workdays_ends_in_a_named_error() -> None:
    """No endless walk."""
    never = WorkCalendar(weekend=frozenset(range(7)))
    with pytest.raises(NoWorkdayError):
        never.next_workday(date(2026, 1, 1))
