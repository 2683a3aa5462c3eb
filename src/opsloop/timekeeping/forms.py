"""Typing in hours."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opsloop.engines import hours
from opsloop.organisation.models import Person
from opsloop.records.dates import is_plausible
from opsloop.timekeeping.actions.entries import LONGEST_MINUTES
from opsloop.timekeeping.models import TimeEntry
from opsloop.web.forms import DateInput, DateTimeInput, LeanSelect
from opsloop.work.models import Category, Task

# The list to choose from; whoever has more open work starts the timer or records on the page of the task.
MOST_TASKS = 300
BAD_HOURS: dict[str, Promise] = {
    "not_hours": _("Write how long, like 1.5h or 90 min, or from when to when, like 9:00-10:30."),
    "no_hours": _("Write a time above zero."),
    "too_long": _("An entry is between 1 minute and 16 hours long."),
    "no_such_time": _("The clocks are put forward that night, and this time does not exist. Choose another."),
}


class TimeForm(forms.Form):
    """When one began and how long it took."""

    started_at = forms.DateTimeField(label=_("From"), widget=DateTimeInput)
    minutes = forms.IntegerField(
        label=_("Minutes"), validators=[MinValueValidator(1), MaxValueValidator(LONGEST_MINUTES)]
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def clean_started_at(self) -> datetime:
        """Refuse years in which a zone cannot be reckoned with."""
        started_at: datetime = self.cleaned_data["started_at"]
        if not is_plausible(started_at):
            raise ValidationError(_("Choose a year between 2000 and 2100."))
        return started_at


class TypedField(forms.CharField):
    """How long, or from when to when, as people type it."""

    def clean(self, value: Any) -> hours.Typed | None:
        """Return what was typed; None for an empty field."""
        text = super().clean(value)
        return read_typed(text) if text else None


def read_typed(text: str) -> hours.Typed:
    """Return what was typed.

    Raises:
        ValidationError: it is no time worked, with the remedy.
    """
    try:
        return hours.read_typed(text)
    except hours.BadHoursError as bad:
        raise ValidationError(str(BAD_HOURS[bad.code])) from None


class EntryForm(forms.Form):
    """An entry typed or changed by hand."""

    typed = TypedField(
        label=_("Time"),
        max_length=40,
        help_text=_("1.5h, 90 min, or 9:00-10:30. A mere length goes into the free working time of the day."),
    )
    day = forms.DateField(label=_("Date"), widget=DateInput)
    task: Any = forms.ModelChoiceField(
        label=_("Task"),
        queryset=Task.objects.none(),
        required=False,
        widget=LeanSelect,
        empty_label=_("No task"),
    )
    category = forms.ModelChoiceField(
        label=_("Category"), queryset=Category.objects.all(), required=False, empty_label=_("As the task")
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(
        self,
        *arguments: Any,
        by: Person,
        entry: TimeEntry | None = None,
        day: date | None = None,
        **options: Any,
    ) -> None:
        options.setdefault("initial", _initial(entry, day, by))
        super().__init__(*arguments, **options)
        rows = Task.objects.open().of(by).order_by("due_at", "pk")[:MOST_TASKS]
        near = list(rows.values_list("pk", flat=True))
        if entry and entry.task_id:
            near.append(entry.task_id)
        self.fields["task"].queryset = Task.objects.filter(pk__in=near).order_by("due_at", "pk")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for what was done: a task, or a few words."""
        values: dict[str, Any] = super().clean() or {}
        if not values.get("task") and not values.get("note") and "task" not in self.errors:
            self.add_error("note", _("Choose a task, or say in a few words what it was."))
        return values


def _initial(entry: TimeEntry | None, day: date | None, by: Person) -> dict[str, Any]:
    from opsloop.organisation.queries.blocks import zone_of

    if entry is None:
        return {"day": day}
    zone = zone_of(by)
    start, end = entry.started_at.astimezone(zone), entry.ended_at.astimezone(zone)
    typed = f"{start:%H:%M}-{end:%H:%M}"
    return {
        "typed": typed, "day": start.date(), "task": entry.task_id, "category": entry.category_id, "note": entry.note,
    }  # fmt: skip
