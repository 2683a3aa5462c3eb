"""Early warning by values: each sign at its edge, and what holds whatever the numbers are."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines.warning import (
    Axis,
    Code,
    Doubt,
    Due,
    Facts,
    Remedy,
    Rules,
    chance,
    chances,
    left,
    remedies,
    strains,
    warn,
)

RULES = Rules(days=3, chance=50)
FAR = 100_000.0


def codes(**facts: object) -> list[str]:
    return [sign.code.value for sign in warn(Facts(**facts), RULES)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({"days_left": 4}, []),
        ({"days_left": 3}, ["soon"]),
        ({"days_left": 0}, ["soon"]),
        ({"days_left": None}, []),
        ({"is_over": True, "days_over": 2}, ["overdue"]),
        ({"days_left": 20, "load": 601, "room": 600}, ["short"]),
        ({"days_left": 20, "load": 600, "room": 600}, []),
        ({"days_left": 20, "before": 7, "before_days": 2}, ["waits"]),
        ({"days_left": 20, "chance": 49}, ["unlikely"]),
        ({"days_left": 20, "chance": 50}, []),
        # What is late already needs no forecast; what it waits for still explains it.
        ({"is_over": True, "load": 9, "room": 0, "chance": 1, "before": 7}, ["overdue", "waits"]),
        ({"days_left": 1, "load": 9, "room": 0, "before": 7, "chance": 1}, ["short", "waits", "unlikely", "soon"]),
    ],
)  # fmt: skip
def test_each_sign_speaks_at_its_edge(facts: dict[str, object], found: list[str]) -> None:
    assert codes(**facts) == found


def test_a_sign_carries_what_it_saw() -> None:
    (sign,) = warn(Facts(days_left=9, load=120, room=60), RULES)
    assert dict(sign.values) == {"load": 120, "room": 60}


def test_what_helps_most_comes_first_and_once() -> None:
    assert remedies([Code.SHORT, Code.UNLIKELY]) == [Remedy.REPLAN, Remedy.GIVE, Remedy.DELAY]


def test_what_is_left_follows_what_was_said_else_the_hours() -> None:
    assert (left(100, 40, 90), left(100, 0, 90), left(100, 0, 500), left(100, 100, 0)) == (60, 10, 10, 0)


def test_working_time_is_counted_up_to_any_moment() -> None:
    axis = Axis([(-30, 60), (120, 180)])
    assert [axis.until(moment) for moment in (-5, 0, 30, 60, 100, 150, 999)] == [0, 0, 30, 60, 60, 90, 120]


def test_whoever_has_more_to_do_than_time_is_short_from_that_task_on() -> None:
    axis = Axis([(0, 100), (200, 300)])
    found = strains([Due(2, 60, 250), Due(1, 90, 100), Due(3, 10, 9_999)], axis, until=1_000)
    assert {pk: (one.load, one.room) for pk, one in found.items()} == {1: (90, 100), 2: (150, 150)}


def test_a_chance_is_a_half_where_the_middle_fits_exactly() -> None:
    works = [Doubt(1, 100, 100.0, 0.0)]
    assert chances(works, Axis([(0, 100)]), correlation=0, share=1, until=FAR) == {1: 99}
    assert chances(works, Axis([(0, 100)]), correlation=0, share=0.5, until=FAR) == {1: 1}
    assert 52 <= chance(100, 50, 100) <= 65


works = st.lists(
    st.tuples(st.integers(1, 600), st.floats(1, 20_000), st.floats(0, 300)), min_size=1, max_size=12
)
spans = st.lists(st.tuples(st.floats(0, 5_000), st.floats(1, 500)), max_size=6).map(
    lambda rows: [(sum(a + b for a, b in rows[:n]) + a, sum(a + b for a, b in rows[: n + 1])) for n, (a, b) in enumerate(rows)]
)  # fmt: skip


@given(works=works, spans=spans)
def test_load_and_room_only_grow_with_the_due_date(
    works: list[tuple[int, float, float]], spans: list[tuple[float, float]]
) -> None:
    dues = [Due(n, minutes, due) for n, (minutes, due, _d) in enumerate(works)]
    found = strains(dues, Axis(spans), until=FAR)
    ordered = [found[one.id] for one in sorted(dues, key=lambda one: (one.due, one.id))]
    assert len(ordered) == len(works)
    assert all(a.load < b.load and a.room <= b.room for a, b in pairwise(ordered))
    assert ordered[-1].load == sum(minutes for minutes, _due, _d in works)


@given(works=works, spans=spans, correlation=st.floats(0, 0.8))
def test_a_chance_is_one_and_more_time_never_lowers_it(
    works: list[tuple[int, float, float]], spans: list[tuple[float, float]], correlation: float
) -> None:
    doubts = [Doubt(n, due, minutes, spread) for n, (minutes, due, spread) in enumerate(works)]
    some = chances(doubts, Axis(spans), correlation=correlation, share=0.6, until=FAR)
    more = chances(doubts, Axis(spans), correlation=correlation, share=0.9, until=FAR)
    assert all(1 <= one <= 99 for one in some.values())
    assert all(more[pk] >= one for pk, one in some.items())
