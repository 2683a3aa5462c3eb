"""People by days: what stands in their plans, what is due and stands nowhere, and how full each day is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from opsloop.boards.queries.workload import Load, Loads, loads, looked_at
from opsloop.engines.workcalendar import WorkCalendar
from opsloop.organisation.models import Leave, Person
from opsloop.team.queries.day import away_on
from opsloop.team.queries.laid import Open, Piece, laid_on, open_tasks

# A task without an estimate is taken to need this long, as everywhere in planning.
UNKNOWN = 60


@dataclass(frozen=True)
class Chip:
    """A piece of a task in a day, or (`piece` None) a task that is due on it and stands nowhere.

    `shares` says which minutes leave which day of the person when it is dragged away: "day:minutes …". `version`
    is that of the task.
    """

    task_id: int
    version: int
    title: str
    minutes: int
    shares: str
    start: datetime | None = None
    piece: int | None = None
    piece_version: int = 0
    block: str = ""
    is_pinned: bool = False
    is_late: bool = False
    is_hidden: bool = False


@dataclass(frozen=True)
class Slot:
    """One day of one person."""

    day: date
    load: Load
    chips: Sequence[Chip]
    leave: Leave | None
    is_past: bool


@dataclass(frozen=True)
class Row:
    """One person's days."""

    person: Person
    slots: Sequence[Slot]

    @property
    def load(self) -> Load:
        """All days together."""
        return Load(
            sum(one.load.planned for one in self.slots), sum(one.load.available for one in self.slots)
        )


@dataclass(frozen=True)
class Column:
    """One day of the head."""

    day: date
    kind: str
    name: str


@dataclass(frozen=True)
class Grid:
    """The page: days across, a row a person."""

    columns: Sequence[Column]
    rows: Sequence[Row]


def grid(
    viewer: Person, people: Sequence[Person], days: Sequence[date], *, calendar: WorkCalendar, now: datetime
) -> Grid:
    """Return the days of `people`; weekends only where something stands. Three queries, however many people."""
    today = timezone.localtime(now).date()
    laid = laid_on(viewer, people, *looked_at(days, today))
    tasks = open_tasks(viewer, people)
    load = loads(
        people, days, calendar=calendar, now=now, leave=laid.away, tasks=[one.asked for one in tasks],
        pieces=laid.standing,
    )  # fmt: skip
    chips = _chips(laid.pieces, tasks, days, load)
    busy = {day for _person, day in chips}
    shown = [day for day in days if day in busy or calendar.kind_of(day) != "weekend"]
    rows = [
        Row(
            one,
            [
                Slot(
                    day, load.of(one.pk, day), chips.get((one.pk, day), ()), away_on(laid.leave.get(one.pk, ()), day),
                    is_past=day < today,
                )
                for day in shown
            ],
        )
        for one in people
    ]  # fmt: skip
    return Grid([Column(day, calendar.kind_of(day), calendar.name_of(day)) for day in shown], rows)


def _chips(
    pieces: Iterable[Piece], tasks: Iterable[Open], days: Sequence[date], load: Loads
) -> Mapping[tuple[int, date], list[Chip]]:
    """Return person and day -> chips, pieces in the order of time before what is due."""
    starts = timezone.make_aware(datetime.combine(days[0], time()))
    ends = timezone.make_aware(datetime.combine(days[-1] + timedelta(days=1), time()))
    found: dict[tuple[int, date], list[Chip]] = {}
    for piece in pieces:
        if starts <= piece.starts_at < ends:
            start = piece.starts_at.astimezone(starts.tzinfo)
            found.setdefault((piece.person_id, start.date()), []).append(_laid(piece, start))
    placed = {(person_id, chip.task_id) for (person_id, _day), own in found.items() for chip in own}
    for task in tasks:
        if task.due_at and starts <= task.due_at < ends and (task.owner_id, task.pk) not in placed:
            day = task.due_at.astimezone(starts.tzinfo).date()
            shares = _shares(load, task.owner_id, task.pk, days)
            found.setdefault((task.owner_id, day), []).append(_due(task, shares))
    return found


def _shares(load: Loads, person_id: int, task_id: int, days: Sequence[date]) -> str:
    parts = load.parts[person_id]
    return " ".join(
        f"{day.isoformat()}:{minutes}" for day in days if (minutes := parts.get(day, {}).get(task_id))
    )


def _laid(piece: Piece, start: datetime) -> Chip:
    """Return the chip of a piece that begins at `start`, as its day has it."""
    minutes = round((piece.ends_at - piece.starts_at) / timedelta(minutes=1))
    return Chip(
        task_id=piece.task_id, version=piece.task_version, title=piece.title, minutes=minutes, start=start,
        shares=f"{start.date().isoformat()}:{minutes}", piece=piece.pk, piece_version=piece.version, block=piece.block,
        is_pinned=bool(piece.is_pinned), is_late=bool(piece.is_late and piece.is_seen), is_hidden=not piece.is_seen,
    )  # fmt: skip


def _due(task: Open, shares: str) -> Chip:
    """Return the chip of a task that is due and stands nowhere."""
    left = round((task.estimate_minutes or UNKNOWN) * (100 - task.progress) / 100)
    return Chip(task.pk, task.version, task.title, left, shares)
