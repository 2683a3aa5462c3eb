"""One day of the rooms: when each is taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from opsloop.meetings.models import Booking, Meeting, Room
from opsloop.meetings.permissions import may_use
from opsloop.organisation.models import Person

# What the day view shows, in hours of the clock, and how finely.
FIRST, LAST = 8, 20
HOURS = tuple(range(FIRST, LAST))
QUARTER = timedelta(minutes=15)


@dataclass(frozen=True)
class Stay:
    """A booking as the day view draws it: from which quarter on, over how many; its meeting if one may see it."""

    booking: Booking
    first: int
    quarters: int
    is_seen: bool


@dataclass(frozen=True)
class RoomDay:
    """A room with what is booked on a day, in order."""

    room: Room
    stays: Sequence[Stay]
    may_use: bool


def day(person: Person, since: datetime) -> list[RoomDay]:
    """Return all rooms with who has them on the day that begins at `since`. Three queries.

    That a room is taken is told to everybody; by which meeting, only to who may see that.
    """
    begin, end = since + timedelta(hours=FIRST), since + timedelta(hours=LAST)
    rooms = list(Room.objects.visible_to(person).current().select_related("department"))
    bookings = Booking.objects.filter(room__in=rooms, starts_at__lt=end, ends_at__gt=begin)
    found = list(bookings.select_related("meeting__organiser").order_by("starts_at"))
    seen = set(
        Meeting.objects.visible_to(person)
        .filter(pk__in=[one.meeting_id for one in found])
        .values_list("pk", flat=True)
    )
    stays: dict[int, list[Stay]] = {}
    for one in found:
        first = max(0, (one.starts_at - begin) // QUARTER)
        last = min((LAST - FIRST) * 4, -(-(one.ends_at - begin) // QUARTER))
        stays.setdefault(one.room_id, []).append(
            Stay(one, first, max(1, last - first), one.meeting_id in seen)
        )
    return [RoomDay(room, stays.get(room.pk, ()), may_use(room, person)) for room in rooms]
