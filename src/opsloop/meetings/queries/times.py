"""When the people of a meeting could meet: their rows as values for engines/freetime, and what comes back in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opsloop.calendars import queries as calendars
from opsloop.engines import freetime, intervals
from opsloop.engines.blocks import Block
from opsloop.engines.workcalendar import WorkCalendar
from opsloop.meetings.models import Booking, Meeting, Room, Seat
from opsloop.meetings.permissions import may_use
from opsloop.meetings.ruling import good_times, rules
from opsloop.organisation.models import Person
from opsloop.organisation.queries import working_calendar
from opsloop.organisation.queries.blocks import blocks_for_many, zone_of
from opsloop.planning.queries import spans

# Names that a reason spells out; of more it says how many.
MOST_NAMES = 4


@dataclass(frozen=True)
class Asked:
    """What is looked for beside the people: within how many days from when, in which room with what."""

    since: datetime
    days: int = 14
    wants_room: bool = True
    equipment: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Suggestion:
    """A time as a page shows it: `said` are its reasons in words, the good and the bad ones apart."""

    slot: freetime.Slot
    room: Room | None
    pros: Sequence[str]
    cons: Sequence[str]


def suggestions(
    meeting: Meeting, roles: Mapping[int, str], asked: Asked, *, by: Person, most: int = 6
) -> list[Suggestion]:
    """Return the best times for a meeting that lasts as it says, with these people. Fourteen queries at most."""
    rows = Person.objects.active().filter(pk__in=roles).select_related("department").order_by("pk")
    people = {person: roles[person.pk] != Seat.Role.OPTIONAL for person in rows}
    until = asked.since + timedelta(days=asked.days)
    rooms = rooms_for(by, asked.since, until, besides=meeting) if asked.wants_room else {}
    wish = freetime.Wish(
        minutes=meeting.lasts, since=asked.since, until=until, zone=zone_of(by), good=good_times(rules()),
        seats=len(people) if rooms else 0, equipment=asked.equipment, room=meeting.room_id or 0,
    )  # fmt: skip
    found = freetime.suggest(
        wish, attendees(people, asked.since, until, besides=meeting), list(rooms.values()), most=most
    )
    names = {person.pk: person.name for person in people}
    return [_said(slot, names, {room.pk: room for room in rooms}) for slot in found]


def attendees(
    people: Mapping[Person, bool], since: datetime, until: datetime, *, besides: Meeting | None = None
) -> list[freetime.Attendee]:
    """Return people (with whether they have to be there) as the engine takes them. Eleven queries for any number.

    What a meeting `besides` takes of their time counts as free: it is being moved.
    """
    days = [since.date() + timedelta(days=n) for n in range(-1, (until - since).days + 2)]
    calendar: WorkCalendar = working_calendar({day.year for day in days})
    rows = list(people)
    blocks = blocks_for_many(rows, days, calendar=calendar)
    own = ("meeting", besides.pk) if besides is not None and besides.pk else None
    taken = calendars.taken([one.pk for one in rows], since, until, calendar=calendar, besides=own)
    planned: dict[int, list[freetime.Span]] = {}
    for piece in spans(rows, since, until):
        planned.setdefault(piece.person_id, []).append((piece.starts_at, piece.ends_at))
    # People who share template and zone share their blocks, and so what they work.
    works: dict[int, Sequence[freetime.Span]] = {}
    return [
        freetime.Attendee(
            key=one.pk,
            works=works.setdefault(id(blocks[one.pk]), _worked(blocks[one.pk])),
            busy=taken[one.pk],
            focus=planned.get(one.pk, ()),
            is_required=is_required,
        )
        for one, is_required in people.items()
    ]


def _worked(blocks: Sequence[Block]) -> Sequence[freetime.Span]:
    return intervals.merge(
        (one.start.astimezone(UTC), one.end.astimezone(UTC)) for one in blocks if one.kind.workable
    )


def rooms_for(
    by: Person, since: datetime, until: datetime, *, besides: Meeting | None = None
) -> dict[Room, freetime.Room]:
    """Return the rooms `by` may book, with when they are taken. Two queries."""
    rows = [row for row in Room.objects.current().select_related("department") if may_use(row, by)]
    bookings = Booking.objects.filter(room__in=rows, starts_at__lt=until, ends_at__gt=since)
    if besides is not None:
        bookings = bookings.exclude(meeting=besides)
    taken: dict[int, list[freetime.Span]] = {}
    for room, start, end in bookings.values_list("room", "starts_at", "ends_at"):
        taken.setdefault(room, []).append((start, end))
    return {
        row: freetime.Room(row.pk, row.seats, frozenset(row.equipment), taken.get(row.pk, ())) for row in rows
    }


def _said(slot: freetime.Slot, names: Mapping[int, str], rooms: Mapping[int, Room]) -> Suggestion:
    pros: list[str] = []
    cons: list[str] = []
    for reason in slot.reasons:
        text = in_words(reason, names, rooms)
        (pros if reason.code in {"all_free", "good_time", "room"} else cons).append(text)
    return Suggestion(slot, rooms.get(slot.room), pros, cons)


def in_words(reason: freetime.Reason, names: Mapping[int, str], rooms: Mapping[int, Room]) -> str:
    """Return why a time is good or bad, as a short sentence."""
    who = _names(reason.people, names)
    match reason.code:
        case "all_free":
            return _("Everybody who has to be there is free")
        case "missing":
            return _("Not free: %(names)s") % {"names": who}
        case "optional_missing":
            return _("Of those who may come, not free: %(names)s") % {"names": who}
        case "good_time":
            return _("Preferred time")
        case "other_time":
            return _("Outside the preferred times")
        case "focus":
            said = ngettext(
                "%(count)s person loses planned time, %(minutes)s minutes in all",
                "%(count)s people lose planned time, %(minutes)s minutes in all",
                len(reason.people),
            )
            return said % {"count": len(reason.people), "minutes": reason.minutes}
        case "room":
            return _("%(room)s is free") % {"room": rooms[reason.room].name}
        case _:
            return _("No room is free")


def _names(people: Sequence[int], names: Mapping[int, str]) -> str:
    known = [names[key] for key in people if key in names]
    said = _(", ").join(known[:MOST_NAMES])
    if len(known) <= MOST_NAMES:
        return said
    return _("%(names)s and %(count)s others") % {"names": said, "count": len(known) - MOST_NAMES}


def next_quarter(at: datetime) -> datetime:
    """Return the first full quarter of an hour an hour from now: nobody is invited into the running minute."""
    later = at + timedelta(hours=1)
    return replace_minutes(later, -(-later.minute // 15) * 15)


def replace_minutes(moment: datetime, minutes: int) -> datetime:
    """Return the hour of a moment with so many minutes after it."""
    return moment.replace(minute=0, second=0, microsecond=0) + timedelta(minutes=minutes)
