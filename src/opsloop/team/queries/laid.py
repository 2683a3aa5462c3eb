"""What lies on people: their open tasks, their leave and the pieces of their plans, in two queries for everybody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db.models import Exists, F, IntegerField, OuterRef, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from opsloop.boards.queries.workload import Asked, Standing
from opsloop.engines.blocks import Span
from opsloop.organisation.models import Leave, Person
from opsloop.planning.models import Placement
from opsloop.work.models import Task


class Open(NamedTuple):
    """An open task of somebody that the viewer may see."""

    pk: int
    owner_id: int
    estimate_minutes: int | None
    progress: int
    starts_at: datetime | None
    due_at: datetime | None
    version: int
    title: str
    status: str

    @property
    def asked(self) -> Asked:
        """What counts for the load."""
        return self[:6]


class Piece(NamedTuple):
    """A piece of an open task in somebody's plan; the title of a hidden one says only that there is one."""

    person_id: int
    starts_at: datetime
    ends_at: datetime
    pk: int
    version: int
    block: str
    title: str
    task_id: int
    task_version: int
    is_late: bool
    is_pinned: bool
    is_seen: bool


@dataclass(frozen=True)
class Laid:
    """Person id -> leave by its begin, and all pieces that end after a day began, in the order of time."""

    leave: Mapping[int, Sequence[Leave]] = field(default_factory=dict)
    pieces: Sequence[Piece] = ()

    @property
    def standing(self) -> list[Standing]:
        """What of the pieces counts for the load."""
        return [(one.task_id, one.person_id, one.starts_at, one.ends_at) for one in self.pieces]

    @property
    def away(self) -> dict[int, list[Span]]:
        """Person id -> the spans of their leave."""
        return {pk: [(one.starts_at, one.ends_at) for one in own] for pk, own in self.leave.items()}


def open_tasks(viewer: Person, people: Sequence[Person]) -> list[Open]:
    """Return the open tasks of `people` that `viewer` may see, by due date. One query."""
    rows = Task.objects.visible_to(viewer).open().filter(owner__in=[one.pk for one in people])
    return [Open._make(row) for row in rows.order_by("due_at", "pk").values_list(*Open._fields)]


def laid_on(viewer: Person, people: Sequence[Person], first: date, last: date) -> Laid:
    """Return the leave of `people` around the days from `first` to `last`, and their pieces from `first` on. One query.

    For leave a day more on both sides comes along: people live in different zones.
    """
    found = list(_rows(viewer, people, first, last))
    leave: dict[int, list[Leave]] = {}
    for one in found:
        if not one.task_id:
            own = Leave(
                pk=one.pk, version=one.version, person_id=one.person_id, kind=one.block, note=one.title,
                starts_at=one.starts_at, ends_at=one.ends_at,
            )  # fmt: skip
            leave.setdefault(one.person_id, []).append(own)
    return Laid(leave, [one for one in found if one.task_id])


def _rows(viewer: Person, people: Sequence[Person], first: date, last: date) -> Iterator[Piece]:
    """Yield pieces and leave by their begin. Leave has no task; its kind stands for the block, its note for a title."""
    ids = [one.pk for one in people]
    pieces = (
        Placement.objects.filter(
            person__in=ids,
            ends_at__gt=_midnight(first),
            task__deleted_at__isnull=True,
            task__closed_at__isnull=True,
        )
        .annotate(
            title=F("task__title"),
            task_version=F("task__version"),
            is_seen=Exists(Task.objects.visible_to(viewer).order_by().filter(pk=OuterRef("task_id"))),
        )
        .order_by()
    )
    number, flag = Value(0, output_field=IntegerField()), Value(value=False)
    leave = _leave(people, first, last).values_list(
        "person_id", "starts_at", "ends_at", "pk", "version", "kind", "note", number, number,
        flag, flag, flag,
    )  # fmt: skip
    hidden = _("A task of another department")
    for row in sorted(pieces.values_list(*Piece._fields).union(leave, all=True), key=lambda row: row[1]):
        piece = Piece._make(row)
        yield piece if piece.is_seen or not piece.task_id else piece._replace(title=hidden)


def leave_on(people: Sequence[Person], first: date, last: date) -> dict[int, list[Leave]]:
    """Return person id -> leave around the days from `first` to `last`, the first one first. One query."""
    found: dict[int, list[Leave]] = {}
    for row in _leave(people, first, last).order_by("starts_at"):
        found.setdefault(row.person_id, []).append(row)
    return found


def _leave(people: Sequence[Person], first: date, last: date) -> QuerySet[Leave]:
    return Leave.objects.filter(
        person__in=[one.pk for one in people],
        starts_at__lt=_midnight(last + timedelta(days=2)),
        ends_at__gt=_midnight(first - timedelta(days=1)),
    ).order_by()


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
