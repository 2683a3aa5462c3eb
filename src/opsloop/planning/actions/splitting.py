"""Saying whether plans may cut a task into parts."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.organisation.models import Person
from opsloop.planning.events import TaskSplittingChanged
from opsloop.planning.models import InOneGo
from opsloop.work.models import Task
from opsloop.work.permissions import check_can_edit


@transaction.atomic
def set_in_one_go(*, task: Task, in_one_go: bool, by: Person, at: datetime) -> Undo | None:
    """Say that a task is done in one go, or that it may be cut; return the offered undo, None if that stood already.

    Raises:
        Refused: the writer may not change the task.
    """
    if not _set(task, in_one_go=in_one_go, by=by, at=at):
        return None
    arguments = {"task_id": task.pk, "in_one_go": not in_one_go}
    return activity.offer_undo(verb="task.in_one_go", arguments=arguments, by=by, at=at)


@transaction.atomic
def undo_set_in_one_go(*, by: Person, at: datetime, task_id: int, in_one_go: bool) -> None:
    """Say again what was said before."""
    _set(Task.objects.get(pk=task_id), in_one_go=in_one_go, by=by, at=at)


def _set(task: Task, *, in_one_go: bool, by: Person, at: datetime) -> bool:
    check_can_edit(task, by)
    rows = InOneGo.objects.filter(task=task)
    if rows.exists() == in_one_go:
        return False
    if in_one_go:
        InOneGo.objects.create(task=task)
    else:
        rows.delete()
    activity.record(
        TaskSplittingChanged(
            subject_id=task.pk,
            by_id=by.pk,
            at=at,
            department_id=task.department_id,
            person_ids=(task.owner_id,) if task.owner_id else (),
            changes={"in_one_go": [not in_one_go, in_one_go]},
        )
    )
    return True
