"""The verbs of a piece in the week: place, move, split, pin, take out.

Whether a place is free is a question about many rows, so each verb first takes the lock of the person whose
week it is (docs/adr/0019-the-week-planner.md).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.engines import intervals
from opsloop.engines.blocks import Block, Span
from opsloop.organisation.models import Person
from opsloop.planning import room
from opsloop.planning.events import (
    PlacementMade,
    PlacementMoved,
    PlacementPinned,
    PlacementRemoved,
    PlacementSplit,
    WeekPlanned,
)
from opsloop.planning.models import Placement
from opsloop.planning.permissions import check_can_plan
from opsloop.planning.queries.veil import Veil
from opsloop.records.refusals import NeedsConsent, Refused
from opsloop.web import dates
from opsloop.web.dates import duration
from opsloop.work.models import Task

# What a placement that gives way must keep so that undo can bring it back.
KEPT = ("id", "person_id", "task_id", "block", "is_late", "is_pinned", "reason", "accepted_by_id")
KEPT_TIMES = ("starts_at", "ends_at", "accepted_at")
QUARTER = room.GRID
LONGEST = timedelta(hours=24)


@dataclass(frozen=True)
class Placed:
    """The pieces a task was put into, the minutes that found no room on that day, and how to take it back."""

    pieces: Sequence[Placement]
    left: int
    undo: Undo


@transaction.atomic
def place(
    *,
    person: Person,
    task: Task,
    starts_at: datetime,
    minutes: int,
    by: Person,
    at: datetime,
    off_hours: bool = False,
    over: bool = False,
) -> Placed:
    """Put `minutes` of a task into the week of `person` from `starts_at` on, around breaks and what stands.

    Only that day is filled; what has no room there is told. With `off_hours` it is one piece as long as
    asked for, outside of working time too. With `over` the day is overbooked: what has no room in working time
    stands after it.

    Raises:
        NeedsConsent: the day is full; says by how much it would be over.
        Refused: the start is past, taken (by what is named) or outside of working time; the task is closed
            or another's; with `over`, nothing is free before midnight.
    """
    check_can_plan(person, by)
    lock(person)
    _check_task(task, person)
    minutes = max(15, -(-minutes // 15) * 15)
    span = (starts_at.astimezone(UTC), starts_at.astimezone(UTC) + timedelta(minutes=minutes))
    _check_times(person, span, at=at)
    blocks = room.working(person, [room.day_of(person, starts_at)])
    if off_hours:
        check_free(person, span, by=by)
        chosen = [span]
    elif over:
        chosen = _overbooked(person, blocks, minutes, since=max(span[0], at.astimezone(UTC)))
    else:
        _check_not_full(person, room.day_of(person, starts_at), blocks, minutes, at=at)
        _check_working(person, (span[0], span[0] + QUARTER), blocks)
        check_free(person, (span[0], span[0] + QUARTER), by=by)
        chosen = room.fill(_free(person, blocks, since=span[0]), minutes)
    made = Placement.objects.bulk_create(
        [new_piece(person, task, one, blocks=blocks, by=by, at=at) for one in chosen]
    )
    mark_late(person, [task])
    activity.record(PlacementMade(**_about(made[0], by, at), changes={"at": [None, _clock(made[0])]}))
    undo = offer_undo(person, gone=[], made=made, by=by, at=at)
    return Placed(made, max(0, minutes - room.minutes(chosen)), undo)


@transaction.atomic
def move(
    *,
    placement: Placement,
    starts_at: datetime,
    ends_at: datetime,
    by: Person,
    at: datetime,
    version: int,
    off_hours: bool = False,
) -> Undo:
    """Give a piece another start or end. It stays as it is if the new place is not wholly free.

    Raises:
        StaleVersion: somebody has changed it since.
        Refused: the place is taken (by what is named), past, or outside of working time without `off_hours`.
    """
    person = placement.person
    check_can_plan(person, by)
    lock(person)
    kept, was = keep(placement), _clock(placement)
    placement.bump(version)
    span = (starts_at.astimezone(UTC), ends_at.astimezone(UTC))
    _check_times(person, span, at=at, began=placement.starts_at)
    blocks = room.working(person, [room.day_of(person, starts_at)])
    if not off_hours:
        _check_working(person, span, blocks)
    check_free(person, span, by=by, besides=[placement.pk])
    placement.starts_at, placement.ends_at = span
    placement.block = room.kind_at(blocks, span[0])
    placement.reason = {}  # the engine's reason was for another place
    placement.save(update_fields=["starts_at", "ends_at", "block", "reason"])
    mark_late(person, [placement.task])
    activity.record(PlacementMoved(**_about(placement, by, at), changes={"at": [was, _clock(placement)]}))
    return offer_undo(person, gone=[kept], made=[placement], by=by, at=at)


@transaction.atomic
def split(*, placement: Placement, cut: datetime, by: Person, at: datetime, version: int) -> Undo:
    """Make two pieces of one at the instant `cut`; together they stand where it stood.

    Raises:
        Refused: `cut` is no quarter of an hour inside of the piece.
    """
    person = placement.person
    check_can_plan(person, by)
    lock(person)
    kept = keep(placement)
    placement.bump(version)
    cut = cut.astimezone(UTC)
    if not (placement.starts_at < cut < placement.ends_at and room.is_on_grid(cut)):
        text = _("Choose a full quarter of an hour inside of the piece, between %(start)s and %(end)s.")
        raise Refused(text % _span_words(person, (placement.starts_at, placement.ends_at)), field="cut")
    blocks = room.working(person, [room.day_of(person, cut)])
    second = Placement(
        **{name: getattr(placement, name) for name in (*KEPT[1:], "accepted_at", "ends_at")}, starts_at=cut
    )
    second.block = room.kind_at(blocks, cut)
    second.save(force_insert=True)
    placement.ends_at = cut
    placement.save(update_fields=["ends_at"])
    activity.record(PlacementSplit(**_about(placement, by, at), changes={"at": [None, _clock(second)]}))
    return offer_undo(person, gone=[kept], made=[placement, second], by=by, at=at)


@transaction.atomic
def set_pinned(*, placement: Placement, is_pinned: bool, by: Person, at: datetime, version: int) -> None:
    """Fix a placement where it stands, or let the planner move it again."""
    check_can_plan(placement.person, by)
    placement.bump(version)
    placement.is_pinned = is_pinned
    placement.save(update_fields=["is_pinned"])
    activity.record(
        PlacementPinned(**_about(placement, by, at), changes={"pinned": [not is_pinned, is_pinned]})
    )


@transaction.atomic
def take_out(*, placements: Mapping[Placement, int], by: Person, at: datetime) -> Undo:
    """Remove pieces of one person's week; the tasks stay open. Each with the version that was seen."""
    person = next(iter(placements)).person
    check_can_plan(person, by)
    lock(person)
    gone = []
    for placement, version in placements.items():
        placement.bump(version)
        about = _about(placement, by, at)
        gone.append(keep(placement))
        placement.delete()
        activity.record(PlacementRemoved(**about))
    mark_late(person, {placement.task for placement in placements})
    return offer_undo(person, gone=gone, made=[], by=by, at=at)


