"""Recording, changing, splitting and removing hours. They never overlap, and none is written in a locked week.

Every verb first holds the person's row, so that what is looked for (an overlap, a running timer) cannot appear
between the look and the write.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from django.db import transaction
from django.db.models import F
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.engines import hours
from opsloop.engines.hours import Span
from opsloop.organisation.models import Person
from opsloop.organisation.queries.blocks import zone_of
from opsloop.organisation.roles import Permission
from opsloop.records.dates import is_plausible
from opsloop.records.refusals import Forbidden, Refused
from opsloop.timekeeping.events import HoursChanged, TimeRecorded, TimeRemoved
from opsloop.timekeeping.models import TimeEntry, Timesheet
from opsloop.work import permissions as work_permissions
from opsloop.work.models import Category, Task

# A single entry longer than this is a slip of the pen.
LONGEST_MINUTES = 16 * 60
# A clock may be a little behind the one that was looked at.
AHEAD = timedelta(minutes=5)
# What an undo puts back.
KEPT = ("person_id", "task_id", "category_id", "minutes", "note")

Overlap = Literal["refuse", "trim_this", "trim_other"]
OVERLAPS: tuple[Overlap, ...] = ("refuse", "trim_this", "trim_other")


class Overlapping(Refused):
    """The span overlaps entries of the person; `clash` is the first of them."""

    def __init__(self, clash: TimeEntry, zone: Any) -> None:
        sentence = _("This overlaps your entry from %(start)s to %(end)s (%(what)s). Trim one of them.")
        span = {
            "start": f"{clash.started_at.astimezone(zone):%m-%d %H:%M}",
            "end": f"{clash.ended_at.astimezone(zone):%H:%M}",
            "what": clash.task.title if clash.task else clash.note or _("no task"),
        }
        super().__init__(sentence % span, field="started_at")
        self.clash = clash


@dataclass
class Change:
    """What one verb did to a person's entries, enough to take it back."""

    made: list[TimeEntry] = field(default_factory=list)
    moved: list[tuple[TimeEntry, dict[str, Any]]] = field(default_factory=list)
    removed: list[dict[str, Any]] = field(default_factory=list)
    undo: Undo | None = None

    @property
    def minutes(self) -> int:
        """The minutes that were newly recorded."""
        return sum(entry.minutes for entry in self.made)


def hold(person: Person) -> None:
    """Let one write of a person's hours at a time pass; SQLite has one writer anyway."""
    list(Person.objects.select_for_update(no_key=True).filter(pk=person.pk).values_list("pk"))


@transaction.atomic
def record_time(
    *,
    task: Task | None,
    by: Person,
    at: datetime,
    started_at: datetime,
    minutes: int,
    note: str = "",
    category: Category | None = None,
    overlap: Overlap = "refuse",
) -> Change:
    """Record that `by` worked `minutes` from `started_at` on, and offer to take it back.

    `overlap` says what gives way where something is recorded already: this or the other; without a word it is
    refused. Seconds are left out.

    Raises:
        Overlapping: something is recorded then already.
        Refused: it is too long, lies in the future or in an approved week; `field` says which.
    """
    hold(by)
    check_task(task, by)
    _check_length(minutes)
    start = hours.whole(started_at)
    return record_span(
        (start, hours.shifted(start, minutes)),
        task=task,
        by=by,
        at=at,
        note=note,
        category=category,
        overlap=overlap,
    )


@transaction.atomic
def record_spans(
    *,
    spans: Sequence[Span],
    task: Task | None,
    by: Person,
    at: datetime,
    note: str = "",
    category: Category | None = None,
    overlap: Overlap = "refuse",
) -> Change:
    """Record that `by` worked in each of `spans`, with one undo for all. Refuses as `record_time` does."""
    hold(by)
    check_task(task, by)
    change = Change()
    for start, end in spans:
        _check_length(hours.length(start, end))
        write((hours.whole(start), hours.whole(end)), change, task, by, at, note, category, overlap)
    return finish(change, by=by, at=at)


