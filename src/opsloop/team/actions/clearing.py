"""What a lead does about a blocker: answer, let it go on, carry it up; and deciding on several results at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.discussion.actions import comments
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused
from opsloop.work.actions import acceptance
from opsloop.work.actions import tasks as work
from opsloop.work.actions.tasks import Together
from opsloop.work.models import Task
from opsloop.work.permissions import check_can_edit


@transaction.atomic
def answer(*, task: Task, text: str, unblock: bool, by: Person, at: datetime, version: int) -> Undo | None:
    """Say something to the owner of a blocked task, named so that they hear of it; with `unblock` it goes on.

    The undo blocks it again; what was said stays.

    Raises:
        Refused: nothing was said, or the rules do not allow it.
    """
    said = text.strip()
    if said and task.owner and task.owner != by and f"@{task.owner.name}" not in said:
        said = f"@{task.owner.name} {said}"
    comments.add(subject=task, text=said, by=by, at=at)
    if not unblock:
        return None
    values = {"status": Task.Status.DOING if task.progress else Task.Status.TODO}
    return work.change(task=task, values=values, by=by, at=at, version=version)


@transaction.atomic
def carry_up(*, task: Task, to: Person, text: str, by: Person, at: datetime, version: int) -> Undo | None:
    """Ask somebody above to clear the way: they are named in the talk, and the task becomes urgent.

    Raises:
        Refused: nothing was said, `to` may not see the task, or `by` may not change it.
    """
    check_can_edit(task, by)
    said = text.strip()
    if not said:
        raise Refused(_("Say in a sentence what you need from them."), field="text")
    comments.add(subject=task, text=f"@{to.name} {said}", by=by, at=at)
    values = {"urgency": Task.Urgency.HIGH}
    return work.change(task=task, values=values, by=by, at=at, version=version, why=said[:300])


@transaction.atomic
def decide(*, tasks: Iterable[Task], reason: str, accepts: bool, by: Person, at: datetime) -> Together:
    """Accept the results of several tasks, or return them all for one reason; what is refused is named."""
    changed: list[Task] = []
    refused: list[tuple[Task, str]] = []
    undos: list[Undo] = []
    for task in tasks:
        try:
            with transaction.atomic():
                undos.append(
                    acceptance.accept(task=task, note=reason, by=by, at=at)
                    if accepts
                    else acceptance.send_back(task=task, reason=reason, by=by, at=at)
                )
            changed.append(task)
        except Refused as why:
            refused.append((task, why.reason))
    undo = activity.join_undo(undos=undos, by=by, at=at) if undos else None
    return Together(changed, refused, undo)
