"""What reaches people's calendars and mailboxes: the appointment of a meeting, and letters with its invitation."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
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


def write_letters(told: Mapping[str, Mapping[int, Sequence[Meeting]]], *, at: datetime) -> int:
    """Queue a letter for each person with what they are to know: method -> person id -> meetings. Return how many.

    Without a mail channel nobody gets one; nor does who has no address or wants no mail about meetings. In the
    caller's transaction; the letters are written when they go (`meetings.letters`).
    """
    channel = Channel.objects.alive().filter(kind=Channel.Kind.MAIL).order_by("pk").first()
    people = {pk for by_person in told.values() for pk in by_person}
    if channel is None or not people:
        return 0
    made = 0
    for method, by_person in told.items():
        keys = _reachable(by_person.keys())
        letters = Letter.objects.bulk_create(
            [
                Letter(channel=channel, person_id=pk, key=uuid4().hex, kind=Letter.Kind.NOW, made_at=at)
                for pk in keys
            ]
        )
        Invitation.objects.bulk_create(
            Invitation(
                meeting=one, person_id=letter.person_id, letter=letter, method=method, sequence=one.sequence, at=at
            )
            for letter in letters
            for one in by_person[letter.person_id or 0]
        )  # fmt: skip
        queue.add_many(sending.send, [([letter.pk],) for letter in letters])
        made += len(letters)
    return made


def _reachable(people: Collection[int]) -> list[int]:
    """Return who of these has an address and wants mail about meetings, in order. Two queries."""
    off = Wish.objects.filter(person__in=people, topic=TOPIC, way=Wish.Way.MAIL, mode="off")
    unwilling = set(off.values_list("person_id", flat=True))
    rows = Person.objects.active().filter(pk__in=people).exclude(email="").order_by("pk")
    return [pk for pk in rows.values_list("pk", flat=True) if pk not in unwilling]
