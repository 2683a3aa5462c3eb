"""A request to move the due date of a task, and why tasks are late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opsloop.organisation.models import Person
from opsloop.records.lifecycles import Lifecycle
from opsloop.records.models import Versioned, paired
from opsloop.work.models import Task

DELAY_LIFECYCLE = Lifecycle(
    "DelayRequest",
    "waiting",
    {
        "waiting": {
            "approved": "who decides agrees, and the due date moves",
            "rejected": "who decides says no, with the reason",
            "countered": "who decides offers another date",
            "withdrawn": "who asked takes it back",
        },
        "countered": {
            "approved": "who asked takes the offered date, and the due date moves",
            "withdrawn": "who asked does not take it",
        },
        "approved": {"waiting": "the decision is undone"},
        "rejected": {"waiting": "the decision is undone"},
    },
)


class Cause(models.TextChoices):
    """Why tasks are late, as every installation knows it; the organisation renames, hides and adds."""

    ESTIMATE = "estimate", pgettext_lazy("cause of delay", "The estimate was too short")
    PEOPLE = "people", pgettext_lazy("cause of delay", "Too few hands or means")
    PRIORITY = "priority", pgettext_lazy("cause of delay", "Priorities changed")
    OUTSIDE = "outside", pgettext_lazy("cause of delay", "Waiting for others")
    CHANGE = "change", pgettext_lazy("cause of delay", "The request changed")
    OTHER = "other", pgettext_lazy("cause of delay", "Something else")


class DelayCause(Versioned):
    """The organisation's word on a cause: another name for a known one, or one of its own."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(_("cause"), max_length=40)
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class DelayRequestQuerySet(models.QuerySet["DelayRequest"]):
    def visible_to(self, person: Person) -> Self:
        """Return the requests of the tasks `person` may see."""
        return self.filter(task__in=Task.objects.visible_to(person).order_by())

    def alive(self) -> Self:
        """Return those of tasks that are not in the bin."""
        return self.filter(task__deleted_at__isnull=True)

    def undecided(self) -> Self:
        """Return those that wait: for who decides, or for the answer to an offered date."""
        return self.filter(state__in=DelayRequest.UNDECIDED)


class DelayRequest(models.Model):
    """延期申请: asked once, decided once; every step is a guarded UPDATE of the state."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("delay", "Waits for a decision")
        APPROVED = "approved", pgettext_lazy("delay", "Approved")
        REJECTED = "rejected", pgettext_lazy("delay", "Rejected")
        COUNTERED = "countered", pgettext_lazy("delay", "Another date is offered")
        WITHDRAWN = "withdrawn", pgettext_lazy("delay", "Withdrawn")

    UNDECIDED = (State.WAITING, State.COUNTERED)

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="+")
    asked_by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()
    # A code of Cause, or of a row of DelayCause.
    cause = models.CharField(_("cause"), max_length=20)
    reason = models.CharField(_("reason"), max_length=500)
    remedy = models.CharField(_("remedy"), max_length=500, blank=True, default="")
    help = models.CharField(_("help wanted"), max_length=500, blank=True, default="")
    due_before = models.DateTimeField(_("due so far"))
    due_wanted = models.DateTimeField(_("new date"))
    due_offered = models.DateTimeField(_("offered date"), null=True)
    decider = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    answer = models.CharField(_("answer"), max_length=500, blank=True, default="")

    objects = DelayRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["decider", "asked_at"], name="delay_waiting", condition=Q(state="waiting")),
            models.Index(fields=["asked_at"], name="delay_asked"),
            models.Index(fields=["task"], name="delay_task"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["task"], condition=Q(state__in=["waiting", "countered"]), name="delay_one_waits"
            ),
            models.CheckConstraint(
                condition=~Q(state="rejected") | ~Q(answer=""), name="delay_rejected_with_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state="countered") | Q(due_offered__isnull=False),
                name="delay_countered_with_date",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="delay_has_reason"),
            paired("delay_decided_pair", "decided_at", "decided_by"),
        ]

    if TYPE_CHECKING:
        task_id: int
        asked_by_id: int
        decider_id: int | None

    # Shown where a record has its number; the task has one.
    number = ""

    def __str__(self) -> str:
        return self.task.title

    @property
    def is_undecided(self) -> bool:
        """Whether somebody still has to answer."""
        return self.state in self.UNDECIDED
