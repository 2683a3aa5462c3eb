"""The forms that try something out: what matters more in plans, and what would be if."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsloop.engines.scheduling import LEANINGS, Style
from opsloop.organisation.models import Person
from opsloop.planning.steps import FLEX, HINTS, HOURS, LABELS, LEVELS
from opsloop.records.dates import is_plausible
from opsloop.web.dates import WEEKDAYS, duration
from opsloop.web.forms import DateInput, DateTimeInput, LeanSelect
from opsloop.web.http import read_id
from opsloop.work.forms.fields import EstimateField
from opsloop.work.models import Task

MOST_ESTIMATE = 100 * 60
# The step that stands where what was sent is none.
MIDDLE = 2


class Slider(forms.NumberInput):
    """A range whose steps have words: the script writes the word of the step beside it."""

    input_type = "range"

    def __init__(self) -> None:
        super().__init__({"min": 0, "max": len(LEVELS) - 1, "step": 1, "class": "slider"})

    def build_attrs(
        self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Add the words, in the reader's language."""
        return {**super().build_attrs(base_attrs, extra_attrs), "data-words": "|".join(map(str, LEVELS))}


class StyleForm(forms.Form):
    """Six leanings in steps, and the share of each day that is kept free."""

    flex_percent = forms.TypedChoiceField(
        label=gettext_lazy("Kept free for surprises"),
        help_text=gettext_lazy("The end of each day is filled only if something would be late otherwise."),
        coerce=int,
        choices=FLEX,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in LEANINGS:
            self.fields[name] = forms.IntegerField(
                label=LABELS[name],
                help_text=HINTS[name],
                min_value=0,
                max_value=len(LEVELS) - 1,
                widget=Slider(),
            )

    @property
    def sliders(self) -> list[tuple[forms.BoundField, str]]:
        """The leanings, each with the word for its step."""
        found = []
        for name in LEANINGS:
            step = read_id(str(self[name].value()))
            step = step if step is not None and step < len(LEVELS) else MIDDLE
            found.append((self[name], str(LEVELS[step])))
        return found

    @property
    def style(self) -> Style:
        """The chosen style."""
        return Style(**{name: self.cleaned_data[name] for name in LEANINGS})


class WhatIfForm(forms.Form):
    """More working time on a day; of one task another date, owner or size, or that it waits."""

    minutes = forms.TypedChoiceField(
        label=gettext_lazy("More working time"), coerce=int, required=False, empty_value=None
    )
    day = forms.TypedChoiceField(
        label=gettext_lazy("On the day"), coerce=date.fromisoformat, required=False, empty_value=None
    )
    task = forms.TypedChoiceField(
        label=gettext_lazy("Task"), coerce=int, required=False, empty_value=None, widget=LeanSelect
    )
    due = forms.DateTimeField(label=gettext_lazy("Due instead"), required=False, widget=DateTimeInput())
    owner = forms.ModelChoiceField(
        Person.objects.none(),
        label=gettext_lazy("Give it to"),
        required=False,
        widget=LeanSelect,
        empty_label=gettext_lazy("Nobody else"),
    )
    estimate = EstimateField(label=gettext_lazy("Estimate instead"), required=False)
    parts = forms.ChoiceField(
        label=gettext_lazy("In parts"),
        required=False,
        choices=[
            ("", gettext_lazy("As it is")),
            ("whole", gettext_lazy("In one go")),
            ("parts", gettext_lazy("It may be cut into parts")),
        ],
    )
    until = forms.DateField(label=gettext_lazy("Put off until"), required=False, widget=DateInput())

    def __init__(
        self,
        *args: Any,
        days: Sequence[date],
        tasks: Sequence[tuple[int, str]],
        people: Any,
        today: date,
        **kwargs: Any,
    ) -> None:
        """Offer `days`, `tasks` and `people`; `today` is where the person lives whose week it is."""
        super().__init__(*args, **kwargs)
        self.today = today
        hours: list[tuple[Any, str]] = [(step, duration(step)) for step in HOURS]
        self._offer("minutes", [("", _("None")), *hours])
        self._offer("day", [(f"{day}", f"{WEEKDAYS[day.weekday()]} {day:%m-%d}") for day in days])
        self._offer("task", [("", _("No task")), *tasks])
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)
        owner.queryset = people

    def _offer(self, name: str, choices: Sequence[tuple[Any, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]  # a choice field, see above

    def clean_due(self) -> Any:
        """Refuse a date in a year nobody plans in."""
        return _plausible(self.cleaned_data["due"])

    def clean_until(self) -> date | None:
        """Refuse a day that is not ahead, or lies in a year nobody plans in."""
        day: date | None = _plausible(self.cleaned_data["until"])
        if day is not None and day <= self.today:
            raise forms.ValidationError(_("Choose a day after today for it to come back."))
        return day

    def clean_estimate(self) -> int | None:
        """Refuse sizes that nobody plans in one task."""
        minutes: int | None = self.cleaned_data["estimate"]
        if minutes is not None and not 0 < minutes <= MOST_ESTIMATE:
            raise forms.ValidationError(_("Type a time between a few minutes and 100 hours."))
        return minutes

    def clean(self) -> dict[str, Any]:
        """Refuse what is to be changed of no task."""
        values = super().clean() or {}
        asked = any(values.get(name) for name in ("due", "owner", "estimate", "until", "parts"))
        if asked and not values.get("task") and "task" not in self.errors:
            self.add_error("task", _("Choose the task that shall be otherwise."))
        return values


def task_choices(tasks: Sequence[Task]) -> list[tuple[int, str]]:
    """Return tasks as choices, by title."""
    return [(task.pk, task.title) for task in tasks]


def _plausible(value: Any) -> Any:
    if value is not None and not is_plausible(value.date() if hasattr(value, "date") else value):
        raise forms.ValidationError(_("Choose a date between 2000 and 2100."))
    return value
