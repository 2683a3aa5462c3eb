"""The form of a schedule: when a report is sent, to whom and as what."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsloop.channels.models import Channel
from opsloop.engines.reporting import DAYS
from opsloop.organisation.models import Department, Person
from opsloop.reports.models import Kind, Schedule, Subjected
from opsloop.web.dates import WEEKDAYS
from opsloop.web.forms import LeanSelectMultiple, TimeInput

REMINDERS = (0, 2, 4, 8, 24)


def day_name(kind: str, day: str) -> str:
    """Return how a day of engines.reporting.DAYS is called."""
    if day == "last":
        return _("Last working day of the week") if kind == "week" else _("Last working day of the month")
    if day == "first":
        return _("First working day of the month")
    if kind == "week":
        return str(WEEKDAYS[int(day)])
    return _("Day %(n)s of the month") % {"n": day}


class ScheduleForm(forms.Form):
    """When a report is sent, to whom and as what."""

    kind = forms.ChoiceField(label=gettext_lazy("Which report"), choices=Kind.choices)
    day = forms.ChoiceField(
        label=gettext_lazy("On which day"),
        help_text=gettext_lazy("Make-up working days (调休) count as what they are."),
    )
    at = forms.TimeField(label=gettext_lazy("At what time"), widget=TimeInput)
    on_free_day = forms.ChoiceField(
        label=gettext_lazy("If that day is not worked"), choices=Schedule.FreeDay.choices
    )
    looks_back = forms.TypedChoiceField(
        label=gettext_lazy("Of which period"),
        choices=[
            ("0", gettext_lazy("The one it is sent in, e.g. on its last day")),
            ("1", gettext_lazy("The one before, e.g. on a Monday")),
        ],
        coerce=lambda value: value == "1",
    )
    people = forms.ModelMultipleChoiceField(
        Person.objects.none(),
        label=gettext_lazy("To these people"),
        required=False,
        widget=LeanSelectMultiple,
        help_text=gettext_lazy(
            "By mail. Who has no mail address, or where no mail is set up, finds it in the inbox."
        ),
    )
    channels = forms.ModelMultipleChoiceField(
        Channel.objects.none(),
        label=gettext_lazy("To these groups"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "They get the numbers, the summary and a link. Whoever is in the group reads it."
        ),
    )
    shape = forms.ChoiceField(
        label=gettext_lazy("What people get"), choices=Schedule.Shape.choices, widget=forms.RadioSelect
    )
    remind_hours = forms.TypedChoiceField(
        label=gettext_lazy("Ask who writes it"),
        coerce=int,
        help_text=gettext_lazy("Only while it is not handed in."),
    )

    def __init__(self, data: Any = None, *, person: Person, of: Subjected, initial: Any = None) -> None:
        """Offer the people `person` may see, and the groups that may hear of the subject's department."""
        super().__init__(data, initial=initial)
        days = {key: day_name(kind, key) for kind, keys in DAYS.items() for key in keys if key != "last"}
        self.fields["day"].choices = [  # type: ignore[attr-defined]
            ("last", _("Last working day")),
            (_("Of the week"), [(key, days[key]) for key in DAYS["week"] if key != "last"]),
            (
                _("Of the month"),
                [(f"m{key}", day_name("month", key)) for key in DAYS["month"] if key != "last"],
            ),
        ]
        self.fields["people"].queryset = Person.objects.visible_to(person).active().order_by("name")  # type: ignore[attr-defined]
        self.fields["channels"].queryset = groups_for(of)  # type: ignore[attr-defined]
        self.fields["remind_hours"].choices = [  # type: ignore[attr-defined]
            (n, _("%(n)s hours before") % {"n": n} if n else _("Not at all")) for n in REMINDERS
        ]

    def clean(self) -> dict[str, Any]:
        """Check that the day belongs to the kind, and that somebody gets it."""
        data: dict[str, Any] = super().clean() or {}
        kind, day = data.get("kind", ""), data.get("day", "").removeprefix("m")
        is_of_month = data.get("day", "").startswith("m")
        if day and kind and (day not in DAYS[kind] or (day != "last" and is_of_month != (kind == "month"))):
            of_what = _("Of the week") if kind == "week" else _("Of the month")
            raise ValidationError(
                {"day": _("Choose a day under “%(of)s”, or the last working day.") % {"of": of_what}}
            )
        data["day"] = day
        if not data.get("people") and not data.get("channels") and not self.errors:
            raise ValidationError({"people": _("Choose at least one person or group that gets the report.")})
        return data


def groups_for(of: Subjected) -> Any:
    """Return the groups that may hear of a subject: of its department or one above, or of the whole organisation."""
    department: Department | None = of.department
    if department is None:
        department = of.project.department if of.project is not None else of.person.department
    rows = Channel.objects.alive().exclude(kind=Channel.Kind.MAIL)
    above = [int(part) for part in department.path.split("/") if part] if department is not None else []
    return rows.filter(Q(department__isnull=True) | Q(department__in=above)).order_by("name")
