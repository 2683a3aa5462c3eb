"""Entering appointments, subscribing to outside calendars."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from opsloop.calendars.models import Appointment, OutsideCalendar
from opsloop.calendars.queries import rule_of, zone_of
from opsloop.calendars.words import address_refusal
from opsloop.engines.recurrence import parts_of, text_of
from opsloop.organisation.models import Person
from opsloop.organisation.queries.blocks import zone_of as zone_of_person
from opsloop.web.forms import DateInput, TimeInput

ONCE = ""
WEEKLY = "FREQ=WEEKLY"
FORTNIGHTLY = "FREQ=WEEKLY;INTERVAL=2"
WORKDAYS = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
MONTHLY = "FREQ=MONTHLY"
REPEATS = (
    (ONCE, _("Does not repeat")),
    (WEEKLY, _("Every week")),
    (FORTNIGHTLY, _("Every two weeks")),
    (WORKDAYS, _("Every working day")),
    (MONTHLY, _("Every month, on this day")),
)


class AppointmentForm(forms.Form):
    """One appointment, in the zone it was made in; a new one in that of its person."""

    title = forms.CharField(label=_("Title"), max_length=200)
    first_day = forms.DateField(label=_("Date"), widget=DateInput)
    start = forms.TimeField(label=_("From"), widget=TimeInput, required=False)
    end = forms.TimeField(label=_("To"), widget=TimeInput, required=False)
    is_all_day = forms.BooleanField(label=_("All day"), required=False)
    last_day = forms.DateField(
        label=_("Last day"),
        widget=DateInput,
        required=False,
        help_text=_("Only if it goes on to another day."),
    )
    repeats = forms.ChoiceField(label=_("Repeats"), choices=REPEATS, required=False)
    until = forms.DateField(
        label=_("Until"), widget=DateInput, required=False, help_text=_("Empty: for as long as it takes.")
    )
    place = forms.CharField(label=_("Place"), max_length=200, required=False)
    is_private = forms.BooleanField(
        label=_("Private"), required=False, help_text=_("Others see that you are busy, not why.")
    )

    def __init__(
        self, *args: Any, by: Person, appointment: Appointment | None = None, **options: Any
    ) -> None:
        """Show `appointment`, or an empty form for `by`."""
        self._zone = zone_of(appointment) if appointment else zone_of_person(by)
        if appointment:
            options["initial"] = initial_of(appointment)
        super().__init__(*args, **options)
        known = {value for value, _label in REPEATS}
        kept = (options.get("initial") or {}).get("repeats", ONCE)
        if kept not in known:  # a rule that came from elsewhere stays as it is
            self.fields["repeats"].choices = [*REPEATS, (kept, kept)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Work out the span and the rule."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return data
        for name in ("first_day", "last_day", "until"):
            if data.get(name) and not 2000 <= data[name].year <= 2100:
                raise ValidationError({name: _now("Choose a year between 2000 and 2100.")})
        if not data["is_all_day"]:
            for name in ("start", "end"):
                if data[name] is None:
                    raise ValidationError({name: _now("Enter a time, or tick “All day”.")})
        if data["until"] and data["until"] < data["first_day"]:
            raise ValidationError({"until": _now("It ends before its first day. Choose a later day.")})
        data["starts_at"], data["ends_at"] = _span(data, self._zone)
        return data

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the appointment, from valid data."""
        data = self.cleaned_data
        return {
            **{
                name: data[name]
                for name in ("title", "place", "is_all_day", "is_private", "starts_at", "ends_at")
            },
            "rule": _rule(data["repeats"], data["until"]),
            "time_zone": self._zone.key,
        }


def _span(data: Mapping[str, Any], zone: ZoneInfo) -> tuple[datetime, datetime]:
    first, last = data["first_day"], data["last_day"] or data["first_day"]
    if data["is_all_day"]:
        after = last + timedelta(days=1)
        return datetime.combine(first, time(), tzinfo=zone), datetime.combine(after, time(), tzinfo=zone)
    ends_on = last
    if data["last_day"] is None and data["end"] == time():
        ends_on = first + timedelta(days=1)  # until midnight
    return (
        datetime.combine(first, data["start"], tzinfo=zone),
        datetime.combine(ends_on, data["end"], tzinfo=zone),
    )


def _rule(repeats: str, until: date | None) -> str:
    if not repeats or until is None:
        return repeats
    return f"{repeats};UNTIL={until:%Y%m%d}"


def initial_of(row: Appointment) -> dict[str, Any]:
    """Return the values that show `row` in the form, in its own zone."""
    zone = zone_of(row)
    start, end = row.starts_at.astimezone(zone), row.ends_at.astimezone(zone)
    last = (end - timedelta(minutes=1)).date()
    rule = rule_of(row)
    parts = parts_of(rule) if rule else {}
    until = parts.pop("UNTIL", "")
    return {
        "title": row.title,
        "place": row.place,
        "first_day": start.date(),
        "start": None if row.is_all_day else start.time(),
        "end": None if row.is_all_day else end.time(),
        "is_all_day": row.is_all_day,
        "last_day": last if last != start.date() else None,
        "repeats": text_of(parts) if parts else ONCE,
        "until": date(int(until[:4]), int(until[4:6]), int(until[6:8])) if until else None,
        "is_private": row.is_private,
    }


class OutsideCalendarForm(forms.Form):
    """An address of a calendar, and how its events are shown."""

    url = forms.CharField(
        label=_("Address of the calendar"),
        max_length=1000,
        widget=forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "off"}),
        help_text=_("The address that ends in .ics; other programs call it the secret address or iCal."),
    )
    name = forms.CharField(label=_("Name"), max_length=80)
    colour = forms.ChoiceField(label=_("Colour"), choices=OutsideCalendar.Colour.choices)
    takes_time = forms.BooleanField(
        label=_("Counts as busy"),
        required=False,
        help_text=_("Plans keep out of its events. Take the tick away for birthdays and holidays."),
    )
    all_day_takes_time = forms.BooleanField(
        label=_("All-day events count as busy too"),
        required=False,
        help_text=_("Otherwise they stand as a note above the day, and the day can be planned."),
    )

    def clean_url(self) -> str:
        """Refuse what is no address of a calendar."""
        url: str = self.cleaned_data["url"].strip()
        if refusal := address_refusal(url):
            raise ValidationError(str(refusal))
        return url
