"""What would be if: two plans of one week side by side, and what differs between them. Nothing is written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from functools import cached_property

from opsloop.engines import intervals, scheduling
from opsloop.engines.blocks import Span
from opsloop.planning import room
from opsloop.planning.models import Placement
from opsloop.planning.proposals import Week

# Of more changes only these are told one by one.
MOST_TOLD = 12
KINDS = ("moved", "out", "new")


@dataclass(frozen=True)
class Outcome:
    """A plan of a week in figures: what is late and by how much, what finds no place, how full it is."""

    week: Week
    plan: scheduling.Plan

    @cached_property
    def late(self) -> Mapping[int, int]:
        """Task id -> minutes of clock time after its due date."""
        return {int(one.task): one.minutes for one in self.plan.late}

    @cached_property
    def unplaced(self) -> frozenset[int]:
        """The tasks without a place."""
        return frozenset(int(one.task) for one in self.plan.unplaced)

    @cached_property
    def spans(self) -> Mapping[int, Sequence[Span]]:
        """Task id -> when it stands, adjoining pieces joined."""
        found: dict[int, list[Span]] = {}
        for piece in sorted(self.plan.placements, key=lambda one: one.start):
            row = found.setdefault(int(piece.task), [])
            if row and row[-1][1] == piece.start:
                row[-1] = (row[-1][0], piece.end)
            else:
                row.append((piece.start, piece.end))
        return found

    @cached_property
    def moved(self) -> frozenset[int]:
        """The tasks that would stand elsewhere than they stand in the week now."""
        return frozenset(
            pk
            for pk, spans in spans_of(self.week, filter(self.week.is_free, self.week.standing)).items()
            if any(one not in self.spans.get(pk, ()) for one in spans)
        )

    @property
    def late_minutes(self) -> int:
        """How late all that is late is together."""
        return sum(self.late.values())

    @property
    def planned(self) -> int:
        """Minutes that stand in the week ahead."""
        return room.minutes((piece.start, piece.end) for piece in self.plan.placements)

    @property
    def available(self) -> int:
        """Working minutes of the week, calendar entries taken off."""
        work = room.spans(block for block in self.week.worker.blocks if block.kind.workable)
        busy = [(start.astimezone(UTC), end.astimezone(UTC)) for start, end in self.week.worker.busy]
        return room.minutes(intervals.subtract(work, busy))


@dataclass(frozen=True)
class Shift:
    """One task that stands differently: where in the one plan, where in the other. `kind` is one of KINDS."""

    kind: str
    task: int
    before: Sequence[Span]
    after: Sequence[Span]
    late_before: int
    late_after: int


@dataclass(frozen=True)
class Difference:
    """Two outcomes of one week, and the tasks that stand differently, in the order of time."""

    before: Outcome
    after: Outcome
    shifts: Sequence[Shift]

    @property
    def is_empty(self) -> bool:
        """Whether both are the same to who lives by them."""
        return not self.shifts and self.before.late == self.after.late

    @property
    def told(self) -> Sequence[Shift]:
        """The shifts that are told one by one."""
        return self.shifts[:MOST_TOLD]

    @property
    def untold(self) -> int:
        """How many more there are."""
        return max(0, len(self.shifts) - MOST_TOLD)


def difference(before: Outcome, after: Outcome, *, besides: Collection[int] = ()) -> Difference:
    """Return what differs between two plans; the tasks `besides` are spoken of elsewhere."""
    found = [
        _shift(pk, before, after)
        for pk in sorted({*before.spans, *after.spans} - set(besides))
        if before.spans.get(pk, ()) != after.spans.get(pk, ())
    ]
    found.sort(key=lambda one: (KINDS.index(one.kind), min((*one.before, *one.after))[0], one.task))
    return Difference(before, after, found)


def _shift(pk: int, before: Outcome, after: Outcome) -> Shift:
    was, now = before.spans.get(pk, ()), after.spans.get(pk, ())
    kind = "moved" if was and now else ("new" if now else "out")
    # What keeps its place is not told, unless nothing else would be left to tell.
    gone, come = [one for one in was if one not in now], [one for one in now if one not in was]
    if gone and come:
        was, now = gone, come
    return Shift(kind, pk, was, now, before.late.get(pk, 0), after.late.get(pk, 0))


def spans_of(week: Week, rows: Iterable[Placement]) -> dict[int, list[Span]]:
    """Return task id -> when its pieces among `rows` stand, in the person's zone, adjoining ones joined."""
    found: dict[int, list[Span]] = {}
    for row in rows:
        spans, (start, end) = found.setdefault(row.task_id, []), week.span_of(row)
        if spans and spans[-1][1] == start:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return found
