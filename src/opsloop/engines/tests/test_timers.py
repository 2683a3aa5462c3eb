"""Timers fire once, whatever happens in between: against an oracle that asks day by day (R9)."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsloop.engines.timers import (
    EACH,
    LATEST,
    MISSED,
    PUNCTUAL,
    Every,
    OnClock,
    OnFreeDay,
    firings,
    following,
    moments,
)
from opsloop.engines.workcalendar import WorkCalendar, china

pytestmark = pytest.mark.once

SHANGHAI = ZoneInfo("Asia/Shanghai")
BEGIN = datetime(2025, 12, 1, tzinfo=UTC)
DAYS = 400
CHINA = china([2025, 2026, 2027])

clocks = st.times().map(lambda one: one.replace(second=0, microsecond=0))
rules = st.one_of(
    st.builds(OnClock, at=clocks, on_free_day=st.sampled_from(OnFreeDay)),
    st.builds(OnClock, at=clocks, weekday=st.integers(0, 6), on_free_day=st.sampled_from(OnFreeDay)),
    st.builds(OnClock, at=clocks, day=st.sampled_from([*range(1, 32), -1, -2, -5]), on_free_day=st.sampled_from(OnFreeDay)),
    st.builds(Every, minutes=st.sampled_from([120, 240, 360]), begins=st.just(time(9)), ends=st.just(time(18)), workdays=st.booleans()),
)  # fmt: skip
# Hours between two looks at the clock: a worker that runs, one restarted, one that stood still over a holiday.
pauses = st.lists(st.sampled_from([9, 25, 50, 200, 700]), min_size=1, max_size=12)


def oracle(rule: OnClock | Every, zone: ZoneInfo) -> list[datetime]:
    """Ask of every day by itself whether the rule fires on it: no moving of days, only looking back and ahead."""
    fired = []
    first = BEGIN.astimezone(zone).date()
    for number in range(-1, DAYS + 2):
        day = first + timedelta(days=number)
        for clock in times_on(rule, day):
            moment = datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)
            if BEGIN < moment <= BEGIN + timedelta(days=DAYS):
                fired.append(moment)
    return sorted(fired)


def times_on(rule: OnClock | Every, day: date) -> list[time]:
    worked = CHINA.is_workday(day)
    if isinstance(rule, Every):
        hours = range(9 * 60, 18 * 60, rule.minutes)
        return [time(minute // 60, minute % 60) for minute in hours] if worked or not rule.workdays else []
    kind = rule.on_free_day
    fires = named(rule, day) and (worked or kind is OnFreeDay.FIRE)
    step = {OnFreeDay.NEXT: -1, OnFreeDay.PREVIOUS: 1}.get(kind, 0)
    other = day
    while step and worked and not fires:
        other += timedelta(days=step)
        if CHINA.is_workday(other):
            break
        fires = named(rule, other)
    return [rule.at] if fires else []


def named(rule: OnClock, day: date) -> bool:
    tomorrow = day + timedelta(days=1)
    if rule.weekday is not None:
        return day.weekday() == rule.weekday
    if rule.day is None or day.day == rule.day:
        return True
    if rule.day > 0:
        return tomorrow.month != day.month and rule.day > day.day
    return (day - timedelta(days=rule.day)).day == 1 if rule.day < 0 else False


@settings(max_examples=25)
@given(rules, pauses, st.booleans())
def test_of_400_days_with_restarts_each_moment_fires_once(rule, hours, steps_back) -> None:
    fired: Counter[datetime] = Counter()
    decided, now, number = BEGIN, BEGIN, 0
    end = BEGIN + timedelta(days=DAYS)
    while now < end:
        # Another worker looks at the same time, or the clock is set back: nothing may fire again.
        now = min(end, now + timedelta(hours=hours[number % len(hours)], minutes=number % 7))
        looked = now - timedelta(hours=2) if steps_back and number % 5 == 4 else now
        fired.update(firings(rule, EACH, decided, looked, calendar=CHINA, zone=SHANGHAI))
        decided = max(decided, looked)
        number += 1
    fired.update(firings(rule, EACH, decided, end, calendar=CHINA, zone=SHANGHAI))
    assert sorted(fired.elements()) == oracle(rule, SHANGHAI)


@settings(max_examples=25)
@given(rules, pauses)
def test_after_a_pause_only_the_newest_is_made_up_for_or_none_that_is_late(rule, hours) -> None:
    everything = oracle(rule, SHANGHAI)
    decided, number = BEGIN, 0
    while decided < BEGIN + timedelta(days=DAYS):
        now = min(BEGIN + timedelta(days=DAYS), decided + timedelta(hours=hours[number % len(hours)]))
        passed = [moment for moment in everything if decided < moment <= now]
        assert firings(rule, LATEST, decided, now, calendar=CHINA, zone=SHANGHAI) == passed[-1:]
        punctual = [moment for moment in passed if moment >= now - PUNCTUAL]
        assert firings(rule, MISSED, decided, now, calendar=CHINA, zone=SHANGHAI) == punctual[-1:]
        decided, number = now, number + 1


def test_a_payday_on_a_holiday_moves_to_the_working_day_before_it() -> None:
    rule = OnClock(time(9), day=1, on_free_day=OnFreeDay.PREVIOUS)
    found = moments(rule, datetime(2026, 9, 20, tzinfo=UTC), datetime(2026, 10, 20, tzinfo=UTC), calendar=CHINA, zone=SHANGHAI)  # fmt: skip
    assert [moment.astimezone(SHANGHAI).date() for moment in found] == [date(2026, 9, 30)]


def test_a_make_up_sunday_is_worked() -> None:
    rule = OnClock(time(17), on_free_day=OnFreeDay.SKIP)
    found = moments(rule, datetime(2026, 10, 8, 12, tzinfo=UTC), datetime(2026, 10, 12, tzinfo=UTC), calendar=CHINA, zone=SHANGHAI)  # fmt: skip
    assert [moment.astimezone(SHANGHAI).date() for moment in found] == [date(2026, 10, 9), date(2026, 10, 10)]


def test_an_hour_that_does_not_exist_fires_once_and_one_that_comes_twice_fires_once() -> None:
    berlin, calendar = ZoneInfo("Europe/Berlin"), WorkCalendar()
    for month, day in ((3, 29), (10, 25)):
        begin = datetime(2026, month, day, tzinfo=berlin) - timedelta(hours=3)
        rule = OnClock(time(2, 30))
        assert len(moments(rule, begin, begin + timedelta(hours=24), calendar=calendar, zone=berlin)) == 1


def test_the_next_moment_is_known_also_over_a_month() -> None:
    rule = OnClock(time(3), day=31)
    found = following(rule, datetime(2026, 1, 31, 0, tzinfo=UTC), calendar=CHINA, zone=SHANGHAI)
    assert found is not None
    assert found.astimezone(SHANGHAI).date() == date(2026, 2, 28)
