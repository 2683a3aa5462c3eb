"""The form of a task: whole, or one field of it for editing in place."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from opsloop.goals.models import Goal
from opsloop.organisation.models import Department, Person
from opsloop.records.refusals import Refused
from opsloop.web.forms import DateTimeInput, LeanSelect, LeanSelectMultiple, LongTextField, SeveralField
from opsloop.work.forms import repeats
from opsloop.work.forms.fields import EstimateField, TagsField, TaskNumberField, VeiledField
from opsloop.work.models import Category, Project, Task

APPLIES = [("following", _("This one and those that follow")), ("only", _("Only this one"))]
RELEVANCE = [(1, "1"), (2, "2"), (3, "3"), (4, "4"), (5, "5")]
# What the full form shows, in its order. The status of a new task is not asked: it has not begun.
FULL = (
    "title", "deliverable", "owner", "collaborators", "requester", "needs_acceptance", "due_at", "starts_at",
    "estimate_minutes", "importance", "urgency", "quadrant_override", "quadrant_reason", "goal", "project",
    "department", "parent", "category", "tags", "recurrence", "on_holiday", "applies", "is_milestone", "status",
    "progress", "note", "description",
)  # fmt: skip
NEW = tuple(
    name
    for name in FULL
    if name not in {"status", "progress", "quadrant_override", "quadrant_reason", "applies"}
)
# What moving a task asks for.
MOVED = ("project", "goal", "parent", "department")
# Where the history may say why.
REASONED = frozenset({"due_at", "owner", "urgency", "importance", "starts_at", "status"})
# What a click in the drawer edits in place; a quadrant takes its reason along.
TOGETHER = {
    "quadrant_override": ("quadrant_override", "quadrant_reason"),
    "recurrence": ("recurrence", "on_holiday"),
}
# What is no field of a task.
NO_FIELDS = frozenset({"applies"})


class TaskForm(forms.Form):
    """Fields of a task. Unbound on a task it shows what stands; `names` leaves the others away."""

    title = forms.CharField(label=_("Task"), max_length=200)
    deliverable = LongTextField(
        label=_("Deliverable standard"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("How will others see that it is done well?"),
    )  # fmt: skip
    owner = forms.ModelChoiceField(Person.objects.none(), label=_("Owner"), required=False, widget=LeanSelect)
    collaborators = SeveralField(
        Person.objects.none(), label=_("Collaborators"), required=False, widget=LeanSelectMultiple
    )
    requester = forms.ModelChoiceField(
        Person.objects.none(), label=_("Asked by"), required=False, widget=LeanSelect
    )
    needs_acceptance = forms.BooleanField(
        label=_("Who asked accepts the result before it is done"), required=False
    )
    due_at = forms.DateTimeField(label=_("Due"), required=False, widget=DateTimeInput)
    starts_at = forms.DateTimeField(label=_("Starts"), required=False, widget=DateTimeInput)
    estimate_minutes = EstimateField(
        label=_("Estimate"), required=False, help_text=_("For example 2h, 30min or 1.5h.")
    )
    importance = forms.TypedChoiceField(
        label=_("Goal relevance"), choices=RELEVANCE, coerce=int, initial=3, widget=forms.RadioSelect,
        help_text=_("5 decides about the goal, 3 helps it, 1 has little to do with it."),
    )  # fmt: skip
    urgency = forms.ChoiceField(
        label=_("Urgency"),
        choices=Task.Urgency.choices,
        initial=Task.Urgency.MEDIUM,
        widget=forms.RadioSelect,
    )
    quadrant_override = forms.TypedChoiceField(
        label=_("Quadrant"), choices=[("", _("As suggested")), *Task.Quadrant.choices], coerce=int,
        empty_value=None, required=False,
    )  # fmt: skip
    quadrant_reason = forms.CharField(
        label=_("Why this quadrant"), max_length=200, required=False,
        help_text=_("Only needed if you chose another one than suggested."),
    )  # fmt: skip
    goal = VeiledField(
        Goal.objects.none(), stand_in=_("A goal of another department"), label=_("Goal"), required=False,
        widget=LeanSelect,
    )  # fmt: skip
    project = VeiledField(
        Project.objects.none(), stand_in=_("A project of another department"), label=_("Project"), required=False,
        widget=LeanSelect,
    )  # fmt: skip
    department = forms.ModelChoiceField(
        Department.objects.none(), label=_("Department"), required=False, widget=LeanSelect,
        help_text=_("Left empty, it is the owner's department."),
    )  # fmt: skip
    category = forms.ModelChoiceField(
        Category.objects.all(), label=_("Category"), required=False, widget=LeanSelect
    )
    tags = TagsField(label=_("Tags"), required=False, help_text=_("Separated by commas."))
    recurrence = repeats.RepeatField(label=_("Repeats"))
    on_holiday = forms.ChoiceField(
        label=_("On a day off"), choices=Task.OnHoliday.choices, initial=Task.OnHoliday.KEEP, required=False,
        help_text=_("Rules of working days never fall on a day off."),
    )  # fmt: skip
    applies = forms.ChoiceField(
        label=_("This change is for"), choices=APPLIES, initial="following", required=False,
        widget=forms.RadioSelect,
    )  # fmt: skip
    is_milestone = forms.BooleanField(label=_("This is a milestone"), required=False)
    status = forms.ChoiceField(label=_("Status"), choices=Task.Status.choices)
    progress = forms.IntegerField(label=_("Progress in percent"), min_value=0, max_value=100)
    note = LongTextField(
        label=_("Note"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 2})
    )
    description = LongTextField(
        label=_("Description"), required=False, max_length=20000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(
        self,
        data: Any = None,
        *,
        person: Person,
        now: datetime,
        task: Task | None = None,
        names: Collection[str] = FULL,
        initial: dict[str, Any] | None = None,
        prefix: str | None = None,
    ) -> None:
        """Offer `person` the fields `names`, filled from `task` or `initial`; `now` dates the repetitions."""
        # Django copies every field of the class for every form; one edited in place needs one.
        kept = {name: field for name, field in self.base_fields.items() if name in names}
        self.base_fields = kept  # type: ignore[misc]
        super().__init__(
            data, initial={**(_values(task, names) if task else {}), **(initial or {})}, prefix=prefix
        )
        if "parent" in names:
            self.fields["parent"] = TaskNumberField(
                person=person,
                kept=task.parent if task else None,
                label=_("Part of task"),
                required=False,
                help_text=_("The number of the task, e.g. OP-001."),
            )
        self.order_fields([name for name in FULL if name in names])
        self._offer(person, task, now)

    def _offer(self, person: Person, task: Task | None, now: datetime) -> None:
        """Fill the choices: what is visible and alive, and whatever the task has already."""
        offers: dict[str, Any] = {
            "owner": lambda: _people(person, [task.owner_id] if task else []),
            "requester": lambda: _people(person, [task.requester_id] if task else []),
            "collaborators": lambda: _people(person, _collaborator_ids(task)),
            "goal": lambda: _alive(Goal, person, task.goal_id if task else None),
            "project": lambda: _alive(Project, person, task.project_id if task else None),
            "department": lambda: Department.objects.visible_to(person).filter(
                Q(closed_at__isnull=True) | Q(pk=task.department_id if task else None)
            ),
        }
        for name in offers.keys() & self.fields.keys():
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = offers[name]()
        if "recurrence" in self.fields:
            widget = self.fields["recurrence"].widget
            assert isinstance(widget, repeats.RepeatWidget)
            widget.base = (task and (task.starts_at or task.due_at)) or now
        if "applies" in self.fields and not (task and task.recurrence):
            del self.fields["applies"]

    def clean_on_holiday(self) -> str:
        """Return the rule for days off; nothing sent means that the day stays."""
        return self.cleaned_data["on_holiday"] or str(Task.OnHoliday.KEEP)

    def refuse(self, refused: Refused) -> None:
        """Show why the rules do not allow it, under the field it belongs to."""
        self.add_error(refused.field if refused.field in self.fields else None, refused.reason)


def _values(task: Task, names: Collection[str]) -> dict[str, Any]:
    many = {"collaborators", "tags"}
    return {
        name: list(getattr(task, name).all()) if name in many else getattr(task, name)
        for name in names
        if name not in NO_FIELDS
    }


def _collaborator_ids(task: Task | None) -> list[int | None]:
    return [helper.pk for helper in task.collaborators.all()] if task else []


def _people(person: Person, kept: list[int | None]) -> Any:
    people = Person.objects.visible_to(person)
    return people.filter(Q(is_active=True) | Q(pk__in=[pk for pk in kept if pk])).only("name")


def _alive(model: Any, person: Person, kept: int | None) -> Any:
    """Return what may be chosen: visible, not in the bin, not over; and the one that stands, even if hidden."""
    over = Q(status=Project.Status.CLOSED) if model is Project else ~Q(status=Goal.Status.ACTIVE)
    visible = model.objects.visible_to(person)
    offered = Q(pk__in=visible.alive().exclude(over).values("pk")) | Q(pk=kept)
    rows = model.objects.filter(offered).order_by("-pk")
    return rows.annotate(is_seen=Exists(visible.filter(pk=OuterRef("pk")))) if kept else rows
