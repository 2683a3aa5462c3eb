"""What a person is told, once for each event, and what they do not want to hear of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.lookups import IsNull
from django.utils.translation import gettext_lazy as _

from opsloop.activity import registry
from opsloop.activity.models import Event
from opsloop.discussion.models import SUBJECTS
from opsloop.organisation.models import Person

# What was read and done is kept this long, then it is only history, which the record itself tells.
KEPT_DAYS = 90
# The first key of the order: unread before read. Both databases find it in the index below.
READ_LAST = IsNull(F("read_at"), False)  # noqa: FBT003  (Django's signature)
UNDONE = Q(done_at__isnull=True)


class Lane(models.IntegerChoices):
    """The three groups of the inbox."""

    ACT = 1, _("Waits for me")
    NAMED = 2, _("Names me")
    KNOW = 3, _("For my information")


class ArrangementQuerySet(models.QuerySet["Arrangement"]):
    def visible_to(self, person: Person) -> Self:
        """Return the arrangements that `person` got or sent."""
        return self.filter(Q(person=person) | Q(sent_by=person))

    def alive(self) -> Self:
        """Return all: what was taken back is gone."""
        return self


class Arrangement(models.Model):
    """What a lead sent somebody for one day, once. It names tasks and times; their words are read anew.

    `items` are in the order of the day: {"task": key, "start": instant or None, "minutes": planned, "due": bool}.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    note = models.CharField(max_length=500, blank=True, default="")
    items = models.JSONField(default=list)

    objects = ArrangementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "day"], name="arrangement_once_a_day"),
        ]

    # Shown where the record of a line has its number; nobody quotes one of these.
    number = ""

    def __str__(self) -> str:
        return str(_("Arrangement for %(day)s")) % {"day": self.day.isoformat()}


# What a line of the inbox can speak of, beside what packages above let it.
KINDS: Mapping[str, Any] = {**SUBJECTS, "arranged": Arrangement}


def kinds() -> Mapping[str, Any]:
    """Return the models of all that a line of the inbox can speak of."""
    return {**KINDS, **{name: kind.model for name, kind in registry.told_kinds().items()}}


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, person: Person) -> Self:
        """Return what `person` was told of records they may see now; what has been hidden since vanishes."""
        seen = (
            Q(subject_kind=kind)
            & Exists(model.objects.visible_to(person).alive().order_by().filter(pk=OuterRef("subject_id")))
            for kind, model in kinds().items()
        )
        return self.filter(reduce(or_, seen), person=person)

    def waiting(self, *, at: datetime) -> Self:
        """Return what lies in the inbox at `at`: not done, and not put off."""
        return self.filter(UNDONE, Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=at))

    def later(self, *, at: datetime) -> Self:
        """Return what was put off and has not come back at `at`."""
        return self.filter(UNDONE, snoozed_until__gt=at)

    def unread(self) -> Self:
        """Return what has not been opened."""
        return self.filter(read_at__isnull=True)

    def of(self, kind: str, ids: Iterable[int]) -> Self:
        """Return what speaks of these records."""
        return self.filter(subject_kind=kind, subject_id__in=ids)

    def old(self, *, at: datetime) -> Self:
        """Return what was read or done so long before `at` that nobody looks for it here any more."""
        before = at - timedelta(days=KEPT_DAYS)
        return self.filter(Q(done_at__lt=before) | Q(read_at__lt=before, lane=Lane.KNOW))


class Notification(models.Model):
    """One person is told of one event, for one reason. Holds no text of the subject: that is read anew."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+")
    # A key of inbox.reasons.REASONS; it says why.
    reason = models.CharField(max_length=20)
    lane = models.PositiveSmallIntegerField(choices=Lane.choices)
    subject_kind = models.CharField(max_length=10)
    subject_id = models.BigIntegerField()
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(
                F("person"),
                F("lane"),
                READ_LAST,
                F("id").desc(),
                name="notification_waiting",
                condition=UNDONE,
            ),
            models.Index(
                fields=["person", "lane", "-id"],
                name="notification_unread",
                condition=UNDONE & Q(read_at__isnull=True),
            ),
            models.Index(
                fields=["subject_kind", "subject_id"], name="notification_subject", condition=UNDONE
            ),
            models.Index(fields=["person", "-done_at"], name="notification_done", condition=~UNDONE),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "event", "reason", "subject_id"], name="notification_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} → {self.person_id}"


class Preference(models.Model):
    """A kind of news that a person does not want, or wants, in a channel. Without a row they are told.

    One channel, "inbox": what goes further, and how, is kept by the package `channels` above.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    topic = models.CharField(max_length=20)
    channel = models.CharField(max_length=10, default="inbox")
    is_on = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "topic", "channel"], name="preference_once"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.channel} {self.is_on}"
