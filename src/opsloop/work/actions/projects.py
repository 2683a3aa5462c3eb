"""The verbs of projects: each one short transaction that also records what happened."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.organisation.models import Person
from opsloop.organisation.numbering import next_number
from opsloop.records.changes import differs, from_json, set_fields, set_many
from opsloop.records.dates import is_plausible
from opsloop.records.models import lay_in_bin, take_from_bin
from opsloop.records.refusals import Refused
from opsloop.search import actions as search
from opsloop.work import permissions
from opsloop.work.events import ProjectBinned, ProjectChanged, ProjectCreated, ProjectRestored
from opsloop.work.models import Project

FIELDS = frozenset({"name", "description", "department", "owner", "goal", "status", "starts_on", "due_on"})


@transaction.atomic
def create(
    *, by: Person, at: datetime, name: str, members: list[Person] | None = None, **values: Any
) -> Project:
    """Create a project and return it.

    Raises:
        Refused: the rules do not allow it; `field` names what to mend.
    """
    project = Project(name=name, created_by=by, created_at=at, **values)
    # The foreign key may be empty in a form that failed; then the check names the field.
    department = project.department if project.department_id else None
    permissions.check_can_create_project(department, by)
    _check_shape(project)
    project.number = next_number("project", at=at)
    project.save(force_insert=True)
    set_many(project, {"members": members or []})
    _index(project)
    activity.record(ProjectCreated(**about(project, by, at)))
    return project


@transaction.atomic
def change(
    *, project: Project, values: Mapping[str, Any], by: Person, at: datetime, version: int
) -> Undo | None:
    """Change a project the writer saw at `version`; `values` may hold fields and "members".

    Raises:
        StaleVersion: somebody wrote the project since.
        Refused: the rules do not allow it.
    """
    permissions.check_can_edit_project(project, by)
    changes = set_fields(project, {name: value for name, value in values.items() if name in FIELDS})
    many = {"members": list(values["members"])} if "members" in values else {}
    if not changes and not differs(project, many):
        return None
    if "department" in changes:
        permissions.check_can_create_project(project.department, by)
    _check_shape(project)
    project.bump(version)
    project.save(update_fields=[*changes])
    changes |= set_many(project, many)
    _index(project)
    activity.record(ProjectChanged(**about(project, by, at), changes=changes))
    before = {name: pair[0] for name, pair in changes.items()}
    arguments = {"project_id": project.pk, "version": project.version, "before": before}
    return activity.offer_undo(verb="project.change", arguments=arguments, by=by, at=at)


@transaction.atomic
def undo_change(
    *, by: Person, at: datetime, project_id: int, version: int, before: Mapping[str, Any]
) -> None:
    """Put the fields of a project back, if nobody has written it since."""
    project = Project.objects.visible_to(by).filter(pk=project_id).first()
    if project is None or project.version != version:
        raise Refused(_("This cannot be undone: somebody has changed the project since."))
    values = {name: from_json(Project, name, value) for name, value in before.items()}
    change(project=project, values=values, by=by, at=at, version=version)


@transaction.atomic
def put_in_bin(*, project: Project, by: Person, at: datetime, version: int) -> Undo:
    """Move a project to the recycle bin; its tasks stay where they are."""
    permissions.check_can_edit_project(project, by)
    lay_in_bin(project, by=by, at=at, version=version)
    search.remove(kind="project", object_id=project.pk)
    activity.record(ProjectBinned(**about(project, by, at)))
    return activity.offer_undo(verb="project.restore", arguments={"project_id": project.pk}, by=by, at=at)


@transaction.atomic
def restore(*, project: Project, by: Person, at: datetime) -> None:
    """Bring a project back from the recycle bin.

    Raises:
        Refused: it is not in the bin, or `by` may not change it.
    """
    permissions.check_can_restore_project(project, by)
    take_from_bin(project)
    _index(project)
    activity.record(ProjectRestored(**about(project, by, at)))


@transaction.atomic
def undo_bin(*, by: Person, at: datetime, project_id: int) -> None:
    """Bring back the project that `put_in_bin` deleted."""
    project = Project.objects.visible_to(by).filter(pk=project_id).first()
    if project is None:
        raise Refused(_("This project does not exist any more."))
    restore(project=project, by=by, at=at)


def about(project: Project, by: Person, at: datetime) -> dict[str, Any]:
    """Return what every event of a project says: who did it and when, and whose pages it concerns."""
    people = tuple(pk for pk in (project.owner_id, project.created_by_id) if pk)
    return {
        "subject_id": project.pk, "by_id": by.pk, "at": at,
        "department_id": project.department_id, "person_ids": people,
    }  # fmt: skip


def _check_shape(project: Project) -> None:
    if not project.name.strip():
        raise Refused(_("A project needs a name."), field="name")
    for name in ("starts_on", "due_on"):
        if not is_plausible(getattr(project, name)):
            raise Refused(_("Choose a date between 2000 and 2100."), field=name)
    if project.starts_on and project.due_on and project.due_on < project.starts_on:
        raise Refused(_("The project ends before it starts. Move one of the dates."), field="due_on")


def _index(project: Project) -> None:
    search.index(
        kind="project", object_id=project.pk, title=project.name, texts=[project.number, project.description]
    )
