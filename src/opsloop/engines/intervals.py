"""Arithmetic on half-open intervals `[start, end)` over datetimes, dates or integers.

Every function takes intervals in any order, drops empty ones and returns a sorted list of disjoint
intervals. Aware datetimes are compared as instants, so intervals of several zones may be mixed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol, TypeVar


class Ordered(Protocol):
    """Anything with `<`."""

    def __lt__(self, other: Any, /) -> bool: ...


Point = TypeVar("Point", bound=Ordered)


def merge(intervals: Iterable[tuple[Point, Point]]) -> list[tuple[Point, Point]]:
    """Return the union: overlapping and touching intervals become one."""
    merged: list[tuple[Point, Point]] = []
    for start, end in sorted((pair for pair in intervals if pair[0] < pair[1]), key=_start):
        if merged and not merged[-1][1] < start:
            if merged[-1][1] < end:
                merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


def subtract(
    intervals: Iterable[tuple[Point, Point]], removed: Iterable[tuple[Point, Point]]
) -> list[tuple[Point, Point]]:
    """Return the parts of `intervals` that no interval of `removed` covers."""
    holes = merge(removed)
    left: list[tuple[Point, Point]] = []
    position = 0
    for start, end in merge(intervals):
        while position < len(holes) and not start < holes[position][1]:
            position += 1
        cursor, index = start, position
        while index < len(holes) and holes[index][0] < end:
            if cursor < holes[index][0]:
                left.append((cursor, holes[index][0]))
            cursor = holes[index][1]
            index += 1
        if cursor < end:
            left.append((cursor, end))
    return left


def intersect(
    first: Iterable[tuple[Point, Point]], second: Iterable[tuple[Point, Point]]
) -> list[tuple[Point, Point]]:
    """Return the parts that lie in an interval of `first` and in one of `second`."""
    ours, theirs = merge(first), merge(second)
    common: list[tuple[Point, Point]] = []
    i = j = 0
    while i < len(ours) and j < len(theirs):
        start = theirs[j][0] if ours[i][0] < theirs[j][0] else ours[i][0]
        end = ours[i][1] if ours[i][1] < theirs[j][1] else theirs[j][1]
        if start < end:
            common.append((start, end))
        if ours[i][1] < theirs[j][1]:
            i += 1
        else:
            j += 1
    return common


def clip(intervals: Iterable[tuple[Point, Point]], low: Point, high: Point) -> list[tuple[Point, Point]]:
    """Return the parts of `intervals` inside `[low, high)`."""
    return intersect(intervals, [(low, high)])


def _start(pair: tuple[Point, Point]) -> Any:
    return pair[0]
