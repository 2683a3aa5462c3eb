"""The form of a key node."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opsloop.organisation.models import Person
from opsloop.portfolio.forms.fields import AroundForm, HoursField, offer_people
from opsloop.portfolio.models import KeyNode
from opsloop.web.forms import DateTimeInput, LeanSelect
from opsloop.work.models import Project

FIELDS = ("title", "output", "owner", "limit_minutes", "after", "starts_at", "due_at")


class NodeForm(AroundForm):
    """Everything of a key node."""

    title = forms.CharField(label=_("Key node"), max_length=120)
    output = forms.CharField(
        label=_("Output"), max_length=200, required=False,
        help_text=_("What is there when it is reached, for example a confirmed list."),
    )  # fmt: skip
    owner = forms.ModelChoiceField(Person.objects.none(), label=_("Owner"), required=False, widget=LeanSelect)
    limit_minutes = HoursField(
        label=_("Limit in working hours"), required=False,
        help_text=_("Counted on the working calendar: nights, weekends and holidays do not count."),
    )  # fmt: skip
    after = forms.ModelChoiceField(
        KeyNode.objects.none(), label=_("Its clock starts when this is reached"), required=False, widget=LeanSelect
    )  # fmt: skip
    starts_at = forms.DateTimeField(label=_("Or at this time"), required=False, widget=DateTimeInput)
    due_at = forms.DateTimeField(label=_("Due, if there is no limit"), required=False, widget=DateTimeInput)

    def __init__(
        self,
        data: Any = None,
        *,
        project: Project,
        person: Person,
        record: KeyNode | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        values = {name: getattr(record, name) for name in FIELDS} if record else {}
        super().__init__(data, initial={**values, **(initial or {})})
        offer_people(self, "owner", person, record.owner_id if record else None)
        field = self.fields["after"]
        assert isinstance(field, forms.ModelChoiceField)
        others = KeyNode.objects.alive().filter(project=project)
        field.queryset = others.exclude(pk=record.pk) if record else others
