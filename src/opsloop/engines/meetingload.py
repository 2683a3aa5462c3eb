"""What meetings take of people's time: hours, the share of working time, focus time lost, and what they splinter.

A person's day is made of typed blocks (engines/blocks.py). A meeting inside a focus block takes focus time; what it
leaves of that block in pieces too short to concentrate in is splintered. Two meetings at once take the time once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from opsloop.engines import intervals
from opsloop.engines.blocks import Block, BlockKind, Span

# A shorter piece of focus time is not worth beginning anything in.
SHORTEST_FOCUS = timedelta(minutes=60)


@dataclass(frozen=True)
class Load:
    """What meetings took of one person's time in a period; all in minutes but `meetings`, their number.

    `taken`: in meetings, each moment once; `at_work`: of it within working time; `work`: working time there was;
    `focus`: focus time there was; `focus_lost`: of it in meetings; `splintered`: focus time left in short pieces.
    """

    meetings: int = 0
    taken: int = 0
    at_work: int = 0
    work: int = 0
    focus: int = 0
    focus_lost: int = 0
    splintered: int = 0

    @property
    def share(self) -> int:
        """Whole percent of working time that went into meetings; 0 without working time."""
        return round(100 * self.at_work / self.work) if self.work else 0

    def __add__(self, other: Load) -> Load:
        """Return both together, for a department."""
        return Load(
            self.meetings + other.meetings, self.taken + other.taken, self.at_work + other.at_work,
            self.work + other.work, self.focus + other.focus, self.focus_lost + other.focus_lost,
            self.splintered + other.splintered,
        )  # fmt: skip


def load(meetings: Sequence[Span], blocks: Iterable[Block]) -> Load:
    """Return what `meetings`, half-open spans of aware datetimes, took of a person's `blocks`."""
    busy = intervals.merge((start.astimezone(UTC), end.astimezone(UTC)) for start, end in meetings)
    work, focus = [], []
    for block in blocks:
        span = (block.start.astimezone(UTC), block.end.astimezone(UTC))
        if block.kind.workable:
            work.append(span)
        if block.kind is BlockKind.FOCUS:
            focus.append(span)
    return Load(
        meetings=len(meetings),
        taken=_minutes(busy),
        at_work=_minutes(intervals.intersect(intervals.merge(work), busy)),
        work=_minutes(intervals.merge(work)),
        focus=_minutes(intervals.merge(focus)),
        focus_lost=_minutes(intervals.intersect(intervals.merge(focus), busy)),
        splintered=_minutes(_splinters(intervals.merge(focus), busy)),
    )


def focus_lost(start: datetime, end: datetime, blocks: Iterable[Block]) -> int:
    """Return how many minutes of focus blocks one meeting takes."""
    return load([(start, end)], blocks).focus_lost


def _splinters(focus: Sequence[Span], busy: Sequence[Span]) -> list[Span]:
    """Return the short pieces that are left of focus blocks into which a meeting reaches."""
    found: list[Span] = []
    for block in focus:
        left = intervals.subtract([block], busy)
        if left != [block]:
            found += [piece for piece in left if piece[1] - piece[0] < SHORTEST_FOCUS]
    return found


def _minutes(spans: Iterable[Span]) -> int:
    return sum(((end - start) for start, end in spans), timedelta()) // timedelta(minutes=1)
