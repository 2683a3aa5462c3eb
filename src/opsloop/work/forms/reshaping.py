"""Forms that copy, move, merge and convert a task, hand in its result and give its roles."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused
from opsloop.web.forms import LongTextField
from opsloop.work.forms.fields import TaskNumberField
from opsloop.work.models import Task


class RefusableForm(forms.Form):
    """A form that can show why the rules do not allow it."""

    def refuse(self, refused: Refused) -> None:
        """Show the reason under the field it belongs to."""
        self.add_error(refused.field if refused.field in self.fields else None, refused.reason)


class CopyForm(RefusableForm):
    """What a copy is called and what it takes along."""

    title = forms.CharField(label=_("Title of the copy"), max_length=200)
    with_actions = forms.BooleanField(label=_("With its actions"), required=False, initial=True)
    with_checklist = forms.BooleanField(label=_("With its checklist, unticked"), required=False, initial=True)
    with_tags = forms.BooleanField(label=_("With its tags"), required=False, initial=True)


class MergeForm(RefusableForm):
    """The task that takes over."""

    def __init__(self, data: Any = None, *, person: Person) -> None:
        """Take any task that `person` may see."""
        super().__init__(data)
        self.fields["into"] = TaskNumberField(
            person=person, label=_("Into the task"), help_text=_("The number of the task, e.g. OP-001.")
        )


class ConversionForm(RefusableForm):
    """What a task becomes."""

    KINDS = [
        ("action", _("An action of another task")),
        ("task", _("A task of its own")),
        ("item", _("A line of another task's checklist")),
        ("project", _("A project: its actions become tasks")),
    ]
    into = forms.ChoiceField(label=_("Becomes"), choices=KINDS, widget=forms.RadioSelect)

    def __init__(self, data: Any = None, *, person: Person, task: Task) -> None:
        """Offer what `task` can become."""
        super().__init__(data)
        possible = {"task", "item", "action"} if task.parent_id else {"action", "item", "project"}
        kinds = [kind for kind in self.KINDS if kind[0] in possible]
        choice = self.fields["into"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = kinds
        choice.initial = kinds[0][0]
        self.fields["of"] = TaskNumberField(
            person=person, label=_("Of the task"), required=False, initial=task.parent,
            help_text=_("The number of the task, e.g. OP-001."), kept=task.parent,
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Ask for the other task where one is needed."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("into") in {"action", "item"} and not cleaned.get("of") and "of" not in self.errors:
            self.add_error("of", _("Give the number of the task."))
        return cleaned


class DeliveryForm(RefusableForm):
    """What is handed in."""

    note = LongTextField(
        label=_("What do you hand in?"), required=False, max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    link = forms.URLField(
        label=_("Link"), required=False, max_length=500, assume_scheme="https",
        help_text=_("Where the result is to be found."),
        error_messages={"invalid": _("This is not the address of a page. It begins with https://.")},
    )  # fmt: skip


class RoleForm(RefusableForm):
    """One person and their role."""

    person = forms.ModelChoiceField(Person.objects.none(), label=_("Person"))
    role = forms.CharField(max_length=1, required=False)

    def __init__(self, data: Any = None, *, viewer: Person) -> None:
        """Offer everybody whom `viewer` may see."""
        super().__init__(data)
        field = self.fields["person"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Person.objects.visible_to(viewer)
