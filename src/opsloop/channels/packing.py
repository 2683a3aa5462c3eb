"""Puts what is due into letters: at once or with the next bundle, as was wanted; never in quiet hours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet

from opsloop.activity import registry
from opsloop.background import queue
from opsloop.background.timers import zone
from opsloop.channels import sending
from opsloop.channels.models import Channel, Delivery, Letter, Times, default_times
from opsloop.engines import quiet
from opsloop.engines.robots import LIMITS
from opsloop.engines.workcalendar import WorkCalendar
from opsloop.organisation.models import Person
from opsloop.organisation.queries import working_calendar

# Rows a transaction looks at: it must be short.
BATCH = 500
# Letters one errand sends over one connection.
TOGETHER = 50


def pack(*, at: datetime) -> int:
    """Make letters of what is due at `at` and queue them; return how many. Several may pack at once."""
    made = 0
    schedule(at=at)
    while found := _pack_some(at=at):
        made += found
    return made


def _due(at: datetime) -> QuerySet[Delivery]:
    rows = Delivery.objects.filter(letter=None, due_at__lte=at, channel__state=Channel.State.ACTIVE)
    return rows.order_by("due_at", "pk")


def schedule(*, at: datetime) -> None:
    """Work out when each new piece of news may go."""
    while rows := list(_due(at).filter(is_scheduled=False).select_related("channel")[:BATCH]):
        people = {row.person_id for row in rows if row.person_id}
        moments = Moments(Person.objects.filter(pk__in=people), at)
        by_moment: dict[datetime, list[int]] = {}
        for row in rows:
            by_moment.setdefault(moments.of(row), []).append(row.pk)
        with transaction.atomic():
            for moment, ids in by_moment.items():
                Delivery.objects.filter(pk__in=ids, is_scheduled=False).update(
                    is_scheduled=True, due_at=moment
                )


@dataclass
class Moments:
    """When news may reach each of several people. Four queries for all of them."""

    people: Iterable[Person]
    at: datetime

    @cached_property
    def _people(self) -> dict[int, Person]:
        return {person.pk: person for person in self.people}

    @cached_property
    def _times(self) -> dict[int, Times]:
        return {row.person_id: row for row in Times.objects.filter(person__in=self._people)}

    @cached_property
    def _closed(self) -> frozenset[int]:
        return registry.quiet_people(list(self._people.values()), at=self.at)

    @cached_property
    def _calendar(self) -> WorkCalendar:
        return working_calendar({self.at.year})

    def of(self, row: Delivery) -> datetime:
        """Return when a row may go; a program is called at any time, a group not in the quiet hours."""
        if row.person_id is None:
            if row.channel.kind == Channel.Kind.WEBHOOK:
                return self.at
            return quiet.opens(self.at, quiet.Calm(), calendar=self._calendar, zone=zone())
        person = self._people[row.person_id]
        times = self._times.get(person.pk) or default_times(person.pk)
        local = ZoneInfo(person.time_zone)
        if row.mode == Delivery.Mode.DIGEST:
            calm = times.calm()
            bundle = quiet.next_bundle(row.at, times.clocks(), calm, calendar=self._calendar, zone=local)
            if bundle >= self.at:
                return bundle
            # It was missed, because nothing ran: made up for as soon as one may be called.
            return quiet.opens(self.at, calm, calendar=self._calendar, zone=local)
        since = self.at
        if person.pk in self._closed:
            # They have closed their day: nothing calls before the next working day begins.
            day = self._calendar.next_workday(self.at.astimezone(local).date())
            since = datetime.combine(day, datetime.min.time(), tzinfo=local)
        return quiet.opens(since, times.calm(), calendar=self._calendar, zone=local)


@transaction.atomic
def _pack_some(*, at: datetime) -> int:
    """Make letters of the first rows that are due; return how many letters."""
    full = _full_channels(at)
    rows = _due(at).filter(is_scheduled=True).exclude(channel__in=full)
    found = list(rows.select_for_update(skip_locked=True, of=("self",))[:BATCH])
    if not found:
        return 0
    old = [row.pk for row in found if row.due_at < at - sending.STALE and row.mode == Delivery.Mode.NOW]
    groups: dict[tuple[int, int | None, str], list[Delivery]] = {}
    for row in found:
        groups.setdefault(
            (row.channel_id, row.person_id, "" if row.person_id is None else row.mode), []
        ).append(row)
    letters = Letter.objects.bulk_create(_letters(groups, set(old), at), batch_size=BATCH)
    for letter, pieces in zip(letters, groups.values(), strict=True):
        for piece in pieces:
            piece.letter = letter
    Delivery.objects.bulk_update(found, ["letter"], batch_size=BATCH)
    _queue(letters)
    return len(letters)


def _letters(
    groups: dict[tuple[int, int | None, str], list[Delivery]], old: set[int], at: datetime
) -> list[Letter]:
    made = []
    for (channel_id, person_id, mode), pieces in groups.items():
        is_over = all(piece.pk in old for piece in pieces)
        made.append(
            Letter(
                channel_id=channel_id,
                person_id=person_id,
                key=uuid4().hex,
                kind=Letter.Kind.DIGEST if mode == Delivery.Mode.DIGEST else Letter.Kind.NOW,
                state=Letter.State.DROPPED if is_over else Letter.State.WAITING,
                lines=len(pieces),
                made_at=at,
            )
        )
    return made


def _queue(letters: Sequence[Letter]) -> None:
    """Queue the sending: letters of one channel in handfuls over one connection."""
    by_channel: dict[int, list[int]] = {}
    for letter in letters:
        if letter.state == Letter.State.WAITING:
            by_channel.setdefault(letter.channel_id, []).append(letter.pk)
    calls = [
        (ids[start : start + TOGETHER],)
        for ids in by_channel.values()
        for start in range(0, len(ids), TOGETHER)
    ]
    queue.add_many(sending.send, calls)


def _full_channels(at: datetime) -> list[int]:
    """Return the channels that have had as many messages within a minute as their owners allow.

    What comes meanwhile waits and goes as one message: a robot that is called too often is shut for ten minutes.
    """
    full = []
    for channel in Channel.objects.active().filter(kind__in=LIMITS):
        lately = Letter.objects.filter(channel=channel, made_at__gt=at - timedelta(minutes=1))
        if lately.exclude(kind=Letter.Kind.TEST).count() >= LIMITS[channel.kind]:
            full.append(channel.pk)
    return full
