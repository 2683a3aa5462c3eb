"""Saying who does what for a task or a project (RACI)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused
from opsloop.work import permissions
from opsloop.work.actions import projects, tasks
from opsloop.work.events import ProjectRoleChanged, RoleChanged
from opsloop.work.models import Project, Responsibility, Task


@transaction.atomic
def set_role(*, record: Task | Project, person: Person, role: str, by: Person, at: datetime) -> Undo | None:
    """Give `person` a role of a task or project, or none (""); return the offered undo, None if it stands so.

    What is wrong with the roles of a record (nobody answers for it, two do) is shown, not forbidden: on the way
    from one good state to the next, there is always a bad one.

    Raises:
        Refused: the role does not exist, or the person has been disabled.
    """
    permissions.check_can_set_roles(record, by)
    if role and role not in Responsibility.Role.values:
        raise Refused(_("Choose R, A, C, I or no role."), field="role")
    if role and not person.is_active:
        raise Refused(_("%(name)s has been disabled and can have no role.") % {"name": person.name})
    own = {"task": record} if isinstance(record, Task) else {"project": record}
    rows = Responsibility.objects.filter(**own, person=person)
    old = rows.values_list("role", flat=True).first() or ""
    if old == role:
        return None
    if role:
        Responsibility.objects.update_or_create(**own, person=person, defaults={"role": role})
    else:
        rows.delete()
    _record(record, person, old, role, by, at)
    arguments = {
        "kind": "task" if isinstance(record, Task) else "project",
        "record_id": record.pk,
        "person_id": person.pk,
        "before": old,
        "after": role,
    }
    return activity.offer_undo(verb="role.set", arguments=arguments, by=by, at=at)


@transaction.atomic
def undo_set_role(
    *, by: Person, at: datetime, kind: str, record_id: int, person_id: int, before: str, after: str
) -> None:
    """Give the role back that stood before, if nobody has given another one since."""
    model: type[Task] | type[Project] = Task if kind == "task" else Project
    record = model.objects.visible_to(by).alive().filter(pk=record_id).first()
    person = Person.objects.filter(pk=person_id).first()
    if record is None or person is None:
        raise Refused(_("This does not exist any more."))
    now = (
        Responsibility.objects.filter(**{kind: record}, person=person).values_list("role", flat=True).first()
    )
    if (now or "") != after:
        raise Refused(_("This cannot be undone: somebody has changed the role since."))
    set_role(record=record, person=person, role=before, by=by, at=at)


def _record(record: Task | Project, person: Person, old: str, new: str, by: Person, at: datetime) -> None:
    changes = {"roles": [f"{person.name} {old}" if old else None, f"{person.name} {new}" if new else None]}
    if isinstance(record, Task):
        about = tasks.about(record, by, at, person.pk)
        activity.record(RoleChanged(**about, changes=changes, person_id=person.pk, role=new))
        return
    about = projects.about(record, by, at)
    about["person_ids"] = tuple(dict.fromkeys([*about["person_ids"], person.pk]))
    activity.record(ProjectRoleChanged(**about, changes=changes, person_id=person.pk, role=new))
