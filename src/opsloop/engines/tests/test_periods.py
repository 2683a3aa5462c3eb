"""The period after a period."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines.periods import next_period, next_title


@pytest.mark.parametrize(
    ("starts", "ends", "horizon", "after"),
    [
        ((2026, 7, 1), (2026, 9, 30), "mid", ((2026, 10, 1), (2026, 12, 31))),
        ((2026, 1, 1), (2026, 12, 31), "long", ((2027, 1, 1), (2027, 12, 31))),
        (None, (2026, 1, 31), "short", ((2026, 2, 1), (2026, 2, 28))),
        ((2026, 9, 14), (2026, 9, 20), "short", ((2026, 9, 21), (2026, 9, 27))),
        (None, (2026, 8, 15), "short", ((2026, 8, 16), (2026, 9, 15))),
        ((2026, 7, 1), None, "mid", (None, None)),
    ],
)
def test_the_next_period_follows_at_once_and_is_as_long(starts, ends, horizon, after):
    def day(parts):
        return date(*parts) if parts else None

    assert next_period(day(starts), day(ends), horizon) == tuple(day(parts) for parts in after)


@given(
    st.none() | st.dates(), st.dates(max_value=date(2090, 1, 1)), st.sampled_from(["long", "mid", "short"])
)
def test_it_begins_after_the_end_and_ends_after_it_begins(starts, ends, horizon):
    begin, end = next_period(starts, ends, horizon)
    assert begin is not None
    assert end is not None
    assert ends < begin <= end


@pytest.mark.parametrize(
    ("title", "horizon", "after"),
    [
        ("三季度销售额提升至1000万元", "mid", "四季度销售额提升至1000万元"),
        ("Raise NPS in Q4", "mid", "Raise NPS in Q1"),
        ("9月底完播率到25%", "short", "10月底完播率到25%"),
        ("12月客诉清零", "short", "1月客诉清零"),
        ("2026年底前会员到20万", "long", "2027年底前会员到20万"),
        ("9月30日前阅读量到60万", "mid", "9月30日前阅读量到60万"),  # no quarter is named: the person decides
    ],
)
def test_a_title_moves_the_period_it_names(title, horizon, after):
    assert next_title(title, horizon) == after
