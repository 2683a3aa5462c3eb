"""From a problem to a plan: what is impossible is named, the rest goes to the core, and is explained."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from itertools import pairwise

from opsloop.engines import priority
from opsloop.engines.blocks import BlockKind, Span
from opsloop.engines.scheduling import bounds, explain, network, windows
from opsloop.engines.scheduling.arrays import NOWHERE, Table
from opsloop.engines.scheduling.core import Core
from opsloop.engines.scheduling.grid import (
    Clock,
    Diary,
    ceil_slot,
    diary,
    floor_slot,
    instant_of,
    needed_slots,
)
from opsloop.engines.scheduling.jobs import Fit, Job
from opsloop.engines.scheduling.model import (
    GRID_MINUTES,
    Code,
    Effort,
    Lateness,
    Person,
    Placement,
    Plan,
    Problem,
    Reason,
    Reasons,
    Task,
    Unplaced,
)

PRESSING = frozenset({priority.Nearness.OVERDUE, priority.Nearness.TODAY})
MINUTE = timedelta(minutes=1)
DAY_SLOTS = 24 * 60 // GRID_MINUTES
# What is due within a week after the horizon goes before what is late already.
SOON_BEYOND = 7 * DAY_SLOTS
# A wait of centuries is as good as one of more.
LONGEST_LAG = 1 << 26


def plan(
    problem: Problem,
    *,
    seed: int = 0,
    effort: Effort | None = None,
    should_stop: Callable[[], bool] | None = None,
    on_progress: Callable[[Plan], None] | None = None,
    certify: Collection[str] = (),
    bounded: bool = False,
) -> Plan:
    """Return a valid plan for `problem`: every task wholly placed, or unplaced with a reason.

    Equal arguments give equal plans, unless `effort` measures time. `seed` is that of the search.
    `should_stop` is asked every few milliseconds and ends the search with the best plan so far.
    `on_progress` gets a first plan at once, and the last one. For the people in `certify` the plan says
    how far their weeks are from the best possible; a tenth of a second each. If `bounded`, it says what
    any plan costs at least; some twenty milliseconds a person.

    Raises ValueError if two tasks or two people share an id, or an instant has no time zone; nothing
    else that a person can type makes it fail.
    """
    _check_door(problem)
    with _no_collection():
        work = Work(problem)
        work.sort_out()
        work.build_jobs()
        core = work.construct(seed, should_stop or (lambda: False))
    if on_progress is not None:
        core.add_hopeless()
        first = work.report()
        # The board moves on, so what is to be said of this plan is found out now.
        for reasons in [piece.reasons for piece in first.placements] + [
            one.reasons for one in first.unplaced
        ]:
            len(reasons)
        on_progress(first)
        core.take_hopeless_out()
    core.improve(effort or Effort())
    with _no_collection():
        result = work.report(certify, bounded=bounded)
    if on_progress is not None:
        on_progress(result)
    return result


@contextmanager
def _no_collection() -> Iterator[None]:
    """Let the garbage collector wait: thousands of values are made, none is garbage, and it looks at each again."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _check_door(problem: Problem) -> None:
    for kind, ids in (
        ("task", [task.id for task in problem.tasks]),
        ("person", [person.id for person in problem.people]),
    ):
        if len(set(ids)) != len(ids):
            twice = next(one for one in ids if ids.count(one) > 1)
            raise ValueError(f"two {kind} entries have the id {twice!r}")
    if problem.now.tzinfo is None or problem.end.tzinfo is None:
        raise ValueError("now and end must carry a time zone")


