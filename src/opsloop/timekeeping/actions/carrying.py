"""What becomes of the hours of a task that is merged into another."""

from __future__ import annotations

from django.db.models import F, QuerySet

from opsloop.activity import actions as activity
from opsloop.activity import queries as history
from opsloop.timekeeping.events import TimeCarried
from opsloop.timekeeping.models import TimeEntry
from opsloop.work.events import TaskMerged, TaskMergeUndone


def take_along(event: TaskMerged) -> None:
    """Bring the hours of a merged task to the one that is kept, in its transaction."""
    _carry(TimeEntry.objects.filter(task=event.subject_id), event.subject_id, event.into_id, event)


def give_back(event: TaskMergeUndone) -> None:
    """Bring back the hours that `take_along` brought to the other task, as far as they are still there."""
    carried = history.history(TimeCarried.subject_kind, event.into_id)
    last = next((one for one in carried if one.changes["from"] == event.subject_id), None)
    if last is not None:
        entries = TimeEntry.objects.filter(pk__in=last.changes["entries"], task=event.into_id)
        _carry(entries, event.into_id, event.subject_id, event)


def _carry(entries: QuerySet[TimeEntry], old: int, new: int, event: TaskMerged | TaskMergeUndone) -> None:
    keys = list(entries.values_list("pk", flat=True))
    if not keys:
        return
    TimeEntry.objects.filter(pk__in=keys).update(task=new, version=F("version") + 1)
    activity.record(
        TimeCarried(
            subject_id=new,
            by_id=event.by_id,
            at=event.at,
            department_id=event.department_id,
            person_ids=event.person_ids,
            changes={"from": old, "entries": keys},
        )
    )
