"""Interval arithmetic, compared with sets of points."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines import intervals

SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=8)


def points(spans: list[tuple[int, int]]) -> set[int]:
    """Return the integers that the half-open spans hold."""
    return {n for start, end in spans for n in range(start, end)}


def is_canonical(spans: list[tuple[int, int]]) -> bool:
    """Tell whether the spans are non-empty, sorted and do not touch."""
    return all(a < b for a, b in spans) and all(one[1] <= two[0] for one, two in pairwise(spans))


@given(SPANS, SPANS)
def test_it_is_set_arithmetic(first: list[tuple[int, int]], second: list[tuple[int, int]]) -> None:
    """Union, difference, intersection and clipping agree with sets."""
    for result, expected in (
        (intervals.merge(first + second), points(first) | points(second)),
        (intervals.subtract(first, second), points(first) - points(second)),
        (intervals.intersect(first, second), points(first) & points(second)),
        (intervals.clip(first, 5, 20), points(first) & set(range(5, 20))),
    ):
        assert points(result) == expected
        assert is_canonical(result)


def test_touching_intervals_become_one() -> None:
    """Half-open intervals that meet have nothing between them."""
    assert intervals.merge([(3, 5), (1, 3)]) == [(1, 5)]
