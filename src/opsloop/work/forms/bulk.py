"""What can be done to many tasks at once: one form for each, and the edit that it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opsloop.organisation.models import Person
from opsloop.web.forms import LeanSelectMultiple, SeveralField
from opsloop.work.actions import tasks as actions
from opsloop.work.actions.bulk import Edit, Shift
from opsloop.work.actions.sayings import Saying
from opsloop.work.forms.customs import CustomValuesForm
from opsloop.work.forms.fields import TagsField
from opsloop.work.forms.tasks import TaskForm
from opsloop.work.models import CustomField, Tag, Task
from opsloop.work.queries import customs
from opsloop.work.queries.customs import CustomLine

Values = Mapping[str, Any]
LONGEST_SHIFT = 3660


class ShiftForm(forms.Form):
    """By how many days a date moves."""

    days = forms.IntegerField(
        label=_("Number of days"), min_value=-LONGEST_SHIFT, max_value=LONGEST_SHIFT, initial=1,
        help_text=_("A negative number moves to earlier."),
    )  # fmt: skip
    workdays = forms.BooleanField(
        label=_("Count working days only (make-up days included)"), required=False, initial=True
    )


class TagNamesForm(forms.Form):
    """Tags by their names; new ones are made."""

    tags = TagsField(label=_("Tags"), help_text=_("Separated by commas."))


class TagsForm(forms.Form):
    """Tags that exist."""

    tags = SeveralField(Tag.objects.all(), label=_("Tags"), widget=LeanSelectMultiple)


class HelpersForm(forms.Form):
    """People."""

    people = SeveralField(Person.objects.none(), label=_("Collaborators"), widget=LeanSelectMultiple)

    def __init__(self, data: Any = None, *, person: Person) -> None:
        """Offer the people whom `person` may see."""
        super().__init__(data)
        field = self.fields["people"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = Person.objects.visible_to(person).active().only("name")


Maker = Callable[[Any, Person, datetime], forms.Form]


@dataclass(frozen=True)
class Kind:
    """One thing that can be done: its name in forms, its words, its form and the edit that follows."""

    name: str
    label: Promise | str
    form: Maker
    edit: Callable[[Values], Edit | Saying]


def _setting(name: str, label: Promise, *together: str) -> Kind:
    """Set a field of the task's own form."""
    names = (name, *together)

    def form(data: Any, person: Person, now: datetime) -> forms.Form:
        return TaskForm(data, person=person, now=now, names=names)

    return Kind(name, label, form, lambda values: Edit(values={one: values[one] for one in names}))


def _shifting(name: str, field: str, label: Promise) -> Kind:
    def edit(values: Values) -> Edit:
        return Edit(shift=Shift(field, values["days"], workdays=values["workdays"]))

    return Kind(name, label, lambda data, _person, _now: ShiftForm(data), edit)


def _names_made(values: Values) -> Edit:
    return Edit(added={"tags": actions.tags_named(values["tags"])})


KINDS: Mapping[str, Kind] = {
    one.name: one
    for one in (
        _setting("owner", _("Owner")),
        _setting("status", _("Status")),
        _setting("due_at", _("Due")),
        _shifting("shift_due", "due_at", _("Due: move by days")),
        _shifting("shift_start", "starts_at", _("Start: move by days")),
        _setting("urgency", _("Urgency")),
        _setting("project", _("Project")),
        _setting("goal", _("Goal")),
        Kind("add_tags", _("Tags: add"), lambda data, _person, _now: TagNamesForm(data), _names_made),
        Kind("remove_tags", _("Tags: remove"), lambda data, _person, _now: TagsForm(data),
             lambda values: Edit(removed={"tags": list(values["tags"])})),
        Kind("add_helpers", _("Collaborators: add"), lambda data, person, _now: HelpersForm(data, person=person),
             lambda values: Edit(added={"collaborators": list(values["people"])})),
        Kind("remove_helpers", _("Collaborators: remove"),
             lambda data, person, _now: HelpersForm(data, person=person),
             lambda values: Edit(removed={"collaborators": list(values["people"])})),
        _setting("category", _("Category")),
        _setting("importance", _("Goal relevance")),
        _setting("quadrant_override", _("Quadrant"), "quadrant_reason"),
        _setting("estimate_minutes", _("Estimate")),
        _setting("progress", _("Progress")),
        _setting("starts_at", _("Starts")),
        _setting("department", _("Department")),
        _setting("is_milestone", _("Milestone")),
        _setting("deliverable", _("Deliverable standard")),
        _setting("note", _("Note")),
    )
}  # fmt: skip


def _saying(field: CustomField) -> Kind:
    """Say something in an own field."""
    name = f"custom_{field.pk}"

    def form(data: Any, person: Person, _now: datetime) -> forms.Form:
        return CustomValuesForm(data, lines=[CustomLine(field, None)], person=person, task_version=0)

    return Kind(customs.name_of(field), field.name, form, lambda values: Saying(field, values[name]))


def kinds_for(tasks: Iterable[Task], person: Person) -> dict[str, Kind]:
    """Return what can be done to these tasks: the own fields that some of them have are among it. One query."""
    chosen = list(tasks)
    projects, categories = {one.project_id for one in chosen}, {one.category_id for one in chosen}
    fields = [
        one
        for one in customs.fields_for(person)
        if (one.project_id in projects if one.project_id else one.category_id in categories)
    ]
    return {**KINDS, **{one.name: one for one in map(_saying, fields)}}


def kind_of(name: str, person: Person) -> Kind | None:
    """Return what is done under this name, None if there is no such thing for `person`."""
    field = customs.find(name, person)
    return _saying(field) if field else KINDS.get(name)
