"""What takes a person's time, and what is left of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from opsloop.calendars import queries as calendars
from opsloop.engines import intervals
from opsloop.engines.blocks import Block, Span
from opsloop.engines.workcalendar import WorkCalendar
from opsloop.organisation.models import Person
from opsloop.planning import worktime
from opsloop.planning.models import Placement
from opsloop.work.models import Task

GRID_MINUTES = 15
GRID = timedelta(minutes=GRID_MINUTES)


@dataclass(frozen=True)
class Taken:
    """A time that is not free: a piece of a task, or something from a calendar (`task` is None)."""

    starts_at: datetime
    ends_at: datetime
    label: str
    task: Task | None = None
    is_pinned: bool = True
    # The key of an appointment of the viewer's own, which they may open; 0 otherwise.
    appointment_id: int = 0

    @property
    def span(self) -> Span:
        """The half-open span."""
        return self.starts_at, self.ends_at


def is_on_grid(moment: datetime) -> bool:
    """Whether `moment` is a full quarter of an hour."""
    return moment.minute % 15 == 0 and moment.second == 0 and moment.microsecond == 0


def day_of(person: Person, moment: datetime) -> date:
    """Return the day of `moment` where the person lives."""
    return moment.astimezone(ZoneInfo(person.time_zone)).date()


def day_span(person: Person, day: date) -> Span:
    """Return the half-open span of a person's day, in UTC; 23 or 25 hours when the clocks change."""
    zone = ZoneInfo(person.time_zone)
    start = datetime.combine(day, time(), tzinfo=zone)
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
    return start.astimezone(UTC), end.astimezone(UTC)


def taken(
    person: Person, span: Span, *, by: Person | None = None, besides: Collection[int] = ()
) -> list[Taken]:
    """Return what stands in `span`, in order: pieces (but those with the keys `besides`) and busy times.

    Without `by`, or if they may not read it, a busy time has no name of its own.
    """
    rows = Placement.objects.filter(
        person=person, starts_at__lt=span[1], ends_at__gt=span[0], task__deleted_at__isnull=True
    )
    pieces = [
        Taken(row.starts_at, row.ends_at, row.task.title, row.task, row.is_pinned)
        for row in rows.exclude(pk__in=besides).select_related("task")
    ]
    return sorted([*pieces, *busy(person, span, by=by)], key=lambda one: one.starts_at)


def busy(
    person: Person, span: Span, *, by: Person | None = None, calendar: WorkCalendar | None = None
) -> list[Taken]:
    """Return what the calendars of a person hold in `span`, in order, named as far as `by` may read it."""
    found = calendars.busy([person.pk], *span, by=by, calendar=calendar)[person.pk]
    return [_taken(one, person, by) for one in found]


def busy_and_notes(
    person: Person, span: Span, *, by: Person, calendar: WorkCalendar | None = None
) -> tuple[list[Taken], list[Taken]]:
    """Return what `busy` does, and the all-day events of outside calendars that keep nothing out."""
    busy, notes = calendars.busy_and_notes(person, *span, by=by, calendar=calendar)
    named = [Taken(one.starts, one.ends, one.title or _("All-day event")) for one in notes]
    return [_taken(one, person, by) for one in busy], named


def _taken(one: calendars.Busy, person: Person, by: Person | None) -> Taken:
    is_own = by is not None and by.pk == person.pk
    return Taken(
        one.starts, one.ends, one.title or _("Busy"),
        appointment_id=one.pk if is_own and one.source == "appointment" else 0,
    )  # fmt: skip


def working(person: Person, days: Iterable[date]) -> list[Block]:
    """Return the blocks of `days` in which a task may stand, in order."""
    return [block for block in worktime.blocks_for(person, days) if block.kind.workable]


def spans(blocks: Iterable[Block]) -> list[Span]:
    """Return when is worked, without the kinds; in UTC, where a difference is the time that passes."""
    return intervals.merge((block.start.astimezone(UTC), block.end.astimezone(UTC)) for block in blocks)


def kind_at(blocks: Iterable[Block], moment: datetime) -> str:
    """Return the kind of the block that holds `moment`, "" outside of all."""
    return next((block.kind.value for block in blocks if block.start <= moment < block.end), "")


def minutes(found: Iterable[Span]) -> int:
    """Return how long spans are together."""
    return round(sum((end - start for start, end in found), timedelta()) / timedelta(minutes=1))


def fill(free: Iterable[Span], wanted: int) -> list[Span]:
    """Return the first `wanted` minutes of `free`, on the grid; fewer if there are not so many.

    The spans are in UTC. Stretches shorter than the grid are passed over.
    """
    left, chosen = timedelta(minutes=wanted), list[Span]()
    for start, end in free:
        start += (-_since_hour(start)) % GRID
        end -= _since_hour(end) % GRID
        length = min(left, end - start)
        if length >= GRID:
            chosen.append((start, start + length))
            left -= length
        if left < GRID:
            break
    return chosen


def _since_hour(moment: datetime) -> timedelta:
    return timedelta(minutes=moment.minute, seconds=moment.second, microseconds=moment.microsecond)