@transaction.atomic
def undo_placing(
    *,
    by: Person,
    at: datetime,
    person_id: int,
    gone: Sequence[Mapping[str, Any]],
    made: Sequence[tuple[int, int]],
) -> None:
    """Take the pieces `made` (key, version) out of a week again and put back those that had given way.

    Raises:
        Refused: somebody has changed one of them since, or something else stands in the place now.
    """
    person = Person.objects.get(pk=person_id)
    check_can_plan(person, by)
    lock(person)
    changed = Refused(_("This cannot be undone: the week has been changed since."))
    there = Placement.objects.filter(person=person, pk__in=[pk for pk, _version in made])
    if dict(there.values_list("pk", "version")) != dict(made):
        raise changed
    there.delete()
    rows = [Placement(**row) for row in gone]
    if any(_is_taken(person, row) for row in rows):
        raise changed
    Placement.objects.bulk_create(rows)
    mark_late(person, Task.objects.filter(pk__in={row.task_id for row in rows}))
    activity.record(
        WeekPlanned(
            subject_id=person_id,
            by_id=by.pk,
            at=at,
            department_id=person.department_id,
            person_ids=(person_id,),
            changes={"pieces": [len(made), len(rows)]},
        )
    )


# ── What the verbs share ────────────────────────────────────────────────────────────────────────────


