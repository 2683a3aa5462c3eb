"""Where a task fits best into a diary: the cheapest choice of pieces among all starting points."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from opsloop.engines.blocks import BlockKind
from opsloop.engines.scheduling.grid import Diary, Piece, Segment
from opsloop.engines.scheduling.model import GRID_MINUTES, Weights

# Slots: an interruption of at most an hour is within half a day, of less than six hours within a day.
HALF_DAY_GAP = 4
DAY_GAP = 24
# An interruption has its full price in work of up to two hours.
FULL_PRICE = 8


@dataclass(frozen=True)
class Demand:
    """What is asked of a diary, in slots: `prices` says which kinds may be used and at what price a slot.

    Nothing before `release`, everything finished by `limit` if there is one. An unsplittable task is one
    unbroken stretch over adjacent blocks; a splittable one has stretches of at least `piece` slots.
    """

    need: int
    release: int
    limit: int | None
    prices: Mapping[BlockKind, float]
    splittable: bool
    piece: int


@dataclass(frozen=True)
class Fit:
    """The pieces chosen, in order, and what they cost in slots."""

    pieces: tuple[Piece, ...]
    cost: float

    @property
    def start(self) -> int:
        """Return the first slot."""
        return self.pieces[0][0]

    @property
    def end(self) -> int:
        """Return the slot after the last one."""
        return self.pieces[-1][1]


def fit(
    diary: Diary, demand: Demand, weights: Weights, segments: Sequence[Segment] | None = None
) -> Fit | None:
    """Return the cheapest way to meet `demand`, the earliest among equals, or None.

    `segments` replaces the diary's free ones (for joint work). The cost of a choice is the working
    position of its end, the price of its slots and of each interruption.
    """
    free = diary.free if segments is None else segments
    first = bisect_right(free, demand.release, key=_segment_end)
    usable = [segment for segment in free[first:] if segment[2] in demand.prices]
    best: Fit | None = None
    latest = None if demand.limit is None else diary.position(demand.limit)
    for index in range(len(usable)):
        soonest = diary.position(max(usable[index][0], demand.release)) + demand.need
        if (latest is not None and soonest > latest) or (best is not None and soonest >= best.cost):
            break
        pieces = _fill(usable, index, demand)
        if pieces is None or (demand.limit is not None and pieces[-1][1] > demand.limit):
            continue
        cost = _cost(diary, pieces, demand.prices, weights)
        if best is None or cost < best.cost:
            best = Fit(tuple(pieces), cost)
    return best


def _fill(usable: Sequence[Segment], index: int, demand: Demand) -> list[Piece] | None:
    """Return the pieces of the earliest filling that starts in segment `index`, or None."""
    pieces: list[Piece] = []
    left = demand.need
    while left and index < len(usable):
        after = _run_end(usable, index)
        run = [(max(a, demand.release), b, kind) for a, b, kind in usable[index:after]]
        take = _stretch(run[-1][1] - run[0][0], left, demand)
        if not take and not pieces:
            return None
        if take:
            pieces.extend(_cut(run, take))
            left -= take
        index = after
    return pieces if not left else None


def _run_end(usable: Sequence[Segment], index: int) -> int:
    """Return the index after the last segment that follows `index` without a gap."""
    index += 1
    while index < len(usable) and usable[index][0] == usable[index - 1][1]:
        index += 1
    return index


def _stretch(length: int, left: int, demand: Demand) -> int:
    """Return how many slots to take from a run of `length` when `left` are missing; 0 if none can be."""
    if length >= left:
        return left
    if not demand.splittable:
        return 0
    take = length if left - length >= demand.piece else left - demand.piece
    return take if take >= demand.piece else 0


def _cut(run: Sequence[Segment], take: int) -> list[Piece]:
    pieces: list[Piece] = []
    for start, end, kind in run:
        size = min(end - start, take)
        pieces.append((start, start + size, kind))
        take -= size
        if not take:
            break
    return pieces


def _cost(
    diary: Diary, pieces: Sequence[Piece], prices: Mapping[BlockKind, float], weights: Weights
) -> float:
    cost = float(diary.position(pieces[-1][1]))
    need = sum(end - start for start, end, _kind in pieces)
    # Long work is interrupted anyway: what counts is the share of it.
    share = min(1.0, FULL_PRICE / need) / GRID_MINUTES
    previous: int | None = None
    for start, end, kind in pieces:
        cost += prices[kind] * (end - start)
        if previous is not None and start != previous:
            cost += _interruption(start - previous, weights) * share
        previous = end
    return cost


def _interruption(gap: int, weights: Weights) -> float:
    if gap <= HALF_DAY_GAP:
        return weights.split
    return weights.split_day if gap < DAY_GAP else weights.split_night


def _segment_end(segment: Segment) -> int:
    return segment[1]