@dataclass
class Work:
    """One run of the planner, step by step."""

    problem: Problem
    refused: dict[str, list[Reason]] = field(default_factory=dict)
    notes: dict[str, list[Reason]] = field(default_factory=lambda: defaultdict(list))
    order: list[str] = field(default_factory=list)
    owners: dict[str, str] = field(default_factory=dict)
    pins: dict[str, Fit] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    # Pinned tasks whose predecessors come too late.
    broken: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Index what is asked again and again."""
        self.tasks = {task.id: task for task in self.problem.tasks}
        self.people = {person.id: person for person in self.problem.people}
        self.first = ceil_slot(self.problem.now)
        self.last = max(self.first, floor_slot(self.problem.end))
        # Comparing within one zone takes a tenth of the time of comparing across two.
        self.dues = {task.id: task.due.astimezone(UTC) for task in self.problem.tasks if task.due is not None}
        self.due_slots = {task_id: floor_slot(due) for task_id, due in self.dues.items()}
        items = [_item(task, self.dues.get(task.id)) for task in self.problem.tasks]
        self.priorities = {rank.id: rank for rank in priority.assess_all(items, now=self.problem.now)}
        self.begins, self.ends = self.problem.now.astimezone(UTC), self.problem.end.astimezone(UTC)
        self.clocks: dict[tzinfo | None, Clock] = {}
        self.clock_of: dict[str, Clock] = {}
        self.diaries: dict[str, Diary] = {}
        self.known: dict[tuple[int, tuple[Span, ...]], Diary] = {}
        self.table: Table
        self.started = False

    # --- What is impossible whatever the core does ---

    def sort_out(self) -> None:
        """Name what cannot be planned, assume what is missing, fix what is pinned."""
        successors: dict[str, list[str]] = {task_id: [] for task_id in self.tasks}
        for task in self.problem.tasks:
            if task.predecessors or not (task.planned_minutes or task.minutes or 0) > 0:
                self._note_assumptions(task)
            for before in self._known_predecessors(task) if task.predecessors else ():
                successors[before].append(task.id)
        self.order = network.topological(successors)
        for walk in network.cycles(successors) if len(self.order) < len(successors) else ():
            names = [self.tasks[task_id].name for task_id in walk]
            for task_id in walk:
                self._refuse(task_id, Code.CYCLE, tasks=names)
        self.diaries = {person.id: self._diary(person, []) for person in self.problem.people}
        for task in self.problem.tasks:
            self._check_owner(task)
        self._fix_pins()
        if not self.refused:
            return
        behind = set(self.tasks).difference(self.order, self.refused)
        for task_id in [*self.order, *sorted(behind)]:
            if self.tasks[task_id].predecessors:
                self._refuse_behind(task_id, always=task_id in behind)

    def _note_assumptions(self, task: Task) -> None:
        usable = task.planned_minutes or task.minutes or 0
        if usable <= 0:
            self.notes[task.id].append(
                Reason(Code.NO_ESTIMATE, {"minutes": self.problem.default_minutes, "given": task.minutes})
            )
        for before in task.predecessors:
            if before.task not in self.tasks:
                self.notes[task.id].append(Reason(Code.UNKNOWN_PREDECESSOR, {"task": before.task}))

    def _known_predecessors(self, task: Task) -> list[str]:
        return list(dict.fromkeys(before.task for before in task.predecessors if before.task in self.tasks))

    def _refuse(self, task_id: str, code: Code, **params: object) -> None:
        self.refused.setdefault(task_id, []).append(Reason(code, params))

    def _check_owner(self, task: Task) -> None:
        if task.id in self.refused:
            return
        everybody = task.candidates + task.collaborators if task.collaborators else task.candidates
        unknown = [person for person in everybody if person not in self.people]
        if not task.candidates:
            self._refuse(task.id, Code.NO_OWNER)
        elif unknown:
            self._refuse(task.id, Code.UNKNOWN_OWNER, person=unknown[0])
        elif not task.pinned and not self._able(task):
            self._refuse(task.id, Code.NO_WORKTIME, person=task.candidates[0])
        elif not task.pinned and task.earliest is not None and ceil_slot(task.earliest) >= self.last:
            self._refuse(task.id, Code.STARTS_LATER, earliest=task.earliest)

    def _fix_pins(self) -> None:
        taken: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
        for task in self.problem.tasks:
            if task.pinned and task.id not in self.refused:
                self._fix_pin(task, taken)
        for person, spans in taken.items():
            self.diaries[person] = self._diary(self.people[person], [(a, b) for a, b, _task in spans])

    def _fix_pin(self, task: Task, taken: dict[str, list[tuple[int, int, str]]]) -> None:
        spans = sorted((floor_slot(start), ceil_slot(end)) for start, end in task.pinned)
        group = [task.candidates[0], *task.collaborators]
        begin = self.problem.start or self.problem.now
        if spans[0][0] < floor_slot(begin) or spans[-1][1] > ceil_slot(self.problem.end):
            self._refuse(task.id, Code.PIN_OUTSIDE, start=task.pinned[0][0])
            return
        if any(two[0] < one[1] for one, two in pairwise(spans)):
            self._refuse(task.id, Code.PIN_CLASH, task=task.name, start=task.pinned[0][0])
            return
        for person in group:
            for start, end, other in taken[person]:
                if any(a < end and start < b for a, b in spans):
                    self._refuse(
                        task.id, Code.PIN_CLASH, task=self.tasks[other].name, start=task.pinned[0][0]
                    )
                    return
        for person in group:
            taken[person].extend((a, b, task.id) for a, b in spans)
        self.pins[task.id] = Fit(tuple((a, b, BlockKind.FOCUS) for a, b in spans))

    def _refuse_behind(self, task_id: str, *, always: bool) -> None:
        if task_id in self.refused:
            return
        for before in self._known_predecessors(self.tasks[task_id]):
            if before in self.refused or always:
                self._refuse(task_id, Code.PREDECESSOR_UNPLACED, task=self.tasks[before].name)
                self.pins.pop(task_id, None)
                return

    def _diary(self, person: Person, taken: Sequence[tuple[int, int]]) -> Diary:
        if taken:
            return diary(person, first=self.first, last=self.last, taken=taken)
        # Most people of a department have the same blocks; the tuple is one and the same for them.
        alike = (id(person.blocks), person.busy)
        if alike not in self.known:
            self.known[alike] = diary(person, first=self.first, last=self.last)
        return self.known[alike]

    # --- What the core gets ---

    def build_jobs(self) -> None:
        """Turn what is left into jobs, in topological order."""
        for task_id in self.order:
            if task_id not in self.refused:
                self.jobs[task_id] = self._job(self.tasks[task_id])
        for job in self.jobs.values():
            for before, lag in job.predecessors:
                self.jobs[before].successors.append((job.id, lag))

    def _able(self, task: Task) -> tuple[str, ...]:
        # A pinned span stands in the diary of the first candidate already.
        if task.pinned:
            return task.candidates[:1]
        return tuple([who for who in task.candidates if self.diaries[who].slots])

    def _job(self, task: Task) -> Job:
        rank = self.priorities[task.id]
        due = self.dues.get(task.id)
        # Pins may have taken the last free slot of all who could: then it finds no place, and that is said.
        able = self._able(task) or task.candidates[:1]
        estimate = task.minutes
        return Job(
            id=task.id,
            person=able[0],
            candidates=able,
            need=needed_slots(task, self.problem.default_minutes),
            release=self.first if task.earliest is None else max(self.first, ceil_slot(task.earliest)),
            due=self.due_slots[task.id] if due is not None and due <= self.ends else None,
            aim=self._aim(task.id),
            hard=task.hard_due,
            quadrant=rank.quadrant,
            score=rank.score,
            relevance=rank.relevance or priority.DEFAULT_RELEVANCE,
            weight=max(0.0, task.weight),
            minutes=estimate if estimate and estimate > 0 else self.problem.default_minutes,
            splittable=task.splittable,
            piece=max(1, -(-task.min_piece // GRID_MINUTES)),
            preferred=task.preferred,
            pressing=rank.quadrant == 1 and rank.nearness in PRESSING,
            joins=tuple(dict.fromkeys(task.collaborators)) if task.collaborators else (),
            predecessors=self._lags(task) if task.predecessors else (),
        )

    def _lags(self, task: Task) -> tuple[tuple[str, int], ...]:
        lags: dict[str, int] = {}
        for before in task.predecessors:
            if before.task in self.tasks:
                lag = min(LONGEST_LAG, max(0, -(-before.lag_minutes // GRID_MINUTES)))
                lags[before.task] = max(lag, lags.get(before.task, 0))
        return tuple(lags.items())

    def _aim(self, task_id: str) -> int | None:
        """Return by when a task should be finished in this horizon: work due long after it is not pressed."""
        due = self.due_slots.get(task_id)
        if due is None or due > self.last + SOON_BEYOND:
            return None
        return min(self.last, due)

    # --- The core ---

    def construct(self, seed: int, should_stop: Callable[[], bool]) -> Core:
        """Return a core with a first plan. A pinned task whose predecessors come too late gives up."""
        while True:
            fixed: dict[str, Fit | None] = {
                job.id: None if job.id in self.broken else self.pins[job.id]
                for job in self.jobs.values()
                if job.id in self.pins or job.id in self.broken
            }
            self.table = Table(
                list(self.jobs.values()),
                self.diaries,
                self.problem.weights,
                pins=fixed,
                accepted=self._accepted(),
                now=self.first,
            )
            core = Core(self.table, self._groups(), seed=seed, stop=should_stop)
            if not self._drop_broken_pins():
                core.construct()
                if not self._drop_broken_pins():
                    return core

    def _drop_broken_pins(self) -> bool:
        """Give up the pinned tasks that stand before what they wait for; tell whether there are any."""
        table, dropped = self.table, False
        for n, job in enumerate(table.jobs):
            if job.id not in self.pins or job.id in self.broken:
                continue
            for k, lag in table.before[n]:
                early = table.finish[k] + lag > table.start[n]
                if early or (self.started and table.where[k] == NOWHERE):
                    self.broken[job.id] = table.jobs[k].id
                    del self.pins[job.id]
                    dropped = True
                    break
        self.started = not dropped and not self.started
        return dropped

    def _accepted(self) -> dict[str, tuple[str, list[int]]]:
        found: dict[str, tuple[str, list[int]]] = {}
        for piece in sorted(self.problem.accepted, key=lambda piece: piece.start):
            task = self.tasks.get(piece.task)
            if task is None or piece.person not in task.candidates or piece.end <= self.problem.now:
                continue
            who, slots = found.setdefault(piece.task, (piece.person, []))
            if who == piece.person:
                slots.extend(range(max(self.first, floor_slot(piece.start)), ceil_slot(piece.end)))
        return found

    def _groups(self) -> list[list[int]]:
        """Return the jobs in groups that share no person and no precedence, each in topological order."""
        leader = {person: person for person in self.people}

        def find(person: str) -> str:
            while leader[person] != person:
                leader[person] = leader[leader[person]]
                person = leader[person]
            return person

        for job in self.jobs.values():
            for other, _lag in job.predecessors:
                leader[find(self.jobs[other].person)] = find(job.person)
            for person in (*job.candidates[1:], *job.joins):
                leader[find(person)] = find(job.person)
        groups: dict[str, list[int]] = {}
        for n, job in enumerate(self.jobs.values()):
            groups.setdefault(find(job.person), []).append(n)
        return list(groups.values())

    def _read(self) -> None:
        """Take over who does what and when from the table."""
        table = self.table
        self.fits: dict[str, Fit | None] = {}
        for job, found, where in zip(table.jobs, table.fits(), table.where, strict=True):
            job.person = table.names[where] if where != NOWHERE else job.candidates[0]
            self.owners[job.id] = job.person
            self.fits[job.id] = found or self.pins.get(job.id)
        for task_id, before in self.broken.items():
            self.refused[task_id] = [self._why_broken(task_id, before)]

    def _why_broken(self, task_id: str, before: str) -> Reason:
        found, name = self.fits[before], self.tasks[before].name
        if found is None:
            return Reason(Code.PREDECESSOR_UNPLACED, {"task": name})
        start = self.tasks[task_id].pinned[0][0]
        finish = instant_of(found.end).astimezone(start.tzinfo)
        return Reason(Code.PIN_BEFORE_PREDECESSOR, {"task": name, "start": start, "finish": finish})

    # --- The answer ---

    def report(self, certify: Collection[str] = (), *, bounded: bool = False) -> Plan:
        """Return the plan with its explanations, certificates of the weeks of `certify`, and if asked a bound."""
        self._read()
        case = explain.Case(
            problem=self.problem,
            tasks=self.tasks,
            priorities=self.priorities,
            jobs=self.jobs,
            fits=self.fits,
            before=self.diaries,
            after=Left(self.diaries, self.table),
            pinned=frozenset(self.pins),
        )
        # Who, from which slot on: no two pieces of a person begin in one, so the number breaks no tie in vain.
        placements: list[tuple[int, int, int, Placement]] = []
        order = {person.id: n for n, person in enumerate(self.problem.people)}
        unplaced: list[Unplaced] = []
        late: list[Lateness] = []
        for task in self.problem.tasks:
            notes = tuple(self.notes[task.id]) if task.id in self.notes else ()
            found = self.fits.get(task.id)
            if found is None:
                why = Reasons(partial(self._why_not, case, task.id, notes))
                person = self.owners.get(task.id) or next(iter(task.candidates), None)
                unplaced.append(Unplaced(task.id, person, why))
                continue
            job = self.jobs[task.id]
            reasons = Reasons(partial(_why_here, case, job, found, notes))
            over = self._minutes_late(task, found)
            if over > 0:
                late.append(Lateness(task.id, job.person, round(over), reasons))
            if job.joins or task.id in self.pins:
                spans = self._spans(task, job, found)
            else:
                clock, who = self.clock(job.person), job.person
                spans = [(who, a, clock[a], clock[b], kind) for a, b, kind in found.pieces]
            for who, slot, start, end, kind in spans:
                piece = Placement(task.id, who, start, end, kind, over > 0, reasons)
                placements.append((order[who], slot, len(placements), piece))
        placements.sort()
        gaps = {who: bounds.certify(self.table, who).gap for who in certify if who in self.people}
        return Plan(
            tuple([piece for _who, _slot, _number, piece in placements]),
            tuple(unplaced),
            tuple(late),
            gap=max(gaps.values(), default=None),
            terms=self.table.terms(),
            gaps=gaps,
            bound=bounds.least_cost(self.table) if bounded else None,
            overloads=self._overloads([*late, *unplaced]),
        )

    def _why_not(self, case: explain.Case, task_id: str, notes: tuple[Reason, ...]) -> tuple[Reason, ...]:
        refusal = self.refused.get(task_id) or explain.why_not(case, self.jobs[task_id])
        return (*refusal, *notes)

    def _minutes_late(self, task: Task, found: Fit) -> float:
        """Return by how many minutes the task is finished after it is due; less than 0 if it is not."""
        due = self.dues.get(task.id)
        if due is None:
            return -1.0
        if task.id in self.pins:
            return (max(end for _start, end in task.pinned) - due) / MINUTE
        if found.end <= self.due_slots[task.id]:
            return -1.0
        return (instant_of(found.end) - due) / MINUTE

    def _spans(
        self, task: Task, job: Job, found: Fit
    ) -> list[tuple[str, int, datetime, datetime, BlockKind | None]]:
        """Return the pieces of all who must be there: who, first slot, start, end, and in which kind of block."""
        spans: list[tuple[str, int, datetime, datetime, BlockKind | None]] = []
        for who in (job.person, *job.collaborators):
            if task.id in self.pins:
                for start, end in sorted(task.pinned):
                    slot = floor_slot(start)
                    spans.append((who, slot, start, end, _block_at(self.people[who], slot)))
                continue
            clock = self.clock(who)
            own = found.pieces
            if who != job.person:
                own = tuple(piece for a, b, _k in own for piece in self.diaries[who].kinds_in(a, b))
            spans += [(who, first, clock[first], clock[last], kind) for first, last, kind in own]
        return spans

    def clock(self, who: str) -> Clock:
        """Return the clock of a person's zone."""
        found = self.clock_of.get(who)
        if found is None:
            zone = explain.zone_of(self.people[who], self.problem)
            found = self.clock_of[who] = self.clocks.setdefault(zone, Clock(zone))
        return found

    def _overloads(self, missed: Sequence[Lateness | Unplaced]) -> tuple[Reason, ...]:
        """Return what nobody could keep. Whoever misses nothing keeps everything, so need not be looked at."""
        found: list[Reason] = []
        for one in windows.overloads(self.table, {one.person for one in missed}):
            zone = explain.zone_of(self.people[one.person], self.problem)
            local = replace(one, start=one.start.astimezone(zone), end=one.end.astimezone(zone))
            found.append(local.reason(self.tasks[task_id].name for task_id in one.tasks))
        return tuple(found)


class Left(dict[str, Diary]):
    """What is left free of each diary, worked out when it is asked for."""

    def __init__(self, diaries: Mapping[str, Diary], table: Table) -> None:
        """Remember where to look."""
        super().__init__()
        self.diaries = diaries
        self.table = table

    def __missing__(self, person: str) -> Diary:
        """Return the diary of `person` without what the plan takes."""
        found = self[person] = Diary(self.diaries[person].slots, self.table.free(person))
        return found


def _why_here(case: explain.Case, job: Job, found: Fit, notes: tuple[Reason, ...]) -> tuple[Reason, ...]:
    return (*explain.why_here(case, job, found), *notes)


def _block_at(person: Person, slot: int) -> BlockKind | None:
    for block in person.blocks:
        if block.kind.workable and floor_slot(block.start) <= slot < ceil_slot(block.end):
            return block.kind
    return None


def _item(task: Task, due: datetime | None) -> priority.Item:
    return priority.Item(task.id, task.importance, task.urgency, due, task.minutes, task.quadrant)