def lock(person: Person) -> None:
    """Let no other transaction write into this week before ours has ended. On SQLite only one writes at all."""
    Person.objects.select_for_update().only("pk").get(pk=person.pk)


def check_free(person: Person, span: Span, *, by: Person, besides: Collection[int] = ()) -> None:
    """Raise Refused if something stands in `span`, and name it; pieces with the keys `besides` do not count."""
    found = room.taken(person, span, by=by, besides=besides)
    if not found:
        return
    first = found[0]
    title = Veil([first.task], by).task(first.task).title if first.task else first.label
    sentence = (
        _("“%(title)s” is fixed from %(start)s to %(end)s. Choose another time.")
        if first.is_pinned
        else _("“%(title)s” stands there from %(start)s to %(end)s. Choose a free time, or move that first.")
    )
    raise Refused(sentence % {"title": title, **_span_words(person, first.span)}, field="start")


def new_piece(
    person: Person, task: Task, span: Span, *, blocks: Iterable[Block], by: Person, at: datetime
) -> Placement:
    """Return an unsaved piece that a person put where it stands."""
    return Placement(
        person=person,
        task=task,
        starts_at=span[0],
        ends_at=span[1],
        block=room.kind_at(blocks, span[0]),
        accepted_at=at,
        accepted_by=by,
    )


def mark_late(person: Person, tasks: Iterable[Task]) -> None:
    """Say of each task's pieces whether the last of them ends after it is due."""
    due = {task.pk: task.due_at for task in tasks}
    rows = Placement.objects.filter(person=person, task_id__in=due)
    ends = rows.order_by().values_list("task_id").annotate(Max("ends_at"))
    late = {pk for pk, end in ends if (limit := due[pk]) is not None and end > limit}
    rows.filter(task_id__in=late, is_late=False).update(is_late=True)
    rows.exclude(task_id__in=late).filter(is_late=True).update(is_late=False)


def keep(placement: Placement) -> dict[str, Any]:
    """Return what undo needs to bring a piece back. Its version goes on, so that no old page may change it."""
    times = {name: getattr(placement, name).isoformat() for name in KEPT_TIMES}
    values = {name: getattr(placement, name) for name in KEPT}
    return values | times | {"version": placement.version + 2}


def offer_undo(
    person: Person, *, gone: list[dict[str, Any]], made: Sequence[Placement], by: Person, at: datetime
) -> Undo:
    """Offer to take the pieces `made` out again and to put back what is `gone`."""
    arguments = {"person_id": person.pk, "gone": gone, "made": [[one.pk, one.version] for one in made]}
    return activity.offer_undo(verb="week.placing", arguments=arguments, by=by, at=at)


def _free(
    person: Person, blocks: Sequence[Block], *, since: datetime, with_evening: bool = False
) -> list[Span]:
    """Return the working time from `since` on in which nothing stands; with the evening after it, to midnight."""
    worked = room.spans(blocks)
    if with_evening and worked:
        evening = worked[-1][1], room.day_span(person, room.day_of(person, worked[-1][0]))[1]
        worked = [*worked, evening]
    own = [(max(start, since), end) for start, end in worked if end > since]
    if not own:
        return []
    there = room.taken(person, (own[0][0], own[-1][1]))
    return intervals.subtract(own, [(one.starts_at, one.ends_at) for one in there])


def _overbooked(person: Person, blocks: Sequence[Block], minutes: int, *, since: datetime) -> list[Span]:
    """Return where `minutes` stand when what working time does not hold may stand after it, as far as midnight.

    Raises:
        Refused: the day is not worked, or full up to midnight.
    """
    if not blocks:
        raise Refused(_("This day is not worked. Choose another day."), field="day")
    chosen = room.fill(_free(person, blocks, since=since, with_evening=True), minutes)
    if not chosen:
        raise Refused(
            _("Even after working time nothing is free on this day. Choose another day."), field="day"
        )
    return chosen


