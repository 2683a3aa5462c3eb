"""What goes along when a task is merged into another: its talk, its files, and who watches it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opsloop.activity import actions as activity
from opsloop.activity import queries as history
from opsloop.discussion.events import ENDING, Talked
from opsloop.discussion.models import Attachment, Comment, Watch
from opsloop.work.events import TaskMerged, TaskMergeUndone

CARRIED = "talk.carried"
_MODELS: Mapping[str, Any] = {"comments": Comment, "files": Attachment, "watches": Watch}


def take_along(event: TaskMerged) -> None:
    """Bring comments, files and watchers of the merged task to the one that is kept, in its transaction.

    Who has spoken for themselves about the other task already, whether to watch or not, is left to that word;
    who had left the merged task leaves nothing behind.
    """
    rows: dict[str, Any] = {
        kind: model.objects.filter(task=event.subject_id) for kind, model in _MODELS.items()
    }
    decided = Watch.objects.filter(task=event.into_id).values("person")
    rows["watches"] = rows["watches"].filter(is_on=True).exclude(person__in=decided)
    carried = {kind: list(found.values_list("pk", flat=True)) for kind, found in rows.items()}
    if not any(carried.values()):
        return
    for kind, keys in carried.items():
        _MODELS[kind].objects.filter(pk__in=keys).update(task=event.into_id)
    _record(event, {"from": event.subject_id, **carried})


def give_back(event: TaskMergeUndone) -> None:
    """Bring back what `take_along` brought to the other task, as far as it is still there."""
    carried = history.history(f"task{ENDING}", event.into_id).filter(kind=CARRIED)
    last = next((one for one in carried if one.changes["from"] == event.subject_id), None)
    if last is None:
        return
    for kind, model in _MODELS.items():
        model.objects.filter(pk__in=last.changes[kind], task=event.into_id).update(task=event.subject_id)
    _record(event, {"from": event.into_id, **{kind: last.changes[kind] for kind in _MODELS}}, back=True)


def _record(event: TaskMerged | TaskMergeUndone, changes: Mapping[str, Any], *, back: bool = False) -> None:
    activity.record(
        Talked(
            kind=CARRIED,
            subject_kind=f"task{ENDING}",
            subject_id=event.subject_id if back else event.into_id,
            by_id=event.by_id,
            at=event.at,
            department_id=event.department_id,
            person_ids=event.person_ids,
            changes=changes,
        )
    )
