"""The form of a risk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opsloop.organisation.models import Person
from opsloop.portfolio.forms.fields import AroundForm, offer_people
from opsloop.portfolio.models import Risk
from opsloop.portfolio.models.risks import SCALE
from opsloop.web.forms import DateInput, LeanSelect, LongTextField
from opsloop.work.models import Project

FIELDS = ("title", "probability", "impact", "response", "measure", "owner", "review_on", "status")


class RiskForm(AroundForm):
    """Everything of a risk."""

    title = forms.CharField(
        label=_("Risk"), max_length=160,
        help_text=_("What may happen, and what would follow: “The key visual is late, so ads start late”."),
    )  # fmt: skip
    probability = forms.TypedChoiceField(label=_("Probability"), choices=SCALE, coerce=int, initial=3)
    impact = forms.TypedChoiceField(label=_("Impact"), choices=SCALE, coerce=int, initial=3)
    response = forms.ChoiceField(
        label=_("Response"), choices=Risk.Response.choices, initial=Risk.Response.REDUCE, widget=forms.RadioSelect
    )  # fmt: skip
    measure = LongTextField(
        label=_("Measure"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Who does what so that it does not happen, or hurts less."),
    )  # fmt: skip
    owner = forms.ModelChoiceField(Person.objects.none(), label=_("Owner"), required=False, widget=LeanSelect)
    review_on = forms.DateField(label=_("Next review"), required=False, widget=DateInput)
    status = forms.ChoiceField(
        label=_("Status"), choices=Risk.Status.choices, initial=Risk.Status.OPEN, widget=forms.RadioSelect
    )

    def __init__(
        self,
        data: Any = None,
        *,
        project: Project,  # noqa: ARG002 (every form around a project is made alike)
        person: Person,
        record: Risk | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        values = {name: getattr(record, name) for name in FIELDS} if record else {}
        super().__init__(data, initial={**values, **(initial or {})})
        offer_people(self, "owner", person, record.owner_id if record else None)
