"""The forms of goals: the goal with its key results, and the check-in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from opsloop.goals.models import Confidence, Goal, KeyResult, Module, plain
from opsloop.organisation.models import Department, Person
from opsloop.organisation.roles import Permission
from opsloop.records.refusals import Refused
from opsloop.web.forms import DateInput, LeanSelect, LongTextField

FIELDS = (
    "title", "horizon", "owner", "department", "parent", "module", "starts_on", "due_on", "status", "description",
)  # fmt: skip
MOST_RESULTS = 10


class GoalForm(forms.Form):
    """Everything of a goal but its key results."""

    title = forms.CharField(label=gettext_lazy("Goal"), max_length=200)
    horizon = forms.ChoiceField(
        label=gettext_lazy("Horizon"),
        choices=Goal.Horizon.choices,
        initial=Goal.Horizon.MID,
        widget=forms.RadioSelect,
    )
    owner = forms.ModelChoiceField(
        Person.objects.none(), label=gettext_lazy("Owner"), required=False, widget=LeanSelect
    )
    department = forms.ModelChoiceField(
        Department.objects.none(), label=gettext_lazy("Department"), required=False, widget=LeanSelect,
        empty_label=gettext_lazy("The whole organisation"),
    )  # fmt: skip
    parent = forms.ModelChoiceField(
        Goal.objects.none(), label=gettext_lazy("Aligned to"), required=False, widget=LeanSelect,
        help_text=gettext_lazy("The goal above that this one serves."),
    )  # fmt: skip
    module = forms.ModelChoiceField(
        Module.objects.none(), label=gettext_lazy("Work module"), required=False, widget=LeanSelect,
        help_text=gettext_lazy("The column of the scope map that it stands in."),
    )  # fmt: skip
    starts_on = forms.DateField(label=gettext_lazy("Starts"), required=False, widget=DateInput)
    due_on = forms.DateField(label=gettext_lazy("Due"), required=False, widget=DateInput)
    status = forms.ChoiceField(
        label=gettext_lazy("Status"), choices=Goal.Status.choices, initial=Goal.Status.ACTIVE
    )
    description = LongTextField(
        label=gettext_lazy("Description"),
        required=False,
        max_length=20000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        person: Person,
        goal: Goal | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        """Offer `person` the fields, filled from `goal`."""
        values = {name: getattr(goal, name) for name in FIELDS} if goal else {}
        super().__init__(data, initial={**values, **(initial or {})})
        if goal is None:
            del self.fields["status"]
        active = Goal.objects.visible_to(person).alive().filter(status=Goal.Status.ACTIVE).values("pk")
        offers = {
            "owner": Person.objects.visible_to(person)
            .filter(Q(is_active=True) | Q(pk=goal.owner_id if goal else None))
            .only("name"),
            "department": _departments(person, goal),
            "module": Module.objects.all(),
            "parent": Goal.objects.filter(Q(pk__in=active) | Q(pk=goal.parent_id if goal else None))
            .exclude(pk=goal.pk if goal else None)
            .only("title")
            .order_by("-pk"),
        }
        for name, queryset in offers.items():
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = queryset

    def refuse(self, refused: Refused) -> None:
        """Show why the rules do not allow it, under the field it belongs to."""
        self.add_error(refused.field if refused.field in self.fields else None, refused.reason)


def _departments(person: Person, goal: Goal | None) -> Any:
    """Return the departments the person sets goals for, the own one (for own goals), and the goal's."""
    reach = person.reaches.departments(Permission.GOAL_EDIT)
    mine = {person.department_id, goal.department_id if goal else None} - {None}
    open_ones = Department.objects.visible_to(person).filter(closed_at__isnull=True)
    return open_ones if reach is None else open_ones.filter(pk__in={*reach, *mine})


class KeyResultForm(forms.Form):
    """One measure: from a value, to a value, in a unit."""

    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(
        label=gettext_lazy("Measure"), max_length=100,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("e.g. satisfaction score")}),
    )  # fmt: skip
    from_value = forms.DecimalField(
        label=pgettext_lazy("key result", "From"), max_digits=16, decimal_places=2
    )
    to_value = forms.DecimalField(label=pgettext_lazy("key result", "To"), max_digits=16, decimal_places=2)
    unit = forms.CharField(label=gettext_lazy("Unit"), max_length=20, required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse a target that equals its start."""
        values = super().clean() or {}
        start, target = values.get("from_value"), values.get("to_value")
        if start is not None and start == target:
            raise ValidationError(_("The target equals the start. Give the value to reach."))
        return values


KeyResultFormSet = forms.formset_factory(
    KeyResultForm,
    extra=1,
    max_num=MOST_RESULTS,
    validate_max=True,
    # Whatever a browser claims to send, no more forms than this are made and shown again.
    absolute_max=MOST_RESULTS + 10,
    can_delete=True,
    can_delete_extra=True,
)
PREFIX = "results"


def result_forms(
    data: Any = None, *, goal: Goal | None = None, rows: Sequence[Mapping[str, Any]] = ()
) -> Any:
    """Return the formset of a goal's key results, or of `rows` proposed for a new one."""
    names = ("id", "name", "from_value", "to_value", "unit")
    if goal is not None:
        rows = [{name: getattr(result, name) for name in names} for result in goal.key_results.all()]
    initial = [
        {name: plain(value) if isinstance(value, Decimal) else value for name, value in row.items()}
        for row in rows
    ]
    return KeyResultFormSet(data, initial=initial, prefix=PREFIX)


def result_rows(formset: Any) -> Sequence[dict[str, Any]]:
    """Return the rows that were filled in and not removed, as the actions take them."""
    rows = [
        form.cleaned_data
        for form in formset.forms
        if form.cleaned_data and not form.cleaned_data.get("DELETE")
    ]
    return [
        {name: value for name, value in row.items() if name != "DELETE"} for row in rows if row.get("name")
    ]


class CheckInForm(forms.Form):
    """Where a key result stands now, and how sure one is of it."""

    value = forms.DecimalField(label=gettext_lazy("Value now"), max_digits=16, decimal_places=2)
    confidence = forms.ChoiceField(
        label=gettext_lazy("Confidence"),
        choices=Confidence.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    note = LongTextField(
        label=gettext_lazy("Note"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What moved it, what stands in the way?"),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, result: KeyResult) -> None:
        """Start from where it stood."""
        initial = {"value": plain(result.current_value), "confidence": result.confidence or Confidence.SURE}
        super().__init__(data, initial=initial)


class ClosureForm(forms.Form):
    """How a goal ended, and what is to be learned from it."""

    status = forms.ChoiceField(
        label=gettext_lazy("Result"),
        choices=[choice for choice in Goal.Status.choices if choice[0] != Goal.Status.ACTIVE],
        widget=forms.RadioSelect,
    )
    closing_note = LongTextField(
        label=gettext_lazy("Closing note"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("What made it or stood in its way? The next period starts from here."),
    )  # fmt: skip


class ModuleForm(forms.Form):
    """The name of a work module and its place on the scope map, counted from 1."""

    name = forms.CharField(label=gettext_lazy("Module"), max_length=40)
    position = forms.IntegerField(label=gettext_lazy("Place"), min_value=1, max_value=99, required=False)
