"""The greedy core: serial construction, deadlines first where capacity allows.

How a plan is made:

1. *Admission.* Per person, tasks are admitted in order of priority while the working time before every
   deadline suffices for all those admitted; after what is due in the horizon, what is due behind it.
   What is not admitted cannot be met without giving up something more important.
2. *Base.* The admitted tasks are placed one by one by key (latest start less a bonus for priority). A task
   that would take time which an admitted one still needs waits for that one. What turns out late is put
   aside; it is placed after everything that can be met, and so never delays it. A second base, by due
   date alone, is kept if it meets more.
3. *Promotion.* The same again with all tasks in key order, late and undated ones included, so that what
   is overdue comes first wherever the others have slack. It is kept only if everything that the base
   met is still met; people for whom it is not are planned the strict way.

Step 2 makes the promise ("a late task never delays one that can be met") by construction; step 3 cannot
break it. A person's cost is about (number of tasks) × (free segments of the horizon).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from heapq import heappop, heappush

from opsloop.engines.blocks import BlockKind
from opsloop.engines.scheduling.fitting import Demand, Fit, fit
from opsloop.engines.scheduling.grid import Diary, Piece, Segment, common
from opsloop.engines.scheduling.model import GRID_MINUTES, SMALL_MINUTES, Weights

# Rounds of promotion, each with more people planned the strict way.
ROUNDS = 6
# A slot beyond every horizon.
NEVER = 1 << 40
# Slots: how far behind the horizon work without a due date is ordered, and what each day there counts.
UNDATED = 28
A_DAY_BEYOND = 4


@dataclass(eq=False)
class Job:
    """A task on the grid, owner chosen, all times in slots.

    `due` is None if nothing placed in the horizon could be late; `beyond` then tells how many days after
    the horizon it is due (None: never). `aim` is the due date, or the end of the horizon for what is due
    soon behind it: done by then it is surely met.
    """

    id: str
    person: str
    need: int
    release: int
    due: int | None
    aim: int | None
    beyond: int | None
    hard: bool
    quadrant: int
    score: int
    relevance: int
    minutes: int
    splittable: bool
    piece: int
    preferred: BlockKind | None
    # Important and due today or overdue: it starts as soon as it can, through a fragment if need be.
    pressing: bool
    collaborators: tuple[str, ...]
    predecessors: tuple[tuple[str, int], ...]
    successors: list[str] = field(default_factory=list)
    # When it should be finished for its own due date and for those of its successors.
    wanted: int | None = None
    # Nothing that is due in the horizon hangs on it.
    waits: bool = True
    head: int = 0
    key: float = 0.0
    admitted: bool = False


@dataclass
class Shop:
    """All that a construction needs: jobs in topological order, diaries before any of them is placed.

    `fixed` are jobs already placed (pinned) or impossible (None).
    """

    jobs: dict[str, Job]
    diaries: dict[str, Diary]
    weights: Weights
    fixed: dict[str, Fit | None] = field(default_factory=dict)

    def colleagues(self, job: Job) -> list[str]:
        """Return the owner and all who must be present."""
        return [job.person, *job.collaborators]


@dataclass
class Outcome:
    """A construction: where each job stands (None: nowhere) and which admitted ones were met in time."""

    fits: dict[str, Fit | None]
    diaries: dict[str, Diary]

    def met(self, jobs: Iterable[Job]) -> set[str]:
        """Return the ids of the jobs with a due date that are finished by it."""
        return {job.id for job in jobs if _in_time(job, self.fits.get(job.id))}


def construct(shop: Shop, should_stop: Callable[[], bool]) -> Outcome:
    """Return the best plan the greedy core finds. `should_stop` is asked between attempts only."""
    _prepare(shop)
    jobs = shop.jobs.values()
    everybody = set(shop.diaries)
    base, by_due = Construction(shop, strict=everybody).run(), False
    dated = [job for job in jobs if job.aim is not None]
    met = base.met(dated)
    if any(job.admitted and job.id not in met for job in dated) and not should_stop():
        other = Construction(shop, strict=everybody, by_due=everybody).run()
        if _worth(shop, other.met(dated)) > _worth(shop, met):
            base, by_due, met = other, True, other.met(dated)
    return _promote(shop, base, met, dated, should_stop, by_due=by_due)


def _promote(
    shop: Shop,
    base: Outcome,
    met: set[str],
    dated: list[Job],
    should_stop: Callable[[], bool],
    *,
    by_due: bool,
) -> Outcome:
    """Return a plan that meets all that `base` meets, with late and undated work where it belongs."""
    for job in dated:
        job.admitted = job.id in met
        job.key = _key(shop, job)
    strict: set[str] = set()
    for _ in range(ROUNDS):
        if should_stop():
            break
        attempt = Construction(shop, strict=strict, by_due=strict if by_due else set()).run()
        lost = met - attempt.met(dated)
        if not lost:
            return attempt
        widened = strict | _people_behind(shop, lost)
        if widened == strict:
            break
        strict = widened
    return base


def _people_behind(shop: Shop, lost: set[str]) -> set[str]:
    """Return who does the `lost` jobs, and who does what they wait for."""
    people: set[str] = set()
    for job_id in lost:
        job = shop.jobs[job_id]
        people.update(shop.colleagues(job))
        people.update(shop.jobs[before].person for before, _lag in job.predecessors)
    return people


def _worth(shop: Shop, met: set[str]) -> tuple[int, int]:
    """Return the scores of what is met, added up: first of what is due in the horizon, then of the rest."""
    jobs = [shop.jobs[job_id] for job_id in met]
    return sum(job.score for job in jobs if not job.waits), sum(job.score for job in jobs if job.waits)


def _in_time(job: Job, found: Fit | None) -> bool:
    return job.aim is not None and found is not None and found.end <= job.aim


# --- Preparation: heads, wanted finishes, keys, admission -----------------------------------------


def _prepare(shop: Shop) -> None:
    for job in shop.jobs.values():
        if job.id not in shop.fixed:
            job.head = _head(shop, job)
    for job in reversed(shop.jobs.values()):
        job.wanted = _wanted(shop, job)
        for before, _lag in job.predecessors:
            if before in shop.jobs:
                # What waits for a task lends it its weight.
                shop.jobs[before].score = max(shop.jobs[before].score, job.score)
    _admit(shop)
    for job in shop.jobs.values():
        job.key = _key(shop, job)


def _head(shop: Shop, job: Job) -> int:
    """Return the earliest slot in which `job` can start, were everybody free but for pins and meetings."""
    head = job.release
    for before, lag in job.predecessors:
        earlier = shop.jobs[before]
        fixed = shop.fixed.get(before)
        if fixed is not None:
            finish: int | None = fixed.end
        else:
            finish = shop.diaries[earlier.person].nth_slot_from(earlier.head, earlier.need)
        head = max(head, NEVER if finish is None else finish + lag)
    return head


def _wanted(shop: Shop, job: Job) -> int | None:
    """Return the slot by which `job` should be finished for its own due date and those behind it.

    A successor that cannot be in time anyway hurries nobody.
    """
    wanted = job.aim
    job.waits = job.due is None
    for later_id in job.successors:
        later = shop.jobs[later_id]
        lag = next(lag for before, lag in later.predecessors if before == job.id)
        latest = _latest_start(shop, later)
        if latest is None:
            continue
        finish = shop.diaries[job.person].nth_slot_from(job.head, job.need)
        if finish is None or finish > latest - lag:
            continue
        job.waits = job.waits and later.waits
        if wanted is None or latest - lag < wanted:
            wanted = latest - lag
    return wanted


def _latest_start(shop: Shop, job: Job) -> int | None:
    if job.id in shop.fixed:
        fixed = shop.fixed[job.id]
        return None if fixed is None else fixed.start
    if job.wanted is None:
        return None
    diary = shop.diaries[job.person]
    index = diary.position(job.wanted) - job.need
    return diary.slots[index] if index >= 0 else None


def _key(shop: Shop, job: Job) -> float:
    """Return when to plan the job: its latest start in working slots, less the bonus of its priority.

    What cannot be in time is not hurried by its length; the shorter comes first, so that fewer wait.
    """
    diary = shop.diaries[job.person]
    bonus = (shop.weights.urgency[job.quadrant] + shop.weights.relevance * (job.relevance - 3)) / GRID_MINUTES
    if job.wanted is not None and (job.due is not None or job.wanted != job.aim):
        length = -job.need if job.admitted or job.due is None else job.need / 4
        return diary.position(job.wanted) + length - bonus
    days = UNDATED if job.beyond is None else min(UNDATED, job.beyond * A_DAY_BEYOND)
    return len(diary.slots) + days - bonus


def _admit(shop: Shop) -> None:
    """Mark the jobs whose deadlines can be kept together, the most important first."""
    ledgers = {person: Ledger(diary) for person, diary in shop.diaries.items()}
    candidates = [job for job in shop.jobs.values() if job.wanted is not None and job.id not in shop.fixed]
    for job in candidates:
        job.admitted = False
        ledgers[job.person].open(job)
    for ledger in ledgers.values():
        ledger.close()
    for job in sorted(candidates, key=lambda job: (job.waits, -job.score, deadline(job), job.need)):
        job.admitted = ledgers[job.person].admit(job)


class Ledger:
    """What is still free before each deadline of a person, less what admitted jobs still need of it."""

    def __init__(self, diary: Diary) -> None:
        """Start without deadlines."""
        self.diary = diary
        self.bounds: list[int] = []
        self.slack: list[int] = []
        self.index: dict[int, int] = {}

    def open(self, job: Job) -> None:
        """Note the deadline of `job`."""
        self.bounds.append(deadline(job))

    def close(self) -> None:
        """Count the free time before every deadline noted."""
        self.bounds = sorted(set(self.bounds))
        self.index = {bound: n for n, bound in enumerate(self.bounds)}
        self.slack = [self.diary.position(bound) for bound in self.bounds]

    def admit(self, job: Job) -> bool:
        """Reserve time for `job` before its deadline if every deadline can still be kept."""
        bound = deadline(job)
        first = self.index[bound]
        if job.need > self.diary.capacity(job.head, bound) or min(self.slack[first:]) < job.need:
            return False
        self.reserve(job, job.need)
        return True

    def reserve(self, job: Job, slots: int) -> None:
        """Take `slots` (give them back if negative) from every deadline that `job` counts for."""
        for n in range(self.index[deadline(job)], len(self.slack)):
            self.slack[n] -= slots

    def spend(self, pieces: Iterable[Piece]) -> None:
        """Take the slots of `pieces` out of the free time."""
        for start, end, _kind in pieces:
            for n, bound in enumerate(self.bounds):
                if start < bound:
                    self.slack[n] -= min(end, bound) - start

    def broken_by(self, pieces: Iterable[Piece], *, reserved_by: int | None) -> int | None:
        """Return the first deadline that using `pieces` would make impossible to keep, or None.

        `reserved_by` is the deadline of the job itself if time is reserved for it: from there on its own
        reservation pays.
        """
        spans = [(start, end) for start, end, _kind in pieces]
        own = len(self.bounds) if reserved_by is None else self.index[reserved_by]
        for n in range(own):
            bound = self.bounds[n]
            used = sum(min(end, bound) - start for start, end in spans if start < bound)
            if used and self.slack[n] < used:
                return bound
        return None


def deadline(job: Job) -> int:
    """Return the slot that counts as deadline of a job that has one, or whose successors have one."""
    assert job.wanted is not None
    return job.wanted


# --- Construction ---------------------------------------------------------------------------------


class Phase(Enum):
    """Who may be placed: first what was admitted, then what still comes in time, then all the rest."""

    ADMITTED = 1
    IN_TIME = 2
    REST = 3


class Construction:
    """One serial construction.

    People in `strict` get late and undated work only after dated work; those in `by_due` get their work by
    due date alone.
    """

    def __init__(self, shop: Shop, *, strict: set[str], by_due: set[str] | None = None) -> None:
        """Copy the diaries and reserve time for the admitted jobs."""
        self.shop = shop
        self.strict = strict
        self.by_due = by_due or set()
        self.diaries = {person: diary.copy() for person, diary in shop.diaries.items()}
        self.fits: dict[str, Fit | None] = dict(shop.fixed)
        self.waiting = {job.id: len(job.predecessors) for job in shop.jobs.values()}
        self.ready: list[tuple[float, int]] = []
        self.jobs = list(shop.jobs.values())
        self.number = {job_id: n for n, job_id in enumerate(shop.jobs)}
        self.phase = Phase.ADMITTED
        self.levels: dict[tuple[bool, bool, BlockKind | None], list[dict[BlockKind, float]]] = {}
        self.put_aside: list[Job] = []
        self.ledgers = {person: Ledger(diary) for person, diary in self.diaries.items()}
        self.owed: dict[str, list[Job]] = {person: [] for person in self.diaries}
        self.reserved: set[str] = set()

    def run(self) -> Outcome:
        """Place everything that can be placed."""
        self._reserve()
        for job in self.jobs:
            if job.id in self.fits:
                self._settled(job)
            elif self.waiting[job.id] == 0:
                self._push(job)
        for phase in (Phase.ADMITTED, Phase.IN_TIME, Phase.REST):
            self.phase = phase
            returned, self.put_aside = self.put_aside, []
            for job in returned:
                self._push(job)
            self._drain()
        return Outcome(self.fits, self.diaries)

    def _reserve(self) -> None:
        admitted = [job for job in self.jobs if job.admitted and job.id not in self.fits]
        for job in admitted:
            self.ledgers[job.person].open(job)
            self.owed[job.person].append(job)
            self.reserved.add(job.id)
        for person, ledger in self.ledgers.items():
            ledger.close()
            self.owed[person].sort(key=lambda job: (deadline(job), job.key, self.number[job.id]))
        for job in admitted:
            self.ledgers[job.person].reserve(job, job.need)

    def _push(self, job: Job) -> None:
        key = job.key
        if job.person in self.by_due:
            key = NEVER + job.key if job.wanted is None else deadline(job)
        heappush(self.ready, (key, self.number[job.id]))

    def _drain(self) -> None:
        while self.ready:
            key, number = heappop(self.ready)
            job = self.jobs[number]
            if job.id in self.fits:
                continue
            blocker = self._attempt(job)
            if blocker is not None:
                heappush(self.ready, (key, number))
                self._attempt(blocker, guarded=False)

    def _attempt(self, job: Job, *, guarded: bool = True) -> Job | None:
        """Place `job`, put it aside or give it up; or return the job that must go first."""
        if self.phase is Phase.ADMITTED and not job.admitted and job.person in self.strict:
            self.put_aside.append(job)
            return None
        found = self._in_time(job)
        if found is None and self._may_still_come_in_time(job):
            self._lose(job)
            self.put_aside.append(job)
            return None
        if found is None:
            found = self._anywhere(job)
        if found is not None and guarded:
            own = deadline(job) if job.id in self.reserved else None
            bound = self.ledgers[job.person].broken_by(found.pieces, reserved_by=own)
            if bound is not None:
                blocker = self._first_owed(job, bound)
                if blocker is not None:
                    return blocker
                found = self._after(job, bound) or found
        self._settle(job, found)
        return None

    def _may_still_come_in_time(self, job: Job) -> bool:
        """Tell whether a job that finds no place in time must wait until all others had their chance."""
        if self.phase is Phase.REST:
            return False
        return job.admitted or job.person in self.strict

    def _first_owed(self, job: Job, bound: int) -> Job | None:
        """Return the admitted job with the earliest deadline up to `bound` that could be placed now."""
        for other in self.owed[job.person]:
            if deadline(other) > bound:
                return None
            if other is not job and other.id not in self.fits and self.waiting[other.id] == 0:
                return other
        return None

    def _release(self, job: Job) -> int:
        release = job.release
        for before, lag in job.predecessors:
            found = self.fits[before]
            assert found is not None
            release = max(release, found.end + lag)
        return release

    def _in_time(self, job: Job) -> Fit | None:
        """Return the best fit that keeps the due date, from the best kinds of block to the last resort."""
        if job.wanted is None:
            return None
        release = self._release(job)
        levels = self._levels(job)
        if job.waits:
            levels = _undated(job, levels)
        found = self._first_fit(job, release, job.wanted, levels)
        if found is None and job.due not in (None, job.wanted):
            found = self._first_fit(job, release, job.due, levels)
        return found

    def _anywhere(self, job: Job) -> Fit | None:
        """Return the best fit of a job that is late anyway, or has no due date in the horizon."""
        if job.hard and job.due is not None:
            return None
        release = self._release(job)
        levels = self._levels(job)
        if job.due is not None:
            return self._fit(job, release, None, levels[-1])
        return self._first_fit(job, release, None, _undated(job, levels))

    def _after(self, job: Job, bound: int) -> Fit | None:
        """Return a fit that leaves the time before `bound` to those who need it."""
        levels = self._levels(job)
        limit = job.due if job.admitted else None
        release = max(self._release(job), bound)
        return self._first_fit(job, release, limit, levels if job.due is not None else _undated(job, levels))

    def _first_fit(
        self, job: Job, release: int, limit: int | None, levels: Iterable[dict[BlockKind, float]]
    ) -> Fit | None:
        for prices in levels:
            found = self._fit(job, release, limit, prices)
            if found is not None:
                return found
        return None

    def _levels(self, job: Job) -> list[dict[BlockKind, float]]:
        """Return what kinds of block the job may use at which price, first choice first."""
        small = job.minutes <= SMALL_MINUTES
        profile = (small, job.quadrant == 1, job.preferred)
        if profile not in self.levels:
            self.levels[profile] = _levels(
                job.preferred, self.shop.weights, small=small, urgent=job.quadrant == 1
            )
        if job.pressing:
            return self.levels[profile][1:]
        return self.levels[profile]

    def _fit(self, job: Job, release: int, limit: int | None, prices: dict[BlockKind, float]) -> Fit | None:
        demand = Demand(job.need, release, limit, prices, job.splittable, job.piece)
        diary = self.diaries[job.person]
        segments: list[Segment] | None = None
        if job.collaborators:
            segments = common([self.diaries[person] for person in self.shop.colleagues(job)])
        return fit(diary, demand, self.shop.weights, segments)

    def _settle(self, job: Job, found: Fit | None) -> None:
        self._lose(job)
        self.fits[job.id] = found
        if found is not None:
            for person in self.shop.colleagues(job):
                pieces = found.pieces if person == job.person else _own_pieces(self.diaries[person], found)
                self.diaries[person].take(pieces)
                self.ledgers[person].spend(pieces)
        self._settled(job)

    def _lose(self, job: Job) -> None:
        """Give back what was reserved for `job`."""
        if job.id in self.reserved:
            self.reserved.discard(job.id)
            self.owed[job.person].remove(job)
            self.ledgers[job.person].reserve(job, -job.need)

    def _settled(self, job: Job) -> None:
        """Let the successors go, or give them up, and theirs, with their predecessor."""
        done = [job]
        for settled in done:
            for later_id in settled.successors:
                later = self.shop.jobs[later_id]
                self.waiting[later_id] -= 1
                if later_id in self.fits:
                    continue
                if self.fits[settled.id] is None:
                    self._lose(later)
                    self.fits[later_id] = None
                    done.append(later)
                elif self.waiting[later_id] == 0:
                    self._push(later)


def _undated(job: Job, levels: list[dict[BlockKind, float]]) -> list[dict[BlockKind, float]]:
    """Return what a job that is not due in the horizon may use: not the time kept free for surprises.

    A small one may, for there is hardly another use for the end of a day, and one that must not be split,
    for it may fit nowhere else.
    """
    return levels if job.minutes <= SMALL_MINUTES or not job.splittable else levels[:2]


def _own_pieces(diary: Diary, found: Fit) -> list[Piece]:
    return [piece for start, end, _kind in found.pieces for piece in diary.kinds_in(start, end)]


def _levels(
    preferred: BlockKind | None, weights: Weights, *, small: bool, urgent: bool
) -> list[dict[BlockKind, float]]:
    """Return the allowed kinds with their prices: first choice, then fragments, flex time and buffers too."""
    misfit = weights.misfit_urgent if urgent else weights.misfit
    if preferred not in (None, BlockKind.FOCUS):
        prices = {preferred: 0.0, BlockKind.FOCUS: misfit}
    elif small:
        prices = {BlockKind.FRAGMENT: 0.0, BlockKind.FOCUS: misfit}
    else:
        prices = {BlockKind.FOCUS: 0.0}
    levels = [dict(prices)]
    prices.setdefault(BlockKind.FRAGMENT, weights.spare)
    levels.append(dict(prices))
    for kind in (BlockKind.FLEX, BlockKind.BUFFER):
        prices.setdefault(kind, weights.spare)
        levels.append(dict(prices))
    return levels
