"""Who may do what to a goal; `check_x` raises with a reason, `can_x` answers yes or no."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

from opsloop.goals.models import Goal
from opsloop.organisation.models import Department, Person
from opsloop.organisation.roles import Permission
from opsloop.records.refusals import Forbidden, Refused


def check_can_create(department: Department | None, owner: Person | None, person: Person) -> None:
    """Raise Refused unless `person` may create a goal: everyone their own, leads those of departments."""
    if not person.may(Permission.WORK_CREATE):
        raise Forbidden(_("Your role only allows reading."))
    own = owner == person and department is not None and department.pk == person.department_id
    if own or person.may(Permission.GOAL_EDIT, department.pk if department else None):
        if department is None and person.reaches.departments(Permission.GOAL_EDIT) is not None:
            raise Forbidden(_("Goals of the whole organisation are set by directors."), field="department")
        return
    raise Forbidden(
        _("You can create goals of your own; goals of others are set by team leads."), field="owner"
    )


def check_can_edit(goal: Goal, person: Person) -> None:
    """Raise Refused unless `person` may change the goal."""
    if goal.is_binned:
        raise Refused(_("This goal is in the recycle bin. Restore it first."))
    if not edits({goal.owner_id, goal.created_by_id}, goal.department_id, person):
        raise Forbidden(_("Only the owner of the goal and team leads may change it."))


def edits(makers: Collection[int | None], department_id: int | None, person: Person) -> bool:
    """Whether `person` may change a goal of these people in this department (None: of the whole organisation)."""
    if person.pk in makers and person.may(Permission.WORK_CREATE):
        return True
    reach = person.reaches.departments(Permission.GOAL_EDIT)
    return reach is None or department_id in reach


def check_can_restore(goal: Goal, person: Person) -> None:
    """Raise Refused unless `person` may bring the goal back from the recycle bin."""
    if not goal.is_binned:
        raise Refused(_("This goal is not in the recycle bin."))
    mine = {goal.owner_id, goal.created_by_id, goal.deleted_by_id}
    if person.pk in mine and person.may(Permission.WORK_CREATE):
        return
    reach = person.reaches.departments(Permission.GOAL_EDIT)
    if reach is not None and goal.department_id not in reach:
        raise Forbidden(_("Only who deleted it, the owner of the goal and team leads may restore it."))


def check_can_arrange(person: Person) -> None:
    """Raise Refused unless `person` may change the work modules: whoever sets goals of others."""
    if not person.may(Permission.GOAL_EDIT):
        raise Forbidden(_("Work modules are arranged by team leads and directors."))


def can_edit(goal: Goal, person: Person) -> bool:
    """Whether `person` may change the goal."""
    try:
        check_can_edit(goal, person)
    except Refused:
        return False
    return True
