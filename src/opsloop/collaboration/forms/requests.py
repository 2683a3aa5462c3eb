"""The forms of a request: writing it, answering it, delivering it, deciding about it; and the rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opsloop.collaboration.actions.escalating import AGAIN, BY_DATE, ENDED
from opsloop.collaboration.actions.rules import FIELDS as RULES
from opsloop.collaboration.actions.writing import TEXTS
from opsloop.collaboration.models import CollaborationRequest, CollaborationRules
from opsloop.organisation.forms.fields import DepartmentField
from opsloop.organisation.models import Department, Person
from opsloop.organisation.roles import Permission
from opsloop.records.dates import is_plausible
from opsloop.web.forms import DateTimeInput, LeanSelect, LongTextField, TimeInput

SYNC_CHOICES = (
    (1, _("Every working day")),
    (2, _("Every other working day")),
    (3, _("Every three working days")),
    (5, _("Every five working days")),
    (0, _("Not in between")),
)


def _plausible(value: datetime | None) -> datetime | None:
    if not is_plausible(value.date() if value else None):
        raise forms.ValidationError(_("Choose a year between 2000 and 2100."))
    return value


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class DraftForm(forms.Form):
    """A draft: it may be unfinished, so nothing is required here; sending asks for the rest."""

    title = forms.CharField(label=_("Matter"), max_length=120, required=False)
    background = LongTextField(
        label=_("Background"), max_length=3000, required=False, widget=_area(3),
        help_text=_("Why you need it, and what it is for: one or two sentences."),
    )  # fmt: skip
    asked = LongTextField(
        label=_("What is asked"), max_length=6000, required=False, widget=_area(5),
        help_text=_("One point a line: what the other department is to do."),
    )  # fmt: skip
    standard = LongTextField(
        label=_("Deliverable standard"), max_length=2000, required=False, widget=_area(4),
        help_text=_("One measurable point a line. When it is delivered you tick them off one by one."),
    )  # fmt: skip
    to_department = DepartmentField(label=_("Department asked"), required=False, empty_label="—")
    due_at = forms.DateTimeField(label=_("Needed by"), required=False, widget=DateTimeInput)
    contact = forms.ModelChoiceField(
        queryset=Person.objects.none(), label=_("Contact"), required=False, widget=LeanSelect, empty_label=None,
        help_text=_("Answers questions, and accepts what is delivered."),
    )  # fmt: skip
    from_department = DepartmentField(label=_("Asking department"), required=False, empty_label=None)
    sync_days = forms.TypedChoiceField(
        label=_("Told of progress"), choices=SYNC_CHOICES, coerce=int, required=False
    )

    def __init__(
        self,
        data: Any = None,
        *,
        request: CollaborationRequest,
        by: Person,
        departments: Sequence[Department],
    ) -> None:
        """Fill the fields from `request`; `departments` are those that can be asked."""
        initial: dict[str, Any] = {name: getattr(request, name) for name in (*TEXTS, "due_at", "sync_days")}
        for name in ("contact", "from_department", "to_department"):
            initial[name] = getattr(request, f"{name}_id")
        super().__init__(data, initial=initial)
        own = [one for one in departments if one.pk == by.department_id or _leads(by, one)]
        asking, asked, contact = (
            self.fields["from_department"],
            self.fields["to_department"],
            self.fields["contact"],
        )
        assert isinstance(asking, DepartmentField)
        assert isinstance(asked, DepartmentField)
        assert isinstance(contact, forms.ModelChoiceField)
        asking.offer(own, keep=request.from_department)
        asked.offer(departments, keep=request.to_department)
        homes = [one.pk for one in own] or [by.department_id or 0]
        people = Person.objects.active().filter(Q(department__in=homes) | Q(pk=by.pk))
        contact.queryset = (people | Person.objects.filter(pk=request.contact_id or 0)).distinct()

    def clean_due_at(self) -> datetime | None:
        """Return the moment, if it lies in a year that people plan in."""
        return _plausible(self.cleaned_data["due_at"])

    def clean_sync_days(self) -> int:
        """Return a number of days; an absent one is every working day."""
        value = self.cleaned_data["sync_days"]
        return 1 if value == "" else int(value)

    def values(self) -> dict[str, Any]:
        """Return what a draft keeps of it."""
        return dict(self.cleaned_data)


def _leads(by: Person, department: Department) -> bool:
    held = by.reaches.departments(Permission.REQUEST_STEER)
    return held is None or department.pk in held


class HandlerField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Somebody of the department asked, or below it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=Person.objects.none(), widget=LeanSelect, **options)

    def offer(self, request: CollaborationRequest) -> None:
        """Offer the people who work there, but for those who ask."""
        path = request.to_department.path if request.to_department else "/none/"
        inside = Person.objects.active().filter(
            Q(department__path__startswith=path) | Q(pk=request.handler_id or 0)
        )
        self.queryset = inside.exclude(pk__in=[request.author_id or 0, request.contact_id or 0])


class ActForm(forms.Form):
    """What is said with a step; knows the request it is about."""

    def __init__(self, data: Any = None, *, request: CollaborationRequest, by: Person) -> None:
        super().__init__(data)
        self.request, self.by = request, by
        handler = self.fields.get("handler")
        if isinstance(handler, HandlerField):
            handler.offer(request)
        self.prepare()

    def prepare(self) -> None:
        """Fill in what follows from the request."""


class AcceptForm(ActForm):
    """Who does it, and a word to who asked."""

    handler = HandlerField(label=_("Who does it"), empty_label=None)
    note = LongTextField(label=_("A word to who asked"), max_length=2000, required=False, widget=_area(2))

    def prepare(self) -> None:
        """Begin with who was named, else with who answers, if they work there."""
        inside = self.by.department and self.request.to_department
        own = inside and self.by.department.path.startswith(self.request.to_department.path)  # type: ignore[union-attr]
        self.initial["handler"] = self.request.handler_id or (self.by.pk if own else None)
        handler = self.fields["handler"]
        assert isinstance(handler, HandlerField)
        if self.initial["handler"] is None:
            handler.empty_label = "—"


class AssignForm(ActForm):
    """To whom, and why."""

    handler = HandlerField(label=_("Hand it to"), empty_label="—")
    note = LongTextField(label=_("A word to them"), max_length=2000, required=False, widget=_area(2))


class CounterForm(ActForm):
    """Another date, another scope, or both."""

    due = forms.DateTimeField(
        label=_("Date that can be kept"), required=False, widget=DateTimeInput,
        help_text=_("As it stands, if you only offer another scope."),
    )  # fmt: skip
    scope = LongTextField(
        label=_("What you can deliver instead"), max_length=2000, required=False, widget=_area(3),
        help_text=_("Empty, if only the date changes."),
    )  # fmt: skip
    why = LongTextField(label=_("Why"), max_length=2000, widget=_area(2))

    def prepare(self) -> None:
        """Begin with the date as it stands."""
        self.initial["due"] = self.request.due_at

    def clean_due(self) -> datetime | None:
        """Return the moment, if it lies in a year that people plan in."""
        return _plausible(self.cleaned_data["due"])


class InsistForm(ActForm):
    """Why the offer does not do, and perhaps a date between."""

    due = forms.DateTimeField(
        label=_("Needed by"), required=False, widget=DateTimeInput,
        help_text=_("Leave it, or meet them with a date between."),
    )  # fmt: skip
    why = LongTextField(label=_("Why the offer does not do"), max_length=2000, widget=_area(2))

    def prepare(self) -> None:
        """Leave the date away where the two had agreed on one before: that one stands."""
        self.initial["due"] = self.request.due_at
        if self.request.agreed_due_at is not None and self.request.doing_task_id is not None:
            del self.fields["due"]

    def clean_due(self) -> datetime | None:
        """Return the moment, if it lies in a year that people plan in."""
        return _plausible(self.cleaned_data["due"])


class WhyForm(ActForm):
    """A reason; `label` says of what."""

    why = LongTextField(label=_("Why"), max_length=2000, widget=_area(3))


class SyncForm(forms.Form):
    """How far it is, in percent and a sentence."""

    progress = forms.IntegerField(label=_("Progress in percent"), min_value=0, max_value=100)
    text = LongTextField(label=_("How it goes"), max_length=2000, widget=_area(2))


class DeliverForm(ActForm):
    """What is handed over, and where it lies."""

    note = LongTextField(
        label=_("What is handed over"), max_length=2000, widget=_area(4),
        help_text=_("Point by point against the standard: what was done, and where it lies."),
    )  # fmt: skip
    link = forms.CharField(label=_("Link"), max_length=500, required=False, widget=forms.URLInput)


class ReceiveForm(forms.Form):
    """The points that are met, and a word; returning needs the word."""

    met = forms.TypedMultipleChoiceField(label=_("Met"), coerce=int, required=False)
    note = LongTextField(label=_("A word to the handler"), max_length=2000, required=False, widget=_area(2))

    def __init__(self, data: Any = None, *, points: Sequence[str]) -> None:
        super().__init__(data)
        met = self.fields["met"]
        assert isinstance(met, forms.TypedMultipleChoiceField)
        met.choices = list(enumerate(points))


class DecideForm(ActForm):
    """What a superior decides."""

    decision = forms.ChoiceField(
        label=_("Decision"), widget=forms.RadioSelect, initial=BY_DATE,
        choices=[
            (BY_DATE, _("It is done, by this date")),
            (AGAIN, _("The department answers again")),
            (ENDED, _("It is not done; the request ends")),
        ],
    )  # fmt: skip
    due = forms.DateTimeField(label=_("By"), required=False, widget=DateTimeInput)
    handler = HandlerField(
        label=_("Who does it"), required=False, empty_label=pgettext_lazy("handler", "As it stands")
    )
    why = LongTextField(label=_("Decision in a sentence"), max_length=2000, widget=_area(3))

    def prepare(self) -> None:
        """Begin with the date that was offered, else with the one that stands."""
        self.initial["due"] = self.request.offered_due_at or self.request.due_at
        self.initial["handler"] = self.request.handler_id

    def clean_due(self) -> datetime | None:
        """Return the moment, if it lies in a year that people plan in."""
        return _plausible(self.cleaned_data["due"])


def _minutes(label: Any, help_text: Any, least: int = 30) -> forms.IntegerField:
    return forms.IntegerField(label=label, help_text=help_text, min_value=least, max_value=9600)


class RulesForm(forms.Form):
    """The rules of requests and records, in working minutes."""

    answer_minutes = _minutes(
        _("Time to answer (working minutes)"),
        _("Then the nearest common superior of both departments hears of it."),
    )
    remind_minutes = _minutes(
        _("Reminder after (working minutes)"), _("Before the time to answer is over."), 10
    )
    accept_minutes = _minutes(
        _("Time to accept (working minutes)"),
        _("For who asked, about an offer or a delivery; after two reminders their head hears of it."),
    )
    late_minutes = _minutes(
        _("To the superior when late by (working minutes)"), _("Counted from the agreed date; 0: at once."), 0
    )
    sync_days = forms.TypedChoiceField(label=_("Told of progress"), choices=SYNC_CHOICES, coerce=int)
    sync_at = forms.TimeField(
        label=_("Asked for progress at"), widget=TimeInput,
        help_text=_("On working days only; make-up days count."),
    )  # fmt: skip
    record_hours = forms.IntegerField(
        label=_("Record of a talk filled in within (hours)"), min_value=1, max_value=240,
        help_text=_("Hours by the clock; who wrote it is reminded."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, rules: CollaborationRules) -> None:
        super().__init__(data, initial={name: getattr(rules, name) for name in RULES})
