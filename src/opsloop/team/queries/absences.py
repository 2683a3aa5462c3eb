"""Who is away in the coming weeks, and what of their work falls into that time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from opsloop.organisation.models import Leave, Person
from opsloop.planning.models import Placement
from opsloop.work.models import Task

# Leave that begins later is not handed over yet.
AHEAD = timedelta(days=28)
MOST_TASKS = 20


@dataclass(frozen=True)
class Absence:
    """One leave, and the tasks that are due or planned while it lasts, as far as the viewer sees them."""

    leave: Leave
    tasks: Sequence[Task]
    hidden: int


def absences(viewer: Person, people: Sequence[Person], *, now: datetime) -> list[Absence]:
    """Return the leave of `people` that runs or begins within four weeks, the next first. Four queries."""
    leaves = list(
        Leave.objects.visible_to(viewer)
        .filter(person__in=people, ends_at__gt=now, starts_at__lt=now + AHEAD)
        .select_related("person")
        .order_by("starts_at", "person__name")
    )
    if not leaves:
        return []
    last = max(leave.ends_at for leave in leaves)
    away = {leave.person_id for leave in leaves}
    pieces = list(
        Placement.objects.filter(person__in=away, ends_at__gt=now, starts_at__lt=last)
        .order_by()
        .values_list("person_id", "task_id", "starts_at", "ends_at")
    )
    placed = {pk for _person, pk, _start, _end in pieces}
    rows = Task.objects.open().filter(Q(pk__in=placed) | Q(owner__in=away, due_at__gte=now, due_at__lt=last))
    tasks = list(rows.select_related("owner", "project").order_by("due_at", "pk"))
    seen = set(
        Task.objects.visible_to(viewer)
        .filter(pk__in=[task.pk for task in tasks])
        .values_list("pk", flat=True)
    )
    found = []
    for leave in leaves:
        within = {
            pk
            for person_id, pk, start, end in pieces
            if person_id == leave.person_id and start < leave.ends_at and end > leave.starts_at
        }
        own = [
            task
            for task in tasks
            if task.owner_id == leave.person_id and (task.pk in within or _is_due_in(task, leave))
        ]
        visible = [task for task in own if task.pk in seen]
        found.append(Absence(leave, visible[:MOST_TASKS], len(own) - len(visible)))
    return found


def _is_due_in(task: Task, leave: Leave) -> bool:
    return task.due_at is not None and leave.starts_at <= task.due_at < leave.ends_at
