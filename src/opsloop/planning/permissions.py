"""Who may plan whose week: `check_can_plan` raises with a reason, `can_plan` answers yes or no."""

from __future__ import annotations

from django.utils.translation import gettext as _

from opsloop.organisation.models import Department, Person
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


def check_can_style(*, person: Person | None, department: Department | None, by: Person) -> None:
    """Raise Forbidden unless `by` may say what matters in these plans (neither: in those of the organisation)."""
    if person is not None:
        check_can_plan(person, by)
    elif department is not None:
        if not by.may(Permission.PLAN_TEAM, department.pk):
            raise Forbidden(_("Only who leads this department may say how its weeks are planned."))
    elif not by.may(Permission.SETTINGS_MANAGE):
        raise Forbidden(_("How weeks are planned in the whole organisation is set by administrators."))
