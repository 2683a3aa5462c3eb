"""Forms about the organisation: settings, number patterns, departments."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from opsloop.organisation.forms.fields import DepartmentField, language_field, time_zone_field
from opsloop.organisation.models import Department, NumberPattern, Organisation, Person


class OrganisationForm(forms.Form):
    """Name, mode and defaults."""

    name = forms.CharField(label=_("Name of the organisation"), max_length=100)
    mode = forms.ChoiceField(label=_("Mode"), choices=Organisation.Mode.choices, widget=forms.RadioSelect)
    reserve_percent = forms.IntegerField(
        label=_("Reserve in percent"),
        min_value=0,
        max_value=50,
        help_text=_("Added to an estimate when a task is planned. 10 to 20 is usual."),
    )
    hours_approval = forms.BooleanField(
        label=_("Leads approve the hours of a week"),
        required=False,
        help_text=_("People hand their weeks in; an approved week is locked until it is returned."),
    )
    hours_step = forms.TypedChoiceField(
        label=_("Round hours to"), choices=Organisation.HoursStep.choices, coerce=int,
        help_text=_("In reports, entry by entry. What was recorded stays as it is."),
    )  # fmt: skip
    hours_round_up = forms.BooleanField(
        label=_("Always round up"),
        required=False,
        help_text=_("Otherwise to the nearest step."),
    )
    language = language_field()
    time_zone = time_zone_field()

    def __init__(self, *arguments: Any, organisation: Organisation, **options: Any) -> None:
        options.setdefault("initial", {name: getattr(organisation, name) for name in self.base_fields})
        super().__init__(*arguments, **options)


class PatternForm(forms.Form):
    """How the numbers of one record type look."""

    prefix = forms.CharField(  # type: ignore[assignment]  # Django moves it into `fields`
        label=_("Prefix"),
        max_length=10,
        validators=[RegexValidator(r"^[A-Za-z0-9\u4e00-\u9fff_-]+\Z", _("Use letters, digits, - and _."))],
    )
    date_part = forms.ChoiceField(
        label=_("Date part"), choices=NumberPattern.DatePart.choices, required=False,
        help_text=_("With a date part, counting starts again in each period."),
    )  # fmt: skip
    width = forms.IntegerField(label=_("Digits"), min_value=1, max_value=8)


class DepartmentForm(forms.Form):
    """Name and place of a department."""

    name = forms.CharField(label=_("Name"), max_length=60)
    parent = DepartmentField(
        label=_("Belongs to"), required=False, empty_label=_("Nothing: it stands at the top")
    )
    headcount = forms.IntegerField(
        label=_("Planned people"), required=False, min_value=0, max_value=9999,
        help_text=_("What is missing to this number is shown as vacancies."),
    )  # fmt: skip

    def __init__(
        self, *arguments: Any, by: Person, department: Department | None = None, **options: Any
    ) -> None:
        if department:
            options.setdefault("initial", {name: getattr(department, name) for name in self.base_fields})
        super().__init__(*arguments, **options)
        places = Department.objects.visible_to(by).filter(closed_at__isnull=True)
        if department:
            places = places.exclude(path__startswith=department.path)
        field: Any = self.fields["parent"]
        field.offer(places, keep=department.parent if department else None)
