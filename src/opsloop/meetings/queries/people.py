"""Who is in a meeting, and whether they were there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from opsloop.engines.meetingclock import Attendance, attendance
from opsloop.meetings.models import Meeting, Seat
from opsloop.organisation.models import Person


def leaders(meeting: Meeting) -> tuple[int, ...]:
    """Return the keys of who leads the meeting and who writes: host, organiser, who takes the minutes."""
    people = (meeting.host_id, meeting.organiser_id, meeting.minute_taker_id)
    return tuple(dict.fromkeys(pk for pk in people if pk))


def inside(meeting: Meeting, seats: Iterable[Seat] | None = None) -> tuple[int, ...]:
    """Return the keys of everybody in the room: who is invited, and who leads. One query without the seats."""
    if seats is None:
        seats = meeting.seats.exclude(role=Seat.Role.COPY)
    people = [seat.person_id for seat in seats if seat.role != Seat.Role.COPY]
    return tuple(dict.fromkeys([*leaders(meeting), *people]))


def readers(meeting: Meeting) -> tuple[int, ...]:
    """Return the keys of who gets the minutes: everybody in the room, and copies. One query."""
    return tuple(
        dict.fromkeys([*leaders(meeting), *meeting.seats.order_by("pk").values_list("person_id", flat=True)])
    )


@dataclass(frozen=True)
class Attending:
    """One person who is expected, and whether they are there."""

    seat: Seat
    standing: Attendance

    @property
    def person(self) -> Person:
        """Who it is."""
        return self.seat.person


def attending(meeting: Meeting, seats: Sequence[Seat]) -> list[Attending]:
    """Return everybody who is expected, in the order of their invitation; copies are not."""
    if meeting.starts_at is None:
        return []
    is_over = meeting.state in {"held", "closed"}
    return [
        Attending(
            seat,
            attendance(
                seat.signed_in_at, starts_at=meeting.starts_at, began_at=meeting.began_at, is_over=is_over
            ),
        )
        for seat in seats
        if seat.role != Seat.Role.COPY
    ]


def seats_of(meeting: Meeting) -> list[Seat]:
    """Return the seats with their people. One query."""
    return list(meeting.seats.select_related("person").order_by("pk"))


def arrivals(seats: Iterable[Seat]) -> list[datetime | None]:
    """Return when each who is expected signed in, for the clock of the meeting; who need not come counts once there."""
    return [
        seat.signed_in_at
        for seat in seats
        if seat.role in {Seat.Role.DECIDES, Seat.Role.TAKES_PART} or seat.signed_in_at is not None
    ]