def _check_not_full(
    person: Person, day: date, blocks: Sequence[Block], minutes: int, *, at: datetime
) -> None:
    """Raise NeedsConsent if a day that is worked has not a quarter of an hour left."""
    if blocks and not room.fill(_free(person, blocks, since=at.astimezone(UTC)), room.GRID_MINUTES):
        raise too_full(person, day, need=minutes, free=0)


def too_full(person: Person, day: date, *, need: int, free: int) -> NeedsConsent:
    """Return the question whether a day may be overbooked; minutes in, the sentence names how much is over."""
    text = _(
        "%(name)s has %(free)s free on %(day)s, and this needs %(need)s: %(over)s would stand after working time."
        " Choose another day, or lay it there anyway."
    )
    words = {"free": duration(free), "need": duration(need), "over": duration(need - free)}
    return NeedsConsent(text % {**words, "name": person.name, "day": f"{day:%m-%d}"}, field="over")


def _check_task(task: Task, person: Person) -> None:
    if not task.is_open:
        raise Refused(_("“%(title)s” is closed. Open it again to plan it.") % {"title": task.title})
    if task.owner_id != person.pk:
        text = _("“%(title)s” does not belong to %(name)s. Change its owner first.")
        raise Refused(text % {"title": task.title, "name": person.name}, field="task")


def _check_times(person: Person, span: Span, *, at: datetime, began: datetime | None = None) -> None:
    start, end = span
    if not (room.is_on_grid(start) and room.is_on_grid(end)):
        raise Refused(
            _("Times go by quarters of an hour: choose 10:00, 10:15, 10:30 or 10:45."), field="start"
        )
    if end <= start:
        raise Refused(_("It must end at least a quarter of an hour after it starts."), field="end")
    if end > room.day_span(person, room.day_of(person, start))[1]:
        raise Refused(_("It must end on the day it starts. Split it to go on the next day."), field="end")
    if start != began and start + QUARTER <= at:
        text = _("%(start)s is past already. Choose a later time.")
        raise Refused(text % _span_words(person, span), field="start")


def _check_working(person: Person, span: Span, blocks: Sequence[Block]) -> None:
    if not intervals.subtract([span], room.spans(blocks)):
        return
    day = room.day_of(person, span[0])
    if not blocks:
        text = _("%(day)s is not worked. Tick “outside of working time” to plan it there all the same.")
        raise Refused(text % {"day": _day_words(day)}, field="off_hours")
    hours = ", ".join(
        "{start}–{end}".format(**_span_words(person, one, with_day=False)) for one in room.spans(blocks)
    )
    text = _(
        "Working time on this day is %(hours)s. Tick “outside of working time” to plan it there all the same."
    )
    raise Refused(text % {"hours": hours}, field="off_hours")


def _is_taken(person: Person, row: Placement) -> bool:
    """Whether something stands where `row` would, or its task is gone."""
    start, end = datetime.fromisoformat(str(row.starts_at)), datetime.fromisoformat(str(row.ends_at))
    return bool(room.taken(person, (start, end))) or not Task.objects.filter(pk=row.task_id).exists()


def _span_words(person: Person, span: Span, *, with_day: bool = True) -> dict[str, str]:
    """Return both ends as clock times where the person lives, the first with its day."""
    zone = ZoneInfo(person.time_zone)
    start, end = span[0].astimezone(zone), span[1].astimezone(zone)
    before = f"{_day_words(start.date())} " if with_day else ""
    return {"start": f"{before}{start:%H:%M}", "end": f"{end:%H:%M}"}


def _day_words(day: date) -> str:
    return f"{dates.WEEKDAYS[day.weekday()]} {day:%m-%d}"


def _clock(placement: Placement) -> str:
    zone = ZoneInfo(placement.person.time_zone)
    return f"{placement.starts_at.astimezone(zone):%Y-%m-%d %H:%M}–{placement.ends_at.astimezone(zone):%H:%M}"


def _about(placement: Placement, by: Person, at: datetime) -> dict[str, Any]:
    return {
        "subject_id": placement.task_id,
        "by_id": by.pk,
        "at": at,
        "department_id": placement.person.department_id,
        "person_ids": (placement.person_id,),
    }
