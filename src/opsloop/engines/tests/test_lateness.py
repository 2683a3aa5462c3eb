"""What the lateness of like tasks says, and when it says nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines.lateness import ENOUGH, FEWEST, Past, cautious, lateness

LATE, ASKED, FINE = Past(4, ("outside",)), Past(0, ("outside", "people")), Past(0)


def test_it_counts_the_late_and_names_the_cause_that_came_most_often() -> None:
    found = lateness([LATE, ASKED, Past(2), FINE, FINE, FINE, FINE, FINE], usual=0.5)
    assert found is not None
    assert (found.late, found.of, found.cause, found.times) == (3, 8, "outside", 2)
    # Three of eight is no more than half: nothing further is advised.
    assert (found.is_thin, found.ahead) == (False, 0)


def test_of_too_few_it_says_nothing_and_of_few_that_they_are_few() -> None:
    assert lateness([LATE] * (FEWEST - 1), usual=0) is None
    few = lateness([LATE] * (ENOUGH - 1), usual=0)
    assert few is not None
    assert (few.is_thin, few.ahead) == (True, 0)


def test_days_ahead_are_advised_only_where_the_record_justifies_them() -> None:
    often = [Past(5)] * 7 + [FINE] * 3
    advised = lateness(often, usual=0.3)
    assert advised is not None
    assert advised.ahead == 5
    usual = lateness(often, usual=0.6)
    assert usual is not None
    assert usual.ahead == 0


@given(st.integers(1, 500), st.data())
def test_the_cautious_share_lies_below_the_share_and_nears_it(of: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, of))
    assert 0 <= cautious(part, of) <= part / of + 1e-9
    assert cautious(part * 10, of * 10) >= cautious(part, of) - 1e-9
