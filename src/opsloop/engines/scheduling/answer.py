"""What a plan says: pieces, what is late or left out, and why, read from the board as it stands."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from functools import cached_property

from opsloop.engines.blocks import BlockKind
from opsloop.engines.scheduling import bounds, explain, windows
from opsloop.engines.scheduling.arrays import KINDS, NOWHERE, Table
from opsloop.engines.scheduling.columns import NEVER
from opsloop.engines.scheduling.grid import EPOCH, Clock, Diary, ceil_slot, floor_slot, instant_of
from opsloop.engines.scheduling.jobs import Fit, Job
from opsloop.engines.scheduling.model import (
    Code,
    Lateness,
    Person,
    Placement,
    Plan,
    Reason,
    Reasons,
    Task,
    Unplaced,
)
from opsloop.engines.scheduling.work import Work

MINUTE = timedelta(minutes=1)
# A piece of somebody: who, first slot, start, end, and in which kind of block.
Shown = tuple[str, int, datetime, datetime, BlockKind | None]


class Answer:
    """The plan that stands on the board of `work`. The board may move on; what is asked later is still of this plan."""

    def __init__(self, work: Work) -> None:
        """Take over who does what and when."""
        self.work, self.table, self.columns = work, work.table, work.columns
        self.where: list[int] = self.table.where.tolist()
        self.begins, self.first, self.last, self.kinds = self.table.pieces()
        self.diaries: Mapping[str, Diary] = Left(work.diaries, self.table)
        self.clocks: dict[tzinfo | None, Clock] = {}
        self.clock_of: dict[str, Clock] = {}
        for task_id, before in work.broken.items():
            work.refused[task_id] = [self._why_broken(task_id, before)]

    # --- The plan ---

    def plan(self, certify: Collection[str] = (), *, bounded: bool = False) -> Plan:
        """Return it, with certificates of the weeks of `certify`, and if asked a bound."""
        pieces, unplaced, late = self._listed()
        people = self.work.people
        gaps = {who: bounds.certify(self.table, who).gap for who in certify if who in people}
        return Plan(
            tuple(pieces),
            tuple(unplaced),
            tuple(late),
            gap=max(gaps.values(), default=None),
            terms=self.table.terms(),
            gaps=gaps,
            bound=bounds.least_cost(self.table) if bounded else None,
            overloads=self._overloads([*late, *unplaced]),
        )

    def _listed(self) -> tuple[list[Placement], list[Unplaced], list[Lateness]]:
        """Return the pieces by person and time, what is left out, and what is late."""
        work, names = self.work, self.table.names
        begins, where, joins, ids = self.begins, self.where, self.columns.joins, self.columns.ids
        first, last, kinds = self.first, self.last, [KINDS[kind] for kind in self.kinds]
        limits = [NEVER if slot is None else slot for slot in work.dues.slots]
        clocks = [self.clock(who) for who in names]
        pieces: list[Placement] = []
        # Who, and from which slot on: no two pieces of a person begin in one.
        keys: list[int] = []
        unplaced: list[Unplaced] = []
        late: list[Lateness] = []
        for place, n in enumerate(self._numbers()):
            a, b = (begins[n], begins[n + 1]) if n != NOWHERE else (0, 0)
            if a == b or joins[n]:
                self._list_special(place, n, pieces, keys, unplaced, late)
                continue
            who = where[n]
            task_id, name, clock = ids[n], names[who], clocks[who]
            reasons = Reasons(self.why_here, n)
            over = last[b - 1] > limits[place]
            if over:
                late.append(Lateness(task_id, name, round(self._minutes_late(place, n)), reasons))
            for k in range(a, b):
                pieces.append(
                    Placement(task_id, name, clock[first[k]], clock[last[k]], kinds[k], over, reasons)
                )
                keys.append(who << 40 | first[k])
        order = sorted(range(len(keys)), key=keys.__getitem__)
        return [pieces[k] for k in order], unplaced, late

    def _numbers(self) -> list[int]:
        """Return the number on the board of each task of the problem, or none."""
        numbers = [NOWHERE] * len(self.work.problem.tasks)
        for n, place in enumerate(self.columns.places):
            numbers[place] = n
        return numbers

    def _list_special(
        self,
        place: int,
        n: int,
        pieces: list[Placement],
        keys: list[int],
        unplaced: list[Unplaced],
        late: list[Lateness],
    ) -> None:
        """List a task that is pinned, done by several, or left out."""
        task = self.work.problem.tasks[place]
        found = self._fit(n) if n != NOWHERE else None
        if found is None:
            person = self._owner(n) if n != NOWHERE else next(iter(task.candidates), None)
            unplaced.append(Unplaced(task.id, person, Reasons(self.why_not, place)))
            return
        reasons = Reasons(self.why_here, n)
        minutes = self._minutes_late(place, n)
        if minutes > 0:
            late.append(Lateness(task.id, self._owner(n), round(minutes), reasons))
        for who, slot, start, end, kind in self._spans(task, n, found):
            pieces.append(Placement(task.id, who, start, end, kind, minutes > 0, reasons))
            keys.append(self.table.person[who] << 40 | slot)

    def _owner(self, n: int) -> str:
        where = self.where[n]
        return self.table.names[where] if where != NOWHERE else self.columns.candidates[n][0]

    @cached_property
    def fits(self) -> dict[str, Fit | None]:
        """Return the pieces of each task; None for what is left out."""
        return {task_id: self._fit(n) for n, task_id in enumerate(self.columns.ids)}

    def _fit(self, n: int) -> Fit | None:
        own = range(self.begins[n], self.begins[n + 1])
        if not own:
            return self.work.pins.get(self.columns.ids[n])
        return Fit(tuple([(self.first[k], self.last[k], KINDS[self.kinds[k]]) for k in own]))

    def _minutes_late(self, place: int, n: int) -> float:
        """Return by how many minutes the task is finished after it is due; less than 0 if it is not."""
        task, since = self.work.problem.tasks[place], self.work.dues.since[place]
        if since is None:
            return -1.0
        if task.id in self.work.pins:
            return (max(end for _start, end in task.pinned) - EPOCH - since) / MINUTE
        end = self.last[self.begins[n + 1] - 1]
        slot = self.work.dues.slots[place]
        return (instant_of(end) - EPOCH - since) / MINUTE if slot is not None and end > slot else -1.0

    def _spans(self, task: Task, n: int, found: Fit) -> list[Shown]:
        """Return the pieces of all who must be there."""
        spans: list[Shown] = []
        owner, people = self._owner(n), self.work.people
        for who in dict.fromkeys((owner, *self.columns.joins[n])):
            if task.id in self.work.pins:
                for start, end in sorted(task.pinned):
                    slot = floor_slot(start)
                    spans.append((who, slot, start, end, _block_at(people[who], slot)))
                continue
            clock = self.clock(who)
            own = found.pieces
            if who != owner:
                own = tuple(piece for a, b, _k in own for piece in self.work.diaries[who].kinds_in(a, b))
            spans += [(who, first, clock[first], clock[last], kind) for first, last, kind in own]
        return spans

    def clock(self, who: str) -> Clock:
        """Return the clock of a person's zone."""
        found = self.clock_of.get(who)
        if found is None:
            zone = explain.zone_of(self.work.people[who], self.work.problem)
            found = self.clock_of[who] = self.clocks.setdefault(zone, Clock(zone))
        return found

    def _overloads(self, missed: Sequence[Lateness | Unplaced]) -> tuple[Reason, ...]:
        """Return what nobody could keep. Whoever misses nothing keeps everything, so need not be looked at."""
        found: list[Reason] = []
        work = self.work
        for one in windows.overloads(self.table, {one.person for one in missed if one.person in work.people}):
            zone = explain.zone_of(work.people[one.person], work.problem)
            local = replace(one, start=one.start.astimezone(zone), end=one.end.astimezone(zone))
            found.append(local.reason(work.tasks[task_id].name for task_id in one.tasks))
        return tuple(found)

    # --- Why ---

    @cached_property
    def case(self) -> explain.Case:
        """Return all that explanations rest on, worked out when the first is read."""
        told, work = self.columns, self.work
        return explain.Case(
            problem=work.problem,
            tasks=work.tasks,
            disposals={
                task_id: told.ranks[rank].disposal for task_id, rank in zip(told.ids, told.rank, strict=True)
            },
            jobs={task_id: self._job(n) for n, task_id in enumerate(told.ids)},
            fits=self.fits,
            before=work.diaries,
            after=self.diaries,
            pinned=frozenset(work.pins),
        )

    def _job(self, n: int) -> Job:
        told = self.columns
        return Job(
            id=told.ids[n],
            person=self._owner(n),
            need=told.need[n],
            release=told.release[n],
            due=None if told.due[n] == NEVER else told.due[n],
            hard=told.hard[n],
            quadrant=told.ranks[told.rank[n]].quadrant,
            minutes=told.minutes[n],
            splittable=told.splittable[n],
            preferred=told.preferred[n],
            joins=told.joins[n],
            predecessors=tuple([(told.ids[k], lag) for k, lag in told.before[n]]),
        )

    def why_here(self, n: int) -> tuple[Reason, ...]:
        """Return why a task stands where it does, and what was assumed of it."""
        case, task_id = self.case, self.columns.ids[n]
        found = case.fits[task_id]
        assert found is not None
        return (*explain.why_here(case, case.jobs[task_id], found), *self._notes(task_id))

    def why_not(self, place: int) -> tuple[Reason, ...]:
        """Return why the task at a place of the problem is left out, and what was assumed of it."""
        task_id = self.work.problem.tasks[place].id
        refused = self.work.refused.get(task_id)
        return (
            *(refused or explain.why_not(self.case, self.case.jobs[task_id])),
            *self._notes(task_id),
        )

    def _notes(self, task_id: str) -> Iterable[Reason]:
        return self.work.notes.get(task_id, ())

    def _why_broken(self, task_id: str, before: str) -> Reason:
        found, name = self.fits[before], self.work.tasks[before].name
        if found is None:
            return Reason(Code.PREDECESSOR_UNPLACED, {"task": name})
        start = self.work.tasks[task_id].pinned[0][0]
        finish = instant_of(found.end).astimezone(start.tzinfo)
        return Reason(Code.PIN_BEFORE_PREDECESSOR, {"task": name, "start": start, "finish": finish})


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


def _block_at(person: Person, slot: int) -> BlockKind | None:
    for block in person.blocks:
        if block.kind.workable and floor_slot(block.start) <= slot < ceil_slot(block.end):
            return block.kind
    return None
