"""An interruption (插单): what gives way so that an urgent task is done in time, with the least harm.

All that stands stays; where there is no room before the task is due, the free pieces of one more task at a time
may move, the cheapest first. The engine is asked once a candidate, through its ordinary door.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from opsloop.engines import priority, scheduling
from opsloop.engines.scheduling.model import Lateness
from opsloop.planning import room
from opsloop.planning.proposals import Week, appointment, content_of, narrowed, solve
from opsloop.planning.queries.tray import item_of
from opsloop.work.models import Task

# So many tasks are tried as a sacrifice, and so many may give way together.
MOST_TRIED = 24
MOST_TOGETHER = 3
# What a task that finds no place in this week any more counts for, in minutes late.
UNPLACED = 7 * 24 * 60


@dataclass(frozen=True)
class Outcome:
    """A plan in which the free pieces of `gives_way` were allowed to move, and what that costs."""

    plan: scheduling.Plan
    gives_way: tuple[int, ...]
    own: int
    cost: tuple[float, ...]


def interruption(week: Week, only: Task, *, sacrifice: Collection[int] | None = None) -> dict[str, Any]:
    """Return a proposal for `only` as JSON, `gives_way` naming what moves for it.

    With `sacrifice` just these tasks may give way, whatever that costs.
    """
    case = _Case(week, only)
    best = case.try_out(case.free_among(sacrifice)) if sacrifice is not None else case.search()
    return narrowed(content_of(week, best.plan), only, best.gives_way)


def candidates(week: Week, only: Task) -> list[Task]:
    """Return the tasks with pieces that may move, the least pressing first."""
    return _Case(week, only).candidates


class _Case:
    def __init__(self, week: Week, only: Task) -> None:
        self.week = week
        self.only = only
        free = {row.task_id for row in week.standing if week.is_free(row)} - {only.pk}
        self.scores = {task.pk: priority.assess(item_of(task), now=week.now).score for task in week.tasks}
        movable = [task for task in week.tasks if task.pk in free]
        self.candidates = sorted(movable, key=lambda task: (self.scores[task.pk], -task.pk))
        self.before = _late(solve(week, ()).late)

    def free_among(self, wanted: Iterable[int]) -> tuple[int, ...]:
        known = {task.pk for task in self.candidates}
        return tuple(pk for pk in wanted if pk in known)

    def search(self) -> Outcome:
        best = self.try_out(self._in_the_way())
        while best.own and len(best.gives_way) < MOST_TOGETHER:
            rest = [task.pk for task in self.candidates if task.pk not in best.gives_way][:MOST_TRIED]
            tried = [self.try_out((*best.gives_way, pk)) for pk in rest]
            found = min(tried, key=lambda one: (one.own, one.cost), default=best)
            # Nobody gives way for nothing.
            if found.own >= best.own:
                break
            best = found
        return best

    def _in_the_way(self) -> tuple[int, ...]:
        """Return the tasks whose free pieces stand where an appointment is to be; none for other tasks."""
        spans = appointment(self.only, self.week)
        rows = [row for row in self.week.standing if self.week.is_free(row)]
        found = {
            row.task_id for row in rows for start, end in spans if row.starts_at < end and start < row.ends_at
        }
        return self.free_among(sorted(found))

    def try_out(self, gives_way: tuple[int, ...]) -> Outcome:
        plan = solve(self.week, {self.only.pk, *gives_way}, favour=self.only.pk)
        missing = {int(one.task) for one in plan.unplaced}
        late = _late(plan.late)
        own = UNPLACED if self.only.pk in missing else late.get(self.only.pk, 0)
        harm = sum(
            (UNPLACED if pk in missing else max(0, late.get(pk, 0) - self.before.get(pk, 0)))
            * self.scores[pk]
            for pk in gives_way
        )
        weight = sum(self.scores[pk] for pk in gives_way)
        return Outcome(plan, gives_way, own, (harm, weight, self._moved(gives_way)))

    def _moved(self, gives_way: Collection[int]) -> int:
        rows = [row for row in self.week.standing if row.task_id in gives_way and self.week.is_free(row)]
        return room.minutes((row.starts_at, row.ends_at) for row in rows)


def _late(found: Iterable[Lateness]) -> dict[int, int]:
    return {int(one.task): one.minutes for one in found}
