"""A week of hours as a grid: tasks by days, planned beside recorded; and the weeks of a team."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from opsloop.activity import registry
from opsloop.engines import hours
from opsloop.engines.hours import Span
from opsloop.organisation.models import Organisation, Person
from opsloop.organisation.queries.blocks import blocks_for, zone_of
from opsloop.organisation.roles import Permission
from opsloop.timekeeping.models import TimeEntry, Timesheet
from opsloop.work.models import Task

# A lead looks at a team; a whole company belongs into a report.
MOST_PEOPLE = 200
DAYS = 7


def week_name(day: date) -> str:
    """Return the name of the ISO week of `day`, such as "2026-W48"."""
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02}"


def monday_of(day: date) -> date:
    """Return the Monday of the week of `day`."""
    return day - timedelta(days=day.weekday())


def span_of_week(monday: date, zone: ZoneInfo) -> Span:
    """Return a week as a span in `zone`."""
    return hours.midnight(monday, zone), hours.midnight(monday + timedelta(days=DAYS), zone)


@dataclass
class Cell:
    """Minutes on one task (or one day, in the sums)."""

    day: date
    recorded: int = 0
    planned: int = 0


@dataclass
class Row:
    """One task of a week; without a task the time that has none."""

    task_id: int | None
    title: str
    category: str
    cells: list[Cell]
    is_seen: bool = True

    @property
    def recorded(self) -> int:
        """Recorded in the week."""
        return sum(cell.recorded for cell in self.cells)

    @property
    def planned(self) -> int:
        """Planned in the week."""
        return sum(cell.planned for cell in self.cells)


@dataclass
class Week:
    """The page of a week. Minutes throughout."""

    monday: date
    days: list[date]
    rows: list[Row] = field(default_factory=list)
    working: dict[date, int] = field(default_factory=dict)
    by_category: list[tuple[str, int]] = field(default_factory=list)
    sheet: Timesheet | None = None
    rounded: int = 0

    @property
    def recorded(self) -> int:
        """Recorded in the week."""
        return sum(row.recorded for row in self.rows)

    @property
    def planned(self) -> int:
        """Planned in the week."""
        return sum(row.planned for row in self.rows)

    @property
    def available(self) -> int:
        """Working time of the week."""
        return sum(self.working.values())

    @property
    def sums(self) -> list[tuple[Cell, int]]:
        """For each day what is recorded and planned, and its working time."""
        found = []
        for place, day in enumerate(self.days):
            recorded = sum(row.cells[place].recorded for row in self.rows)
            planned = sum(row.cells[place].planned for row in self.rows)
            found.append((Cell(day, recorded, planned), self.working.get(day, 0)))
        return found


def load(person: Person, monday: date, *, by: Person, organisation: Organisation | None) -> Week:
    """Return the week of `person` as `by` may see it. The caller has checked that they may see hours.

    At most ten queries, however many entries.
    """
    zone = zone_of(person)
    span = span_of_week(monday, zone)
    dates = [monday + timedelta(days=n) for n in range(DAYS)]
    rows = TimeEntry.objects.filter(person=person).touching(*span)
    entries = list(rows.select_related("task__category", "category").order_by("started_at"))
    planned = registry.planned_spans([person], *span)
    ids = {one.task_id for one in planned} | {entry.task_id for entry in entries if entry.task_id}
    tasks = {t.pk: t for t in Task.objects.visible_to(by).filter(pk__in=ids).select_related("category")}
    week = Week(monday, dates)
    week.rows = _rows(entries, planned, tasks, dates, zone)
    for block in blocks_for(person, dates):
        if block.kind.workable:
            day = block.start.date()
            week.working[day] = week.working.get(day, 0) + hours.length(block.start, block.end)
    week.by_category = _by_category(entries, set(dates), zone)
    week.sheet = (
        Timesheet.objects.filter(person=person, week_start=monday).select_related("decided_by").first()
    )
    week.rounded = sum(
        rounded(entry.minutes, organisation) for entry in entries if entry.started_at >= span[0]
    )
    week.days = [d for d in dates if d.weekday() < 5 or _is_used(week, dates.index(d))]
    if len(week.days) < DAYS:
        _keep(week, [dates.index(day) for day in week.days])
    return week


def rounded(minutes: int, organisation: Organisation | None) -> int:
    """Return the minutes of one entry as reports count them, by the rule of the organisation."""
    if organisation is None:
        return minutes
    return hours.rounded(minutes, organisation.hours_step, up=organisation.hours_round_up)


def _rows(
    entries: Sequence[TimeEntry],
    planned: Sequence[registry.PlannedSpan],
    tasks: dict[int, Task],
    dates: list[date],
    zone: ZoneInfo,
) -> list[Row]:
    rows: dict[int | None, Row] = {}
    places = {day: place for place, day in enumerate(dates)}

    def cells(task_id: int | None, start: datetime, end: datetime) -> list[tuple[Cell, int]]:
        row = rows.get(task_id) or rows.setdefault(task_id, _row(task_id, tasks, dates))
        days = hours.by_day(start, end, zone)
        return [(row.cells[places[day]], minutes) for day, minutes in days if day in places]

    for entry in entries:
        for cell, minutes in cells(entry.task_id, entry.started_at, entry.ended_at):
            cell.recorded += minutes
    for piece in planned:
        for cell, minutes in cells(piece.task_id, piece.starts_at, piece.ends_at):
            cell.planned += minutes
    return sorted(
        rows.values(), key=lambda row: (row.task_id is None, -row.recorded, -row.planned, row.title)
    )


def _row(task_id: int | None, tasks: dict[int, Task], dates: list[date]) -> Row:
    cells = [Cell(day) for day in dates]
    if task_id is None:
        return Row(None, _("No task"), "", cells)
    task = tasks.get(task_id)
    if task is None:
        return Row(task_id, _("A task of another department"), "", cells, is_seen=False)
    return Row(task_id, task.title, task.category.name if task.category else "", cells)


def _by_category(entries: Sequence[TimeEntry], dates: set[date], zone: ZoneInfo) -> list[tuple[str, int]]:
    """Return category and minutes, the greatest first."""
    sums: dict[str, int] = defaultdict(int)
    for entry in entries:
        kind = entry.kind
        name = kind.name if kind else _("No category")
        sums[name] += sum(
            n for day, n in hours.by_day(entry.started_at, entry.ended_at, zone) if day in dates
        )
    return [one for one in sorted(sums.items(), key=lambda one: -one[1]) if one[1]]


def _is_used(week: Week, place: int) -> bool:
    used = any(row.cells[place].recorded or row.cells[place].planned for row in week.rows)
    return used or bool(week.working.get(week.monday + timedelta(days=place)))


def _keep(week: Week, places: Sequence[int]) -> None:
    for row in week.rows:
        row.cells = [row.cells[place] for place in places]


@dataclass(frozen=True)
class Member:
    """The week of a colleague as their lead sees it."""

    person: Person
    recorded: int
    rounded: int
    planned: int
    sheet: Timesheet | None
    may_decide: bool

    @property
    def state(self) -> str:
        """The state of the week; open before it was handed in."""
        return self.sheet.state if self.sheet else Timesheet.State.OPEN


def team(by: Person, monday: date, *, organisation: Organisation | None) -> list[Member]:
    """Return the week of everybody whose hours `by` sees, those who wait for a decision first. Four queries."""
    reach = by.reaches.departments(Permission.TIME_VIEW)
    people = Person.objects.visible_to(by).active()
    if reach is not None:
        people = people.filter(department_id__in=reach)
    members = list(people.select_related("department").order_by("name")[:MOST_PEOPLE])
    span = span_of_week(monday, zone_of(by))
    entries = TimeEntry.objects.filter(person__in=members, started_at__gte=span[0], started_at__lt=span[1])
    raw: dict[int, int] = defaultdict(int)
    counted: dict[int, int] = defaultdict(int)
    for person_id, minutes in entries.order_by().values_list("person_id", "minutes"):
        raw[person_id] += minutes
        counted[person_id] += rounded(minutes, organisation)
    planned: dict[int, int] = defaultdict(int)
    for one in registry.planned_spans(members, *span):
        planned[one.person_id] += hours.length(one.starts_at, one.ends_at)
    sheets = Timesheet.objects.filter(person__in=members, week_start=monday).select_related("decided_by")
    by_person = {sheet.person_id: sheet for sheet in sheets}
    found = [
        Member(one, raw[one.pk], counted[one.pk], planned[one.pk], by_person.get(one.pk), may_decide(one, by))
        for one in members
    ]
    return sorted(found, key=lambda one: (one.state != Timesheet.State.HANDED, one.person.name))


def may_decide(person: Person, by: Person) -> bool:
    """Whether `by` decides on the weeks of `person`: leads their department, and is not that person.

    Who leads the whole organisation has nobody above, and decides on their own.
    """
    leads = by.reaches.departments(Permission.WORK_ASSIGN)
    sees = by.reaches.departments(Permission.TIME_VIEW)
    if leads is None and sees is None:
        return True
    held = [reach is None or person.department_id in reach for reach in (leads, sees)]
    return all(held) and person != by
