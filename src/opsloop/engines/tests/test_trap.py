"""The urgent trap: shares against the mean of the weeks before, and when there is a sign."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines.trap import QUADRANTS, Sign, look, shares

CALM = {1: 100, 2: 500, 3: 50, 4: 0}


def test_the_same_week_as_ever_has_no_sign():
    found = look(CALM, [CALM] * 4)
    assert found.signs == ()
    assert found.now == found.before


def test_more_of_the_urgent_and_less_of_the_important_are_two_signs():
    found = look({1: 100, 2: 100, 3: 300, 4: 0}, [CALM] * 4)
    assert found.signs == (Sign.URGENT_UP, Sign.IMPORTANT_LOW)


def test_a_few_minutes_tell_nothing():
    assert look({3: 200}, [CALM] * 4).signs == ()


def test_weeks_without_entries_do_not_count_in_the_mean():
    assert look(CALM, [{}, CALM, {}, {}]).before == shares(CALM)
    assert look({}, [{}]).now is None
    assert look(CALM, []).signs == ()


@given(st.dictionaries(st.sampled_from(QUADRANTS), st.integers(0, 10_000)))
def test_shares_make_a_whole(minutes):
    found = shares(minutes)
    assert found is None or abs(sum(found.values()) - 1) < 1e-9
