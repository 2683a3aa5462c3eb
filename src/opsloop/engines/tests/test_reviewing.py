"""Months and quarters of reviews, and the sums of their facts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines.reviewing import Period, Rate, due_period, period_of, read_period, shares, stray

DAYS = st.dates(date(2001, 1, 1), date(2098, 12, 31))
KINDS = st.sampled_from(["month", "quarter"])


@given(KINDS, DAYS)
def test_every_day_lies_in_exactly_one_period_of_a_kind(kind: str, day: date) -> None:
    period = period_of(kind, day)
    assert period.starts_on <= day <= period.ends_on
    assert period_of(kind, period.starts_on) == period_of(kind, period.ends_on) == period


@given(KINDS, DAYS)
def test_periods_join_without_a_gap_and_their_names_read_back(kind: str, day: date) -> None:
    period = period_of(kind, day)
    assert period.following.starts_on == period.ends_on + timedelta(days=1)
    assert period.following.before == period
    assert read_period(period.name) == period


@pytest.mark.parametrize(
    "name", ["2026-13", "2026-Q5", "2026-0", "1999-01", "2026-1", "２０２６-11", "x", "2026-11-01"]
)
def test_what_is_no_period_is_none(name: str) -> None:
    assert read_period(name) is None


def test_the_first_days_of_a_month_look_back_on_the_one_before() -> None:
    assert due_period("month", date(2026, 12, 3)) == Period("month", date(2026, 11, 1))
    assert due_period("month", date(2026, 12, 11)) == Period("month", date(2026, 12, 1))
    assert due_period("quarter", date(2027, 1, 8)) == Period("quarter", date(2026, 10, 1))


def test_a_rate_is_100_only_when_all_is_done() -> None:
    assert Rate(24, 28).percent == 85
    assert Rate(999, 1000).percent == 99
    assert Rate(3, 3).percent == 100
    assert Rate(0, 0).percent is None


def test_the_stray_of_estimates_is_signed_and_needs_both_sides() -> None:
    assert stray(120, 150) == 25
    assert stray(120, 90) == -25
    assert stray(0, 90) is None
    assert stray(60, 0) is None


@given(
    st.dictionaries(st.text(min_size=1, max_size=4), st.integers(0, 10_000), max_size=12), st.integers(2, 8)
)
def test_shares_add_up_to_a_hundred_and_lose_no_minute(rows: dict[str, int], most: int) -> None:
    found = shares(rows, most=most, rest="其他…")
    assert sum(share.minutes for share in found) == sum(rows.values())
    assert len(found) <= most
    if found:
        assert sum(share.percent for share in found) == 100
