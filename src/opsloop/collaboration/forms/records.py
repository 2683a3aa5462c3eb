"""The record of a talk: put down in three fields, filled in later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from opsloop.collaboration.models import CommunicationRecord
from opsloop.organisation.forms.fields import DepartmentField
from opsloop.organisation.models import Department, Person
from opsloop.organisation.queries.departments import indented
from opsloop.records.dates import is_plausible
from opsloop.web.forms import DateTimeInput, LeanSelectMultiple, LongTextField, SeveralField, SharingSelect

# The template of the page that holds everybody once; the script copies them into the boxes that ask for people.
PEOPLE = "record-people"


class PersonSelect(SharingSelect):
    """A box for one person that holds who is chosen; the script takes the rest from the page's one list."""

    def __init__(self) -> None:
        super().__init__(PEOPLE, {}, "—")

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        """Return the element with who is chosen. One query where somebody is."""
        wanted = str(value or "")
        if wanted.isascii() and wanted.isdigit() and len(wanted) < 19:
            self.known = {str(one.pk): one.name for one in Person.objects.filter(pk=wanted).only("name")}
        return super().render(name, value, attrs, renderer)


def _person(label: Any, help_text: Any = "") -> forms.ModelChoiceField:  # type: ignore[type-arg]
    return forms.ModelChoiceField(
        Person.objects.active(), label=label, required=False, widget=PersonSelect, help_text=help_text
    )


def _check_plausible(value: datetime) -> None:
    if not is_plausible(value.date()):
        raise forms.ValidationError(_("Choose a year between 2000 and 2100."))


class QuickForm(forms.Form):
    """What has to be said at once: what it was about, with whom, when."""

    matter = forms.CharField(label=pgettext_lazy("record", "Matter"), max_length=200)
    to_departments = SeveralField(
        Department.objects.none(), label=gettext_lazy("Departments involved"), widget=LeanSelectMultiple
    )
    talked_at = forms.DateTimeField(
        label=gettext_lazy("Talked at"), widget=DateTimeInput, validators=[_check_plausible]
    )

    def __init__(
        self, data: Any = None, *, departments: Sequence[Department], initial: Mapping[str, Any]
    ) -> None:
        """Offer `departments`, those of the whole tree."""
        super().__init__(data, initial=dict(initial))
        field = self.fields["to_departments"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = Department.objects.filter(pk__in=[row.pk for row in departments])
        field.choices = indented(departments)

    def values(self) -> dict[str, Any]:
        """Return what a record takes of it, but for the departments involved."""
        return {name: value for name, value in self.cleaned_data.items() if name != "to_departments"}


class RecordForm(QuickForm):
    """The whole record, as the table of the methodology has it."""

    from_department = DepartmentField(label=gettext_lazy("Began by department"), empty_label=None)
    lead = _person(gettext_lazy("Answers for it"), gettext_lazy("Who answers for the matter as a whole."))
    resolution = LongTextField(
        label=pgettext_lazy("record", "Resolution"), max_length=6000, required=False,
        widget=forms.Textarea(attrs={"rows": 6}), help_text=gettext_lazy("What was agreed, one point a line."),
    )  # fmt: skip
    follower = _person(gettext_lazy("Follows it up"))
    due_at = forms.DateTimeField(
        label=gettext_lazy("To be done by"),
        required=False,
        widget=DateTimeInput,
        validators=[_check_plausible],
    )
    outcome = LongTextField(
        label=gettext_lazy("Actually done"), max_length=3000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}), help_text=gettext_lazy("With it the matter is done."),
    )  # fmt: skip
    field_order = (
        "matter", "from_department", "to_departments", "lead", "talked_at", "resolution", "follower", "due_at",
        "outcome",
    )  # fmt: skip

    def __init__(
        self, data: Any = None, *, record: CommunicationRecord, departments: Sequence[Department]
    ) -> None:
        """Fill the fields from `record`."""
        initial: dict[str, Any] = {
            name: getattr(record, name) for name in ("matter", "talked_at", "resolution", "due_at", "outcome")
        }
        initial |= {
            "from_department": record.from_department_id, "lead": record.lead_id, "follower": record.follower_id,
            "to_departments": [one.pk for one in record.to_departments.all()],
        }  # fmt: skip
        super().__init__(data, departments=departments, initial=initial)
        began = self.fields["from_department"]
        assert isinstance(began, DepartmentField)
        began.offer(departments, keep=record.from_department)
        # Who has left since stays named.
        for name in ("lead", "follower"):
            field, chosen = self.fields[name], getattr(record, f"{name}_id")
            assert isinstance(field, forms.ModelChoiceField)
            if chosen:
                field.queryset = Person.objects.filter(pk=chosen) | Person.objects.active()

    def clean(self) -> dict[str, Any]:
        """A date before the talk is a slip of the pen."""
        data = super().clean() or {}
        due, talked = data.get("due_at"), data.get("talked_at")
        if due and talked and due < talked:
            self.add_error("due_at", _("This lies before the talk. Choose a later time."))
        return data
