"""What reaches people's calendars and mailboxes: the appointment of a meeting, and letters with its invitation."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from opsloop.background import queue
from opsloop.calendars.actions import origins
from opsloop.channels import sending
from opsloop.channels.models import Channel, Letter, Wish
from opsloop.meetings.models import Invitation, Meeting, Seat
from opsloop.organisation.models import Person

# The key of ORIGINS in config/reactions.py.
ORIGIN = "meeting"
TOPIC = "meetings"
REQUEST, CANCEL = Invitation.Method.REQUEST, Invitation.Method.CANCEL


def put_into_calendars(meeting: Meeting, *, by: Person | None, at: datetime) -> None:
    """Let a meeting stand in the calendars of all who may come to it, and of nobody else."""
    assert meeting.starts_at is not None and meeting.ends_at is not None  # noqa: PT018  (it is called)
    seats = Seat.objects.filter(meeting=meeting).exclude(role=Seat.Role.COPY).exclude(answer=Seat.Answer.NO)
    entry = origins.Entry(
        title=meeting.title, starts_at=meeting.starts_at, ends_at=meeting.ends_at, time_zone=meeting.time_zone,
        place=where(meeting)[:200], is_private=meeting.is_confidential,
    )  # fmt: skip
    people = set(seats.values_list("person_id", flat=True))
    origins.put(kind=ORIGIN, origin_id=meeting.pk, entry=entry, people=people, by=by, at=at)


def where(meeting: Meeting) -> str:
    """Return where a meeting takes place: its room, another place, or the address of the call."""
    room = meeting.room.name if meeting.room else ""
    return " · ".join(filter(None, [room, meeting.place])) or meeting.link


def take_out_of_calendars(meeting: Meeting, *, by: Person | None, at: datetime) -> None:
    """Take a meeting out of all calendars."""
    origins.take_away(kind=ORIGIN, origin_id=meeting.pk, by=by, at=at)


@dataclass
class Outgoing:
    """What people are to have in their mail once a change is complete: each of them gets one letter of each kind."""

    asked: dict[int, list[Meeting]] = field(default_factory=dict)
    cancelled: dict[int, list[Meeting]] = field(default_factory=dict)

    def ask(self, meeting: Meeting, people: Iterable[int]) -> None:
        """Invite people to a meeting, or bring the one they have up to date."""
        for pk in people:
            self.asked.setdefault(pk, []).append(meeting)

    def cancel(self, meeting: Meeting, people: Iterable[int]) -> None:
        """Take a meeting out of people's calendars."""
        for pk in people:
            self.cancelled.setdefault(pk, []).append(meeting)

    def post(self, *, at: datetime) -> int:
        """Queue the letters, in the caller's transaction; return how many.

        Without a mail channel nobody gets one; nor does who has no address or wants no mail about meetings. The
        letters are written when they go (`meetings.letters`).
        """
        channel = Channel.objects.alive().filter(kind=Channel.Kind.MAIL).order_by("pk").first()
        if channel is None:
            return 0
        return _post(channel, REQUEST, self.asked, at) + _post(channel, CANCEL, self.cancelled, at)


def _post(channel: Channel, method: str, told: Mapping[int, Sequence[Meeting]], at: datetime) -> int:
    keys = _reachable(told.keys()) if told else []
    letters = Letter.objects.bulk_create(
        [
            Letter(channel=channel, person_id=pk, key=uuid4().hex, kind=Letter.Kind.NOW, made_at=at)
            for pk in keys
        ]
    )
    Invitation.objects.bulk_create(
        Invitation(meeting=one, person_id=pk, letter=letter, method=method, sequence=one.sequence, at=at)
        for pk, letter in zip(keys, letters, strict=True)
        for one in told[pk]
    )
    queue.add_many(sending.send, [([letter.pk],) for letter in letters])
    return len(letters)


def _reachable(people: Collection[int]) -> list[int]:
    """Return who of these has an address and wants mail about meetings, in order. Two queries."""
    off = Wish.objects.filter(person__in=people, topic=TOPIC, way=Wish.Way.MAIL, mode="off")
    unwilling = set(off.values_list("person_id", flat=True))
    rows = Person.objects.active().filter(pk__in=people).exclude(email="").order_by("pk")
    return [pk for pk in rows.values_list("pk", flat=True) if pk not in unwilling]
