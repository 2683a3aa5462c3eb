"""Who may plan whose week: `check_can_plan` raises with a reason, `can_plan` answers yes or no."""

from __future__ import annotations

from django.utils.translation import gettext as _

from opsloop.organisation.models import Person
from opsloop.organisation.roles import Permission
from opsloop.records.refusals import Forbidden


def check_can_plan(person: Person, by: Person) -> None:
    """Raise Forbidden unless `by` may plan the week of `person`: one's own, or a lead's team."""
    if person.pk == by.pk and by.may(Permission.WORK_CREATE):
        return
    if not by.may(Permission.PLAN_TEAM, person.department_id):
        raise Forbidden(_("Only the person and their team leads may plan this week."))


def can_plan(person: Person, by: Person) -> bool:
    """Whether `by` may plan the week of `person`."""
    try:
        check_can_plan(person, by)
    except Forbidden:
        return False
    return True
