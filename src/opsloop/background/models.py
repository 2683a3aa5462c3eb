"""Rows of the queue, of what was done once, of the workers and of the timers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opsloop.records.lifecycles import Lifecycle

# A worker says so often that it lives, and a lease holds for so long without a word (R5: taken over within 60 s).
BEAT_SECONDS = 5
LEASE_SECONDS = 40
# Nobody has heard from a worker for so long: it is shown as silent (R43: within 60 s).
SILENT_SECONDS = 30
# What has been tried this often is dead until somebody looks at it (R8).
MOST_TRIES = 5
# So long what was done is kept to be looked at; that it was done, longer than anything can be tried again.
KEPT_DAYS = 3
EFFECT_DAYS = 60

ERRAND_LIFECYCLE = Lifecycle(
    "Errand",
    start="waiting",
    moves={
        "waiting": {"running": "a worker leases it", "discarded": "an administrator discards it"},
        "running": {
            "waiting": "it failed, or its worker died",
            "done": "it succeeded",
            "dead": "it failed for the fifth time, or says that it never will succeed",
        },
        "dead": {"waiting": "an administrator tries it again", "discarded": "an administrator discards it"},
    },
)


class Administered(models.QuerySet[Any]):
    """Rows about the system itself: whoever changes its settings sees them all, nobody else any."""

    def visible_to(self, person: Any) -> Self:
        """Return all rows for administrators. The permission is spelled out because its names lie above."""
        return self if person.may("settings.manage") else self.none()


class ErrandQuerySet(Administered):
    def due(self, *, at: datetime) -> Self:
        """Return what waits and may begin at `at`, what comes first first."""
        return self.filter(status="waiting", due_at__lte=at).order_by("-priority", "due_at", "pk")

    def left(self, *, at: datetime) -> Self:
        """Return what runs on a lease that ended, or that the clock, set back, has moved out of reach."""
        too_long = at + timedelta(seconds=2 * LEASE_SECONDS)
        return self.filter(Q(lease_until__lt=at) | Q(lease_until__gt=too_long), status="running")


class Errand(models.Model):
    """One call of a task of the Django Tasks interface, written in the transaction that causes it.

    Its times are those of the machine, not of a sample's own clock. `tries` counts the leases: whoever wants to
    write how it ended names the try, so that a worker that was taken for dead cannot speak for its successor.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("errand", "Waiting")
        RUNNING = "running", pgettext_lazy("errand", "Running")
        DONE = "done", pgettext_lazy("errand", "Done")
        DEAD = "dead", _("Given up")
        DISCARDED = "discarded", _("Discarded")

    task = models.CharField(max_length=200)
    arguments = models.JSONField(default=dict)
    queue = models.CharField(max_length=32)
    priority = models.SmallIntegerField(default=0)
    # Of errands with the same key only one waits; "" for those that all count.
    key = models.CharField(max_length=120, blank=True, default="")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=80, blank=True, default="")
    error = models.CharField(max_length=500, blank=True, default="")
    # Where it broke: lines of code without any value.
    trace = models.TextField(blank=True, default="")

    objects = ErrandQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["queue", "-priority", "due_at", "id"],
                name="errand_due",
                condition=Q(status="waiting"),
            ),
            models.Index(fields=["lease_until"], name="errand_lease", condition=Q(status="running")),
            models.Index(fields=["status", "-finished_at"], name="errand_finished"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["key"], name="errand_waits_once", condition=Q(status="waiting") & ~Q(key="")
            ),
            models.CheckConstraint(
                condition=~Q(status="running") | Q(lease_until__isnull=False), name="errand_runs_on_a_lease"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task.rpartition('.')[2]} {self.pk}"

    @property
    def name(self) -> str:
        """What it calls, short: package and function."""
        return self.task.removeprefix("opsloop.")


class Effect(models.Model):
    """Something that has been done and must not be done again, written in the transaction that does it (R5)."""

    key = models.CharField(max_length=160, unique=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="effect_at")]

    def __str__(self) -> str:
        return self.key


class Worker(models.Model):
    """A process that does errands; it says every few seconds that it lives."""

    name = models.CharField(max_length=80, unique=True)
    host = models.CharField(max_length=64)
    pid = models.PositiveIntegerField()
    # Names the machine, its start and its space of process numbers: only there does `pid` mean something.
    place = models.CharField(max_length=120)
    version = models.CharField(max_length=30)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    done = models.PositiveIntegerField(default=0)

    objects = Administered.as_manager()

    class Meta:
        indexes = [models.Index(fields=["beat_at"], name="worker_beat")]

    def __str__(self) -> str:
        return self.name

    def is_silent(self, *, at: datetime) -> bool:
        """Whether nobody has heard from it for too long."""
        return self.beat_at < at - timedelta(seconds=SILENT_SECONDS)


class Timer(models.Model):
    """How far a line of TIMERS is decided: its moments up to `decided_until` have fired or were let go."""

    name = models.CharField(max_length=60, unique=True)
    decided_until = models.DateTimeField()

    objects = Administered.as_manager()

    def __str__(self) -> str:
        return self.name


class Firing(models.Model):
    """One moment of a timer that fired: once, whatever was restarted (R9)."""

    timer = models.CharField(max_length=60)
    due_at = models.DateTimeField()
    fired_at = models.DateTimeField()
    errand = models.ForeignKey(Errand, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = Administered.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["timer", "due_at"], name="firing_once")]
        indexes = [models.Index(fields=["fired_at"], name="firing_at")]

    def __str__(self) -> str:
        return f"{self.timer} {self.due_at}"
