"""Rows of the history and of the mechanisms every page shares."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opsloop.records.lifecycles import Lifecycle

# How long a toast's undo, and Ctrl+Z, can be used.
UNDO_MINUTES = 60
# How long a form's submission key is remembered (R7).
SUBMISSION_DAYS = 2


class Event(models.Model):
    """One thing that happened, written once and never changed. No foreign keys: history stays."""

    kind = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.BigIntegerField()
    actor_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    department_id = models.BigIntegerField(null=True)
    person_ids = models.JSONField(default=list)
    changes = models.JSONField(default=dict)
    note = models.TextField(blank=True, default="")

    # The domain event that this row was just made from, for what follows in the same transaction; never stored.
    origin: Any = None

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "-id"], name="event_subject"),
            models.Index(fields=["actor_id", "-id"], name="event_actor"),
            models.Index(fields=["at"], name="event_at"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"


class UndoQuerySet(models.QuerySet["Undo"]):
    def visible_to(self, person: Any) -> Self:
        """Return the undo steps that `person` was offered."""
        return self.filter(person_id=person.pk)

    def usable(self, *, at: datetime) -> Self:
        """Return the steps that can still be taken back at `at`."""
        return self.filter(used_at__isnull=True, offered_at__gt=at - timedelta(minutes=UNDO_MINUTES))


class Undo(models.Model):
    """An offer to take one action back: the verb that does it and its arguments."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    verb = models.CharField(max_length=60)
    arguments = models.JSONField(default=dict)
    offered_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects = UndoQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["person", "-id"], name="undo_person")]

    def __str__(self) -> str:
        return f"{self.verb} {self.arguments}"


class Submission(models.Model):
    """The answer that one submitted form got, so that sending it twice makes one record (R7)."""

    key = models.CharField(max_length=64, unique=True)
    person_id = models.BigIntegerField(null=True)
    path = models.CharField(max_length=300)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="submission_at")]

    def __str__(self) -> str:
        return self.key


JOB_LIFECYCLE = Lifecycle(
    "Job",
    start="queued",
    moves={
        "queued": {"running": "a worker takes it", "cancelled": "the owner cancels it"},
        # Taken again when its worker died; the work of each kind has its effect only once.
        "running": {
            "running": "its worker died",
            "done": "it ends",
            "failed": "it is refused or breaks",
            "cancelled": "it hears of the owner's wish",
        },
        "failed": {"queued": "an administrator tries it again"},
    },
)


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, person: Any) -> Self:
        """Return the jobs that `person` started."""
        return self.filter(owner_id=person.pk)

    def active(self) -> Self:
        """Return the jobs that wait or run."""
        return self.filter(status__in=[Job.Status.QUEUED, Job.Status.RUNNING])


class Job(models.Model):
    """A long piece of work of one person, as the job centre shows it."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    arguments = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    result_url = models.CharField(max_length=300, blank=True, default="")
    error = models.TextField(blank=True, default="")
    cancel_requested = models.BooleanField(default=False)
    queued_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["owner", "-id"], name="job_owner")]
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(status__in=["done", "failed", "cancelled"]),
                name="job_finished_has_an_end_state",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def percent(self) -> int:
        """How far the job is, 0 to 100."""
        if self.status == self.Status.DONE:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0

    @property
    def is_active(self) -> bool:
        """Whether the job waits or runs."""
        return self.status in {self.Status.QUEUED, self.Status.RUNNING}