def record_span(
    span: Span,
    *,
    task: Task | None,
    by: Person,
    at: datetime,
    note: str = "",
    category: Category | None = None,
    overlap: Overlap = "refuse",
) -> Change:
    """The same for a span of whole minutes, inside the caller's transaction, which holds the person."""
    change = Change()
    write(span, change, task, by, at, note, category, overlap)
    return finish(change, by=by, at=at)


def write(
    span: Span,
    change: Change,
    task: Task | None,
    by: Person,
    at: datetime,
    note: str,
    category: Category | None,
    overlap: Overlap,
) -> None:
    """Write a span as `record_span` does, into a change of several. The caller holds the person."""
    check_span(span, at)
    check_open([span], by)
    for start, end in _settle(span, by, overlap, change):
        change.made.append(
            TimeEntry.objects.create(
                person=by, task=task, category=category, note=note[:200],
                started_at=start, ended_at=end, minutes=hours.length(start, end),
            )
        )  # fmt: skip


def _settle(span: Span, by: Person, overlap: Overlap, change: Change, *, besides: int = 0) -> list[Span]:
    """Return what of the span is to be written once the overlap is settled."""
    rows = TimeEntry.objects.filter(person=by).touching(*span).exclude(pk=besides)
    clashes = list(rows.select_related("task").order_by("started_at"))
    if not clashes:
        return [span]
    if overlap == "refuse":
        raise Overlapping(clashes[0], zone_of(by))
    if overlap == "trim_other":
        check_open([(clash.started_at, clash.ended_at) for clash in clashes], by)
        for clash in clashes:
            _cut(clash, span, change)
        return [span]
    left = hours.without(span, [(clash.started_at, clash.ended_at) for clash in clashes])
    if not left:
        raise Overlapping(clashes[0], zone_of(by))
    return left


def _cut(entry: TimeEntry, span: Span, change: Change) -> None:
    """Take `span` out of an entry: it becomes shorter, two, or nothing."""
    pieces = hours.without((entry.started_at, entry.ended_at), [span])
    if not pieces:
        drop(entry, change)
        return
    move(entry, pieces[0], change)
    for start, end in pieces[1:]:
        change.made.append(
            TimeEntry.objects.create(
                person_id=entry.person_id, task_id=entry.task_id, category_id=entry.category_id, note=entry.note,
                started_at=start, ended_at=end, minutes=hours.length(start, end),
            )
        )  # fmt: skip


def move(entry: TimeEntry, span: Span, change: Change) -> None:
    """Give an entry another span."""
    change.moved.append((entry, snapshot(entry)))
    entry.started_at, entry.ended_at = span
    entry.minutes = hours.length(*span)
    entry.bump(entry.version, ["started_at", "ended_at", "minutes"])


def drop(entry: TimeEntry, change: Change) -> None:
    """Delete an entry, remembering it."""
    change.removed.append(snapshot(entry))
    entry.delete()


def snapshot(entry: TimeEntry) -> dict[str, Any]:
    """Return an entry as JSON, for an undo."""
    spans = {name: getattr(entry, name).isoformat() for name in ("started_at", "ended_at")}
    return {"id": entry.pk, **spans, **{name: getattr(entry, name) for name in KEPT}}


@transaction.atomic
def change_entry(
    *,
    entry: TimeEntry,
    by: Person,
    at: datetime,
    version: int,
    values: dict[str, Any],
    overlap: Overlap = "refuse",
) -> Change:
    """Change span, task, category or note of an entry of one's own, seen at `version`.

    Raises:
        StaleVersion: it has been changed since.
        Overlapping, Refused, Forbidden: as `record_time`.
    """
    hold(by)
    check_own(entry, by)
    if values.get("task") != entry.task:
        check_task(values.get("task", entry.task), by)
    span = values.get("started_at", entry.started_at), values.get("ended_at", entry.ended_at)
    check_span(span, at)
    _check_length(hours.length(*span))
    check_open([span, (entry.started_at, entry.ended_at)], by)
    change = Change(moved=[(entry, snapshot(entry))])
    pieces = _settle(span, by, overlap, change, besides=entry.pk)
    for name in ("task", "category", "note"):
        setattr(entry, name, values.get(name, getattr(entry, name)))
    entry.started_at, entry.ended_at = pieces[0]
    entry.minutes = hours.length(*pieces[0])
    entry.bump(version, ["task", "category", "note", "started_at", "ended_at", "minutes"])
    for start, end in pieces[1:]:
        copy = TimeEntry(person=by, task=entry.task, category=entry.category, note=entry.note)
        copy.started_at, copy.ended_at, copy.minutes = start, end, hours.length(start, end)
        copy.save(force_insert=True)
        change.made.append(copy)
    return finish(change, by=by, at=at)


