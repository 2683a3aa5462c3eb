"""The 15-minute grid: instants as slot numbers, tasks as numbers of slots, a person's week as a diary."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from math import ceil

from opsloop.engines import intervals
from opsloop.engines.blocks import Block, BlockKind, Span
from opsloop.engines.scheduling.model import (
    GRID_MINUTES,
    LARGEST_RESERVE,
    SMALLEST_RESERVE,
    Task,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SLOT = timedelta(minutes=GRID_MINUTES)
SLOT_SECONDS = GRID_MINUTES * 60

# A free or used stretch of slots inside one block.
Segment = tuple[int, int, BlockKind]
Piece = tuple[int, int, BlockKind]


def floor_slot(instant: datetime) -> int:
    """Return the number of the slot that holds `instant`: slots are counted from 1970 in UTC."""
    return (instant - EPOCH) // SLOT


def ceil_slot(instant: datetime) -> int:
    """Return the number of the first slot that starts at or after `instant`."""
    return -((EPOCH - instant) // SLOT)


def instant_of(slot: int) -> datetime:
    """Return the start of a slot, in UTC."""
    return EPOCH + slot * SLOT


class Clock(dict[int, datetime]):
    """The starts of slots as one zone reads them, each worked out once: a plan names the same few again and again."""

    def __init__(self, zone: tzinfo | None) -> None:
        """Remember the zone; None is the one of the machine."""
        super().__init__()
        self.zone = zone

    def __missing__(self, slot: int) -> datetime:
        """Work out the start of `slot`."""
        if self.zone is None:
            found = instant_of(slot).astimezone()
        else:
            # The same instant in half the time.
            found = datetime.fromtimestamp(slot * SLOT_SECONDS, self.zone)
        self[slot] = found
        return found


def planned_minutes(task: Task, default_minutes: int) -> int:
    """Return estimate plus reserve on the grid: the smallest multiple of 15 not below it.

    The reserve is kept between 10 and 20 %. Where the grid has no value in that range, as for 30 minutes,
    the next one above is taken (45): a plan that is a little roomy is kept, one that is tight is not.
    """
    return _planned(task.planned_minutes, task.minutes, task.reserve, default_minutes)


def _planned(planned: int | None, minutes: int | None, reserve: float, default_minutes: int) -> int:
    if planned is not None and planned > 0:
        wanted: float = planned
    else:
        estimate = minutes if minutes and minutes > 0 else default_minutes
        wanted = estimate * (1 + min(LARGEST_RESERVE, max(SMALLEST_RESERVE, reserve)))
    # 1.1 is not a binary fraction: 150 × 1.1 must not become 165.00000000000003.
    return ceil(round(wanted / GRID_MINUTES, 6)) * GRID_MINUTES


def needed_slots(task: Task, default_minutes: int) -> int:
    """Return the slots still to be placed: planned minutes less those worked, at least one slot."""
    return _needed(task.planned_minutes, task.minutes, task.reserve, default_minutes, task.worked_minutes)


@lru_cache(maxsize=4096)
def _needed(
    planned: int | None, minutes: int | None, reserve: float, default_minutes: int, worked: int
) -> int:
    """Return what `needed_slots` promises. Estimates are few: 15, 30, 60, …"""
    left = _planned(planned, minutes, reserve, default_minutes) - max(0, worked)
    return max(1, ceil(left / GRID_MINUTES))


@dataclass
class Diary:
    """One person's working slots of the horizon and which of them are still free.

    `slots` never changes: a slot's place in it is its position in working time. `free` holds the free
    segments, sorted, each inside one block.
    """

    slots: list[int]
    free: list[Segment]

    def position(self, slot: int) -> int:
        """Return how many working slots lie before `slot`."""
        return bisect_left(self.slots, slot)

    def capacity(self, start: int, end: int) -> int:
        """Return how many working slots lie in `[start, end)`, taken or not."""
        return max(0, self.position(end) - self.position(start))

    def free_slots(self, start: int, end: int) -> int:
        """Return how many slots in `[start, end)` are free."""
        return sum(max(0, min(b, end) - max(a, start)) for a, b, _kind in self.free)

    def kinds_in(self, start: int, end: int) -> list[Piece]:
        """Return the free segments cut to `[start, end)`."""
        return [(max(a, start), min(b, end), kind) for a, b, kind in self.free if a < end and start < b]


def working(blocks: Iterable[Block], *, first: int, last: int) -> list[Segment]:
    """Return the working slots of typed blocks within `[first, last)`, by time, none of them twice."""
    found: list[Segment] = []
    reached = first
    for block in sorted(blocks):
        if not block.kind.workable:
            continue
        # Overlapping blocks would sell the same slot twice: the first one has it.
        start, end = max(reached, ceil_slot(block.start)), min(last, floor_slot(block.end))
        if start < end:
            found.append((start, end, block.kind))
            reached = end
    return found


def diary(time: Sequence[Segment], busy: Iterable[Span], *, taken: Sequence[tuple[int, int]] = ()) -> Diary:
    """Return the diary of a person's working `time` without what is `busy` and the slots `taken`."""
    closed = intervals.merge([*((floor_slot(start), ceil_slot(end)) for start, end in busy), *taken])
    free: list[Segment] = []
    passed = 0
    for start, end, kind in time:
        while passed < len(closed) and closed[passed][1] <= start:
            passed += 1
        at, number = start, passed
        while number < len(closed) and closed[number][0] < end:
            if at < closed[number][0]:
                free.append((at, closed[number][0], kind))
            at = max(at, closed[number][1])
            number += 1
        if at < end:
            free.append((at, end, kind))
    return Diary([slot for start, end, _kind in free for slot in range(start, end)], free)
