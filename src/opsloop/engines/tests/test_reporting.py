"""Names of weeks and months, when reports go, and whether goals fit into a week."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines.reporting import DAYS, Capacity, change, read_name, rule_of
from opsloop.engines.reviewing import due_period, period_of
from opsloop.engines.timers import OnFreeDay, moments
from opsloop.engines.workcalendar import WorkCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
# Mid-Autumn of 2026: Sunday the 20th is worked, Friday the 25th to Sunday the 27th are free.
CALENDAR = WorkCalendar(
    days_off=frozenset({date(2026, 9, 25), date(2026, 9, 26), date(2026, 9, 27)}),
    make_up_days=frozenset({date(2026, 9, 20)}),
)


@given(st.dates(date(2001, 1, 1), date(2098, 12, 31)))
def test_a_week_and_a_month_are_found_again_by_their_names(day: date) -> None:
    for kind in ("week", "month"):
        period = period_of(kind, day)
        assert read_name(period.name) == period
        assert period.starts_on <= day <= period.ends_on
        assert period.following.before == period
        assert period.following.starts_on == period.ends_on + timedelta(days=1)


@pytest.mark.parametrize(
    "name", ["", "2026-W00", "2026-W54", "2025-W53", "2026-W1", "2026-13", "2026-Q4", "1999-W01", "W48"]
)
def test_what_is_no_name_is_none(name: str) -> None:
    assert read_name(name) is None


def test_on_monday_and_tuesday_one_still_writes_of_last_week() -> None:
    due = [due_period("week", date(2026, 11, 23) + timedelta(days=n)).name for n in range(7)]
    assert due == ["2026-W47", "2026-W47", *["2026-W48"] * 5]


def test_every_day_that_is_offered_has_its_rule_and_no_other() -> None:
    for kind, days in DAYS.items():
        for day in days:
            assert rule_of(kind, day, time(18), OnFreeDay.PREVIOUS).at == time(18)
    for kind, day in (("week", "first"), ("week", "7"), ("month", "31"), ("year", "1")):
        with pytest.raises(ValueError, match=day):
            rule_of(kind, day, time(18), OnFreeDay.PREVIOUS)


@pytest.mark.parametrize(
    ("available", "placed", "meant", "over"),
    [(600, 0, 0, 0), (600, 300, 300, 0), (600, 300, 301, 1), (0, 0, 60, 60)],
)
def test_goals_beside_plans_may_exceed_a_week(available: int, placed: int, meant: int, over: int) -> None:
    assert Capacity(available, placed, meant).over == over


def test_a_change_needs_both_sides() -> None:
    assert (change(80, 100), change(None, 80), change(80, None)) == (-20, None, None)


def test_the_last_working_day_of_a_week_follows_make_up_days_and_holidays() -> None:
    rule = rule_of("week", "last", time(18), OnFreeDay.SKIP)
    start, end = datetime(2026, 9, 7, tzinfo=UTC), datetime(2026, 10, 5, tzinfo=UTC)
    found = [one.astimezone(SHANGHAI) for one in moments(rule, start, end, calendar=CALENDAR, zone=SHANGHAI)]
    assert [f"{one:%m-%d %H}" for one in found] == ["09-11 18", "09-20 18", "09-24 18", "10-02 18"]


def test_the_ends_of_a_month_are_working_days() -> None:
    start, end = datetime(2026, 7, 31, tzinfo=UTC), datetime(2026, 11, 2, 23, tzinfo=UTC)
    last = moments(
        rule_of("month", "last", time(18), OnFreeDay.SKIP), start, end, calendar=CALENDAR, zone=SHANGHAI
    )
    first = moments(
        rule_of("month", "first", time(9), OnFreeDay.SKIP), start, end, calendar=CALENDAR, zone=SHANGHAI
    )
    assert [f"{one:%m-%d}" for one in last] == ["07-31", "08-31", "09-30", "10-30"]
    assert [f"{one:%m-%d}" for one in first] == ["08-03", "09-01", "10-01", "11-02"]
