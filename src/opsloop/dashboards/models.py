"""Targets of numbers, and who gets a dashboard when."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opsloop.channels.models import Channel, Letter
from opsloop.engines.timers import OnClock, OnFreeDay
from opsloop.organisation.models import Department, Person
from opsloop.records.lifecycles import Lifecycle
from opsloop.records.models import Versioned

SUBSCRIPTION_LIFECYCLE = Lifecycle(
    "Subscription",
    start="active",
    moves={
        "active": {"paused": "its person pauses it", "ended": "its person unsubscribes"},
        "paused": {"active": "its person lets it go on", "ended": "its person unsubscribes"},
    },
)


class TargetQuerySet(models.QuerySet["Target"]):
    def visible_to(self, person: Person) -> Self:
        """Return the targets: they are no secret, whoever sees the number sees them."""
        return self.all() if person.is_active else self.none()


class Target(Versioned):
    """What a number shall be: of a department with all below it, or of the organisation."""

    number = models.CharField(max_length=20)
    department = models.ForeignKey(Department, null=True, on_delete=models.CASCADE, related_name="+")
    # Percent; of a number that shall be near zero, the distance that is still good.
    value = models.PositiveSmallIntegerField(_("target"))

    objects = TargetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["number"], condition=Q(department__isnull=True), name="target_of_all_once"
            ),
            models.UniqueConstraint(
                fields=["number", "department"],
                condition=Q(department__isnull=False),
                name="target_of_department_once",
            ),
            models.CheckConstraint(condition=Q(value__lte=100), name="target_to_100"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.value}%"


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def visible_to(self, person: Person) -> Self:
        """Return what `person` subscribed to and did not end."""
        return self.filter(person=person).exclude(state="ended") if person.is_active else self.none()


class Subscription(Versioned):
    """A dashboard that comes by itself: which one, when, and which way."""

    class State(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("subscription", "Active")
        PAUSED = "paused", pgettext_lazy("subscription", "Paused")
        ENDED = "ended", pgettext_lazy("subscription", "Ended")

    class Scope(models.TextChoices):
        MINE = "mine", pgettext_lazy("dashboard", "Mine")
        WIDE = "wide", pgettext_lazy("dashboard", "What I lead")

    class Step(models.TextChoices):
        WEEK = "week", pgettext_lazy("dashboard", "By week")
        MONTH = "month", pgettext_lazy("dashboard", "By month")

    class OnDayOff(models.TextChoices):
        """What becomes of a day that is free (调休 counted in)."""

        NEXT = "next", pgettext_lazy("subscription", "Comes on the working day after")
        PREVIOUS = "previous", pgettext_lazy("subscription", "Comes on the working day before")
        SKIP = "skip", pgettext_lazy("subscription", "Is left out")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    scope = models.CharField(max_length=4, choices=Scope.choices)
    department = models.ForeignKey(Department, null=True, on_delete=models.CASCADE, related_name="+")
    step = models.CharField(max_length=5, choices=Step.choices, default=Step.WEEK)
    # One of both: Monday is 0; days of a month are counted from 1, and -1 is the last one.
    weekday = models.PositiveSmallIntegerField(null=True)
    day = models.SmallIntegerField(null=True)
    at_time = models.TimeField(_("time"), default=time(9))
    on_day_off = models.CharField(max_length=8, choices=OnDayOff.choices, default=OnDayOff.NEXT)
    # Mail to the person, or the robot of a group.
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=7, choices=State.choices, default=State.ACTIVE)
    # Moments up to here are decided: sent, or missed.
    decided_at = models.DateTimeField()
    created_at = models.DateTimeField()

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["decided_at"], name="subscription_active", condition=Q(state="active"))
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__isnull=True) ^ Q(day__isnull=True), name="subscription_has_one_rhythm"
            ),
        ]

    if TYPE_CHECKING:
        person_id: int
        department_id: int | None
        channel_id: int

    def __str__(self) -> str:
        return f"{self.person} {self.scope} {self.rule()}"

    def rule(self) -> OnClock:
        """Return when it comes, as timers read it."""
        return OnClock(self.at_time, self.weekday, self.day, OnFreeDay(self.on_day_off))

    @property
    def is_paused(self) -> bool:
        """Whether it does not come for the time being."""
        return self.state == self.State.PAUSED


class Issue(models.Model):
    """One time that a dashboard was sent: each moment of a subscription once (R6, R9)."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="issues")
    moment = models.DateTimeField()
    letter = models.OneToOneField(Letter, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["-moment"]
        constraints = [models.UniqueConstraint(fields=["subscription", "moment"], name="issue_once_a_moment")]

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.moment:%m-%d %H:%M}"
