"""The door of the planner: what goes in and what comes out, as frozen values.

Instants are aware datetimes, spans half-open `[start, end)`, lengths whole minutes. Callers build a
`Problem`, call `opsloop.engines.scheduling.plan` and read a `Plan`; nothing else here is promised.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import overload

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
# Iterations of a search that nobody said how long it may take: for each task, and at most.
ITERATIONS_EACH = 250
MOST_ITERATIONS = 60_000
NO_BOUND = 1 << 60


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
    it. `pinned` spans are fixed by a person and are the whole placement. `weight` is how many times
    as much its lateness counts as its quadrant and relevance say. `title` is only for sentences.
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
    weight: float = 1.0

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
    """What a plan costs, in one currency.

    `quadrant` and `relevance` say how much more an important task counts: the weight of its quadrant, plus
    the share `relevance` of it for each point of relevance above 3.

    - *Lateness.* `missed` once for a due date that is not kept, `tardiness` for each minute of clock time.
    - *Unplaced.* `unplaced` for each hour of work that finds no place, half of that for the task itself; and what
      its dearest place could cost in disruption, fit and fragmentation, so that nothing is left out for these.
    - *Disruption.* Against an accepted plan: `moved_task` for a task that moves, `moved` for each minute
      of it, `moved_person` for one that changes hands; up to four times as much for what was planned
      within the next days.
    - *Fit.* `misfit` for each minute of a small task outside a fragment (`misfit_urgent` of an urgent
      one), `spare` for each minute of other work in a fragment (a tenth of it where the work is pressing),
      `reserve` for each
      minute in time kept free for surprises (buffer and flex).
    - *Fragmentation.* `split` for an interruption within half a day, `split_day` for one over lunch or
      another task, `split_night` for one over a night.
    - *Earliness.* `earliness` for each working minute before the end of a task, for each hour of its
      length up to eight: what matters goes first.
    """

    missed: float = 60_000
    tardiness: float = 30
    unplaced: float = 20_000
    moved_task: float = 1_500
    moved: float = 8
    moved_person: float = 4_000
    misfit: float = 50
    misfit_urgent: float = 6
    spare: float = 40
    reserve: float = 60
    split: float = 60
    split_day: float = 120
    split_night: float = 240
    earliness: float = 0.2
    quadrant: Mapping[int, float] = field(
        default_factory=lambda: {1: 8.0, 2: 4.0, 3: 2.0, 4: 1.0}, hash=False, compare=True
    )
    relevance: float = 0.15


@dataclass(frozen=True)
class Problem:
    """What is to be planned: from `now` (nothing new is placed before it) to `end`.

    `start` is where the planned period begins, `now` if None. What is pinned between `start` and `now` is
    past and stays. `accepted` is the plan people go by at present: a new plan moves as little of it as its
    weights allow. Pieces of tasks or people that are not in the problem are passed over.
    """

    people: tuple[Person, ...]
    tasks: tuple[Task, ...]
    now: datetime
    end: datetime
    start: datetime | None = None
    weights: Weights = field(default_factory=Weights)
    default_minutes: int = DEFAULT_MINUTES
    accepted: tuple[Placement, ...] = ()


@dataclass(frozen=True)
class Effort:
    """How long to search: for a number of `iterations`, or until nothing is `left` of a budget.

    `left` tells which share of the budget is left, from 1 down to 0; a caller who has 300 ms divides what
    its clock says by them. Without either, what a page may wait for.
    """

    iterations: int | None = None
    left: Callable[[], float] | None = field(default=None, compare=False)

    def iterations_for(self, tasks: int, *, compiled: bool) -> int:
        """Return the iterations for so many tasks. Uncompiled, a default search is a short one."""
        if self.iterations is not None:
            return self.iterations
        if self.left is not None:
            return NO_BOUND
        return min(MOST_ITERATIONS, ITERATIONS_EACH * tasks) // (1 if compiled else 40)


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
    # Why somebody must be late
    OVERLOADED = "overloaded"
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


class Reasons(Sequence[Reason]):
    """Reasons that are worked out when somebody reads them: of a thousand people's weeks few are read."""

    __slots__ = ("_about", "_find", "_found")

    def __init__(self, find: Callable[[int], tuple[Reason, ...]], about: int) -> None:
        """Remember how to find those of the task `about`."""
        self._find: Callable[[int], tuple[Reason, ...]] | None = find
        self._about = about
        self._found: tuple[Reason, ...]

    def found(self) -> tuple[Reason, ...]:
        """Return the reasons."""
        if self._find is not None:
            self._found, self._find = self._find(self._about), None
        return self._found

    @overload
    def __getitem__(self, index: int) -> Reason: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Reason, ...]: ...
    def __getitem__(self, index: int | slice) -> Reason | tuple[Reason, ...]:
        """Return one of them, or some."""
        return self.found()[index]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.found())

    def __eq__(self, other: object) -> bool:
        """Compare with reasons of either kind."""
        return isinstance(other, Sequence) and self.found() == tuple(other)

    def __hash__(self) -> int:
        """Return the hash of the reasons."""
        return hash(self.found())

    def __repr__(self) -> str:
        """Return them as a tuple shows itself."""
        return repr(self.found())

    def __reduce__(self) -> tuple[object, ...]:
        """Let the reasons be pickled, not the way to find them."""
        return (tuple, (self.found(),))


