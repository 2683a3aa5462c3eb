"""Sums of hours."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from opsloop.organisation.models import Person
from opsloop.timekeeping.models import TimeEntry
from opsloop.work.models import Task

MOST_RECENT = 6


def minutes_of_task() -> Coalesce:
    """Return, to annotate tasks with, the minutes that everybody together has recorded on each."""
    rows = TimeEntry.objects.filter(task=OuterRef("pk")).order_by().values("task")
    return Coalesce(Subquery(rows.annotate(total=Sum("minutes")).values("total")), 0)


def minutes_by_task(task_ids: Iterable[int]) -> dict[int, int]:
    """Return the minutes that everybody together has recorded on each task. One query."""
    rows = TimeEntry.objects.filter(task_id__in=list(task_ids)).order_by()
    totals = rows.values_list("task_id").annotate(total=Sum("minutes"))
    return {task_id: total for task_id, total in totals if task_id is not None}


def recent_tasks(person: Person, *, at: datetime) -> list[Task]:
    """Return open tasks to go on with: what was worked on in the last days, newest first, then what is in progress.

    Two queries.
    """
    since = at - timedelta(days=7)
    entries = TimeEntry.objects.filter(person=person, started_at__gte=since, task__closed_at__isnull=True)
    ids = list(dict.fromkeys(entries.order_by("-started_at").values_list("task_id", flat=True)[:60]))
    rows = Task.objects.open().visible_to(person)
    mine = Q(owner=person, status=Task.Status.DOING)
    found = list(rows.filter(Q(pk__in=[pk for pk in ids if pk]) | mine).order_by("due_at", "pk")[:60])
    places = {pk: place for place, pk in enumerate(ids)}
    return sorted(found, key=lambda task: places.get(task.pk, len(places)))[:MOST_RECENT]
