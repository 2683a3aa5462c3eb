"""Forms: a target, and a subscription."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsloop.channels.models import Channel
from opsloop.dashboards import permissions
from opsloop.dashboards.models import Subscription
from opsloop.dashboards.queries.looks import sees_wide
from opsloop.dashboards.words import LABELS
from opsloop.organisation.models import Department, Person
from opsloop.web.dates import WEEKDAYS
from opsloop.web.forms import TimeInput

MONTH_DAYS = (1, 2, 3, 5, 8, 10, 15, 20, 25, 28, -1)


class TargetForm(forms.Form):
    """What a number shall be."""

    value = forms.IntegerField(
        label=gettext_lazy("Target in percent"), min_value=0, max_value=100, required=False,
        help_text=gettext_lazy("Leave it empty to go by that of the department above, or the usual one."),
    )  # fmt: skip


class SubscriptionForm(forms.Form):
    """Which dashboard comes when, and which way."""

    scope = forms.ChoiceField(label=gettext_lazy("Whose numbers"))
    department = forms.TypedChoiceField(
        label=gettext_lazy("Department"), required=False, coerce=int, empty_value=None
    )
    step = forms.ChoiceField(label=gettext_lazy("Numbers of"), choices=Subscription.Step.choices)
    when = forms.ChoiceField(label=gettext_lazy("Comes"))
    at_time = forms.TimeField(label=gettext_lazy("At"), widget=TimeInput)
    on_day_off = forms.ChoiceField(
        label=gettext_lazy("If that day is free"), choices=Subscription.OnDayOff.choices
    )
    channel = forms.ModelChoiceField(Channel.objects.none(), label=gettext_lazy("Way"), empty_label=None)

    def __init__(
        self, data: Any = None, *, person: Person, departments: Sequence[Department], initial: Any
    ) -> None:
        """Offer `person` what they may see, and the ways that are open to them."""
        super().__init__(data, initial=initial)
        wide = [("wide", LABELS["wide"])] if sees_wide(person) else []
        self.fields["scope"].choices = [*wide, ("mine", LABELS["mine"])]  # type: ignore[attr-defined]
        self.fields["department"].choices = [  # type: ignore[attr-defined]
            ("", _("All that I lead")), *((one.pk, one.name) for one in departments),
        ]  # fmt: skip
        self.fields["when"].choices = rhythms()  # type: ignore[attr-defined]
        self.fields["channel"].queryset = ways(person)  # type: ignore[attr-defined]
        if not wide:
            del self.fields["department"]

    def clean(self) -> dict[str, Any]:
        """Turn the chosen rhythm into weekday or day, and leave departments away from one's own numbers."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        kind, number = data.get("when", "w0")[:1], data.get("when", "w0")[1:]
        data["weekday"] = int(number) if kind == "w" else None
        data["day"] = int(number) if kind == "m" else None
        chosen = data.get("department") if data.get("scope") == "wide" else None
        data["department"] = Department.objects.filter(pk=chosen).first() if chosen else None
        return data

    def clean_at_time(self) -> Any:
        """Return the time, which must not lie in the night: nobody reads it then."""
        at = self.cleaned_data["at_time"]
        if at.hour < 5:
            raise ValidationError(_("Choose a time from 05:00 on: in the night nobody reads it."))
        return at.replace(second=0, microsecond=0)


def rhythms() -> list[tuple[str, str]]:
    """Return when a dashboard can come: the days of a week, some days of a month."""
    weeks = [(f"w{n}", _("Every week: %(day)s") % {"day": WEEKDAYS[n]}) for n in range(7)]
    months = [
        (f"m{n}", _("Every month: the last day") if n < 0 else _("Every month: day %(day)s") % {"day": n})
        for n in MONTH_DAYS
    ]
    return [*weeks, *months]


def rhythm_of(subscription: Subscription) -> str:
    """Return the key of `rhythms` that a subscription has."""
    return f"m{subscription.day}" if subscription.day is not None else f"w{subscription.weekday}"


def ways(person: Person) -> Any:
    """Return the channels through which a dashboard of `person` may go: mail, and for some the robots of groups."""
    rows = Channel.objects.active()
    if not person.email:
        rows = rows.exclude(kind=Channel.Kind.MAIL)
    if not permissions.can_send_to_groups(person):
        rows = rows.filter(kind=Channel.Kind.MAIL)
    return rows.order_by("kind", "name", "pk")
