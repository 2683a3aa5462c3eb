"""Placements: a task in a block of a person's week."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from opsloop.organisation.models import Person
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
