"""Who may do what around a project. `check_x` raises with a reason that can be shown, `can_x` answers yes or no."""

from __future__ import annotations

from django.utils.translation import gettext as _

from opsloop.organisation.models import Person
from opsloop.organisation.roles import Permission
from opsloop.records.refusals import Forbidden, Refused
from opsloop.work.models import Project
from opsloop.work.permissions import can_edit_project, check_can_edit_project


def check_can_steer(project: Project, person: Person) -> None:
    """Raise Refused unless `person` may set the budget, call the health, close or reopen: lead and team leads."""
    check_can_edit_project(project, person)


def can_steer(project: Project, person: Person) -> bool:
    """Whether `person` may steer the project."""
    return can_edit_project(project, person)


def check_can_contribute(project: Project, person: Person) -> None:
    """Raise Refused unless `person` may raise risks, set nodes and write updates: whoever takes part."""
    if can_edit_project(project, person):
        return
    if project.is_binned:
        raise Refused(_("This project is in the recycle bin. Restore it first."))
    if not person.may(Permission.WORK_CREATE):
        raise Forbidden(_("Your role only allows reading."))
    if not any(member.pk == person.pk for member in project.members.all()):
        raise Forbidden(_("Only those who take part in the project and team leads may do this."))


def can_contribute(project: Project, person: Person) -> bool:
    """Whether `person` may contribute to the project."""
    try:
        check_can_contribute(project, person)
    except Refused:
        return False
    return True


def check_can_act_on(project: Project, owner_id: int | None, person: Person) -> None:
    """Raise Refused unless `person` answers for a risk or a node, or may contribute to the project anyway."""
    is_own = owner_id is not None and owner_id == person.pk and person.may(Permission.WORK_CREATE)
    if not is_own or project.is_binned:
        check_can_contribute(project, person)
