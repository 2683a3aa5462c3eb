"""Laying work on somebody's day: what a drag between people and days does, and a key, and the form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.engines import intervals
from opsloop.organisation.models import Person
from opsloop.planning import room
from opsloop.planning.actions import placements as planning
from opsloop.planning.models import Placement
from opsloop.planning.permissions import check_can_plan
from opsloop.records.refusals import Refused
from opsloop.web.dates import duration
from opsloop.work.actions import tasks as work
from opsloop.work.models import Task

# What a task without an estimate is taken to need, in minutes.
UNKNOWN = 60


@dataclass(frozen=True)
class Seen:
    """A piece that is dragged, and the version of it that was seen."""

    placement: Placement
    version: int


@transaction.atomic
def lay(
    *,
    task: Task,
    person: Person,
    day: date,
    by: Person,
    at: datetime,
    version: int,
    piece: Seen | None = None,
    over: bool = False,
) -> Undo:
    """Let `person` do a task on `day`: it becomes theirs, and stands there in the first free time.

    With `piece` only that piece moves; of a task that changes hands, all that stands ahead for its former owner
    goes. The due date stays. `version` is that of the task. With `over` the day is overbooked on purpose: what
    working time does not hold stands after it.

    Raises:
        StaleVersion: task or piece have been changed since.
        NeedsConsent: the day has not enough free working time; says how much is over.
        Refused: the rules do not allow it.
    """
    check_can_plan(person, by)
    former = task.owner
    # Both weeks in one order, so that two leads who swap tasks do not wait for each other.
    for one in sorted({person, former} - {None}, key=lambda one: one.pk if one else 0):
        planning.lock(one)  # type: ignore[arg-type]
    undos = []
    gone = _gone(task, person, piece, at)
    minutes = sum(_minutes(one) for one in gone) or _left(task)
    if gone:
        undos.append(planning.take_out(placements=gone, by=by, at=at))
    undo = work.change(task=task, values={"owner": person}, by=by, at=at, version=version)
    if undo:
        undos.append(undo)
    starts_at = _first_free(person, day, minutes, at, over=over)
    placed = planning.place(
        person=person, task=task, starts_at=starts_at, minutes=minutes, by=by, at=at, over=over
    )
    if placed.left:
        text = _("Even after working time this day has room for %(free)s only. Choose another day.")
        raise Refused(text % {"free": duration(max(0, minutes - placed.left))}, field="day")
    undos.append(placed.undo)
    return activity.join_undo(undos=undos, by=by, at=at)


def _gone(task: Task, person: Person, piece: Seen | None, at: datetime) -> dict[Placement, int]:
    """Return what gives way: the piece, and everything ahead of it in the week of a former owner."""
    gone = {piece.placement: piece.version} if piece else {}
    if task.owner_id and task.owner_id != person.pk:
        ahead = Placement.objects.filter(person=task.owner_id, task=task, starts_at__gte=at)
        for row in ahead.select_related("person", "task"):
            gone.setdefault(row, row.version)
    return gone


def _minutes(placement: Placement) -> int:
    return room.minutes([(placement.starts_at, placement.ends_at)])


def _left(task: Task) -> int:
    return round((task.estimate_minutes or UNKNOWN) * (100 - task.progress) / 100) or 15


def _first_free(person: Person, day: date, minutes: int, at: datetime, *, over: bool) -> datetime:
    """Return from when on `minutes` find room on a day; with `over`, from when on it is looked for at all.

    Raises:
        NeedsConsent: they do not; says how much is over.
        Refused: the day is not worked.
    """
    blocks = room.working(person, [day])
    if not blocks:
        text = _("%(name)s does not work on %(day)s. Choose another day or somebody else.")
        raise Refused(text % {"name": person.name, "day": f"{day:%m-%d}"}, field="day")
    own = [(max(start, at.astimezone(UTC)), end) for start, end in room.spans(blocks) if end > at]
    there = [one.span for one in room.taken(person, room.day_span(person, day))]
    free = intervals.subtract(own, there)
    found = room.fill(free, minutes)
    if found and room.minutes(found) >= min(minutes, 24 * 60):
        return found[0][0]
    if over:
        return _next_quarter(max(room.spans(blocks)[0][0], at.astimezone(UTC)))
    raise planning.too_full(person, day, need=minutes, free=room.minutes(found))


def _next_quarter(moment: datetime) -> datetime:
    """Return `moment`, or the next full quarter of an hour after it."""
    since = timedelta(minutes=moment.minute, seconds=moment.second, microseconds=moment.microsecond)
    return moment + (-since) % room.GRID
