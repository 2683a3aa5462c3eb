"""The forms of a budget and of an expense."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opsloop.organisation.models import Person
from opsloop.portfolio.forms.fields import AroundForm, HoursField, offer_people
from opsloop.portfolio.models import Budget, Expense
from opsloop.web.forms import DateInput, LeanSelect
from opsloop.work.models import Project


class BudgetForm(AroundForm):
    """What a project may cost."""

    money = forms.DecimalField(
        label=_("Budget in yuan"), required=False, min_value=0, max_digits=14, decimal_places=2
    )
    minutes = HoursField(label=_("Planned hours"), required=False)
    rate = forms.DecimalField(
        label=_("Cost of an hour in yuan"), required=False, min_value=0, max_digits=10, decimal_places=2,
        help_text=_("Leave it empty if hours are not counted as money."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, record: Budget | None = None) -> None:
        values = {name: getattr(record, name) for name in self.base_fields} if record else {}
        super().__init__(data, initial=values)


class ExpenseForm(AroundForm):
    """Money spent."""

    what = forms.CharField(label=_("Spent on"), max_length=160)
    amount = forms.DecimalField(
        label=_("Amount in yuan"), min_value=Decimal("0.01"), max_digits=12, decimal_places=2
    )
    spent_on = forms.DateField(label=_("Date"), widget=DateInput)
    person = forms.ModelChoiceField(
        Person.objects.none(), label=_("Spent by"), required=False, widget=LeanSelect
    )

    def __init__(
        self,
        data: Any = None,
        *,
        project: Project,  # noqa: ARG002 (every form around a project is made alike)
        person: Person,
        record: Expense | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        values = {name: getattr(record, name) for name in self.base_fields} if record else {}
        super().__init__(data, initial={**values, **(initial or {})})
        offer_people(self, "person", person, record.person_id if record else None)
