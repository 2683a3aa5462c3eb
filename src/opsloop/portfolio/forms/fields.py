"""What the forms around projects share."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused

MOST_HOURS = 9999


class AroundForm(forms.Form):
    """A form whose refusals stand under the field they belong to."""

    def refuse(self, refused: Refused) -> None:
        """Show why the rules do not allow it, under the field it belongs to."""
        self.add_error(refused.field if refused.field in self.fields else None, refused.reason)


class HoursField(forms.DecimalField):
    """Hours as people type them, cleaned to whole minutes; None when empty."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=Decimal("0.25"), max_value=MOST_HOURS, decimal_places=2, **kwargs)

    def clean(self, value: Any) -> Any:
        """Return whole minutes."""
        hours = super().clean(value)
        return None if hours is None else int(hours * 60)

    def prepare_value(self, value: Any) -> Any:
        """Show minutes as hours; what was typed stays as it is."""
        if isinstance(value, int):
            return str((Decimal(value) / 60).quantize(Decimal("0.01"))).rstrip("0").rstrip(".")
        return value


def offer_people(form: forms.Form, name: str, person: Person, kept: int | None) -> None:
    """Let the field `name` offer everybody whom `person` may choose, and who stands there already."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = Person.objects.visible_to(person).filter(Q(is_active=True) | Q(pk=kept)).only("name")
    field.empty_label = str(_("Nobody yet"))
