"""The tray: open tasks of a person that do not stand in their week with all their time, the first to do on top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from django.db.models import DurationField, ExpressionWrapper, F, Sum

from opsloop.engines import priority
from opsloop.engines.priority import Item
from opsloop.engines.scheduling.model import GRID_MINUTES
from opsloop.organisation.models import Person
from opsloop.planning.models import Placement
from opsloop.planning.proposals import needed_minutes, reserve, to_plan
from opsloop.work.models import Task
from opsloop.work.priorities import QUADRANT_NAMES

# Of more, the first are shown; the page says how many there are.
MOST = 30


@dataclass(frozen=True)
class Waiting:
    """One task of the tray: `left` minutes want a place, `needed` in all."""

    task: Task
    needed: int
    left: int
    quadrant: str
    is_guess: bool
    is_late: bool

    @property
    def is_begun(self) -> bool:
        """Whether part of it stands in the week already."""
        return self.left < self.needed


@dataclass(frozen=True)
class Tray:
    """The first of the waiting tasks; `total` wait, `minutes` of work together."""

    rows: Sequence[Waiting]
    total: int
    minutes: int

    @property
    def hidden(self) -> int:
        """How many wait that are not shown."""
        return self.total - len(self.rows)


def tray(person: Person, *, at: datetime) -> Tray:
    """Return what waits for a place in the weeks of `person`. Five queries at most."""
    tasks = to_plan(person, links=False)
    ahead = _placed(person, at)
    share = reserve(person, at=at)
    found = []
    for task in tasks:
        needed = needed_minutes(task, share, task.worked)  # type: ignore[attr-defined]  # see to_plan
        left = needed - ahead.get(task.pk, 0)
        if left >= GRID_MINUTES:
            found.append((task, needed, left))
    order = {one.id: one for one in priority.rank([item_of(task) for task, _n, _l in found], now=at)}
    by_id = {str(task.pk): (task, needed, left) for task, needed, left in found}
    rows = [
        Waiting(
            *by_id[pk],
            QUADRANT_NAMES[one.quadrant],
            not by_id[pk][0].estimate_minutes,
            _is_late(by_id[pk][0], at),
        )
        for pk, one in order.items()
    ]
    return Tray(rows[:MOST], len(rows), sum(row.left for row in rows))


def _is_late(task: Task, at: datetime) -> bool:
    return task.due_at is not None and task.due_at < at


def item_of(task: Task) -> Item:
    """Return what the priority of a task is worked out from."""
    return Item(
        str(task.pk),
        task.importance,
        cast(priority.Urgency, task.urgency),
        task.due_at,
        task.estimate_minutes,
        cast(priority.Quadrant, task.quadrant_override),
    )


def _placed(person: Person, at: datetime) -> dict[int, int]:
    """Return task id -> minutes that stand in the plan and are not over yet."""
    length = ExpressionWrapper(F("ends_at") - F("starts_at"), output_field=DurationField())
    rows = Placement.objects.filter(person=person, ends_at__gt=at).order_by()
    sums = rows.values_list("task_id").annotate(total=Sum(length))
    return {task_id: round(total / timedelta(minutes=1)) for task_id, total in sums}
