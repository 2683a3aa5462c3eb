"""The verbs of the Gantt chart: move bars together, remember a plan and forget it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.boards.events import BaselineForgotten, BaselineTaken
from opsloop.boards.models import Baseline
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused
from opsloop.work import permissions
from opsloop.work.actions import tasks
from opsloop.work.actions.tasks import Edit
from opsloop.work.models import Project, Task


@transaction.atomic
def move(*, edits: Sequence[Edit], by: Person, at: datetime) -> tuple[int, Undo | None]:
    """Give several tasks new dates, all of them or none; return how many changed and the one undo.

    Raises:
        StaleVersion: one of them has been changed since its consequences were shown.
        Refused: the rules do not allow one of them; the reason names it.
    """
    came = tasks.change_each(edits=edits, by=by, at=at)
    for edit, why in came.refused:
        if isinstance(why, Refused):
            raise Refused(_("“%(title)s”: %(reason)s") % {"title": edit.task.title, "reason": why.reason})
        raise why
    undo = (
        activity.offer_undo(verb="task.change_many", arguments={"steps": came.steps}, by=by, at=at)
        if came.steps
        else None
    )
    return len(came.changed), undo


@transaction.atomic
def take_baseline(*, project: Project, name: str, by: Person, at: datetime) -> tuple[Baseline, Undo]:
    """Remember how the dates of a project's tasks stand now.

    Raises:
        Refused: `by` may not change the project, or the name is missing or taken.
    """
    permissions.check_can_edit_project(project, by)
    if not name.strip():
        raise Refused(_("Give the baseline a name, such as “First plan”."), field="name")
    rows = Task.objects.alive().filter(project=project).values_list("pk", "starts_at", "due_at")
    dates = {
        str(pk): [start.isoformat() if start else None, due.isoformat() if due else None]
        for pk, start, due in rows
        if start or due
    }
    try:
        with transaction.atomic():
            taken = Baseline.objects.create(
                project=project, name=name.strip()[:60], dates=dates, taken_at=at, taken_by=by
            )
    except IntegrityError:
        raise Refused(_("There is a baseline of this name already. Choose another."), field="name") from None
    activity.record(_event(BaselineTaken, taken, by, at))
    undo = activity.offer_undo(verb="baseline.forget", arguments={"pk": taken.pk}, by=by, at=at)
    return taken, undo


@transaction.atomic
def forget_baseline(*, by: Person, at: datetime, pk: int) -> None:
    """Forget a remembered plan.

    Raises:
        Refused: it is gone, or `by` may not change its project.
    """
    found = Baseline.objects.visible_to(by).select_related("project").filter(pk=pk).first()
    if found is None:
        raise Refused(_("This baseline does not exist any more."))
    permissions.check_can_edit_project(found.project, by)
    activity.record(_event(BaselineForgotten, found, by, at))
    found.delete()


def _event(
    kind: type[BaselineTaken | BaselineForgotten], baseline: Baseline, by: Person, at: datetime
) -> BaselineTaken | BaselineForgotten:
    project = baseline.project
    return kind(
        subject_id=project.pk,
        by_id=by.pk,
        at=at,
        department_id=project.department_id,
        person_ids=tuple(pk for pk in (project.owner_id, project.created_by_id) if pk),
        note=baseline.name,
    )