@dataclass(frozen=True, init=False)
class Placement:
    """One unbroken piece of a task in one block. `block` is None for a pinned piece outside all blocks."""

    task: str
    person: str
    start: datetime
    end: datetime
    block: BlockKind | None
    late: bool
    reasons: Sequence[Reason]

    def __init__(
        self,
        task: str,
        person: str,
        start: datetime,
        end: datetime,
        block: BlockKind | None,
        late: bool,  # noqa: FBT001 (by name or by place, as dataclasses have it)
        reasons: Sequence[Reason],
    ) -> None:
        """Fill it: plans have thousands, and the usual way of frozen dataclasses takes four times as long."""
        fields = self.__dict__
        fields["task"] = task
        fields["person"] = person
        fields["start"] = start
        fields["end"] = end
        fields["block"] = block
        fields["late"] = late
        fields["reasons"] = reasons

    @property
    def minutes(self) -> int:
        """Return the length in minutes."""
        return round((self.end - self.start) / timedelta(minutes=1))


@dataclass(frozen=True)
class Unplaced:
    """A task that does not stand in the plan, and why."""

    task: str
    person: str | None
    reasons: Sequence[Reason]


@dataclass(frozen=True)
class Lateness:
    """A task that will be finished `minutes` of clock time after its due date."""

    task: str
    person: str
    minutes: int
    reasons: Sequence[Reason]


@dataclass(frozen=True)
class Plan:
    """The answer. Every task is in `placements` with all its minutes, or in `unplaced`.

    `placements` are ordered by person (as in the problem) and time. `terms` is what the plan costs, term
    by term of `Weights` (late, unplaced, disruption, fit, fragmentation, earliness). `gaps`
    are the certified distances from the best possible week of those for whom it was asked, as shares of
    its cost and given the others' weeks; `gap` is the largest of them, or None if nothing is certified.
    `bound` is what any plan of the problem costs at least, where that was asked for.
    `overloads` prove, where something is late or left out, which due dates nobody could keep: the worst
    window of each person.
    """

    placements: tuple[Placement, ...]
    unplaced: tuple[Unplaced, ...]
    late: tuple[Lateness, ...]
    gap: float | None = None
    terms: Mapping[str, float] = field(default_factory=dict, hash=False)
    gaps: Mapping[str, float] = field(default_factory=dict, hash=False)
    overloads: tuple[Reason, ...] = ()
    bound: float | None = None

    @property
    def cost(self) -> float:
        """Return the whole cost: the terms added up."""
        return sum(self.terms.values())
