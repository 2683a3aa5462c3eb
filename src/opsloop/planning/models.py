"""Placements: a task in a block of a person's week."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from opsloop.engines.scheduling import LEANINGS
from opsloop.organisation.models import Department, Person
from opsloop.organisation.models.calendar import BlockRule
from opsloop.organisation.roles import Permission
from opsloop.records.models import Versioned
from opsloop.work.models import Task


class PlacementQuerySet(models.QuerySet["Placement"]):
    def visible_to(self, person: Person) -> Self:
        """Return the placements `person` may see: own, and of the departments whose work they see."""
        reach = person.reaches.departments(Permission.WORK_VIEW)
        if reach is None:
            return self.all()
        return self.filter(Q(person=person) | Q(person__department_id__in=reach))


class Placement(Versioned):
    """A piece of a task in a person's week as they accepted it, half-open [starts_at, ends_at)."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    block = models.CharField(_("block"), max_length=10, choices=BlockRule.Kind.choices)
    is_late = models.BooleanField(default=False)
    is_pinned = models.BooleanField(_("pinned"), default=False)
    # Why it stands there, as the engine said when it was accepted: language -> sentences.
    reason = models.JSONField(default=dict)
    accepted_at = models.DateTimeField()
    accepted_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = PlacementQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at"]
        indexes = [
            models.Index(fields=["person", "starts_at"], name="placement_person_start"),
            models.Index(fields=["task"], name="placement_task"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="placement_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.task} {self.starts_at:%m-%d %H:%M}"


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def visible_to(self, person: Person) -> Self:
        """Return the proposals `person` may decide on: own, and of the departments whose weeks they plan."""
        reach = person.reaches.departments(Permission.PLAN_TEAM)
        if reach is None:
            return self.all()
        return self.filter(Q(person=person) | Q(person__department_id__in=reach))

    def waiting(self) -> Self:
        """Return the proposals nobody has decided on."""
        return self.filter(decided_at__isnull=True)


class Proposal(Versioned):
    """A plan the engine computed for a person's week. It changes nothing until somebody accepts it.

    `content` is what the person saw: placements, unplaced tasks and late ones with their reasons, and the
    version of each task at that time, so that what is accepted is what was shown.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    week_start = models.DateField(_("week"))
    content = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)
    is_accepted = models.BooleanField(default=False)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["person", "week_start", "-id"], name="proposal_person_week")]

    def __str__(self) -> str:
        return f"{self.person} {self.week_start}"

    def is_from_before(self, at: datetime) -> bool:
        """Whether the proposal was made on an earlier day than `at`, so that it should be made anew."""
        return self.made_at.date() < at.date()


class InOneGo(models.Model):
    """Says of a task that it is done in one go: plans never cut it into parts. Without a row it may be cut."""

    task = models.OneToOneField(Task, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return str(self.task_id)


class PlanStyleQuerySet(models.QuerySet["PlanStyle"]):
    def visible_to(self, person: Person) -> Self:
        """Return the styles `person` may see: own, those of the people they plan, and what holds for many."""
        reach = person.reaches.departments(Permission.PLAN_TEAM)
        if reach is None:
            return self.all()
        return self.filter(Q(person__isnull=True) | Q(person=person) | Q(person__department_id__in=reach))


def _leaning(label: Any) -> models.PositiveSmallIntegerField[int | None, int | None]:
    return models.PositiveSmallIntegerField(label, null=True, blank=True)


class PlanStyle(Versioned):
    """What matters more in plans, in steps from 0 to 4, and how much of each day stays free for surprises.

    A person's own, a department's, or (neither) the organisation's. What is None is as it is above.
    """

    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    on_time = _leaning(_("On time"))
    complete = _leaning(_("Nothing left out"))
    calm = _leaning(_("Few moves"))
    fitting = _leaning(_("Fitting blocks"))
    unbroken = _leaning(_("Work in one go"))
    early = _leaning(_("Done early"))
    flex_percent = models.PositiveSmallIntegerField(_("kept free"), null=True, blank=True)

    objects = PlanStyleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=True) | Q(department__isnull=True), name="plan_style_has_one_owner"
            ),
            models.UniqueConstraint(fields=["person"], name="plan_style_once_a_person"),
            models.UniqueConstraint(fields=["department"], name="plan_style_once_a_department"),
            models.UniqueConstraint(
                Coalesce(F("person"), F("department"), Value(0)),
                condition=Q(person__isnull=True, department__isnull=True),
                name="plan_style_once_for_all",
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__lte": 4}),
                    name=f"plan_style_{name}_in_steps",
                )
                for name in LEANINGS
            ),
            models.CheckConstraint(
                condition=Q(flex_percent__isnull=True) | Q(flex_percent__lte=60),
                name="plan_style_leaves_time_to_plan",
            ),
        ]

    def __str__(self) -> str:
        return str(self.person or self.department or "")
