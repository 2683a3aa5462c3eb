"""An independent checker of plans. It shares no code with the planner but the types at the door.

It recounts everything minute by minute from the problem: working time, overlaps, order, minutes. A plan
that passes breaks no hard rule; it may still be a poor plan.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import pairwise

from opsloop.engines.blocks import Block, BlockKind, Span
from opsloop.engines.scheduling.model import Code, Person, Placement, Plan, Problem, Task

MINUTE = timedelta(minutes=1)
GRID = timedelta(minutes=15)
SMALL = 30
KEPT = (BlockKind.BUFFER, BlockKind.FLEX)


@dataclass(frozen=True)
class Violation:
    """A rule that the plan breaks: its name, the task, and what was found, in English for developers."""

    rule: str
    task: str
    detail: str


def verify(problem: Problem, plan: Plan) -> list[Violation]:
    """Return every broken hard rule, in a fixed order; an empty list for a valid plan."""
    check = _Check(problem, plan)
    return [
        *check.completeness(),
        *check.presence(),
        *check.lengths(),
        *check.grid(),
        *check.worktime(),
        *check.overlaps(),
        *check.pieces(),
        *check.order(),
        *check.reserve(),
        *check.pins(),
        *check.lateness(),
        *check.explained(),
    ]


class _Check:
    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem = problem
        self.plan = plan
        self.tasks: Mapping[str, Task] = {task.id: task for task in problem.tasks}
        self.people: Mapping[str, Person] = {person.id: person for person in problem.people}
        self.by_task: dict[str, list[Placement]] = defaultdict(list)
        for placement in plan.placements:
            self.by_task[placement.task].append(placement)
        self.unplaced = Counter(one.task for one in plan.unplaced)

    @cached_property
    def blocks(self) -> Mapping[str, list[Block]]:
        """Return the blocks of every person by their start."""
        return {person.id: sorted(person.blocks) for person in self.problem.people}

    @cached_property
    def longest(self) -> Mapping[str, timedelta]:
        """Return how long the longest block of every person is."""
        return {
            who: max((block.end - block.start for block in blocks), default=timedelta())
            for who, blocks in self.blocks.items()
        }

    @cached_property
    def busy(self) -> Mapping[str, list[Span]]:
        """Return when every person is busy, by time, what overlaps or adjoins joined."""
        return {person.id: _joined(person.busy) for person in self.problem.people}

    def owner_pieces(self, task: Task) -> list[Placement]:
        """Return the pieces of whoever does the task (not of those who join), by time."""
        pieces = self.by_task[task.id]
        present = {piece.person for piece in pieces}
        able = [who for who in task.candidates if who in present]
        # One who is both candidate and collaborator does the task only if no other candidate is there. Where
        # all of them are both, the plan does not say who does it: it holds if it holds for one of them.
        doers = [who for who in able if who not in task.collaborators] or able
        of_each = [[piece for piece in pieces if piece.person == who] for who in doers]
        own = min(of_each, key=lambda rows: sum(piece.block in KEPT for piece in rows), default=[])
        return sorted(own, key=lambda piece: piece.start)

    def placed(self) -> Iterable[tuple[Task, list[Placement]]]:
        for task in self.problem.tasks:
            pieces = self.owner_pieces(task) if task.id in self.by_task else []
            if pieces:
                yield task, pieces

    def completeness(self) -> Iterable[Violation]:
        for task in self.problem.tasks:
            stands = task.id in self.by_task and bool(self.owner_pieces(task))
            times = stands + self.unplaced[task.id]
            if times != 1:
                yield Violation("once", task.id, f"stands in {times} of placements and unplaced")
        for name in sorted({*self.by_task, *self.unplaced}):
            if name not in self.tasks:
                yield Violation("known", name, "is no task of the problem")

    def presence(self) -> Iterable[Violation]:
        for task, pieces in self.placed():
            owners = {piece.person for piece in pieces}
            present = {piece.person for piece in self.by_task[task.id]}
            if len(owners) != 1 or present != owners | set(task.collaborators):
                yield Violation("owner", task.id, f"is done by {sorted(present)}")
            for who in set(task.collaborators) - owners:
                theirs = [p for p in self.by_task[task.id] if p.person == who]
                if _minutes_set(theirs) != _minutes_set(pieces):
                    yield Violation("joint", task.id, f"{who} is not there all the time")

    def lengths(self) -> Iterable[Violation]:
        for task, pieces in self.placed():
            if task.pinned:
                continue
            total = sum((piece.end - piece.start for piece in pieces), timedelta()) / MINUTE
            low, high = self._allowed(task)
            if not low - 1e-6 <= total <= high + 1e-6:
                yield Violation("minutes", task.id, f"has {total} minutes, allowed are {low} to {high}")

    def _allowed(self, task: Task) -> tuple[float, float]:
        """Return the least and the most minutes a placement may have, worked minutes taken off."""
        estimate = (
            task.minutes if task.minutes is not None and task.minutes > 0 else self.problem.default_minutes
        )
        low, high = estimate * 1.1, estimate * 1.2
        if task.planned_minutes is not None and task.planned_minutes > 0:
            low = high = float(task.planned_minutes)
        worked = max(0, task.worked_minutes)
        # One grid step of rounding up, and one slot for a task whose time is used up already.
        return max(15.0, low - worked), max(15.0, high - worked + 30 if worked else -(-high // 15) * 15)

    def grid(self) -> Iterable[Violation]:
        for piece in self.plan.placements:
            if piece.start >= piece.end:
                yield Violation("length", piece.task, f"ends at {piece.end} before it starts")
            if self.tasks[piece.task].pinned:
                continue
            for instant in (piece.start, piece.end):
                if (instant - datetime(2000, 1, 1, tzinfo=UTC)) % GRID:
                    yield Violation("grid", piece.task, f"{instant} is not on the grid")

    def worktime(self) -> Iterable[Violation]:
        for piece in self.plan.placements:
            task = self.tasks[piece.task]
            begin = (task.pinned and self.problem.start) or self.problem.now
            if piece.start < begin or piece.end > self.problem.end:
                yield Violation("horizon", piece.task, f"{piece.start} to {piece.end}")
            if task.pinned:
                continue
            if task.earliest is not None and piece.start < task.earliest:
                yield Violation("earliest", piece.task, f"starts {piece.start} before {task.earliest}")
            if not self._in_block(piece):
                yield Violation(
                    "worktime", piece.task, f"{piece.start} to {piece.end} is no {piece.block} block"
                )
            busy = self.busy[piece.person]
            after = bisect_left(busy, piece.end, key=lambda span: span[0])
            if after > 0 and busy[after - 1][1] > piece.start:
                yield Violation("busy", piece.task, f"{piece.person} is busy at {piece.start}")

    def _in_block(self, piece: Placement) -> bool:
        """Tell whether the piece lies in one block of its kind. Only those are looked at that could reach so far."""
        blocks, longest = self.blocks[piece.person], self.longest[piece.person]
        at = bisect_right(blocks, piece.start, key=lambda block: block.start)
        while at > 0 and blocks[at - 1].start + longest >= piece.end:
            at -= 1
            block = blocks[at]
            if piece.end <= block.end and block.kind.workable and block.kind is piece.block:
                return True
        return False

    def overlaps(self) -> Iterable[Violation]:
        of_person: dict[str, list[Placement]] = defaultdict(list)
        for piece in self.plan.placements:
            of_person[piece.person].append(piece)
        for pieces in of_person.values():
            pieces.sort(key=lambda piece: piece.start)
            for one, two in pairwise(pieces):
                if two.start < one.end:
                    yield Violation("overlap", two.task, f"overlaps {one.task} at {two.start}")

    def pieces(self) -> Iterable[Violation]:
        for task, pieces in self.placed():
            if task.pinned:
                continue
            stretches = _stretches(pieces)
            if not task.splittable and len(stretches) > 1:
                yield Violation("unsplittable", task.id, f"is in {len(stretches)} stretches")
            shortest = min((end - start for start, end in stretches), default=timedelta())
            if len(stretches) > 1 and shortest < timedelta(minutes=task.min_piece):
                yield Violation("min_piece", task.id, f"has a stretch of {shortest}")

    def order(self) -> Iterable[Violation]:
        for task, pieces in self.placed():
            for before in task.predecessors:
                if before.task not in self.tasks:
                    continue
                if before.task in self.unplaced:
                    yield Violation("order", task.id, f"stands without its predecessor {before.task}")
                    continue
                end = max(piece.end for piece in self.by_task[before.task])
                if pieces[0].start < end + timedelta(minutes=before.lag_minutes):
                    yield Violation("order", task.id, f"starts before {before.task} is finished")

    def reserve(self) -> Iterable[Violation]:
        """Time kept free for surprises is left to what would be late without it, or could stand nowhere else.

        These are tasks on which a due date of the period hangs, their own or that of one that waits for
        them, small ones, unsplittable ones, and those a person wants there.
        """
        pressed = self._pressed()
        for task, pieces in self.placed():
            minutes = task.minutes if task.minutes is not None and task.minutes > 0 else None
            small = (self.problem.default_minutes if minutes is None else minutes) <= SMALL
            if task.pinned or small or not task.splittable or task.preferred in KEPT or task.id in pressed:
                continue
            for piece in pieces:
                if piece.block in KEPT:
                    yield Violation("reserve", task.id, f"stands in {piece.block} at {piece.start}")

    def _pressed(self) -> set[str]:
        """Return the tasks that are due in the period and all that these wait for."""
        waiting = [t.id for t in self.problem.tasks if t.due is not None and t.due <= self.problem.end]
        found: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name not in found and name in self.tasks:
                found.add(name)
                waiting.extend(before.task for before in self.tasks[name].predecessors)
        return found

    def pins(self) -> Iterable[Violation]:
        for task, pieces in self.placed():
            if task.pinned and [(p.start, p.end) for p in pieces] != sorted(task.pinned):
                yield Violation("pinned", task.id, "was moved")

    def lateness(self) -> Iterable[Violation]:
        listed = {one.task: one.minutes for one in self.plan.late}
        for task, pieces in self.placed():
            late = task.due is not None and max(piece.end for piece in pieces) > task.due
            if any(piece.late != late for piece in self.by_task[task.id]) or (task.id in listed) != late:
                yield Violation("late", task.id, f"is late: {late}, marked otherwise")
            elif late and task.due is not None:
                over = (max(piece.end for piece in pieces) - task.due) / MINUTE
                if abs(over - listed[task.id]) > 1:
                    yield Violation("late", task.id, f"is {over} minutes late, {listed[task.id]} are told")
            if late and task.hard_due and not task.pinned:
                yield Violation("hard_due", task.id, f"is finished after {task.due}")

    def explained(self) -> Iterable[Violation]:
        for piece in self.plan.placements:
            if not piece.reasons:
                yield Violation("reason", piece.task, "has no reason")
        for refused in self.plan.unplaced:
            if not refused.reasons or refused.reasons[0].code in (Code.NO_ESTIMATE, Code.UNKNOWN_PREDECESSOR):
                yield Violation("reason", refused.task, "has only a note, no reason")


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Return spans by time, what overlaps or adjoins joined."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _minutes_set(pieces: Iterable[Placement]) -> set[datetime]:
    """Return the quarter hours that the pieces cover."""
    covered: set[datetime] = set()
    for piece in pieces:
        at = piece.start.astimezone(UTC)
        while at < piece.end:
            covered.add(at)
            at += GRID
    return covered


def _stretches(pieces: Iterable[Placement]) -> list[tuple[datetime, datetime]]:
    """Return the unbroken stretches of the pieces, which are sorted by start."""
    stretches: list[tuple[datetime, datetime]] = []
    for piece in pieces:
        if stretches and stretches[-1][1] == piece.start:
            stretches[-1] = (stretches[-1][0], piece.end)
        else:
            stretches.append((piece.start, piece.end))
    return stretches
