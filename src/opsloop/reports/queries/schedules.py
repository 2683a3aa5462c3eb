"""What the pages of schedules show: which there are, when they send next, and what became of what they sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Prefetch

from opsloop.background.timers import zone
from opsloop.channels.models import Letter
from opsloop.channels.words import ERRORS
from opsloop.engines.reporting import DAYS
from opsloop.engines.timers import following
from opsloop.organisation.models import Person
from opsloop.organisation.queries import working_calendar
from opsloop.reports.models import Posting, Schedule, Sending

SHOWN = 20
RELATED = ("person", "department", "project")


@dataclass(frozen=True)
class Row:
    """A schedule in the list: when it sends next (None while it is paused), to how many, and what it sent last."""

    schedule: Schedule
    next_at: datetime | None
    recipients: int
    last: Sending | None

    @property
    def is_left_out(self) -> bool:
        """Whether the next moment is to be left out."""
        return self.next_at is not None and self.schedule.skips == self.next_at


def rows(person: Person, *, at: datetime) -> list[Row]:
    """Return the schedules `person` may see. Five queries."""
    found = list(Schedule.objects.visible_to(person).select_related(*RELATED))
    return _rows(found, at) if found else []


def row(schedule: Schedule, *, at: datetime) -> Row:
    """Return one schedule with what the list says of it. Four queries."""
    return _rows([schedule], at)[0]


def _rows(found: Sequence[Schedule], at: datetime) -> list[Row]:
    calendar = working_calendar({at.year, at.year + (at.month > 10)})
    people = _counts(Schedule.people.through, found)
    groups = _counts(Schedule.channels.through, found)
    latest = Sending.objects.filter(schedule__in=found).order_by("schedule", "-due_at")
    last: dict[int, Sending] = {}
    for one in latest[: len(found) * SHOWN]:
        last.setdefault(one.schedule_id, one)
    return [
        Row(
            one,
            None
            if one.is_paused
            else following(one.rule, max(at, one.decided_until), calendar=calendar, zone=zone()),
            people.get(one.pk, 0) + groups.get(one.pk, 0),
            last.get(one.pk),
        )
        for one in found
    ]


def _counts(through: Any, found: Sequence[Schedule]) -> dict[int, int]:
    rows = through.objects.filter(schedule__in=found).values_list("schedule_id").annotate(n=Count("pk"))
    return dict(rows.order_by())


@dataclass(frozen=True)
class Sent:
    """One recipient of a sending: who, and how it went."""

    name: str
    state: str
    error: Any
    at: datetime | None


@dataclass(frozen=True)
class HistoryLine:
    """One moment of a schedule with its recipients."""

    sending: Sending
    recipients: Sequence[Sent]


def history(schedule: Schedule) -> list[HistoryLine]:
    """Return the newest sendings of a schedule. Two queries."""
    postings = Posting.objects.select_related("person", "letter__channel")
    found = schedule.sendings.select_related("report").prefetch_related(Prefetch("postings", postings))
    return [HistoryLine(one, [_sent(posting) for posting in one.postings.all()]) for one in found[:SHOWN]]


def _sent(posting: Posting) -> Sent:
    letter: Letter | None = posting.letter
    name = posting.person.name if posting.person else letter.channel.name if letter else ""
    if letter is None:
        return Sent(name, "inbox" if posting.person else "removed", "", None)
    return Sent(name, letter.state, ERRORS.get(letter.error, ""), letter.sent_at)


def day_key(schedule: Schedule) -> str:
    """Return the day of a schedule as its form names it."""
    is_plain = schedule.day == "last" or schedule.kind == "week"
    assert schedule.day in DAYS[schedule.kind]
    return schedule.day if is_plain else f"m{schedule.day}"
