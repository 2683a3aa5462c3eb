"""From a problem to a plan: what is impossible is named, the rest goes to the core, and is explained."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from opsloop.engines import priority
from opsloop.engines.blocks import BlockKind
from opsloop.engines.scheduling import explain, greedy, network
from opsloop.engines.scheduling.fitting import Fit
from opsloop.engines.scheduling.greedy import Job, Shop
from opsloop.engines.scheduling.grid import (
    Diary,
    ceil_slot,
    diary,
    floor_slot,
    instant_of,
    needed_slots,
)
from opsloop.engines.scheduling.model import (
    GRID_MINUTES,
    Code,
    Lateness,
    Person,
    Placement,
    Plan,
    Problem,
    Reason,
    Task,
    Unplaced,
)

PRESSING = frozenset({priority.Nearness.OVERDUE, priority.Nearness.TODAY})
DAY_SLOTS = 24 * 60 // GRID_MINUTES
# What is due within a week after the horizon goes before what is late already.
SOON_BEYOND = 7 * DAY_SLOTS


def plan(
    problem: Problem,
    *,
    seed: int = 0,
    should_stop: Callable[[], bool] | None = None,
    on_progress: Callable[[Plan], None] | None = None,
) -> Plan:
    """Return a valid plan for `problem`: every task wholly placed, or unplaced with a reason.

    Equal arguments give equal plans. `seed` chooses among equally good searches (the greedy core has
    none). `should_stop` is asked now and then and ends the search early with the best plan so far; a
    caller with a time budget or a cancel button answers it. `on_progress` gets each better plan.

    Raises ValueError if two tasks or two people share an id, or an instant has no time zone; nothing
    else that a person can type makes it fail.
    """
    _check_door(problem)
    del seed
    work = Work(problem)
    work.sort_out()
    work.build_jobs()
    work.construct(should_stop or (lambda: False))
    result = work.report()
    if on_progress is not None:
        on_progress(result)
    return result


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
    fits: dict[str, Fit | None] = field(default_factory=dict)
    after: dict[str, Diary] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Index what is asked again and again."""
        self.tasks = {task.id: task for task in self.problem.tasks}
        self.people = {person.id: person for person in self.problem.people}
        self.first = ceil_slot(self.problem.now)
        self.last = max(self.first, floor_slot(self.problem.end))
        self.priorities = {
            task.id: priority.assess(_item(task), now=self.problem.now) for task in self.problem.tasks
        }
        self.diaries: dict[str, Diary] = {}

    # --- What is impossible whatever the core does ---

    def sort_out(self) -> None:
        """Name what cannot be planned, assume what is missing, fix what is pinned."""
        successors: dict[str, list[str]] = {task_id: [] for task_id in self.tasks}
        for task in self.problem.tasks:
            self._note_assumptions(task)
            for before in self._known_predecessors(task):
                successors[before].append(task.id)
        for walk in network.cycles(successors):
            names = [self.tasks[task_id].name for task_id in walk]
            for task_id in walk:
                self._refuse(task_id, Code.CYCLE, tasks=names)
        self.diaries = {person.id: self._diary(person, []) for person in self.problem.people}
        for task in self.problem.tasks:
            self._check_owner(task)
        self._fix_pins()
        self.order = network.topological(successors)
        behind = set(self.tasks).difference(self.order, self.refused)
        for task_id in [*self.order, *sorted(behind)]:
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
        everybody = [*task.candidates, *task.collaborators]
        unknown = [person for person in everybody if person not in self.people]
        if not task.candidates:
            self._refuse(task.id, Code.NO_OWNER)
        elif unknown:
            self._refuse(task.id, Code.UNKNOWN_OWNER, person=unknown[0])
        elif not task.pinned and not any(self.diaries[person].slots for person in task.candidates):
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
        for person in group:
            for start, end, other in taken[person]:
                if any(a < end and start < b for a, b in spans):
                    self._refuse(
                        task.id, Code.PIN_CLASH, task=self.tasks[other].name, start=task.pinned[0][0]
                    )
                    return
        for person in group:
            taken[person].extend((a, b, task.id) for a, b in spans)
        self.pins[task.id] = Fit(tuple((a, b, BlockKind.FOCUS) for a, b in spans), 0.0)

    def _refuse_behind(self, task_id: str, *, always: bool) -> None:
        if task_id in self.refused:
            return
        for before in self._known_predecessors(self.tasks[task_id]):
            if before in self.refused or always:
                self._refuse(task_id, Code.PREDECESSOR_UNPLACED, task=self.tasks[before].name)
                self.pins.pop(task_id, None)
                return

    def _diary(self, person: Person, taken: Sequence[tuple[int, int]]) -> Diary:
        return diary(person, first=self.first, last=self.last, taken=taken)

    # --- What the core gets ---

    def build_jobs(self) -> None:
        """Turn what is left into jobs, open owners chosen by load."""
        possible = [task_id for task_id in self.order if task_id not in self.refused]
        self._choose_owners(possible)
        for task_id in possible:
            self.jobs[task_id] = self._job(self.tasks[task_id])
        for job in self.jobs.values():
            for before, _lag in job.predecessors:
                self.jobs[before].successors.append(job.id)

    def _choose_owners(self, possible: Iterable[str]) -> None:
        load: dict[str, float] = dict.fromkeys(self.people, 0.0)
        tasks = [self.tasks[task_id] for task_id in possible]
        for task in sorted(
            tasks, key=lambda task: (len(task.candidates) > 1, -self.priorities[task.id].score)
        ):
            able = [who for who in task.candidates if task.pinned or self.diaries[who].slots]
            share = {who: 1 / max(1, len(self.diaries[who].slots)) for who in able}
            need = needed_slots(task, self.problem.default_minutes)
            enough = [who for who in able if self._has_time(task, who, need)]
            # A pinned span stands in the diary of the first candidate already.
            choice = task.candidates[:1] if task.pinned else enough or able
            owner = min(choice, key=lambda who: load[who] + need * share[who])
            self.owners[task.id] = owner
            load[owner] += need * share[owner]

    def _has_time(self, task: Task, who: str, need: int) -> bool:
        """Tell whether `who` has the working time for `task` before it is due, other work left aside."""
        release = self.first if task.earliest is None else max(self.first, ceil_slot(task.earliest))
        last = self.last if task.due is None else min(self.last, floor_slot(task.due))
        return self.diaries[who].capacity(release, last) >= need

    def _job(self, task: Task) -> Job:
        rank = self.priorities[task.id]
        in_horizon = task.due is not None and task.due <= self.problem.end
        lags: dict[str, int] = {}
        for before in task.predecessors:
            if before.task in self.tasks:
                lag = max(0, -(-before.lag_minutes // GRID_MINUTES))
                lags[before.task] = max(lag, lags.get(before.task, 0))
        return Job(
            id=task.id,
            person=self.owners[task.id],
            need=needed_slots(task, self.problem.default_minutes),
            release=self.first if task.earliest is None else max(self.first, ceil_slot(task.earliest)),
            due=floor_slot(task.due) if in_horizon and task.due is not None else None,
            aim=self._aim(task),
            beyond=None if task.due is None else max(0, floor_slot(task.due) - self.last) // DAY_SLOTS,
            hard=task.hard_due,
            quadrant=rank.quadrant,
            score=rank.score,
            relevance=rank.relevance or priority.DEFAULT_RELEVANCE,
            minutes=task.minutes if task.minutes and task.minutes > 0 else self.problem.default_minutes,
            splittable=task.splittable,
            piece=max(1, -(-task.min_piece // GRID_MINUTES)),
            preferred=task.preferred,
            pressing=rank.quadrant == 1 and rank.nearness in PRESSING,
            collaborators=tuple(who for who in task.collaborators if who != self.owners[task.id]),
            predecessors=tuple(lags.items()),
        )

    def _aim(self, task: Task) -> int | None:
        """Return by when `task` should be finished in this horizon: work due long after it is not pressed."""
        if task.due is None or floor_slot(task.due) > self.last + SOON_BEYOND:
            return None
        return min(self.last, floor_slot(task.due))

    # --- The core, once for each group of people that depend on each other ---

    def construct(self, should_stop: Callable[[], bool]) -> None:
        """Place the jobs. A pinned task whose predecessors come too late gives up, and the rest is redone."""
        for group in self._groups():
            while True:
                people = {who for job in group for who in (job.person, *job.collaborators)}
                shop = Shop(
                    jobs={job.id: job for job in group},
                    diaries={who: self.diaries[who].copy() for who in self.people if who in people},
                    weights=self.problem.weights,
                    fixed={job.id: self.pins.get(job.id) for job in group if self._is_fixed(job)},
                )
                outcome = greedy.construct(shop, should_stop)
                if not self._drop_broken_pins(group, outcome.fits):
                    break
            self.fits.update(outcome.fits)
            self.after.update(outcome.diaries)

    def _is_fixed(self, job: Job) -> bool:
        return job.id in self.pins or job.id in self.refused

    def _drop_broken_pins(self, group: Sequence[Job], fits: dict[str, Fit | None]) -> bool:
        dropped = False
        for job in group:
            if job.id not in self.pins:
                continue
            for before, lag in job.predecessors:
                found = fits[before]
                name = self.tasks[before].name
                if found is None:
                    self._refuse(job.id, Code.PREDECESSOR_UNPLACED, task=name)
                elif found.end + lag > self.pins[job.id].start:
                    start, finish = instant_of(self.pins[job.id].start), instant_of(found.end)
                    self._refuse(job.id, Code.PIN_BEFORE_PREDECESSOR, task=name, start=start, finish=finish)
                else:
                    continue
                dropped = True
                del self.pins[job.id]
                break
        return dropped

    def _groups(self) -> list[list[Job]]:
        """Return the jobs in groups that share no person and no precedence, each in topological order."""
        leader = {person: person for person in self.people}

        def find(person: str) -> str:
            while leader[person] != person:
                leader[person] = leader[leader[person]]
                person = leader[person]
            return person

        for job in self.jobs.values():
            others = [self.jobs[before].person for before, _lag in job.predecessors]
            for other in (*others, *job.collaborators):
                leader[find(other)] = find(job.person)
        groups: dict[str, list[Job]] = {}
        for job in self.jobs.values():
            groups.setdefault(find(job.person), []).append(job)
        return list(groups.values())

    # --- The answer ---

    def report(self) -> Plan:
        """Return the plan with its explanations."""
        case = explain.Case(
            problem=self.problem,
            tasks=self.tasks,
            priorities=self.priorities,
            jobs=self.jobs,
            fits=self.fits,
            before=self.diaries,
            after={**self.diaries, **self.after},
            pinned=frozenset(self.pins),
        )
        placements: list[Placement] = []
        unplaced: list[Unplaced] = []
        late: list[Lateness] = []
        for task in self.problem.tasks:
            notes = tuple(self.notes.get(task.id, ()))
            found = self.fits.get(task.id)
            if found is None:
                refusal = self.refused.get(task.id) or explain.why_not(case, self.jobs[task.id])
                person = self.owners.get(task.id) or next(iter(task.candidates), None)
                unplaced.append(Unplaced(task.id, person, (*refusal, *notes)))
                continue
            reasons = (*explain.why_here(case, self.jobs[task.id], found), *notes)
            pieces = _pieces(self, task, found, reasons)
            placements.extend(pieces)
            if pieces[0].late and task.due is not None:
                over = round((max(p.end for p in pieces) - task.due).total_seconds() / 60)
                late.append(Lateness(task.id, self.owners[task.id], over, reasons))
        order = {person.id: n for n, person in enumerate(self.problem.people)}
        placements.sort(key=lambda piece: (order[piece.person], piece.start, piece.end))
        return Plan(tuple(placements), tuple(unplaced), tuple(late))


def _pieces(work: Work, task: Task, found: Fit, reasons: tuple[Reason, ...]) -> list[Placement]:
    job = work.jobs[task.id]
    group = [job.person, *job.collaborators]
    pieces: list[Placement] = []
    if task.id in work.pins:
        late = task.due is not None and max(end for _start, end in task.pinned) > task.due
        for who in group:
            for start, end in sorted(task.pinned):
                block = _block_at(work.people[who], floor_slot(start))
                pieces.append(Placement(task.id, who, start, end, block, late, reasons))
        return pieces
    late = task.due is not None and instant_of(found.end) > task.due
    for who in group:
        zone = explain.zone_of(work.people[who], work.problem)
        own = found.pieces
        if who != job.person:
            own = tuple(piece for a, b, _k in found.pieces for piece in work.diaries[who].kinds_in(a, b))
        for first, last, kind in own:
            begin, finish = instant_of(first).astimezone(zone), instant_of(last).astimezone(zone)
            pieces.append(Placement(task.id, who, begin, finish, kind, late, reasons))
    return pieces


def _block_at(person: Person, slot: int) -> BlockKind | None:
    for block in person.blocks:
        if block.kind.workable and floor_slot(block.start) <= slot < ceil_slot(block.end):
            return block.kind
    return None


def _item(task: Task) -> priority.Item:
    return priority.Item(
        id=task.id,
        relevance=task.importance,
        urgency=task.urgency,
        due=task.due,
        minutes=task.minutes,
        quadrant=task.quadrant,
    )
