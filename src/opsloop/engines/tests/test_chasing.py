"""Reminders in working time, against an oracle that counts minute by minute."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from opsloop.engines.blocks import DEFAULT_TEMPLATE
from opsloop.engines.chasing import Pace, moment, take
from opsloop.engines.workcalendar import china
from opsloop.engines.workclock import WorkClock

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = china([2026])
CLOCK = WorkClock(DEFAULT_TEMPLATE, CALENDAR, SHANGHAI)
# From before the make-up Sunday of 20 September, over Mid-Autumn and National Day, to the make-up Saturday after it.
BEGIN = datetime(2026, 9, 17, tzinfo=SHANGHAI)
DAYS = 26
MAKE_UP = frozenset({(9, 20), (10, 10)})
FREE = frozenset({(9, 25), *((10, day) for day in range(1, 8))})

asked = st.integers(0, 12 * 24 * 60).map(lambda minutes: BEGIN + timedelta(minutes=minutes))
paces = st.builds(Pace, st.integers(1, 240), st.integers(1, 240), st.integers(0, 4))


def is_worked(at: datetime) -> bool:
    """Say by hand, and not by the calendar under test, whether the minute that begins at `at` is working time."""
    day = (at.month, at.day)
    if day not in MAKE_UP and (day in FREE or at.weekday() >= 5):
        return False
    clock = at.time()
    return time(9) <= clock < time(12) or time(14) <= clock < time(17, 30)


@cache
def minutes() -> list[datetime]:
    """Return every working minute of the span."""
    every = (BEGIN + timedelta(minutes=n) for n in range(DAYS * 24 * 60))
    return [at for at in every if is_worked(at)]


def oracle(start: datetime, count: int) -> datetime:
    """Return the end of the `count`-th working minute from `start` on."""
    later = [at for at in minutes() if at >= start]
    return later[count - 1] + timedelta(minutes=1)


@settings(deadline=None, max_examples=40)
@given(asked, paces)
def test_each_step_comes_when_the_oracle_has_counted_its_minutes(start: datetime, pace: Pace) -> None:
    for number in range(pace.times + 1):
        assert moment(pace, number, start, CLOCK) == oracle(start, pace.first + number * pace.every)
    assert moment(pace, pace.times + 1, start, CLOCK) is None


@settings(deadline=None, max_examples=40)
@given(asked, paces, st.lists(st.integers(1, 900), min_size=1, max_size=25))
def test_whenever_somebody_looks_nothing_comes_twice_and_the_head_comes_last(
    start: datetime, pace: Pace, gaps: list[int]
) -> None:
    """Somebody looks at odd times, with pauses of up to 15 hours; then long after."""
    done, steps, at = 0, [], start
    looks = [*gaps, *[2000] * (pace.times + 2)]
    for gap in looks:
        at += timedelta(minutes=gap)
        taken = take(pace, done, start, at, CLOCK)
        if taken is None:
            continue
        assert taken.done > done
        assert taken.next_at is None or taken.next_at > at
        assert at >= oracle(start, pace.first + done * pace.every)
        done = taken.done
        steps.append(taken.step)
    assert done == pace.times + 1, "at the end everything has been done"
    assert steps.count("head") == 1
    assert steps[-1] == "head"
    assert steps.count("remind") <= pace.times
    assert pace.times == 0 or "remind" in steps
    assert take(pace, done, start, at + timedelta(days=3), CLOCK) is None


@given(asked, paces)
def test_nothing_is_due_a_minute_before(start: datetime, pace: Pace) -> None:
    first = moment(pace, 0, start, CLOCK)
    assert first is not None
    assert take(pace, 0, start, first - timedelta(minutes=1), CLOCK) is None
    assert take(pace, 0, start, first, CLOCK) is not None


def test_friday_evening_is_chased_on_the_make_up_sunday() -> None:
    """18 September 2026 is a Friday, the 20th a make-up Sunday."""
    friday = datetime(2026, 9, 18, 17, 0, tzinfo=SHANGHAI)
    assert moment(Pace(), 0, friday, CLOCK) == datetime(2026, 9, 20, 9, 30, tzinfo=SHANGHAI)


def test_after_a_downtime_overdue_reminders_are_one_and_the_head_waits_for_the_next() -> None:
    monday = datetime(2026, 9, 21, 9, 0, tzinfo=SHANGHAI)
    pace = Pace(first=60, every=60, times=2)
    late = monday + timedelta(days=2)
    taken = take(pace, 0, monday, late, CLOCK)
    assert taken is not None
    assert (taken.step, taken.done) == ("remind", 2)
    assert taken.next_at == late + timedelta(hours=1)
