"""The form of a measure: what is done, by whom, by when, and against which cause."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsloop.organisation.models import Person
from opsloop.reviews.queries.pages import Branch
from opsloop.web.forms import DateInput, LeanSelect


class MeasureForm(forms.Form):
    """What is done about what was found; it becomes a task."""

    title = forms.CharField(
        label=gettext_lazy("What will be done"),
        max_length=200,
        help_text=gettext_lazy("So that one can tell later whether it happened."),
    )
    owner = forms.ModelChoiceField(Person.objects.none(), label=gettext_lazy("Owner"), widget=LeanSelect)
    due_on = forms.DateField(label=gettext_lazy("Due"), widget=DateInput)
    cause = forms.TypedChoiceField(
        label=gettext_lazy("Against which cause"), required=False, coerce=int, empty_value=None
    )

    def __init__(
        self, data: Any = None, *, person: Person, today: date, causes: Sequence[Branch], initial: Any
    ) -> None:
        """Offer `person` the people they may see, and the causes of the review."""
        super().__init__(data, initial=initial)
        self.today = today
        self.fields["owner"].queryset = Person.objects.visible_to(person).active().order_by("name")  # type: ignore[attr-defined]
        choices = [("", _("None in particular")), *((one.cause.pk, one.cause.text) for one in causes)]
        self.fields["cause"].choices = choices  # type: ignore[attr-defined]
        if not causes:
            del self.fields["cause"]

    def clean_due_on(self) -> date:
        """Return the day, which lies ahead and within this century."""
        day: date = self.cleaned_data["due_on"]
        if not self.today <= day <= date(2099, 12, 31):
            raise ValidationError(_("A measure lies ahead: choose a day that is still to come."))
        return day
