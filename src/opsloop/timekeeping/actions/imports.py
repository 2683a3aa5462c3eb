"""Entries from elsewhere, taken in and taken out again as a whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from opsloop.activity import actions as activity
from opsloop.activity.events import DomainEvent
from opsloop.engines import hours
from opsloop.engines.hours import Span
from opsloop.organisation.models import Person
from opsloop.organisation.queries.blocks import zone_of
from opsloop.timekeeping.actions.entries import LONGEST_MINUTES, hold
from opsloop.timekeeping.events import HoursChanged, TimeRecorded, TimeRemoved
from opsloop.timekeeping.models import TimeEntry, Timesheet
from opsloop.work.models import Task

BATCH = 500


@dataclass(frozen=True)
class Draft:
    """An entry to be made; `row` is where it stands in its file."""

    row: int
    person: Person
    task: Task | None
    start: datetime
    end: datetime
    note: str


@dataclass(frozen=True)
class Sorted:
    """Drafts by what may become of them."""

    good: list[Draft]
    overlapping: list[Draft]
    locked: list[Draft]
    ahead: list[Draft]
    too_long: list[Draft]


def sort(drafts: Sequence[Draft], *, at: datetime) -> Sorted:
    """Return which drafts can be taken in: not ahead of `at`, not too long, in no approved week, overlapping nothing.

    Of two that overlap each other the earlier row stays. Two queries.
    """
    found = Sorted([], [], [], [], [])
    if not drafts:
        return found
    people = {draft.person.pk: draft.person for draft in drafts}
    taken = _taken(people, min(d.start for d in drafts), max(d.end for d in drafts))
    approved = Timesheet.objects.filter(person__in=people, state=Timesheet.State.APPROVED)
    locked = set(approved.values_list("person_id", "week_start"))
    for draft in drafts:
        if draft.end > at:
            found.ahead.append(draft)
        elif hours.length(draft.start, draft.end) > LONGEST_MINUTES:
            found.too_long.append(draft)
        elif locked & _weeks(draft):
            found.locked.append(draft)
        elif any(start < draft.end and draft.start < end for start, end in taken[draft.person.pk]):
            found.overlapping.append(draft)
        else:
            taken[draft.person.pk].append((draft.start, draft.end))
            found.good.append(draft)
    return found


def _taken(people: Collection[int], start: datetime, end: datetime) -> dict[int, list[Span]]:
    rows = TimeEntry.objects.filter(person__in=people).touching(start, end).order_by("started_at")
    taken: dict[int, list[Span]] = defaultdict(list)
    for person_id, since, until in rows.values_list("person_id", "started_at", "ended_at"):
        taken[person_id].append((since, until))
    return taken


def _weeks(draft: Draft) -> set[tuple[int, object]]:
    days = hours.by_day(draft.start, draft.end, zone_of(draft.person))
    return {(draft.person.pk, day - timedelta(days=day.weekday())) for day, _minutes in days}


def take_in(drafts: Sequence[Draft], *, by: Person, at: datetime) -> list[TimeEntry]:
    """Make the entries of what `sort` found good, inside the caller's transaction; what clashes by now is left out."""
    for person in sorted({draft.person for draft in drafts}, key=lambda one: one.pk):
        hold(person)
    rows = [
        TimeEntry(
            person=draft.person, task=draft.task, note=draft.note[:200], started_at=draft.start, ended_at=draft.end,
            minutes=hours.length(draft.start, draft.end),
        )
        for draft in sort(drafts, at=at).good
    ]  # fmt: skip
    made = TimeEntry.objects.bulk_create(rows, batch_size=BATCH)
    _tell(made, TimeRecorded, by, at)
    return made


def take_out(steps: Iterable[Sequence[int]], *, by: Person, at: datetime) -> tuple[int, int]:
    """Remove entries named by [id, version] unless they were changed since; return how many went and stayed."""
    versions: dict[int, int] = {step[0]: step[1] for step in steps}
    found = TimeEntry.objects.filter(pk__in=list(versions)).select_related("task", "person")
    gone = [entry for entry in found if entry.version == versions[entry.pk]]
    for person in sorted({entry.person for entry in gone}, key=lambda one: one.pk):
        hold(person)
    approved = Timesheet.objects.filter(
        person__in={e.person_id for e in gone}, state=Timesheet.State.APPROVED
    )
    locked = set(approved.values_list("person_id", "week_start"))
    gone = [
        entry
        for entry in gone
        if not locked & _weeks(Draft(0, entry.person, None, entry.started_at, entry.ended_at, ""))
    ]
    TimeEntry.objects.filter(pk__in=[entry.pk for entry in gone]).delete()
    _tell(gone, TimeRemoved, by, at)
    return len(gone), len(versions) - len(gone)


def _tell(entries: Sequence[TimeEntry], kind: type[DomainEvent], by: Person, at: datetime) -> None:
    tasks: dict[int, tuple[Task, int]] = {}
    people: dict[int, int] = defaultdict(int)
    for entry in entries:
        people[entry.person_id] += entry.minutes
        if entry.task is not None:
            _task, before = tasks.get(entry.task.pk, (entry.task, 0))
            tasks[entry.task.pk] = (entry.task, before + entry.minutes)
    events: list[DomainEvent] = [
        kind(
            subject_id=pk, by_id=by.pk, at=at, department_id=task.department_id,
            changes={"minutes": [None, minutes] if kind is TimeRecorded else [minutes, None]},
        )
        for pk, (task, minutes) in tasks.items()
    ]  # fmt: skip
    events += [
        HoursChanged(subject_id=pk, by_id=by.pk, at=at, person_ids=(pk,), changes={"minutes": [0, minutes]})
        for pk, minutes in people.items()
    ]
    activity.record_many(events)
