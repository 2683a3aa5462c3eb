"""Tasks from a notice: one for oneself, or one for the head of each responsible department."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.notices import permissions
from opsloop.notices.models import Notice, NoticeTask
from opsloop.notices.queries.audience import heads_of
from opsloop.organisation.models import Department, Person
from opsloop.records.refusals import Refused
from opsloop.work.actions import tasks
from opsloop.work.models import Task


@transaction.atomic
def take_on(*, notice: Notice, by: Person, at: datetime) -> tuple[Task, Undo]:
    """Make a task for oneself from a notice, due when the notice is.

    Raises:
        Refused: it is over, `by` may make no tasks, or has one from it already.
    """
    permissions.check_can_take_on(notice, by)
    return _make(notice, owner=by, department=None, by=by, at=at)


@dataclass(frozen=True)
class HandedOut:
    """What came of it: the tasks, a sentence for each department that got none, and one undo for all."""

    made: Sequence[Task]
    refused: Sequence[str]
    undo: Undo | None


@transaction.atomic
def hand_out(*, notice: Notice, by: Person, at: datetime) -> HandedOut:
    """Make a task for the head of each responsible department that has none from this notice yet.

    A department without a head, or whose head `by` may not give work to, is left out and named.

    Raises:
        Refused: it is over, or no department is responsible.
    """
    permissions.check_can_hand_out(notice, by)
    departments = list(notice.responsible.order_by("path"))
    if not departments:
        raise Refused(_("The notice names no responsible department. Name one in a correction first."))
    standing = NoticeTask.objects.standing().filter(notice=notice, department__isnull=False)
    have = set(standing.values_list("department_id", flat=True))
    heads = heads_of([one.pk for one in departments])
    made: list[tuple[Task, Undo]] = []
    refused: list[str] = []
    for department in departments:
        if department.pk in have:
            continue
        head = Person.objects.active().filter(pk__in=heads.get(department.pk, [])[:1]).first()
        if head is None:
            refused.append(
                _("%(department)s has no head. Give its task to somebody by hand.")
                % {"department": department}
            )
            continue
        try:
            with transaction.atomic():
                made.append(_make(notice, owner=head, department=department, by=by, at=at))
        except Refused as why:
            refused.append(f"{department}: {why.reason}")
    if not made and not refused:
        raise Refused(_("Every responsible department has its task from this notice already."))
    undo = activity.join_undo(undos=[undo for _task, undo in made], by=by, at=at) if made else None
    return HandedOut([task for task, _undo in made], refused, undo)


def _make(
    notice: Notice, *, owner: Person, department: Department | None, by: Person, at: datetime
) -> tuple[Task, Undo]:
    """Make one task and its link, in the caller's transaction; a task in the bin gives way to the new one."""
    old = NoticeTask.objects.filter(notice=notice, department=department)
    old = old if department else old.filter(person=owner)
    if old.standing().exists():
        raise Refused(_("There is a task from this notice already."))
    old.delete()
    task, undo = tasks.create_undoable(
        by=by, at=at, title=notice.title, owner=owner, due_at=notice.due_at, description=_about(notice),
        **({"department": department} if department else {}),
    )  # fmt: skip
    NoticeTask.objects.create(notice=notice, task=task, person=owner, department=department)
    return task, undo


def _about(notice: Notice) -> str:
    """Return what the notice asks, as the description of a task."""
    head = _("From notice %(number)s:") % {"number": notice.number}
    return "\n\n".join(part for part in (head, notice.demands.strip(), notice.timing.strip()) if part)
