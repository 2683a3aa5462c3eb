"""The forms of progress, blockers, delays and rules."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opsloop.organisation.models import Person
from opsloop.progress.models import ProgressRules
from opsloop.progress.queries.rules import offered
from opsloop.records.refusals import Refused
from opsloop.web.forms import DateTimeInput, LeanSelect, TimeInput
from opsloop.work.models import Task

STEPS = (10, 25, 50, 75, 90, 100)


class RefusableForm(forms.Form):
    """A form whose refusals stand under the field they belong to."""

    def refuse(self, refused: Refused) -> None:
        """Show why the rules do not allow it, under the field it belongs to."""
        self.add_error(refused.field if refused.field in self.fields else None, refused.reason)


def _people(form: forms.Form, name: str, by: Person, kept: int | None = None) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = Person.objects.visible_to(by).filter(Q(is_active=True) | Q(pk=kept)).only("name")


class LineForm(RefusableForm):
    """A line about a task: how far, what was done, what stands in the way. `seen`: the version of today's line."""

    percent = forms.IntegerField(
        label=_("Progress in percent"), min_value=0, max_value=100,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    said = forms.CharField(
        label=_("Today's progress"), max_length=300, required=False,
        widget=forms.TextInput(attrs={"placeholder": _("Today's progress")}),
    )  # fmt: skip
    problem = forms.CharField(
        label=_("Problem met"), max_length=300, required=False,
        widget=forms.TextInput(attrs={"placeholder": _("Problem met")}),
        help_text=_("It becomes a blocker that somebody owns until it is cleared."),
    )  # fmt: skip
    seen = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)


class TellForm(LineForm):
    """The same for one task, with who clears the problem."""

    clearer = forms.ModelChoiceField(
        Person.objects.none(), label=_("Who clears it"), required=False, widget=LeanSelect,
        empty_label=_("The team lead"),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, by: Person, **options: Any) -> None:
        super().__init__(data, **options)
        _people(self, "clearer", by)


class BlockerTaskForm(RefusableForm):
    """A task made of a blocker."""

    title = forms.CharField(label=_("Task"), max_length=200)
    owner = forms.ModelChoiceField(Person.objects.none(), label=_("Owner"), widget=LeanSelect)
    due = forms.DateTimeField(label=_("Due"), required=False, widget=DateTimeInput)

    def __init__(self, data: Any = None, *, by: Person, **options: Any) -> None:
        super().__init__(data, **options)
        _people(self, "owner", by)


class DelayForm(RefusableForm):
    """What is asked when a task needs another date."""

    cause = forms.ChoiceField(label=_("Cause"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=pgettext_lazy("delay", "Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What happened, in a sentence or two."),
    )  # fmt: skip
    due_wanted = forms.DateTimeField(label=_("New date"), widget=DateTimeInput)
    remedy = forms.CharField(
        label=_("Remedy"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What you do so that the new date holds."),
    )  # fmt: skip
    help = forms.CharField(label=_("Help wanted"), max_length=500, required=False)

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        field = self.fields["cause"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = offered()


class RulesForm(RefusableForm):
    """What the organisation expects."""

    due_by = forms.TimeField(
        label=_("Progress is told by"), widget=TimeInput,
        help_text=_("On working days, where each person lives. Who has not is reminded once."),
    )  # fmt: skip
    warn_days = forms.IntegerField(
        label=_("Working days before the due day"), min_value=0, max_value=10,
        help_text=_("From then on an unfinished task is at risk."),
    )  # fmt: skip
    warn_chance = forms.IntegerField(
        label=_("Chance in percent"), min_value=5, max_value=95,
        help_text=_("Below this chance of being in time a task is at risk, however far away the day is."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, rules: ProgressRules, **options: Any) -> None:
        initial = {name: getattr(rules, name) for name in ("due_by", "warn_days", "warn_chance")}
        super().__init__(data, initial=initial, **options)


class OfferForm(RefusableForm):
    """Another date than the one asked for."""

    due_offered = forms.DateTimeField(label=_("Offered date"), widget=DateTimeInput)
    answer = forms.CharField(label=_("Why this date"), max_length=500, required=False)


def suggested_due(task: Task) -> datetime | None:
    """Return the date a form for a delay begins with: a week later, at the same hour."""
    if task.due_at is None:
        return None
    return timezone.localtime(task.due_at) + timedelta(days=7)
