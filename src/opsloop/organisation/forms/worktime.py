"""Forms about working time: calendar days, the yearly notice, time blocks, leave."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from opsloop.engines.blocks import BlockKind, Rule
from opsloop.engines.holidaynotice import MAX_TEXT
from opsloop.organisation.models import BlockRule, CalendarDay, Leave, Person
from opsloop.organisation.queries.blocks import zone_of
from opsloop.organisation.queries.people import led_people
from opsloop.web.dates import WEEKDAYS
from opsloop.web.forms import DateInput

NOON = time(12)
MOST_BYTES = 200_000


class DayForm(forms.Form):
    """What one day is."""

    day = forms.DateField(label=_("Date"), widget=DateInput)
    kind = forms.ChoiceField(label=_("Kind"), choices=CalendarDay.Kind.choices)
    name = forms.CharField(label=_("Name"), max_length=60, required=False)

    def clean_day(self) -> Any:
        """Keep to years that a calendar is made for."""
        day = self.cleaned_data["day"]
        if not 2000 <= day.year <= 2100:
            raise ValidationError(_("Choose a year between 2000 and 2100."))
        return day


class NoticeForm(forms.Form):
    """The yearly notice: pasted, or a table as a file."""

    text = forms.CharField(
        label=_("Text of the notice"),
        required=False,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 9, "spellcheck": "false"}),
        help_text=_("Paste the notice of the State Council as it is, or lines of date, kind and name."),
    )
    file = forms.FileField(label=_("Or a table as a .csv file"), required=False)

    def clean(self) -> dict[str, Any]:
        """Take the text from the file if there is one."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        upload = data.get("file")
        if upload:
            if upload.size > MOST_BYTES:
                raise ValidationError(_("The file is too large for a table of holidays."))
            data["text"] = _decoded(upload.read())
        if not data.get("text", "").strip():
            raise ValidationError(_("Paste the text of the notice or choose a file."))
        return data


