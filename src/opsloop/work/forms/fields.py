"""Fields that read what operations people type."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from opsloop.engines import lags
from opsloop.engines.sheets.bad import BadCellError
from opsloop.engines.sheets.durations import read_minutes
from opsloop.organisation.models import Person
from opsloop.work.models import Task
from opsloop.work.queries.tasks import visible


class EstimateField(forms.CharField):
    """An effort as people type it: 2h, 1.5小时, 30min, 半天; a bare number counts hours. Cleans to minutes."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=30, **options)

    def prepare_value(self, value: Any) -> Any:
        """Write minutes as somebody would type them."""
        if not isinstance(value, int):
            return value
        hours, minutes = divmod(value, 60)
        return "".join(filter(None, [f"{hours}h" if hours else "", f"{minutes}min" if minutes else ""]))

    def clean(self, value: Any) -> int | None:
        """Return minutes, or None for an empty field."""
        text = super().clean(value)
        try:
            return read_minutes(text, "h") if text else None
        except BadCellError as bad:
            raise ValidationError(
                _("This is not understood as a duration. Type for example 2h, 30min or 1.5h.")
            ) from bad


class TagsField(forms.CharField):
    """Free labels, separated by commas or spaces. Cleans to a list of names."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=400, **options)

    def prepare_value(self, value: Any) -> Any:
        """Write the labels one after the other."""
        return value if isinstance(value, str) or value is None else ", ".join(str(tag) for tag in value)

    def clean(self, value: Any) -> list[str]:
        """Return the names, each once."""
        text = super().clean(value)
        for sign in ",、;;\n\t":
            text = text.replace(sign, ",")
        names = [name.strip().lstrip("#").strip() for name in text.split(",")]
        return list(dict.fromkeys(name for name in names if name))


class TaskNumberField(forms.CharField):
    """Another task by its record number, as it is quoted on the phone. Cleans to the task."""

    def __init__(self, *, person: Person, kept: Task | None = None, **options: Any) -> None:
        """Take any task that `person` may see, and `kept`, which stands there already."""
        super().__init__(max_length=30, **options)
        self.person = person
        self.kept = kept

    def prepare_value(self, value: Any) -> Any:
        """Write the number of a task."""
        return value.number if isinstance(value, Task) else value

    def clean(self, value: Any) -> Task | None:
        """Return the task with this number, if the person may see it."""
        number = super().clean(value)
        if not number:
            return None
        if self.kept is not None and number.casefold() == self.kept.number.casefold():
            return self.kept
        task = visible(self.person).filter(number__iexact=number).first()
        if task is None:
            raise ValidationError(_("There is no task with this number that you may see. Check the number."))
        return task


class VeiledField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A record to choose; the one that stands already may be hidden from this person, and is not named then.

    Rows of the queryset that are hidden carry `is_seen` False.
    """

    def __init__(self, queryset: Any, *, stand_in: str | Promise, **options: Any) -> None:
        super().__init__(queryset, **options)
        self.stand_in = stand_in

    def label_from_instance(self, obj: Any) -> str:
        """Return the name of a record, or what a hidden one is called."""
        return str(obj) if getattr(obj, "is_seen", True) else str(self.stand_in)


class LagField(forms.CharField):
    """Working time between two tasks: +1天, 2h, 30min. Cleans to minutes, 0 for an empty field."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=20, required=False, **options)

    def clean(self, value: Any) -> Any:
        """Return working minutes."""
        try:
            return lags.read(super().clean(value))
        except BadCellError as bad:
            raise ValidationError(
                _("This is not understood as a lag. Type for example 2h, 1d or 30min; it cannot be negative.")
            ) from bad
