"""What the lead says and decides: updates, the health, the stage, the end and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.organisation.models import Person
from opsloop.portfolio import permissions
from opsloop.portfolio.actions import records
from opsloop.portfolio.events import HealthCalled, HealthCallWithdrawn
from opsloop.portfolio.models import HealthCall, ProjectUpdate
from opsloop.records.refusals import Refused, StaleVersion
from opsloop.work.actions import projects
from opsloop.work.models import Project


def post_update(
    *, project: Project, text: str, health: str, by: Person, at: datetime, kind: str = ""
) -> tuple[ProjectUpdate, Undo]:
    """Say how a project is going; the newest update stands on top.

    Raises:
        Refused: nothing was said.
    """
    if not text.strip():
        raise Refused(_("Write a sentence about how it is going."), field="text")
    kind = kind or ProjectUpdate.Kind.PROGRESS
    update = ProjectUpdate(project=project, text=text.strip(), health=health, kind=kind)
    return update, records.add(record=update, by=by, at=at)


@transaction.atomic
def call_health(
    *, project: Project, level: str, reason: str, by: Person, at: datetime, version: int | None
) -> Undo:
    """Let the word of `by` count instead of the rule's; `version` is that of the call seen, None if none.

    Raises:
        StaleVersion: somebody called it since.
        Refused: without a reason others could not follow.
    """
    permissions.check_can_steer(project, by)
    if not reason.strip():
        raise Refused(_("Say in a few words why, so that others can follow it."), field="reason")
    values = {"level": level, "reason": reason.strip(), "called_by": by, "called_at": at}
    call = HealthCall.objects.filter(project=project).first()
    before = _as_json(call)
    if call is None:
        call, is_new = HealthCall.objects.get_or_create(project=project, defaults=values)
        if not is_new:
            raise StaleVersion(call, expected=0)
    else:
        if version is None:
            raise StaleVersion(call, expected=0)
        call.bump(version)
        HealthCall.objects.filter(pk=call.pk).update(**values)
    changes = {"health": [before and before["level"], level]}
    activity.record(HealthCalled(**records.about(project, by, at), changes=changes, note=reason.strip()))
    arguments = {"project_id": project.pk, "version": call.version, "before": before}
    return activity.offer_undo(verb="portfolio.health", arguments=arguments, by=by, at=at)


@transaction.atomic
def withdraw_health(*, call: HealthCall, by: Person, at: datetime, version: int) -> Undo:
    """Let the rule speak again."""
    permissions.check_can_steer(call.project, by)
    call.bump(version)
    before, project = _as_json(call), call.project
    call.delete()
    changes = {"health": [before and before["level"], None]}
    activity.record(HealthCallWithdrawn(**records.about(project, by, at), changes=changes))
    arguments = {"project_id": project.pk, "version": None, "before": before}
    return activity.offer_undo(verb="portfolio.health", arguments=arguments, by=by, at=at)


@transaction.atomic
def undo_health(
    *, by: Person, at: datetime, project_id: int, version: int | None, before: Mapping[str, Any] | None
) -> None:
    """Put back the call that stood before, or none, if nobody has called since."""
    project = Project.objects.visible_to(by).alive().filter(pk=project_id).first()
    call = HealthCall.objects.filter(project_id=project_id).first()
    if project is None or (call.version if call else None) != version:
        raise Refused(_("This cannot be undone: somebody has changed it since."))
    permissions.check_can_steer(project, by)
    now = call.level if call else None
    if before is None:
        if call:
            call.delete()
    else:
        values = {**before, "called_at": parse_datetime(str(before["called_at"]))}
        HealthCall.objects.update_or_create(project=project, defaults=values)
        if call:
            call.bump(call.version)
    changes = {"health": [now, before["level"] if before else None]}
    activity.record(HealthCalled(**records.about(project, by, at), changes=changes))


def _as_json(call: HealthCall | None) -> dict[str, Any] | None:
    if call is None:
        return None
    return {
        "level": call.level, "reason": call.reason,
        "called_by_id": call.called_by_id, "called_at": call.called_at.isoformat(),
    }  # fmt: skip


def move(*, project: Project, status: str, by: Person, at: datetime, version: int) -> Undo | None:
    """Put a project into another stage; closing has a verb of its own."""
    return projects.change(project=project, values={"status": status}, by=by, at=at, version=version)


@transaction.atomic
def close(*, project: Project, note: str, health: str, by: Person, at: datetime, version: int) -> Undo:
    """Close a project with a note that stays as its last update.

    Raises:
        Refused: it is closed already, or the note is empty.
    """
    if project.status == Project.Status.CLOSED:
        raise Refused(_("This project is closed already."))
    if not note.strip():
        raise Refused(_("Write what was reached and what is handed over."), field="note")
    before = project.status
    move(project=project, status=Project.Status.CLOSED, by=by, at=at, version=version)
    update, _undo = post_update(
        project=project, text=note, health=health, by=by, at=at, kind=ProjectUpdate.Kind.CLOSING
    )
    arguments = {
        "project_id": project.pk, "version": project.version, "status": before, "update_id": update.pk,
    }  # fmt: skip
    return activity.offer_undo(verb="portfolio.close", arguments=arguments, by=by, at=at)


@transaction.atomic
def undo_close(
    *, by: Person, at: datetime, project_id: int, version: int, status: str, update_id: int
) -> None:
    """Open a project again as it was, without its closing note."""
    project = Project.objects.visible_to(by).alive().filter(pk=project_id).first()
    if project is None or project.version != version:
        raise Refused(_("This cannot be undone: somebody has changed the project since."))
    move(project=project, status=status, by=by, at=at, version=version)
    records.undo_add(by=by, at=at, kind="update", pk=update_id)


def reopen(*, project: Project, by: Person, at: datetime, version: int) -> Undo | None:
    """Let work on a closed project go on.

    Raises:
        Refused: it is not closed.
    """
    if project.status != Project.Status.CLOSED:
        raise Refused(_("This project is open."))
    return move(project=project, status=Project.Status.ACTIVE, by=by, at=at, version=version)
