"""Prompts for progress every so many working days, counted by hand over Mid-Autumn, National Day and 调休."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines.syncing import next_prompt
from opsloop.engines.workcalendar import china

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = china([2026])
BEGIN = datetime(2026, 9, 14, tzinfo=SHANGHAI)
MAKE_UP = frozenset({date(2026, 9, 20), date(2026, 10, 10)})
FREE = frozenset({date(2026, 9, 25), *(date(2026, 10, day) for day in range(1, 8))})


def is_worked(day: date) -> bool:
    """Say by hand whether people work on `day`."""
    return day in MAKE_UP or (day not in FREE and day.weekday() < 5)


@given(st.integers(0, 30 * 24 * 60), st.integers(1, 6), st.integers(0, 23))
def test_the_prompt_comes_on_the_day_that_the_oracle_has_counted(minutes: int, days: int, hour: int) -> None:
    since = BEGIN + timedelta(minutes=minutes)
    day, left = since.date(), days
    while left:
        day += timedelta(days=1)
        left -= is_worked(day)
    found = next_prompt(since, days, time(hour), CALENDAR, SHANGHAI)
    assert found == datetime.combine(day, time(hour), tzinfo=SHANGHAI)
    assert found > since


def test_no_days_are_no_rhythm() -> None:
    with pytest.raises(ValueError, match="one working day"):
        next_prompt(BEGIN, 0, time(16), CALENDAR, SHANGHAI)
