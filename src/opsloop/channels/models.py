"""Channels, what waits to go through them, the letters that went, and what people want of it."""

from __future__ import annotations

from datetime import time
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opsloop.activity.models import Event
from opsloop.engines.quiet import Calm
from opsloop.organisation.models import Department, Person
from opsloop.organisation.roles import Permission
from opsloop.records.lifecycles import Lifecycle
from opsloop.records.models import Versioned

CHANNEL_LIFECYCLE = Lifecycle(
    "Channel",
    start="active",
    moves={
        "active": {
            "paused": "an administrator pauses it, or it failed ten times within an hour",
            "removed": "an administrator removes it",
        },
        "paused": {"active": "an administrator lets it go on", "removed": "an administrator removes it"},
    },
)
LETTER_LIFECYCLE = Lifecycle(
    "Letter",
    start="waiting",
    moves={
        "waiting": {
            "sent": "the other side took it",
            "failed": "it was refused for good, or failed five times",
            "dropped": "all of it was read meanwhile, or is too old",
        },
        "failed": {"waiting": "an administrator tries it again"},
    },
)
DIGEST_TIMES = ("09:00", "16:00")


class Administered(models.QuerySet[Any]):
    """Rows of the organisation's channels: administrators see them, nobody else."""

    def visible_to(self, person: Person) -> Self:
        """Return all rows for whoever changes the settings of the organisation."""
        return self if person.may(Permission.SETTINGS_MANAGE) else self.none()


class ChannelQuerySet(Administered):
    def alive(self) -> Self:
        """Return the channels that were not removed."""
        return self.exclude(state="removed")

    def active(self) -> Self:
        """Return the channels that carry news now."""
        return self.filter(state="active")


class Channel(Versioned):
    """A way out of the system. Its address and secret are kept locked (channels/secrets.py)."""

    class Kind(models.TextChoices):
        MAIL = "mail", _("Mail")
        DINGTALK = "dingtalk", _("DingTalk group robot")
        WECOM = "wecom", _("WeCom group robot")
        FEISHU = "feishu", _("Feishu group robot")
        SLACK = "slack", _("Slack-compatible webhook")
        WEBHOOK = "webhook", _("Webhook of a program")

    class State(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("channel", "Active")
        PAUSED = "paused", pgettext_lazy("channel", "Paused")
        REMOVED = "removed", pgettext_lazy("channel", "Removed")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=60)
    # Whose records it carries, with the departments below; none: those of the whole organisation.
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Keys of inbox.reasons.TOPICS; a mail channel carries all, because each person chooses.
    topics = models.JSONField(default=list)
    address_locked = models.TextField(blank=True, default="")
    secret_locked = models.TextField(blank=True, default="")
    # Of mail: host, port, security, user, sender. Nothing secret.
    options = models.JSONField(default=dict)
    # "https://ops.example.cn", as an administrator reached us: what links in letters begin with.
    site = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    # Whether it paused itself.
    paused_by_failures = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = ChannelQuerySet.as_manager()

    # Shown where the record of a line in the inbox has its number.
    number = ""

    class Meta:
        ordering = ["kind", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], name="channel_mail_once", condition=Q(kind="mail") & ~Q(state="removed")
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_mail(self) -> bool:
        """Whether it writes to persons and not to a group or program."""
        return self.kind == self.Kind.MAIL

    @property
    def is_paused(self) -> bool:
        """Whether it carries nothing for the time being."""
        return self.state == self.State.PAUSED


