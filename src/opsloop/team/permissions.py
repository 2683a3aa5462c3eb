"""Who may do what to a team. Each rule is a pair as everywhere: `check_x` raises, `can_x` answers."""

from __future__ import annotations

from django.utils.translation import gettext as _

from opsloop.organisation.models import Person
from opsloop.organisation.roles import Permission
from opsloop.records.refusals import Forbidden


def check_can_lead(by: Person) -> None:
    """Raise Forbidden unless `by` plans the weeks of others at all."""
    if not can_lead(by):
        raise Forbidden(_("Only who plans the weeks of others has a team here."))


def can_lead(by: Person) -> bool:
    """Whether `by` plans the weeks of others at all."""
    return by.may(Permission.PLAN_TEAM)
