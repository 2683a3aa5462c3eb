"""The plan of money and hours, and the money spent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.organisation.models import Person
from opsloop.portfolio import permissions
from opsloop.portfolio.actions import records
from opsloop.portfolio.events import BudgetChanged
from opsloop.portfolio.models import Budget, Expense
from opsloop.records.changes import from_json, set_fields
from opsloop.records.dates import is_plausible
from opsloop.records.refusals import Refused, StaleVersion
from opsloop.work.models import Project

FIELDS = ("money", "minutes", "rate")


@transaction.atomic
def plan(
    *, project: Project, values: Mapping[str, Any], by: Person, at: datetime, version: int | None
) -> Undo | None:
    """Set what a project may cost; `version` is that of the budget seen, None if there was none.

    Raises:
        StaleVersion: somebody planned it since.
        Forbidden: only the lead and team leads plan budgets.
    """
    permissions.check_can_steer(project, by)
    budget, is_new = Budget.objects.get_or_create(project=project)
    if version is None and not is_new:
        raise StaleVersion(budget, expected=0)
    changes = set_fields(budget, {name: values[name] for name in FIELDS if name in values})
    if not changes:
        return None
    budget.bump(version if version is not None else budget.version)
    budget.save(update_fields=[*changes])
    activity.record(BudgetChanged(**records.about(project, by, at), changes=changes))
    before = {name: pair[0] for name, pair in changes.items()}
    arguments = {"project_id": project.pk, "version": budget.version, "before": before}
    return activity.offer_undo(verb="portfolio.budget", arguments=arguments, by=by, at=at)


@transaction.atomic
def undo_plan(*, by: Person, at: datetime, project_id: int, version: int, before: Mapping[str, Any]) -> None:
    """Put the plan back, if nobody has planned since."""
    project = Project.objects.visible_to(by).alive().filter(pk=project_id).first()
    budget = Budget.objects.filter(project_id=project_id).first()
    if project is None or budget is None or budget.version != version:
        raise Refused(_("This cannot be undone: somebody has changed it since."))
    values = {name: from_json(Budget, name, value) for name, value in before.items()}
    plan(project=project, values=values, by=by, at=at, version=version)


def spend(*, project: Project, by: Person, at: datetime, **values: Any) -> tuple[Expense, Undo]:
    """Record money spent.

    Raises:
        Refused: the values do not fit; `field` names what to mend.
    """
    expense = Expense(project=project)
    _check(values)
    set_fields(expense, values)
    return expense, records.add(record=expense, by=by, at=at)


def change_expense(
    *, expense: Expense, values: Mapping[str, Any], by: Person, at: datetime, version: int
) -> Undo | None:
    """Correct an expense that the writer saw at `version`."""
    _check({"spent_on": expense.spent_on, "amount": expense.amount, "what": expense.what, **values})
    return records.change(record=expense, values=values, by=by, at=at, version=version)


def _check(values: Mapping[str, Any]) -> None:
    if not str(values.get("what", "")).strip():
        raise Refused(_("Say what the money was spent on."), field="what")
    if Decimal(values["amount"]) <= 0:
        raise Refused(_("Give an amount above zero."), field="amount")
    if values.get("spent_on") is None or not is_plausible(values["spent_on"]):
        raise Refused(_("Choose a date between 2000 and 2100."), field="spent_on")