def _decoded(raw: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValidationError(_("The file is neither UTF-8 nor GBK text. Save it as CSV (UTF-8)."))


class ClockField(forms.TimeField):
    """A clock time typed in 24 hours, whatever the browser's own language: 9:00, 0930, 17：30."""

    def __init__(self, **options: Any) -> None:
        attrs = {"inputmode": "numeric", "placeholder": "09:00", "maxlength": "8", "autocomplete": "off"}
        widget = forms.TimeInput(attrs=attrs, format="%H:%M")
        super().__init__(widget=widget, input_formats=["%H:%M", "%H%M", "%H:%M:%S"], **options)

    def to_python(self, value: Any) -> time | None:
        """Read full-width digits and colons too; a bare hour is a full hour."""
        if isinstance(value, str):
            value = unicodedata.normalize("NFKC", value).strip().replace(".", ":")
            value = f"{value}:00" if value.isdigit() and len(value) <= 2 else value
            value = f"0{value}" if value.isdigit() and len(value) == 3 else value
        return super().to_python(value)


class RuleForm(forms.Form):
    """One row of the block editor."""

    kind = forms.ChoiceField(label=_("Kind"), choices=BlockRule.Kind.choices)
    start = ClockField(label=_("From"), required=False)
    end = ClockField(label=_("To"), required=False)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Weekdays"),
        choices=[(number, name) for number, name in enumerate(WEEKDAYS)],
        coerce=int,
        initial=[0, 1, 2, 3, 4],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def clean(self) -> dict[str, Any]:
        """A row is whole or empty."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        start, end = data.get("start"), data.get("end")
        if self.errors or (start is None and end is None):
            return data
        if start is None or end is None:
            raise ValidationError(_("Give both times, or remove the row."))
        if end <= start:
            self.add_error("end", _("A block ends after it starts."))
        if "weekdays" in self.fields and not data.get("weekdays"):
            self.add_error("weekdays", _("Choose at least one weekday."))
        return data

    @property
    def rule(self) -> Rule | None:
        """The rule of a valid row; None for an empty one."""
        data = self.cleaned_data
        if data.get("start") is None or self.errors:
            return None
        return Rule(
            BlockKind(data["kind"]), data["start"], data["end"], frozenset(data.get("weekdays", range(7)))
        )


class DayRuleForm(RuleForm):
    """One row of the editor of a single day, which has no weekdays to choose."""

    weekdays = None  # type: ignore[assignment]


DayRuleFormSet = forms.formset_factory(DayRuleForm, extra=2, can_delete=True, max_num=40, absolute_max=60)
RuleFormSet = forms.formset_factory(RuleForm, extra=2, can_delete=True, max_num=40, absolute_max=60)


def rule_formset(rules: Sequence[Rule], data: Any = None, *, is_single_day: bool = False) -> Any:
    """Return the block editor of a week or a single day, filled with `rules` or with what was posted."""
    initial = [
        {"kind": rule.kind.value, "start": rule.start, "end": rule.end, "weekdays": sorted(rule.weekdays)}
        for rule in sorted(rules, key=lambda rule: (rule.start, rule.end))
    ]
    kind = DayRuleFormSet if is_single_day else RuleFormSet
    return kind(data, initial=None if data is not None else initial, prefix="rules")


def rules_of(formset: Any) -> list[Rule]:
    """Return the rules of a valid formset: empty and removed rows left out."""
    kept = [form for form in formset if form not in formset.deleted_forms]
    return [rule for form in kept if (rule := form.rule) is not None]


class Half:
    """Halves of a day, as values of a form."""

    MORNING, AFTERNOON = "am", "pm"


_STARTS = [(Half.MORNING, _("from the morning")), (Half.AFTERNOON, _("from noon"))]
_ENDS = [(Half.MORNING, _("until noon")), (Half.AFTERNOON, _("until the evening"))]


class LeaveForm(forms.Form):
    """Leave in whole and half days, in the zone of the person."""

    person = forms.ModelChoiceField(label=_("Who"), queryset=Person.objects.none(), empty_label=None)
    kind = forms.ChoiceField(label=_("Kind"), choices=Leave.Kind.choices)
    first_day = forms.DateField(label=_("First day"), widget=DateInput)
    first_half = forms.ChoiceField(label=_("Starts"), choices=_STARTS, initial=Half.MORNING)
    last_day = forms.DateField(label=_("Last day"), widget=DateInput)
    last_half = forms.ChoiceField(label=_("Ends"), choices=_ENDS, initial=Half.AFTERNOON)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *arguments: Any, by: Person, leave: Leave | None = None, **options: Any) -> None:
        options.setdefault("initial", initial_of(leave) if leave else {"person": by.pk})
        super().__init__(*arguments, **options)
        person: Any = self.fields["person"]
        person.queryset = Person.objects.filter(pk=leave.person_id) if leave else led_people(by)

    def clean(self) -> dict[str, Any]:
        """Turn days and halves into a span of time."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if {"person", "first_day", "last_day"} <= data.keys() and not self.errors:
            if not 2000 <= data["first_day"].year <= data["last_day"].year <= 2100:
                raise ValidationError({"last_day": _now("The last day lies before the first.")})
            data["starts_at"], data["ends_at"] = _span(data)
        return data

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the leave, from valid data."""
        return {name: self.cleaned_data[name] for name in ("kind", "starts_at", "ends_at", "note")}


def _span(data: Mapping[str, Any]) -> tuple[datetime, datetime]:
    zone = zone_of(data["person"])
    start = NOON if data["first_half"] == Half.AFTERNOON else time(0)
    starts_at = datetime.combine(data["first_day"], start, tzinfo=zone)
    if data["last_half"] == Half.MORNING:
        return starts_at, datetime.combine(data["last_day"], NOON, tzinfo=zone)
    return starts_at, datetime.combine(data["last_day"] + timedelta(days=1), time(0), tzinfo=zone)


def initial_of(leave: Leave) -> dict[str, Any]:
    """Return the values that show `leave` in the form, in the zone of its person."""
    zone = zone_of(leave.person)
    start, end = leave.starts_at.astimezone(zone), leave.ends_at.astimezone(zone)
    last = (end - timedelta(minutes=1)).date()
    return {
        "person": leave.person_id,
        "kind": leave.kind,
        "first_day": start.date(),
        "first_half": Half.AFTERNOON if start.time() >= NOON else Half.MORNING,
        "last_day": last,
        "last_half": Half.MORNING if end.time() == NOON else Half.AFTERNOON,
        "note": leave.note,
    }
