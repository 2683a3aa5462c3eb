"""Fields and choices that several forms share."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from opsloop.organisation.models import Department
from opsloop.organisation.queries.departments import indented
from opsloop.records.refusals import Refused

COMMON_ZONES = (
    "Asia/Shanghai", "Asia/Urumqi", "Asia/Hong_Kong", "Asia/Macau", "Asia/Taipei", "Asia/Singapore",
    "Asia/Tokyo", "Asia/Seoul", "Europe/Berlin", "Europe/London", "America/New_York",
    "America/Los_Angeles", "UTC",
)  # fmt: skip
_REGIONS = ("Africa/", "America/", "Asia/", "Australia/", "Europe/", "Pacific/")


@cache
def _other_zones() -> tuple[str, ...]:
    return tuple(
        sorted(
            zone for zone in available_timezones() if zone.startswith(_REGIONS) and zone not in COMMON_ZONES
        )
    )


def zone_choices() -> list[tuple[Any, Any]]:
    """Return the time zones to choose from, the usual ones first."""
    return [
        (_("Often chosen"), [(zone, zone) for zone in COMMON_ZONES]),
        (_("All"), [(zone, zone) for zone in _other_zones()]),
    ]


def time_zone_field() -> forms.ChoiceField:
    """Return a field for a time zone."""
    return forms.ChoiceField(label=_("Time zone"), choices=zone_choices)


def language_field() -> forms.ChoiceField:
    """Return a field for one of our languages, each named in its own words."""
    return forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class DepartmentField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A department chosen from the tree; hand the allowed ones to `offer`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=Department.objects.none(), **options)

    def offer(self, departments: Iterable[Department], *, keep: Department | None = None) -> None:
        """Offer `departments`, indented like the tree, and `keep`, which is chosen already."""
        rows = {row.pk: row for row in departments}
        if keep:
            rows.setdefault(keep.pk, keep)
        self.queryset = Department.objects.filter(pk__in=rows)
        empty = [("", self.empty_label)] if self.empty_label is not None else []
        self.choices = [*empty, *indented(rows.values())]


def refuse(form: forms.BaseForm, refusal: Refused) -> None:
    """Show why an action was refused at the field it belongs to, or above the form."""
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.reason)
