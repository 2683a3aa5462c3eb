"""The clocks of a meeting: topics that run and rest, the whole, its cost, who was there, what is owed after it."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsloop.engines.blocks import DEFAULT_TEMPLATE
from opsloop.engines.meetingclock import (
    GRACE,
    Topic,
    attendance,
    is_open,
    overrun,
    owed,
    person_hours,
    whole,
)
from opsloop.engines.workcalendar import china
from opsloop.engines.workclock import WorkClock

SHANGHAI = ZoneInfo("Asia/Shanghai")
CLOCK = WorkClock(DEFAULT_TEMPLATE, china([2026]), SHANGHAI)
START = datetime(2026, 9, 17, 9, 30, tzinfo=SHANGHAI)
seconds = st.integers(0, 6 * 3600)


def after(count: float) -> datetime:
    return START + timedelta(seconds=count)


@given(st.lists(st.tuples(seconds, seconds), max_size=8), st.integers(1, 40))
def test_a_topic_took_the_sum_of_the_stretches_in_which_it_ran(
    stretches: list[tuple[int, int]], minutes: int
) -> None:
    spent, now = 0, 0
    for rests, runs in stretches:
        now += rests
        topic = Topic(minutes, spent, after(now))
        now += runs
        spent = topic.elapsed(after(now))
    assert spent == sum(runs for _rests, runs in stretches)
    still = Topic(minutes, spent)
    assert still.elapsed(after(now + 99)) == spent
    assert still.over(after(now)) - max(0, still.left(after(now))) == spent - minutes * 60


def test_a_clock_that_was_put_back_takes_nothing_away() -> None:
    topic = Topic(10, 300, after(600))
    assert topic.elapsed(after(0)) == 300
    assert whole(began_at=after(600), over_at=None, planned=60, arrivals=[None], at=after(0)).cost == 0


@given(st.lists(st.one_of(st.none(), st.integers(-1800, 7200)), max_size=12), st.integers(0, 7200))
def test_everybody_costs_from_when_they_came(arrivals: list[int | None], length: int) -> None:
    came = [None if one is None else after(one) for one in arrivals]
    found = whole(began_at=START, over_at=None, planned=3600, arrivals=came, at=after(length))
    there = [one for one in arrivals if one is not None]
    counted = [max(0, one) for one in there] if there else [0] * len(arrivals)
    # The oracle asks of each second who is there.
    assert found.cost == sum(max(0, length - one) for one in counted)
    assert found.elapsed == length
    assert found.cost <= length * len(arrivals)


def test_nothing_is_counted_before_it_begins_or_after_it_ends() -> None:
    assert whole(began_at=None, over_at=None, planned=3600, arrivals=[None], at=START).elapsed == 0
    ended = whole(began_at=START, over_at=after(600), planned=3600, arrivals=[None] * 6, at=after(9000))
    assert (ended.elapsed, ended.left, person_hours(ended.cost)) == (600, 3000, 1.0)
    assert overrun([Topic(10, 700), Topic(10, 100)], START) == 100


@pytest.mark.parametrize(
    ("came", "over", "said"),
    [
        (None, False, "awaited"),
        (None, True, "absent"),
        (-600, False, "present"),
        (300, True, "present"),
        (301, False, "late"),
    ],
)
def test_late_is_who_comes_after_the_grace(came: int | None, over: bool, said: str) -> None:
    signed = None if came is None else after(came)
    assert attendance(signed, starts_at=START, began_at=None, is_over=over) == said


def test_a_meeting_that_begins_late_makes_nobody_late() -> None:
    begins = after(900)
    assert attendance(begins + GRACE, starts_at=START, began_at=begins, is_over=True) == "present"
    assert not is_open(after(-1801), starts_at=START, ends_at=after(3600))
    assert is_open(after(-1800), starts_at=START, ends_at=after(3600))
    assert not is_open(after(3600 + 1800), starts_at=START, ends_at=after(3600))


# Before the make-up Sunday of 20 September and over Mid-Autumn (25 to 27).
moments = st.integers(0, 9 * 24 * 60).map(
    lambda n: datetime(2026, 9, 17, tzinfo=SHANGHAI) + timedelta(minutes=n)
)
FREE = {19, 25, 26, 27}


@settings(deadline=None)
@given(moments, st.integers(1, 4))
def test_what_is_owed_falls_on_the_workday_that_a_finger_counts_to(at: datetime, days: int) -> None:
    found, left, day = owed(at, days, CLOCK), days, at.date()
    while left:
        day += timedelta(days=1)
        left -= not (day.month == 9 and day.day in FREE) and (day.weekday() < 5 or day.day == 20)
    assert (found.due_at.date(), found.due_at.time()) == (day, at.time())
    assert at <= found.remind_at <= max(found.due_at, found.remind_at)
    before, behind = CLOCK.between(at, found.remind_at), CLOCK.between(found.remind_at, found.due_at)
    assert abs(before - behind) <= 1
