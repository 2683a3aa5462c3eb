"""What is to be planned: what is impossible is named, what is missing assumed, and the rest goes to the core."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from opsloop.engines.blocks import BlockKind, Span
from opsloop.engines.scheduling import network
from opsloop.engines.scheduling.arrays import NOWHERE, Pieces, Table
from opsloop.engines.scheduling.columns import Able, Columns, Dues, columns
from opsloop.engines.scheduling.core import Core
from opsloop.engines.scheduling.grid import Diary, Segment, ceil_slot, diary, floor_slot, working
from opsloop.engines.scheduling.jobs import Fit
from opsloop.engines.scheduling.model import Code, Person, Problem, Reason, Task


@dataclass
class Work:
    """One run of the planner, step by step."""

    problem: Problem
    refused: dict[str, list[Reason]] = field(default_factory=dict)
    notes: dict[str, list[Reason]] = field(default_factory=lambda: defaultdict(list))
    # The places of the tasks in topological order; what waits in a circle, or for one, is not among them.
    order: list[int] = field(default_factory=list)
    pins: dict[str, Fit] = field(default_factory=dict)
    # Pinned tasks whose predecessors come too late.
    broken: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Index what is asked again and again."""
        self.tasks = {task.id: task for task in self.problem.tasks}
        self.people = {person.id: person for person in self.problem.people}
        self.first = ceil_slot(self.problem.now)
        self.last = max(self.first, floor_slot(self.problem.end))
        self.dues = Dues(self.problem)
        self.diaries: dict[str, Diary] = {}
        self.times: dict[int, list[Segment]] = {}
        self.known: dict[tuple[int, tuple[Span, ...]], Diary] = {}
        self.able = Able({})
        self.columns: Columns
        self.table: Table
        self.started = False

    # --- What is impossible whatever the core does ---

    def sort_out(self) -> None:
        """Name what cannot be planned, assume what is missing, fix what is pinned."""
        for task in self.problem.tasks:
            if task.predecessors or not (task.planned_minutes or task.minutes or 0) > 0:
                self._note_assumptions(task)
        self._put_in_order()
        self.diaries = {person.id: self._diary(person, []) for person in self.problem.people}
        self.able = Able(self.diaries)
        for task in self.problem.tasks:
            if not self.able[task.candidates] or task.collaborators or task.earliest is not None:
                self._check_owner(task)
        self._fix_pins()
        if not self.refused:
            return
        order = [self.problem.tasks[place].id for place in self.order]
        behind = set(self.tasks).difference(order, self.refused)
        for task_id in [*order, *sorted(behind)]:
            if self.tasks[task_id].predecessors:
                self._refuse_behind(task_id, always=task_id in behind)

    def _put_in_order(self) -> None:
        place: dict[str, int] = {}
        successors: dict[int, list[int]] = {}
        for number, task in enumerate(self.problem.tasks):
            if not task.predecessors:
                continue
            place = place or {one.id: n for n, one in enumerate(self.problem.tasks)}
            for before in self._known_predecessors(task):
                successors.setdefault(place[before], []).append(number)
        self.order = network.in_order(len(self.tasks), successors)
        if len(self.order) == len(self.tasks):
            return
        names = [task.id for task in self.problem.tasks]
        graph = {name: [names[n] for n in successors.get(number, ())] for number, name in enumerate(names)}
        for walk in network.cycles(graph):
            circle = [self.tasks[task_id].name for task_id in walk]
            for task_id in walk:
                self._refuse(task_id, Code.CYCLE, tasks=circle)

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
        elif not task.pinned and not self.able[task.candidates]:
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
        if taken:
            self.able = Able(self.diaries)

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
        # Most people of a department have the same blocks; the tuple is one and the same for them.
        alike = id(person.blocks)
        if alike not in self.times:
            self.times[alike] = working(person.blocks, first=self.first, last=self.last)
        if taken:
            return diary(self.times[alike], person.busy, taken=taken)
        if (alike, person.busy) not in self.known:
            self.known[alike, person.busy] = diary(self.times[alike], person.busy)
        return self.known[alike, person.busy]

    # --- What the core gets ---

    def build_jobs(self) -> None:
        """Turn what is left into columns, in topological order."""
        places = self.order
        if self.refused:
            places = [place for place in places if self.problem.tasks[place].id not in self.refused]
        self.columns = columns(self.problem, places, self.dues, self.able, self.first, self.last)

    # --- The core ---

    def construct(self, seed: int, should_stop: Callable[[], bool]) -> Core:
        """Return a core with a first plan. A pinned task whose predecessors come too late gives up."""
        number = {task_id: n for n, task_id in enumerate(self.columns.ids)} if self.pins else {}
        while True:
            fixed: dict[int, Pieces] = {number[task_id]: () for task_id in self.broken}
            fixed |= {number[task_id]: found.pieces for task_id, found in self.pins.items()}
            self.table = Table(
                self.columns,
                self.diaries,
                self.problem.weights,
                pins=fixed,
                accepted=self._accepted(),
                now=self.first,
            )
            core = Core(self.table, self._groups(), seed=seed, stop=should_stop)
            if not self._drop_broken_pins(number):
                core.construct()
                if not self._drop_broken_pins(number):
                    return core

    def _drop_broken_pins(self, number: Mapping[str, int]) -> bool:
        """Give up the pinned tasks that stand before what they wait for; tell whether there are any."""
        table, dropped = self.table, False
        for task_id in sorted(self.pins, key=number.__getitem__):
            n = number[task_id]
            for k, lag in table.before[n]:
                early = table.finish[k] + lag > table.start[n]
                if early or (self.started and table.where[k] == NOWHERE):
                    self.broken[task_id] = table.ids[k]
                    del self.pins[task_id]
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
        """Return the tasks in groups that share no person and no precedence, each in topological order."""
        told, person = self.columns, self.table.person
        leader = list(range(len(person)))

        def find(one: int) -> int:
            while leader[one] != one:
                leader[one] = leader[leader[one]]
                one = leader[one]
            return one

        owners = [person[able[0]] for able in told.candidates]
        for n, (links, able, joins) in enumerate(zip(told.before, told.candidates, told.joins, strict=True)):
            if not links and not joins and len(able) == 1:
                continue
            for k, _lag in links:
                leader[find(owners[k])] = find(owners[n])
            for who in (*able[1:], *joins):
                leader[find(person[who])] = find(owners[n])
        heads = list(map(find, range(len(leader))))
        groups: dict[int, list[int]] = {}
        for n, owner in enumerate(owners):
            groups.setdefault(heads[owner], []).append(n)
        return list(groups.values())
