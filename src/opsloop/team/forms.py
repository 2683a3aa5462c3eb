"""The form that does what a drag does."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opsloop.organisation.models import Person
from opsloop.records.dates import is_plausible
from opsloop.web.forms import DateInput, LeanSelect


class LayForm(forms.Form):
    """Who does a task, and on which day."""

    person = forms.ModelChoiceField(
        Person.objects.none(),
        label=_("Who"),
        widget=LeanSelect,
        error_messages={
            "invalid_choice": _("Choose somebody whose week you plan."),
            "required": _("Choose somebody whose week you plan."),
        },
    )
    day = forms.DateField(label=_("Day"), widget=DateInput)
    over = forms.BooleanField(
        label=_("Anyway, if the day is full: the rest stands after working time"), required=False
    )

    def __init__(self, *args: Any, people: list[Person], **kwargs: Any) -> None:
        """Offer `people`."""
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Person.objects.filter(pk__in=[one.pk for one in people]).order_by("name")

    def clean_day(self) -> date:
        """Refuse a day nobody plans."""
        day: date = self.cleaned_data["day"]
        if not is_plausible(day):
            raise forms.ValidationError(_("Choose a date between 2000 and 2100."))
        return day
