"""People by days: what stands in their plans, what is due and stands nowhere, and how full each day is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from opsloop.boards.queries.workload import Load, Loads, loads, looked_at
from opsloop.engines.workcalendar import WorkCalendar
from opsloop.organisation.models import Leave, Person
from opsloop.planning.models import Placement
from opsloop.team.queries.day import away_on, leave_on, spans_of
from opsloop.work.models import Task

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
    """Return the days of `people`; weekends only where something stands. Seven queries, however many people."""
    today = timezone.localtime(now).date()
    leave = leave_on(people, *looked_at(days, today))
    load = loads(viewer, people, days, calendar=calendar, now=now, leave=spans_of(leave))
    chips = _chips(viewer, people, days, load)
    busy = {day for _person, day in chips}
    shown = [day for day in days if day in busy or calendar.kind_of(day) != "weekend"]
    rows = [
        Row(
            one,
            [
                Slot(
                    day, load.of(one.pk, day), chips.get((one.pk, day), ()), away_on(leave.get(one.pk, ()), day),
                    is_past=day < today,
                )
                for day in shown
            ],
        )
        for one in people
    ]  # fmt: skip
    return Grid([Column(day, calendar.kind_of(day), calendar.name_of(day)) for day in shown], rows)


def _chips(
    viewer: Person, people: Sequence[Person], days: Sequence[date], load: Loads
) -> Mapping[tuple[int, date], list[Chip]]:
    """Return person and day -> chips, pieces in the order of time before what is due. Two queries."""
    starts = timezone.make_aware(datetime.combine(days[0], time()))
    ends = timezone.make_aware(datetime.combine(days[-1] + timedelta(days=1), time()))
    found: dict[tuple[int, date], list[Chip]] = {}
    for person_id, chip in _pieces(viewer, people, starts, ends):
        assert chip.start is not None
        found.setdefault((person_id, chip.start.date()), []).append(chip)
    placed = {(person_id, chip.task_id) for (person_id, _day), own in found.items() for chip in own}
    for owner_id, day, chip in _due(viewer, people, starts, ends):
        if (owner_id, chip.task_id) not in placed:
            shares = _shares(load, owner_id, chip.task_id, days)
            found.setdefault((owner_id, day), []).append(replace(chip, shares=shares))
    return found


def _shares(load: Loads, person_id: int, task_id: int, days: Sequence[date]) -> str:
    parts = load.parts[person_id]
    return " ".join(
        f"{day.isoformat()}:{minutes}" for day in days if (minutes := parts.get(day, {}).get(task_id))
    )


def _pieces(
    viewer: Person, people: Sequence[Person], starts: datetime, ends: datetime
) -> Iterable[tuple[int, Chip]]:
    """Yield person id and piece. Plain values: fifty people have hundreds of them."""
    hidden = _("A task of another department")
    rows = Placement.objects.filter(
        person__in=people, starts_at__gte=starts, starts_at__lt=ends, task__deleted_at__isnull=True,
        task__closed_at__isnull=True,
    ).annotate(
        seen=Exists(Task.objects.visible_to(viewer).order_by().filter(pk=OuterRef("task_id")))
    )  # fmt: skip
    fields = (
        "pk", "version", "person_id", "starts_at", "ends_at", "block", "is_late", "is_pinned", "task_id", "task__title",
        "task__version", "seen",
    )  # fmt: skip
    for row in rows.order_by("starts_at").values_list(*fields):
        (
            pk,
            version,
            person_id,
            starts_at,
            ends_at,
            block,
            is_late,
            is_pinned,
            task_id,
            title,
            of_task,
            seen,
        ) = row
        start = starts_at.astimezone(starts.tzinfo)
        minutes = round((ends_at - starts_at) / timedelta(minutes=1))
        yield (
            person_id,
            Chip(
                task_id=task_id, version=of_task, title=title if seen else hidden, minutes=minutes, start=start,
                shares=f"{start.date().isoformat()}:{minutes}", piece=pk, piece_version=version, block=block,
                is_pinned=is_pinned, is_late=is_late and seen, is_hidden=not seen,
            ),
        )  # fmt: skip


def _due(
    viewer: Person, people: Sequence[Person], starts: datetime, ends: datetime
) -> Iterable[tuple[int, date, Chip]]:
    """Yield owner id, day and task of what is due. Tasks that are hidden from `viewer` are not named here."""
    rows = (
        Task.objects.visible_to(viewer).open().filter(owner__in=people, due_at__gte=starts, due_at__lt=ends)
    )
    fields = ("pk", "version", "title", "owner_id", "due_at", "estimate_minutes", "progress")
    for pk, version, title, owner_id, due_at, estimate, progress in rows.order_by("due_at", "pk").values_list(
        *fields
    ):
        left = round((estimate or UNKNOWN) * (100 - progress) / 100)
        yield owner_id, due_at.astimezone(starts.tzinfo).date(), Chip(pk, version, title, left, "")