@transaction.atomic
def split(*, entry: TimeEntry, by: Person, at: datetime, version: int, moment: datetime) -> Change:
    """Make two entries of one at `moment`, so that a part can go to another task.

    Raises:
        Refused: the moment does not lie inside the entry.
    """
    hold(by)
    check_own(entry, by)
    check_open([(entry.started_at, entry.ended_at)], by)
    cut = hours.whole(moment)
    if not entry.started_at < cut < entry.ended_at:
        raise Refused(_("Choose a time between the start and the end of the entry."), field="moment")
    if entry.version != version:
        entry.bump(version)
    change = Change()
    end = entry.ended_at
    move(entry, (entry.started_at, cut), change)
    rest = TimeEntry(person=by, task=entry.task, category=entry.category, note=entry.note)
    rest.started_at, rest.ended_at, rest.minutes = cut, end, hours.length(cut, end)
    rest.save(force_insert=True)
    change.made.append(rest)
    return finish(change, by=by, at=at)


@transaction.atomic
def remove(*, entry: TimeEntry, by: Person, at: datetime) -> Change:
    """Remove an entry of one's own, and offer to take that back.

    Raises:
        Forbidden: it belongs to somebody else.
    """
    hold(by)
    if entry.person_id != by.pk:
        raise Forbidden(_("Only the person who recorded these hours may remove them."))
    check_open([(entry.started_at, entry.ended_at)], by)
    change = Change()
    drop(entry, change)
    return finish(change, by=by, at=at)


def finish(change: Change, *, by: Person, at: datetime) -> Change:
    """Record what happened in the histories of the tasks and for open pages, and offer the undo."""
    before, after = _by_task(change)
    tasks = Task.objects.in_bulk([pk for pk in {*before, *after} if pk])
    for pk, task in tasks.items():
        old, new = before.get(pk, 0), after.get(pk, 0)
        if old == new:
            continue
        kind = TimeRecorded if new > old else TimeRemoved
        activity.record(
            kind(
                subject_id=pk, by_id=by.pk, at=at, department_id=task.department_id, person_ids=(by.pk,),
                changes={"minutes": [old or None, new or None]},
            )
        )  # fmt: skip
    total = [sum(before.values()), sum(after.values())]
    activity.record(
        HoursChanged(subject_id=by.pk, by_id=by.pk, at=at, person_ids=(by.pk,), changes={"minutes": total})
    )
    arguments = {
        "made": [[entry.pk, entry.version] for entry in change.made],
        "moved": [[entry.pk, entry.version, old] for entry, old in change.moved],
        "removed": change.removed,
    }
    change.undo = activity.offer_undo(verb="hours.take_back", arguments=arguments, by=by, at=at)
    return change


def _by_task(change: Change) -> tuple[dict[int, int], dict[int, int]]:
    """Return task id -> minutes before and after; 0 stands for time on no task."""
    before: dict[int, int] = {}
    after: dict[int, int] = {}
    for old in [*change.removed, *(old for _entry, old in change.moved)]:
        before[old["task_id"] or 0] = before.get(old["task_id"] or 0, 0) + old["minutes"]
    for entry in [*change.made, *(entry for entry, _old in change.moved)]:
        after[entry.task_id or 0] = after.get(entry.task_id or 0, 0) + entry.minutes
    return before, after


