"""Reading channels and preferences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q

from opsloop.channels.models import Channel, Delivery, Failure, Letter, Times, Wish, default_times
from opsloop.channels.words import ERRORS, GROUP_TOPICS, default_mode
from opsloop.inbox import queries as inbox
from opsloop.inbox.reasons import TOPICS
from opsloop.organisation.models import Person

SHOWN = 50


@dataclass(frozen=True)
class Row:
    """A channel in the list: how much went within a week, when last, how often it failed within a day."""

    channel: Channel
    sent: int
    last_at: datetime | None
    failures: int


def channels(person: Person, *, at: datetime) -> list[Row]:
    """Return the channels that `person` administers. Three queries."""
    rows = list(Channel.objects.visible_to(person).alive().select_related("department"))
    week = Q(sent_at__gt=at - timedelta(days=7))
    letters = Letter.objects.filter(channel__in=rows, state=Letter.State.SENT).values("channel")
    sent = {
        one["channel"]: one for one in letters.annotate(count=Count("pk", filter=week), last=Max("sent_at"))
    }
    lately = Failure.objects.filter(channel__in=rows, at__gt=at - timedelta(days=1)).values("channel")
    failed = {one["channel"]: one["count"] for one in lately.annotate(count=Count("pk"))}
    return [
        Row(
            row,
            sent.get(row.pk, {}).get("count", 0),
            sent.get(row.pk, {}).get("last"),
            failed.get(row.pk, 0),
        )
        for row in rows
    ]


@dataclass(frozen=True)
class LogLine:
    """One letter of a channel."""

    letter: Letter
    error: Any


def log(channel: Channel) -> list[LogLine]:
    """Return the newest letters of a channel, without their words: these may concern others. One query."""
    rows = channel.letters.select_related("person").order_by("-pk")[:SHOWN]
    return [LogLine(row, ERRORS.get(row.error, "")) for row in rows]


@dataclass(frozen=True)
class Choice:
    """What a person wants of one topic."""

    name: str
    topic: Any
    in_inbox: bool
    mail: str
    in_groups: bool
    goes_to_groups: bool


def choices(person: Person) -> Sequence[Choice]:
    """Return every topic with what the person wants of it. Two queries."""
    wishes = {(row.topic, row.way): row.mode for row in Wish.objects.filter(person=person)}
    return [
        Choice(
            name,
            topic,
            is_on,
            wishes.get((name, "mail"), default_mode(name, "mail")),
            wishes.get((name, "group"), default_mode(name, "group")) != Delivery.Mode.OFF,
            name in GROUP_TOPICS,
        )
        for name, topic, is_on in inbox.preferences(person)
        if name in TOPICS
    ]


def times(person: Person) -> Times:
    """Return when the person may be called. One query."""
    return Times.objects.filter(person=person).first() or default_times(person.pk)
