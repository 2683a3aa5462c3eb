"""The forms of a piece: where it stands, where it is cut, and an interruption."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsloop.organisation.models import Person
from opsloop.records.dates import is_plausible
from opsloop.web.dates import duration
from opsloop.web.forms import DateInput, DateTimeInput, TimeInput

MOST_MINUTES = 24 * 60
# What an interruption is offered to take, in minutes.
LENGTHS = (15, 30, 60, 120)


class TimesForm(forms.Form):
    """A day and two clock times where the person lives."""

    day = forms.DateField(label=gettext_lazy("Day"), widget=DateInput())
    start = forms.TimeField(label=gettext_lazy("From"), widget=TimeInput({"step": 900}))
    end = forms.TimeField(label=gettext_lazy("To"), widget=TimeInput({"step": 900}))
    off_hours = forms.BooleanField(label=gettext_lazy("Outside of working time"), required=False)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(person.time_zone)

    def clean_day(self) -> date:
        """Return the day, if anybody plans in its year."""
        return _plausible(self.cleaned_data["day"])

    def clean(self) -> dict[str, Any]:
        """Return the values, with `starts_at` and `ends_at` as instants; an end at 0:00 is midnight."""
        values = super().clean() or {}
        day, start, end = values.get("day"), values.get("start"), values.get("end")
        if day and start is not None and end is not None:
            last = day + timedelta(days=1) if end == time(0) else day
            values["starts_at"] = datetime.combine(day, start, tzinfo=self.zone).astimezone(UTC)
            values["ends_at"] = datetime.combine(last, end, tzinfo=self.zone).astimezone(UTC)
            if values["ends_at"] <= values["starts_at"]:
                self.add_error("end", _("It must end at least a quarter of an hour after it starts."))
        return values


class PlaceForm(forms.Form):
    """A day, a clock time and a length."""

    day = forms.DateField(label=gettext_lazy("Day"), widget=DateInput())
    start = forms.TimeField(label=gettext_lazy("From"), widget=TimeInput({"step": 900}))
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes"),
        min_value=15,
        max_value=MOST_MINUTES,
        widget=forms.NumberInput({"step": 15}),
    )
    off_hours = forms.BooleanField(label=gettext_lazy("Outside of working time"), required=False)
    over = forms.BooleanField(
        label=gettext_lazy("Anyway, if the day is full: the rest stands after working time"), required=False
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(person.time_zone)

    def clean_day(self) -> date:
        """Return the day, if anybody plans in its year."""
        return _plausible(self.cleaned_data["day"])

    def clean(self) -> dict[str, Any]:
        """Return the values, with `starts_at` as an instant."""
        values = super().clean() or {}
        if values.get("day") and values.get("start") is not None:
            start = datetime.combine(values["day"], values["start"], tzinfo=self.zone)
            values["starts_at"] = start.astimezone(UTC)
        return values


class CutForm(forms.Form):
    """Where a piece is cut: a clock time of its day."""

    cut = forms.TimeField(label=gettext_lazy("Split at"), widget=TimeInput({"step": 900}))


class InterruptionForm(forms.Form):
    """An urgent task in one line, how long it takes, and by when it must be done."""

    text = forms.CharField(
        label=gettext_lazy("What came in"),
        max_length=300,
        widget=forms.TextInput(
            {"autofocus": True, "placeholder": gettext_lazy("Answer the complaint of 王女士 45m")}
        ),
    )
    minutes = forms.TypedChoiceField(
        label=gettext_lazy("How long it takes"), coerce=int, required=False, empty_value=None
    )
    due = forms.DateTimeField(label=gettext_lazy("Done by"), required=False, widget=DateTimeInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lengths: list[tuple[Any, str]] = [(minutes, duration(minutes)) for minutes in LENGTHS]
        lengths.insert(0, ("", _("As the line says, else 1 h")))
        self.fields["minutes"].choices = lengths  # type: ignore[attr-defined]  # the field stands above

    def clean_due(self) -> datetime | None:
        """Return the date, if anybody plans in its year."""
        due: datetime | None = self.cleaned_data["due"]
        if due is not None:
            _plausible(due.date())
        return due


def _plausible(day: date) -> date:
    if not is_plausible(day):
        raise forms.ValidationError(_("Choose a day of the years that are planned."))
    return day
