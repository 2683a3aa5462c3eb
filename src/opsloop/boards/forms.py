"""The form of a saved view."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opsloop.boards.models import SavedView
from opsloop.organisation.models import Department, Person
from opsloop.records.refusals import Refused
from opsloop.web.forms import LeanSelect


class ViewForm(forms.Form):
    """The name of a view, and who sees it."""

    name = forms.CharField(label=_("Name"), max_length=60)
    audience = forms.ChoiceField(
        label=_("Who sees it"), choices=SavedView.Audience.choices, initial=SavedView.Audience.OWN,
        widget=forms.RadioSelect,
    )  # fmt: skip
    department = forms.ModelChoiceField(
        Department.objects.none(), label=_("Department"), required=False, widget=LeanSelect,
        help_text=_("Only for a view of a department."),
    )  # fmt: skip
    is_default = forms.BooleanField(label=_("Open this layout with it"), required=False)

    def __init__(self, data: Any = None, *, person: Person, view: SavedView | None = None) -> None:
        """Offer `person` the fields, filled from `view`."""
        given = {
            "name": view.name if view else "",
            "audience": view.audience if view else SavedView.Audience.OWN,
            "department": (view.department_id if view else None) or person.department_id,
        }
        super().__init__(data, initial=given)
        departments = self.fields["department"]
        assert isinstance(departments, forms.ModelChoiceField)
        departments.queryset = Department.objects.visible_to(person)
        if view is not None:
            del self.fields["is_default"]

    def refuse(self, refused: Refused) -> None:
        """Show why it was refused, at the field it belongs to."""
        self.add_error(refused.field if refused.field in self.fields else None, refused.reason)
