"""A week as a calendar: days with their blocks, what stands in them, and how full they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.functional import Promise

from opsloop.engines import intervals
from opsloop.engines.blocks import Block
from opsloop.engines.workcalendar import WorkCalendar
from opsloop.notices.queries.deadlines import due
from opsloop.organisation import queries as organisation
from opsloop.organisation.models import Person
from opsloop.organisation.models.calendar import Leave
from opsloop.organisation.strips import LABELS
from opsloop.planning import room, worktime
from opsloop.planning.queries.weeks import Piece, joined, quarter
from opsloop.planning.weeks import span

# What a calendar shows of a day at least, in quarters of an hour.
FIRST, LAST = 9 * 4, 18 * 4


@dataclass(frozen=True)
class Shade:
    """A stretch of a day behind the pieces: a typed block, leave or a busy time. Quarters of the wall clock."""

    first: int
    last: int
    kind: str
    label: str | Promise
    times: str = ""
    # An appointment of the viewer's own, to be opened for the day on which it begins; 0 for what is not.
    appointment_id: int = 0
    begins_on: date | None = None

    @property
    def quarters(self) -> int:
        """How many quarters it covers."""
        return self.last - self.first


@dataclass(frozen=True)
class Note:
    """Something worth knowing of a day; `url` is the page of the notice that asks for it, "" for anything else."""

    text: str
    url: str = ""


@dataclass
class Day:
    """One day of a week: what kind of day, its blocks, and the pieces that stand in it.

    `available` is what its blocks leave in minutes once leave and busy times are taken off.
    """

    day: date
    kind: str
    name: str
    is_provisional: bool
    available: int
    pieces: list[Piece] = field(default_factory=list)
    shades: list[Shade] = field(default_factory=list)
    busy: list[Shade] = field(default_factory=list)
    ghosts: list[Piece] = field(default_factory=list)
    relief: list[Piece] = field(default_factory=list)
    # What takes no time: all-day events of outside calendars, and by when notices are to be done.
    notes: list[Note] = field(default_factory=list)

    @property
    def planned(self) -> int:
        """Planned minutes."""
        return sum(piece.minutes for piece in self.pieces)

    @property
    def planned_hours(self) -> str:
        """Planned time in hours, as short as a narrow column wants it."""
        return f"{round(self.planned / 60, 1):g}"

    @property
    def available_hours(self) -> str:
        """Available time in hours, as short as a narrow column wants it."""
        return f"{round(self.available / 60, 1):g}"

    @property
    def over(self) -> int:
        """By how many minutes more is planned than the day has."""
        return max(0, self.planned - self.available)


@dataclass(frozen=True)
class Calendar:
    """The days of a week that are worked or hold something, over the hours from `first` to `last` (quarters)."""

    days: Sequence[Day]
    first: int
    last: int

    @property
    def hours(self) -> list[tuple[int, str]]:
        """The full hours: row of the grid, and clock time."""
        return [(row, f"{row // 4:02}:00") for row in range(self.first, self.last, 4)]

    @property
    def planned(self) -> int:
        """Planned minutes of the week."""
        return sum(day.planned for day in self.days)

    @property
    def available(self) -> int:
        """Minutes of the week that can be planned."""
        return sum(day.available for day in self.days)

    @property
    def is_provisional(self) -> bool:
        """Whether the official calendar of one of the days is not known yet."""
        return any(day.is_provisional for day in self.days)


def calendar(
    person: Person,
    week_start: date,
    pieces: Iterable[Piece],
    *,
    ghosts: Iterable[Piece] = (),
    by: Person,
    at: datetime,
) -> Calendar:
    """Return a week with its pieces, as the calendar draws it for `by`.

    `ghosts` are pieces that a proposal moves away.
    """
    dates = [week_start + timedelta(days=offset) for offset in range(7)]
    workdays = organisation.working_calendar({day.year for day in dates})
    whole = span(week_start, ZoneInfo(person.time_zone))
    away = _leave(person, *whole)
    busy, notes = room.busy_and_notes(person, whole, by=by, calendar=workdays)
    blocks = worktime.blocks_for(person, dates, calendar=workdays, leave=[one.span for one in away])
    days = [_day(day, workdays, [one for one in blocks if one.start.date() == day], busy) for day in dates]
    by_day = {day.day: day for day in days}
    for piece in joined(pieces):
        by_day[piece.starts_at.date()].pieces.append(piece)
    for piece in ghosts:
        by_day[piece.starts_at.date()].ghosts.append(piece)
    for name, found in (("leave", away), ("busy", busy)):
        for taken in found:
            for day, shade in _shades(taken, name, ZoneInfo(person.time_zone)):
                if day in by_day:
                    by_day[day].busy.append(shade)
    for note in notes:
        for day, _shade in _shades(note, "note", ZoneInfo(person.time_zone)):
            if day in by_day:
                by_day[day].notes.append(Note(note.label))
    # What a notice asks of somebody is their own affair, as their outside calendars are.
    for date_of in due(person, *whole) if by.pk == person.pk else ():
        local = date_of.due_at.astimezone(ZoneInfo(person.time_zone))
        by_day[local.date()].notes.append(Note(f"{local:%H:%M} {date_of.title}", date_of.url))
    for one in days:
        one.relief = relief(one, at)
    shown = [
        one for one in days if one.pieces or one.ghosts or one.busy or one.notes or one.kind != "weekend"
    ]
    return Calendar(shown, *_bounds(shown))


def relief(day: Day, at: datetime) -> list[Piece]:
    """Return what to take out of an over-full day so that it fits: the least pressing free pieces first."""
    left, chosen = day.over, list[Piece]()
    free = [piece for piece in day.pieces if piece.placement and not piece.is_pinned and piece.starts_at > at]
    for piece in sorted(free, key=_press):
        if left <= 0:
            break
        chosen.append(piece)
        left -= piece.minutes
    return chosen


def _press(piece: Piece) -> tuple[int, float, int]:
    """Return how much a piece presses: by relevance, then how soon it is due; the longer one goes first."""
    due = piece.task.due_at
    return piece.task.importance or 3, -due.timestamp() if due else float("-inf"), -piece.minutes


def _leave(person: Person, starts: datetime, ends: datetime) -> list[room.Taken]:
    rows = Leave.objects.filter(person=person, starts_at__lt=ends, ends_at__gt=starts)
    return [room.Taken(row.starts_at, row.ends_at, str(row.get_kind_display())) for row in rows]


def _day(day: date, workdays: WorkCalendar, blocks: Sequence[Block], busy: Iterable[room.Taken]) -> Day:
    own = room.spans(block for block in blocks if block.kind.workable)
    taken = [(one.starts_at.astimezone(UTC), one.ends_at.astimezone(UTC)) for one in busy]
    return Day(
        day=day,
        kind=workdays.kind_of(day),
        name=workdays.name_of(day),
        is_provisional=workdays.is_provisional(day.year),
        available=room.minutes(intervals.subtract(own, taken)),
        shades=[
            Shade(quarter(block.start), _end(block.end), block.kind.value, LABELS[block.kind])
            for block in blocks
        ],
    )


def _shades(taken: room.Taken, kind: str, zone: ZoneInfo) -> Iterable[tuple[date, Shade]]:
    """Return a busy time cut at midnight, day by day."""
    start, end = taken.starts_at.astimezone(zone), taken.ends_at.astimezone(zone)
    by_day: dict[date, tuple[int, int]] = defaultdict(lambda: (0, 96))
    day = start.date()
    while day <= (end - timedelta(microseconds=1)).date():
        first = quarter(start) if day == start.date() else 0
        by_day[day] = (first, _end(end) if day == end.date() else 96)
        day += timedelta(days=1)
    times = f"{start:%H:%M}–{end:%H:%M}" if len(by_day) == 1 else ""
    return [
        (day, Shade(*ends, kind, taken.label, times, taken.appointment_id, start.date()))
        for day, ends in by_day.items()
    ]


def _end(moment: datetime) -> int:
    """Return the quarter before which something ends that ends at `moment`; 96 at midnight."""
    return quarter(moment - timedelta(microseconds=1)) + 1


def _bounds(days: Sequence[Day]) -> tuple[int, int]:
    """Return from which quarter to which the calendar is drawn: full hours around all that stands in it."""
    held = [piece for day in days for piece in (*day.pieces, *day.ghosts)]
    firsts = [FIRST, *(one.first for one in held), *(shade.first for day in days for shade in day.shades)]
    lasts = [LAST, *(one.last for one in held), *(shade.last for day in days for shade in day.shades)]
    return min(firsts) // 4 * 4, -(-max(lasts) // 4) * 4