class Letter(models.Model):
    """One message that goes out, with its key: sent twice by accident it carries the same one both times (R5)."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("letter", "Waiting")
        SENT = "sent", pgettext_lazy("letter", "Sent")
        FAILED = "failed", pgettext_lazy("letter", "Failed")
        DROPPED = "dropped", pgettext_lazy("letter", "Left out")

    class Kind(models.TextChoices):
        NOW = "now", pgettext_lazy("letter", "At once")
        DIGEST = "digest", pgettext_lazy("letter", "Bundle")
        TEST = "test", pgettext_lazy("letter", "Test")

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="letters")
    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    lines = models.PositiveIntegerField(default=0)
    # A key of channels.words.ERRORS; "" when nothing went wrong.
    error = models.CharField(max_length=30, blank=True, default="")
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    objects = Administered.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["channel", "-id"], name="letter_channel"),
            models.Index(fields=["channel", "sent_at"], name="letter_sent"),
            models.Index(fields=["made_at"], name="letter_made"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="letter_sent_has_its_time"
            )
        ]

    def __str__(self) -> str:
        return self.key


class Delivery(models.Model):
    """One piece of news for one recipient of one channel, written with the line in the inbox (R6).

    The recipient is `person`, or without one the group or program behind the channel. `mode` is as it was wanted
    then; `due_at` is when it may be put into a letter: at once, after the quiet hours, or with the next bundle.
    """

    class Mode(models.TextChoices):
        NOW = "now", pgettext_lazy("mode", "At once")
        DIGEST = "digest", pgettext_lazy("mode", "In a bundle")
        OFF = "off", pgettext_lazy("mode", "Not at all")

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="+")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=20)
    subject_kind = models.CharField(max_length=10)
    subject_id = models.BigIntegerField()
    mode = models.CharField(max_length=10, choices=Mode.choices)
    at = models.DateTimeField()
    due_at = models.DateTimeField()
    # Whether `due_at` has been worked out; until then it is the time of the event.
    is_scheduled = models.BooleanField(default=False)
    letter = models.ForeignKey(Letter, null=True, on_delete=models.CASCADE, related_name="deliveries")

    class Meta:
        indexes = [
            models.Index(fields=["due_at", "id"], name="delivery_due", condition=Q(letter__isnull=True)),
            models.Index(fields=["at"], name="delivery_at"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "person", "event", "subject_id"],
                name="delivery_once_a_person",
                condition=Q(person__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["channel", "event", "subject_id"],
                name="delivery_once_a_group",
                condition=Q(person__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} → {self.channel_id} {self.person_id or ''}"


class Failure(models.Model):
    """One try that did not succeed: ten within an hour pause the channel."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="failures")
    letter = models.ForeignKey(Letter, null=True, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    error = models.CharField(max_length=30)

    class Meta:
        indexes = [models.Index(fields=["channel", "at"], name="failure_channel")]

    def __str__(self) -> str:
        return f"{self.error} {self.channel_id}"


class Wish(models.Model):
    """How a person wants to hear of a topic outside the inbox. Without a row the default counts (words.DEFAULTS)."""

    class Way(models.TextChoices):
        MAIL = "mail", _("Mail")
        GROUP = "group", _("Named in groups")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    topic = models.CharField(max_length=20)
    way = models.CharField(max_length=10, choices=Way.choices)
    mode = models.CharField(max_length=10, choices=Delivery.Mode.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "topic", "way"], name="wish_once")]

    def __str__(self) -> str:
        return f"{self.topic} {self.way} {self.mode}"


class Times(models.Model):
    """When a person may be called, and when bundles come. Without a row the defaults count."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    # Up to three, as "09:00", in order.
    bundles = models.JSONField(default=list)
    quiet_from = models.TimeField(default=Calm.begins)
    quiet_until = models.TimeField(default=Calm.ends)
    # Nothing on weekends and holidays; make-up days are working days.
    rests = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"{self.person_id} {self.bundles}"

    def calm(self) -> Calm:
        """Return the quiet hours as the engine reads them."""
        return Calm(self.quiet_from, self.quiet_until, self.rests)

    def clocks(self) -> list[time]:
        """Return the times of the bundles."""
        return [time.fromisoformat(text) for text in self.bundles or DIGEST_TIMES]


def default_times(person_id: int) -> Times:
    """Return what counts for somebody who chose nothing."""
    return Times(person_id=person_id, bundles=list(DIGEST_TIMES))
