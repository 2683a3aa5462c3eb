"""One day of a person's hours: entries and gaps, what was planned beside them, and what may fill the gaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opsloop.activity import registry
from opsloop.engines import hours, intervals
from opsloop.engines.hours import Known, Span
from opsloop.organisation.models import Person
from opsloop.organisation.queries.blocks import blocks_for, zone_of
from opsloop.timekeeping.actions import timer as timers
from opsloop.timekeeping.models import TimeEntry, Timer, Timesheet
from opsloop.work.models import Task

BASIS_WORDS: dict[str, Promise] = {
    "planned": _("as planned"),
    "finished": _("finished then"),
    "usual": _("as a week ago"),
}
# Finished work had its time before it was closed; how long at most is offered when nobody estimated it.
FINISHED_MINUTES = 60
HOUR = 60


@dataclass(frozen=True)
class Line:
    """One entry as a day shows it: only its share of that day, if it crosses midnight."""

    entry: TimeEntry
    starts_at: datetime
    ends_at: datetime
    minutes: int
    crosses: bool
    title: str


@dataclass(frozen=True)
class Offer:
    """An entry that one click records."""

    task: Task
    starts_at: datetime
    ends_at: datetime
    basis: Promise

    @property
    def minutes(self) -> int:
        """Its length."""
        return hours.length(self.starts_at, self.ends_at)


@dataclass(frozen=True)
class Gap:
    """Working time in which nothing is recorded."""

    starts_at: datetime
    ends_at: datetime
    offers: Sequence[Offer]
    entry: None = None

    @property
    def minutes(self) -> int:
        """Its length."""
        return hours.length(self.starts_at, self.ends_at)


@dataclass(frozen=True)
class Plan:
    """A piece of the accepted plan."""

    title: str
    task_id: int
    starts_at: datetime
    ends_at: datetime
    is_seen: bool


@dataclass(frozen=True)
class Bar:
    """A rectangle of the strip that shows the day at a glance, in minutes from its beginning."""

    x: int
    width: int
    css: str
    title: str


@dataclass
class Day:
    """The page of a day. Minutes throughout."""

    day: date
    lines: list[Line] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    working: int = 0
    timer: Timer | None = None
    sheet: Timesheet | None = None
    strip_start: int = 0
    strip_end: int = 0
    bars: list[Bar] = field(default_factory=list)

    @property
    def recorded(self) -> int:
        """Recorded on this day."""
        return sum(line.minutes for line in self.lines)

    @property
    def planned(self) -> int:
        """Planned for this day."""
        return sum(hours.length(plan.starts_at, plan.ends_at) for plan in self.plans)

    @property
    def in_order(self) -> list[Line | Gap]:
        """Entries and gaps in the order of time."""
        return sorted([*self.lines, *self.gaps], key=lambda one: one.starts_at)

    @property
    def ticks(self) -> list[tuple[int, int]]:
        """The full hours of the strip: where, and which."""
        return [
            (at - self.strip_start, at // HOUR) for at in range(self.strip_start, self.strip_end + 1, HOUR)
        ]

    @property
    def strip_width(self) -> int:
        """How many minutes the strip is long."""
        return self.strip_end - self.strip_start


def load(person: Person, day: date, *, by: Person, at: datetime) -> Day:
    """Return the day of `person` as `by` may see it at `at`. The caller has checked that they may see hours.

    At most eleven queries, however full the day.
    """
    zone = zone_of(person)
    span = hours.day_span(day, zone)
    entries = _entries(person, span)
    today = [entry for entry in entries if entry.started_at < span[1] and entry.ended_at > span[0]]
    planned = registry.planned_spans([person], *span)
    blocks = [(block.start, block.end) for block in blocks_for(person, [day]) if block.kind.workable]
    earlier = [entry for entry in entries if entry not in today]
    tasks = _tasks(
        person, by, span, [one.task_id for one in planned] + [e.task_id for e in [*today, *earlier]]
    )
    found = Day(day=day, working=sum(hours.length(*block) for block in blocks))
    found.timer = timers.running(person) if person == by else None
    monday = day - timedelta(days=day.weekday())
    found.sheet = Timesheet.objects.filter(person=person, week_start=monday).first()
    found.lines = [_line(entry, span, zone, tasks) for entry in today]
    found.plans = [_plan(one, span, zone, tasks) for one in planned]
    known = _known(planned, earlier, tasks, span)
    found.gaps = _gaps(found, blocks, known, tasks, at, zone)
    _strip(found, span, at)
    return found


def _entries(person: Person, span: Span) -> list[TimeEntry]:
    """Return the entries of the day and of the same day a week before, which tell what is usual. One query."""
    week = timedelta(days=7)
    on_day = Q(started_at__lt=span[1], ended_at__gt=span[0])
    before = Q(started_at__gte=span[0] - week, ended_at__lte=span[1] - week, task__closed_at__isnull=True)
    rows = TimeEntry.objects.filter(Q(person=person) & (on_day | (before & Q(task__isnull=False))))
    return list(rows.select_related("task__category", "category").order_by("started_at"))


def _tasks(person: Person, by: Person, span: Span, ids: Sequence[int | None]) -> dict[int, Task]:
    """Return what `by` may see of the named tasks, and of what `person` finished that day. One query."""
    finished = Q(owner=person, status=Task.Status.DONE, closed_at__gte=span[0], closed_at__lt=span[1])
    rows = Task.objects.visible_to(by).alive().filter(Q(pk__in=[pk for pk in ids if pk]) | finished)
    return {task.pk: task for task in rows}


def _line(entry: TimeEntry, span: Span, zone: ZoneInfo, tasks: dict[int, Task]) -> Line:
    start, end = max(entry.started_at, span[0]), min(entry.ended_at, span[1])
    crosses = start != entry.started_at or end != entry.ended_at
    return Line(
        entry,
        start.astimezone(zone),
        end.astimezone(zone),
        hours.length(start, end),
        crosses,
        title_of(entry, tasks),
    )


def title_of(entry: TimeEntry, tasks: dict[int, Task]) -> str:
    """Return what an entry is called; a task the reader may not see has no name."""
    if entry.task_id is None:
        return entry.note
    return tasks[entry.task_id].title if entry.task_id in tasks else str(_("A task of another department"))


def _plan(one: registry.PlannedSpan, span: Span, zone: ZoneInfo, tasks: dict[int, Task]) -> Plan:
    task = tasks.get(one.task_id)
    title = task.title if task else str(_("A task of another department"))
    start, end = max(one.starts_at, span[0]), min(one.ends_at, span[1])
    return Plan(title, one.task_id, start.astimezone(zone), end.astimezone(zone), task is not None)


def _known(
    planned: Sequence[registry.PlannedSpan], earlier: Sequence[TimeEntry], tasks: dict[int, Task], span: Span
) -> list[Known]:
    known = [Known(one.task_id, one.starts_at, one.ends_at, "planned") for one in planned]
    for task in tasks.values():
        if task.closed_at and span[0] <= task.closed_at < span[1]:
            end = hours.whole(task.closed_at)
            minutes = task.estimate_minutes or FINISHED_MINUTES
            known.append(Known(task.pk, hours.shifted(end, -minutes), end, "finished"))
    week = timedelta(days=7)
    known += [Known(e.task_id or 0, e.started_at + week, e.ended_at + week, "usual") for e in earlier]
    return [one for one in known if one.task in tasks]


def _gaps(
    found: Day,
    blocks: Sequence[Span],
    known: Sequence[Known],
    tasks: dict[int, Task],
    at: datetime,
    zone: ZoneInfo,
) -> list[Gap]:
    until = min(at, found.timer.started_at) if found.timer else at
    taken = [(line.starts_at, line.ends_at) for line in found.lines]
    gaps = []
    for start, end in hours.gaps(blocks, taken, hours.whole(until)):
        offers = [
            Offer(
                tasks[one.task], one.start.astimezone(zone), one.end.astimezone(zone), BASIS_WORDS[one.basis]
            )
            for one in hours.suggest((start, end), known)
        ]
        gaps.append(Gap(start.astimezone(zone), end.astimezone(zone), offers))
    return gaps


def _strip(found: Day, span: Span, at: datetime) -> None:
    """Lay the day out as bars: planned above, recorded below, on as many full hours as are needed."""

    def minute(moment: datetime) -> int:
        return hours.length(span[0], moment)

    pieces: list[tuple[Any, str, str]] = [(plan, "bar-planned", plan.title) for plan in found.plans]
    pieces += [(line, "bar-recorded", line.title) for line in found.lines]
    pieces += [(gap, "bar-gap", "") for gap in found.gaps]
    starts = [minute(one.starts_at) for one, _css, _title in pieces] + [9 * HOUR]
    ends = [minute(one.ends_at) for one, _css, _title in pieces] + [18 * HOUR]
    found.strip_start = min(starts) // HOUR * HOUR
    found.strip_end = -(-max(ends) // HOUR) * HOUR
    for one, css, title in pieces:
        x = minute(one.starts_at)
        text = f"{one.starts_at:%H:%M}–{one.ends_at:%H:%M} {title}".strip()
        found.bars.append(Bar(x - found.strip_start, minute(one.ends_at) - x, css, text))
    if span[0] <= at < span[1] and found.strip_start <= minute(at) <= found.strip_end:
        found.bars.append(Bar(minute(at) - found.strip_start, 2, "bar-now", ""))


def free_time(person: Person, day: date, *, at: datetime, besides: int = 0) -> list[Span]:
    """Return where hours may still be recorded on a day: free working time first, then the rest of the day.

    Before now only; a running timer keeps its time. Eight queries.
    """
    zone = zone_of(person)
    start, end = hours.day_span(day, zone)
    rows = TimeEntry.objects.filter(person=person).touching(start, end).exclude(pk=besides)
    taken: list[Span] = list(rows.values_list("started_at", "ended_at"))
    timer = timers.running(person)
    until = hours.whole(min(filter(None, [at, end, timer.started_at if timer else None])))
    working = [(block.start, block.end) for block in blocks_for(person, [day]) if block.kind.workable]
    # Focus and fragments that touch are one stretch: an entry is not cut where their kind changes.
    blocks = intervals.clip(working, start, max(start, until))
    first = [piece for block in blocks for piece in hours.without(block, taken)]
    last = blocks[-1][1] if blocks else start + timedelta(hours=9)
    after = hours.without((last, until), [*taken, *blocks]) if last < until else []
    before = hours.without((start, min(last, until)), [*taken, *blocks]) if start < min(last, until) else []
    return [*first, *after, *before]
