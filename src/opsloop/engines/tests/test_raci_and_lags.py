"""Roles and lags: what is wrong with a set of roles, and how working time between tasks is typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines import lags, raci
from opsloop.engines.sheets.bad import BadCellError


@pytest.mark.parametrize(
    ("roles", "found"),
    [
        ("AR", []),
        ("ARRCI", []),
        ("R", [raci.NOBODY_ANSWERS]),
        ("AAR", [raci.SEVERAL_ANSWER]),
        ("A", [raci.NOBODY_DOES]),
        ("", [raci.NOBODY_ANSWERS, raci.NOBODY_DOES]),
    ],
)
def test_exactly_one_answers_and_at_least_one_does(roles, found):
    assert raci.violations(roles) == found


def test_pressing_five_times_comes_back_to_nothing():
    role, seen = "", []
    for _ in range(5):
        role = raci.following(role)
        seen.append(role)
    assert seen == ["R", "A", "C", "I", ""]


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("", 0),
        ("0", 0),
        ("+1天", 480),
        ("2h", 120),
        ("30分钟", 30),
        ("+1.5d", 720),
        ("2", 960),
        ("＋半天", 240),
    ],
)
def test_a_lag_is_read_as_people_type_it(typed, minutes):
    assert lags.read(typed) == minutes


@pytest.mark.parametrize("typed", ["-1天", "很久", "1-2天", "9999999d"])
def test_what_is_no_lag_is_refused(typed):
    with pytest.raises(BadCellError):
        lags.read(typed)


@given(st.integers(0, 2000 * 60))
def test_what_is_written_is_read_again(minutes):
    assert lags.read(lags.written(minutes)) == minutes
