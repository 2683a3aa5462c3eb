"""Figures of pairs of departments, against plain counting."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines.partnership import CODES, Case, by_pair, figures, is_late, judged
from opsloop.engines.reviewing import Rate

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STATES = (
    "asked",
    "countered",
    "accepted",
    "delivered",
    "escalated",
    "done",
    "declined",
    "withdrawn",
    "ended",
)
ASKED = Case(
    key=1, asking=1, doing=2, state="asked", asked_at=NOW - DAY, is_in_span=True, answer_due_at=NOW + HOUR,
    due_at=NOW + 3 * DAY,
)  # fmt: skip

moments = st.one_of(st.none(), st.integers(-400, 400).map(lambda hours: NOW + hours * HOUR))
cases = st.builds(
    Case, key=st.integers(1, 9), asking=st.integers(1, 3), doing=st.integers(4, 6), state=st.sampled_from(STATES),
    asked_at=st.just(NOW - 9 * DAY), is_in_span=st.booleans(), answer_due_at=moments, answered_at=moments,
    answer_minutes=st.one_of(st.none(), st.integers(0, 5000)), due_at=moments, is_agreed=st.booleans(),
    delivered_at=moments, was_returned=st.booleans(), was_escalated=st.booleans(), closed_at=moments,
)  # fmt: skip


def test_an_answer_is_judged_once_it_came_or_is_overdue() -> None:
    assert judged("answered", ASKED, NOW) is None
    assert judged("answered", ASKED, NOW + 2 * HOUR) is False
    assert judged("answered", replace(ASKED, answered_at=NOW + HOUR), NOW + 2 * HOUR) is True
    withdrawn = replace(ASKED, state="withdrawn", closed_at=NOW)
    assert judged("answered", withdrawn, NOW + 9 * DAY) is None


def test_a_delivery_is_measured_against_the_date_both_agreed_on() -> None:
    agreed = replace(ASKED, state="accepted", is_agreed=True, answered_at=NOW)
    assert judged("delivered", agreed, NOW) is None
    assert judged("delivered", agreed, NOW + 4 * DAY) is False
    done = replace(agreed, state="done", delivered_at=NOW + 3 * DAY)
    assert judged("delivered", done, NOW + 9 * DAY) is True
    assert judged("delivered", replace(done, delivered_at=NOW + 4 * DAY), NOW + 9 * DAY) is False
    assert judged("delivered", replace(agreed, state="withdrawn"), NOW + 9 * DAY) is None


def test_what_waits_for_acceptance_is_open_and_not_late() -> None:
    waits = replace(ASKED, state="delivered", answered_at=NOW, delivered_at=NOW, due_at=NOW - DAY)
    assert judged("open", waits, NOW)
    assert not is_late(waits, NOW)
    assert is_late(replace(waits, state="accepted"), NOW)


def test_what_was_asked_before_the_span_counts_as_open_only() -> None:
    old = replace(ASKED, is_in_span=False, answer_minutes=5)
    assert [code for code in CODES if judged(code, old, NOW) is not None] == ["open"]
    found = figures([old], NOW)
    assert (found.asked, found.open, found.median) == (0, 1, None)


def test_the_times_to_answer_are_those_that_occurred() -> None:
    rows = [replace(ASKED, key=n, answered_at=NOW, answer_minutes=n) for n in (10, 480, 30, 60)]
    found = figures(rows, NOW)
    assert (found.median, found.p90) == (45, 480)
    assert found.answered == Rate(4, 4)


def test_a_code_nobody_knows_is_refused() -> None:
    with pytest.raises(KeyError):
        judged("nothing", ASKED, NOW)


@given(st.lists(cases, max_size=30))
def test_pairs_add_up_to_the_whole(rows: list[Case]) -> None:
    pairs, whole = by_pair(rows, NOW), figures(rows, NOW)
    for name in ("asked", "escalated", "open", "late"):
        assert sum(getattr(one, name) for one in pairs.values()) == getattr(whole, name)
    for name in ("answered", "delivered", "returned"):
        rates = [getattr(one, name) for one in pairs.values()]
        assert sum(rate.total for rate in rates) == getattr(whole, name).total
        assert sum(rate.done for rate in rates) == getattr(whole, name).done <= getattr(whole, name).total
    assert whole.late <= whole.open
    if whole.median is not None and whole.p90 is not None:
        assert whole.median <= whole.p90
        assert whole.p90 in {row.answer_minutes for row in rows if row.is_in_span}
