"""The form of an own field, and the fields that one makes in the form of a task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused
from opsloop.web.forms import DateInput, LeanSelect
from opsloop.work.models import CustomField
from opsloop.work.queries.customs import CustomLine

Kind = CustomField.Kind


class CustomFieldForm(forms.Form):
    """A field of a project's or category's own. The kind is chosen once."""

    name = forms.CharField(label=_("Name"), max_length=40)
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices, initial=Kind.TEXT)
    options = forms.CharField(
        label=_("Choices"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line; only for a field that is one of a list."),
    )  # fmt: skip
    required = forms.BooleanField(label=_("Must be filled in"), required=False)

    def __init__(self, data: Any = None, *, field: CustomField | None = None) -> None:
        """Show `field`, whose kind stands, or an empty form."""
        initial = (
            {"name": field.name, "options": "\n".join(field.options), "required": field.required}
            if field
            else {}
        )
        super().__init__(data, initial=initial)
        if field is not None:
            del self.fields["kind"]
            if field.kind != Kind.CHOICE:
                del self.fields["options"]

    def values(self) -> dict[str, Any]:
        """Return what the form says as the actions take it."""
        cleaned = dict(self.cleaned_data)
        cleaned["options"] = cleaned.get("options", "").splitlines()
        return cleaned

    def refuse(self, refused: Refused) -> None:
        """Show why the rules do not allow it, under the field it belongs to."""
        self.add_error(refused.field if refused.field in self.fields else None, refused.reason)


class CustomValuesForm(forms.Form):
    """What one task says in its own fields: all of them, or one to be edited in place."""

    def __init__(
        self, data: Any = None, *, lines: Sequence[CustomLine], person: Person, task_version: int
    ) -> None:
        """Offer `lines` filled with what they say."""
        super().__init__(data)
        self.lines = {f"custom_{line.field.pk}": line for line in lines}
        self.task_version = task_version
        for name, line in self.lines.items():
            self.fields[name] = _field(line, person)
            self.initial[name] = line.value[0] if isinstance(line.value, tuple) else line.value

    def values(self) -> dict[CustomField, Any]:
        """Return what is said, by field."""
        return {line.field: self.cleaned_data[name] for name, line in self.lines.items()}

    def refuse(self, refused: Refused) -> None:
        """Show why the rules do not allow it, under the field it belongs to."""
        self.add_error(refused.field if refused.field in self.fields else None, refused.reason)


def _field(line: CustomLine, person: Person) -> forms.Field:
    field = line.field
    # The name stands in the sentence: several fields of a form may be empty.
    needed = {"required": _now("Fill in “%(name)s”.") % {"name": field.name}}
    common: Mapping[str, Any] = {"label": field.name, "required": field.required, "error_messages": needed}
    if field.kind == Kind.NUMBER:
        needed["invalid"] = _now("“%(name)s” is a number.") % {"name": field.name}
        return forms.DecimalField(**common, max_digits=18, decimal_places=4)
    if field.kind == Kind.DATE:
        return forms.DateField(**common, widget=DateInput)
    if field.kind == Kind.CHECK:
        return forms.BooleanField(**{**common, "required": False})
    if field.kind == Kind.PERSON:
        kept = line.value[0] if isinstance(line.value, tuple) else None
        people = Person.objects.visible_to(person).filter(Q(is_active=True) | Q(pk=kept)).only("name")
        return forms.ModelChoiceField(people, **common, widget=LeanSelect)
    if field.kind == Kind.CHOICE:
        options = [*field.options, *([line.value] if line.value and line.value not in field.options else [])]
        return forms.ChoiceField(**common, choices=[("", "—"), *((one, one) for one in options)])
    return forms.CharField(**common, max_length=500)
