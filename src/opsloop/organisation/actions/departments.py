"""Creating, changing, moving and closing departments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opsloop.activity import actions as activity
from opsloop.organisation import permissions
from opsloop.organisation.events import DepartmentChanged
from opsloop.organisation.models import Department, Person
from opsloop.organisation.roles import Permission
from opsloop.records.changes import as_json, set_fields
from opsloop.records.refusals import Refused

FIELDS = frozenset({"name", "parent", "headcount"})
# path is 200 characters; ten levels with ids of many digits fit, and no real organisation is deeper.
DEEPEST = 10


@transaction.atomic
def create(
    *, name: str, parent: Department | None, by: Person, at: datetime, headcount: int | None = None
) -> Department:
    """Create a department below `parent`, or at the top.

    Raises:
        Refused: there is one of that name already, or the parent is closed.
    """
    permissions.check_can(Permission.DEPARTMENTS_MANAGE, by)
    department = Department(name=name.strip(), parent=parent, headcount=headcount)
    _check_place(department)
    last = Department.objects.filter(parent=parent).aggregate(last=Max("position"))["last"]
    department.position = 0 if last is None else last + 1
    department.save(force_insert=True)
    department.path = _path(department)
    department.save(update_fields=["path"])
    changes = {"name": [None, department.name], "parent": [None, as_json(parent)]}
    activity.record(DepartmentChanged(**_about(department, by, at), changes=changes))
    return department


@transaction.atomic
def change(
    *, department: Department, values: Mapping[str, Any], by: Person, at: datetime, version: int
) -> None:
    """Rename or move a department seen at `version`, or change its planned number of people.

    Raises:
        StaleVersion: somebody wrote it since.
        Refused: the name is taken, or it would stand below itself.
    """
    permissions.check_can(Permission.DEPARTMENTS_MANAGE, by)
    department.bump(version)
    changes = set_fields(department, {name: value for name, value in values.items() if name in FIELDS})
    _check_place(department)
    department.save(update_fields=list(changes))
    if "parent" in changes:
        _move(department)
    if changes:
        activity.record(DepartmentChanged(**_about(department, by, at), changes=changes))


@transaction.atomic
def close(*, department: Department, by: Person, at: datetime, version: int) -> None:
    """Close a department: it stays in the history and takes no people any more.

    Raises:
        Refused: people or open departments are still in it.
    """
    permissions.check_can(Permission.DEPARTMENTS_MANAGE, by)
    department.bump(version)
    if Department.objects.filter(parent=department, closed_at__isnull=True).exists():
        raise Refused(_("Close or move the departments below it first."))
    people = Person.objects.filter(department=department, is_active=True).count()
    if people:
        raise Refused(
            ngettext(
                "%(count)d person still belongs to this department. Move them first.",
                "%(count)d people still belong to this department. Move them first.",
                people,
            )
            % {"count": people}
        )
    department.closed_at = at
    department.save(update_fields=["closed_at"])
    changes = {"closed_at": [None, as_json(at)]}
    activity.record(DepartmentChanged(**_about(department, by, at), changes=changes))


@transaction.atomic
def reopen(*, department: Department, by: Person, at: datetime, version: int) -> None:
    """Open a closed department again."""
    permissions.check_can(Permission.DEPARTMENTS_MANAGE, by)
    department.bump(version)
    changes = {"closed_at": [as_json(department.closed_at), None]}
    department.closed_at = None
    _check_place(department)
    department.save(update_fields=["closed_at"])
    activity.record(DepartmentChanged(**_about(department, by, at), changes=changes))


def _check_place(department: Department) -> None:
    if not department.name.strip():
        raise Refused(_("A department needs a name."), field="name")
    parent = department.parent
    same = Department.objects.filter(parent=parent, name=department.name).exclude(pk=department.pk)
    if same.exists():
        raise Refused(
            _("There is a department “%(name)s” here already.") % {"name": department.name}, field="name"
        )
    if parent is None:
        return
    if parent.closed_at and not department.closed_at:
        raise Refused(
            _("“%(name)s” is closed. Choose another place.") % {"name": parent.name}, field="parent"
        )
    if department.pk and parent.path.startswith(f"{department.path}"):
        raise Refused(_("A department cannot stand below itself."), field="parent")
    if parent.depth + 1 >= DEEPEST:
        raise Refused(_("The tree would be too deep. Choose a place further up."), field="parent")


def _move(department: Department) -> None:
    """Give the department and everything below it the path of its new place."""
    old, new = department.path, _path(department)
    Department.objects.filter(path__startswith=old).update(
        path=Concat(Value(new), Substr("path", len(old) + 1))
    )
    department.path = new


def _path(department: Department) -> str:
    return f"{department.parent.path if department.parent else '/'}{department.pk}/"


def _about(department: Department, by: Person, at: datetime) -> dict[str, Any]:
    return {"subject_id": department.pk, "by_id": by.pk, "at": at, "department_id": department.pk}