@transaction.atomic
def take_back(
    *, by: Person, at: datetime, made: Sequence[Any], moved: Sequence[Any], removed: Sequence[Any]
) -> None:
    """Undo a change of hours as a whole.

    Raises:
        Refused: an entry has been changed since, or something else is recorded there now.
    """
    hold(by)
    change = Change()
    entries = TimeEntry.objects.filter(person=by).in_bulk([row[0] for row in [*made, *moved]])
    for pk, version, *_old in [*made, *moved]:
        if pk not in entries or entries[pk].version != version:
            raise Refused(_("These hours have been changed since. Correct them by hand."))
    check_open([(entry.started_at, entry.ended_at) for entry in entries.values()], by)
    for pk, _version in made:
        drop(entries[pk], change)
    for pk, _version, old in moved:
        _restore(entries[pk], old, change)
    for old in removed:
        _restore(TimeEntry(person=by), old, change)
    _check_apart(change, by)
    finish(change, by=by, at=at)


def _restore(entry: TimeEntry, old: dict[str, Any], change: Change) -> None:
    is_new = entry.pk is None
    if not is_new:
        change.moved.append((entry, snapshot(entry)))
    for name in KEPT[1:]:
        setattr(entry, name, old[name])
    if entry.task_id and not Task.objects.filter(pk=entry.task_id).exists():
        entry.task_id = None
    entry.started_at, entry.ended_at = _moment(old["started_at"]), _moment(old["ended_at"])
    if is_new:
        entry.save(force_insert=True)
        change.made.append(entry)
    else:
        entry.bump(entry.version, ["task", "category", "minutes", "note", "started_at", "ended_at"])


def _moment(text: str) -> datetime:
    moment = parse_datetime(text)
    if moment is None:
        raise Refused(_("These hours have been changed since. Correct them by hand."))
    return moment


def _check_apart(change: Change, by: Person) -> None:
    """Raise Refused if what was put back overlaps what is there, or lies in an approved week."""
    back = [*change.made, *(entry for entry, _old in change.moved)]
    check_open([(entry.started_at, entry.ended_at) for entry in back], by)
    for entry in back:
        rows = TimeEntry.objects.filter(person=by).touching(entry.started_at, entry.ended_at)
        clash = rows.exclude(pk=entry.pk).select_related("task").first()
        if clash is not None:
            raise Overlapping(clash, zone_of(by))


def check_own(entry: TimeEntry, by: Person) -> None:
    """Raise Forbidden unless the entry is one's own."""
    if entry.person_id != by.pk:
        raise Forbidden(_("Only the person who recorded these hours may change them."))


def check_task(task: Task | None, by: Person) -> None:
    """Raise Forbidden unless `by` may record hours at all, and works on the task."""
    if not by.may(Permission.WORK_CREATE):
        raise Forbidden(_("Your role only allows reading."))
    if task is not None and not work_permissions.can_edit(task, by):
        raise Forbidden(_("Only those who work on a task record hours on it."), field="task")


def _check_length(minutes: int) -> None:
    if not 1 <= minutes <= LONGEST_MINUTES:
        raise Refused(_("An entry is between 1 minute and 16 hours long."), field="minutes")


def check_span(span: Span, at: datetime) -> None:
    """Raise Refused unless the span lies in years people work in, and behind us."""
    start, end = span
    if not (is_plausible(start) and is_plausible(end)):
        raise Refused(_("Dates lie between the years 2000 and 2100."), field="started_at")
    if end <= start:
        raise Refused(_("The end lies after the start."), field="ended_at")
    if end > at + AHEAD:
        raise Refused(
            _("Hours are recorded after they were worked. Choose an earlier start."), field="started_at"
        )


def check_open(spans: Iterable[Span], person: Person) -> None:
    """Raise Refused if a span touches an approved week; one that is handed in counts as changed."""
    zone = zone_of(person)
    days = {day for start, end in spans for day, _minutes in hours.by_day(start, end, zone)}
    mondays = {day - timedelta(days=day.weekday()) for day in days}
    rows = Timesheet.objects.filter(person=person, week_start__in=mondays)
    locked = rows.filter(state=Timesheet.State.APPROVED).select_related("decided_by").first()
    if locked is not None:
        sentence = _("%(name)s has approved your hours of week %(week)s. Ask them to return the week first.")
        year, week, _weekday = locked.week_start.isocalendar()
        who = locked.decided_by.name if locked.decided_by else _("A lead")
        raise Refused(sentence % {"name": who, "week": f"{year}-W{week:02}"}, field="started_at")
    rows.filter(state=Timesheet.State.HANDED).update(version=F("version") + 1)
