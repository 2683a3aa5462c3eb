"""The door of the planner: what goes in and what comes out, as frozen values.

Instants are aware datetimes, spans half-open `[start, end)`, lengths whole minutes. Callers build a
`Problem`, call `opsloop.engines.scheduling.plan` and read a `Plan`; nothing else here is promised.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from opsloop.engines.blocks import Block, BlockKind, Span
from opsloop.engines.priority import Quadrant, Urgency

GRID_MINUTES = 15
# blueprint §2.3: planned time = estimate + reserve of 10 to 20 %.
SMALLEST_RESERVE = 0.10
LARGEST_RESERVE = 0.20
# Issue 2 §5: what fits into a fragment of the default template.
SMALL_MINUTES = 30
# What a task without a usable estimate is taken to need; the plan says so.
DEFAULT_MINUTES = 60


@dataclass(frozen=True)
class Predecessor:
    """`task` must be finished, and `lag_minutes` of clock time gone by, before the successor starts."""

    task: str
    lag_minutes: int = 0


@dataclass(frozen=True)
class Task:
    """One piece of work.

    `minutes` is the estimate; None, zero or less means unknown. `planned_minutes` replaces estimate plus
    reserve when the forecaster has a better figure. `candidates` is the owner alone, or all who may do
    it. `pinned` spans are fixed by a person and are the whole placement. `title` is only for sentences.
    """

    id: str
    minutes: int | None
    candidates: tuple[str, ...]
    title: str = ""
    planned_minutes: int | None = None
    reserve: float = SMALLEST_RESERVE
    worked_minutes: int = 0
    earliest: datetime | None = None
    due: datetime | None = None
    hard_due: bool = False
    importance: int | None = None
    urgency: Urgency | None = None
    quadrant: Quadrant | None = None
    predecessors: tuple[Predecessor, ...] = ()
    splittable: bool = True
    min_piece: int = 30
    preferred: BlockKind | None = None
    pinned: tuple[Span, ...] = ()
    collaborators: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return what a person calls the task."""
        return self.title or self.id


@dataclass(frozen=True)
class Person:
    """Who works: typed blocks of the horizon (lunch may be among them) and times already taken."""

    id: str
    blocks: tuple[Block, ...]
    busy: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Weights:
    """What a plan costs, in working minutes unless said otherwise. Larger means avoided more.

    `split` is the price of an interruption within half a day, `split_day` of one over lunch or another
    task, `split_night` of one over a night. `misfit` is the price of each minute of a small task outside
    a fragment and `spare` of each minute of work in a fragment or buffer meant for something else.
    `urgency` is how much earlier, in minutes, a quadrant is planned than its due date alone demands.
    """

    split: float = 60
    split_day: float = 120
    split_night: float = 240
    misfit: float = 50
    misfit_urgent: float = 6
    spare: float = 4
    urgency: Mapping[int, int] = field(
        default_factory=lambda: {1: 900, 2: 420, 3: 210, 4: 0}, hash=False, compare=True
    )
    relevance: int = 30


@dataclass(frozen=True)
class Problem:
    """What is to be planned: from `now` (nothing new is placed before it) to `end`.

    `start` is where the planned period begins, `now` if None. What is pinned between `start` and `now` is
    past and stays.
    """

    people: tuple[Person, ...]
    tasks: tuple[Task, ...]
    now: datetime
    end: datetime
    start: datetime | None = None
    weights: Weights = field(default_factory=Weights)
    default_minutes: int = DEFAULT_MINUTES


class Code(StrEnum):
    """Why something stands where it stands, or why not; `reasons.py` has the sentences."""

    # Why here
    PINNED = "pinned"
    FIRST = "first"
    AFTER_PREDECESSOR = "after_predecessor"
    EARLIEST = "earliest"
    BEHIND = "behind"
    IN_ONE_PIECE = "in_one_piece"
    FIRST_FREE = "first_free"
    FOCUS = "focus"
    FRAGMENT = "fragment"
    BUFFER_NEEDED = "buffer_needed"
    SPLIT = "split"
    AHEAD = "ahead"
    # Why late
    LATE_OVERDUE = "late_overdue"
    LATE_SHORT = "late_short"
    LATE_PREDECESSOR = "late_predecessor"
    LATE_TAKEN = "late_taken"
    LATE_PINNED = "late_pinned"
    # Why not at all
    CYCLE = "cycle"
    PREDECESSOR_UNPLACED = "predecessor_unplaced"
    NO_OWNER = "no_owner"
    UNKNOWN_OWNER = "unknown_owner"
    NO_WORKTIME = "no_worktime"
    STARTS_LATER = "starts_later"
    TOO_LONG = "too_long"
    NO_STRETCH = "no_stretch"
    FULL = "full"
    HARD_DUE = "hard_due"
    PIN_CLASH = "pin_clash"
    PIN_BEFORE_PREDECESSOR = "pin_before_predecessor"
    PIN_OUTSIDE = "pin_outside"
    NO_COMMON_TIME = "no_common_time"
    # What was assumed
    NO_ESTIMATE = "no_estimate"
    UNKNOWN_PREDECESSOR = "unknown_predecessor"


@dataclass(frozen=True)
class Reason:
    """A code and the values of its sentence: titles, instants, minutes."""

    code: Code
    params: Mapping[str, object] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Placement:
    """One unbroken piece of a task in one block. `block` is None for a pinned piece outside all blocks."""

    task: str
    person: str
    start: datetime
    end: datetime
    block: BlockKind | None
    late: bool
    reasons: tuple[Reason, ...]

    @property
    def minutes(self) -> int:
        """Return the length in minutes."""
        return round((self.end - self.start) / timedelta(minutes=1))


@dataclass(frozen=True)
class Unplaced:
    """A task that does not stand in the plan, and why."""

    task: str
    person: str | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Lateness:
    """A task that will be finished `minutes` of clock time after its due date."""

    task: str
    person: str
    minutes: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Plan:
    """The answer. Every task is in `placements` with all its minutes, or in `unplaced`.

    `placements` are ordered by person (as in the problem) and time. `gap` is the certified distance from
    the best possible plan, as a share of its cost, or None if nothing is certified.
    """

    placements: tuple[Placement, ...]
    unplaced: tuple[Unplaced, ...]
    late: tuple[Lateness, ...]
    gap: float | None = None
