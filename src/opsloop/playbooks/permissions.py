"""Who may do what with a template. `check_x` raises with a reason that can be shown, `can_x` answers yes or no."""

from __future__ import annotations

from django.utils.translation import gettext as _

from opsloop.organisation.models import Person
from opsloop.organisation.roles import Permission
from opsloop.playbooks.models import Playbook
from opsloop.records.refusals import Forbidden, Refused


def check_can_make(person: Person) -> None:
    """Raise Refused unless `person` may make templates: everybody who works."""
    if not person.may(Permission.WORK_CREATE):
        raise Forbidden(_("Your role only allows reading."))


def check_can_edit(playbook: Playbook, person: Person) -> None:
    """Raise Refused unless `person` may change the template: who made it, and leads of where it is shared."""
    check_can_make(person)
    if playbook.is_binned:
        raise Refused(_("This template was removed. Undo that first."))
    if playbook.created_by_id == person.pk:
        return
    reach = person.reaches.departments(Permission.PROJECT_EDIT)
    is_lead = reach is None or (playbook.department_id is not None and playbook.department_id in reach)
    if not is_lead:
        raise Forbidden(_("Only who made the template and team leads may change it. You can copy it."))


def can_edit(playbook: Playbook, person: Person) -> bool:
    """Whether `person` may change the template."""
    try:
        check_can_edit(playbook, person)
    except Refused:
        return False
    return True


def check_can_start(playbook: Playbook, person: Person) -> None:
    """Raise Refused unless `person` may start the template: a project needs a team lead, a task anybody."""
    check_can_make(person)
    if playbook.archived_at is not None:
        raise Refused(_("This template has been archived. Bring it back first, or choose another one."))
    if playbook.is_project and not person.may(Permission.PROJECT_EDIT):
        raise Forbidden(_("Only team leads may create projects, in the departments they lead."))


def can_start(playbook: Playbook, person: Person) -> bool:
    """Whether `person` may start the template."""
    try:
        check_can_start(playbook, person)
    except Refused:
        return False
    return True
