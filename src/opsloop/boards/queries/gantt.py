"""What a Gantt chart shows: bars with their slack, links, days off, and how a remembered plan stood."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from opsloop.boards.models import Baseline
from opsloop.engines.bars import Bar, bar
from opsloop.engines.criticalpath import Activity, Link, Slot, slots
from opsloop.engines.workcalendar import WorkCalendar
from opsloop.engines.worktime import WorkAxis
from opsloop.organisation.models import Person
from opsloop.organisation.queries import working_calendar
from opsloop.portfolio.models import KeyNode
from opsloop.work import permissions
from opsloop.work.models import Dependency, Project, Task
from opsloop.work.models.tasks import DUE_LAST
from opsloop.work.queries import lists
from opsloop.work.queries.lists import ListState

# More bars than this no chart makes readable; the page says so and asks for a filter.
MOST = 10_000
# How far before the first and after the last bar the days are told apart.
MARGIN = timedelta(days=45)
FIELDS = (
    "number", "title", "version", "status", "progress", "estimate_minutes", "starts_at", "due_at",
    "is_milestone", "closed_at", "deleted_at", "department_id", "created_by_id", "requester_id", "owner_id",
    "project_id", "parent_id",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A task of the chart: its bar (None without dates), its slot in the plan (None without one), its limits."""

    task: Task
    bar: Bar | None
    slot: Slot | None
    may_edit: bool

    @property
    def slack_days(self) -> float | None:
        """How many working days it can slip, to a tenth."""
        return round(self.slot.slack / 480, 1) if self.slot else None

    @property
    def is_critical(self) -> bool:
        """Whether it lies on the critical path."""
        return self.slot is not None and self.slot.is_critical


@dataclass(frozen=True)
class Chart:
    """Everything of one chart, as values."""

    lines: Sequence[Line]
    links: Sequence[Dependency]
    # Tasks that wait for something the reader may not see.
    waiting_for_hidden: frozenset[int]
    projects: Mapping[int, Project]
    hidden_projects: frozenset[int]
    people: Mapping[int, str]
    calendar: WorkCalendar
    axis: WorkAxis
    is_cut: bool
    nodes: Sequence[KeyNode] = ()
    by_id: Mapping[int, Line] = field(default_factory=dict)


def chart(person: Person, state: ListState, *, now: datetime) -> Chart:
    """Return the chart of the tasks in `state`, with the key nodes of their projects. Five queries."""
    found = lists.matching(person, state, now=now).order_by(DUE_LAST, "due_at", "pk")
    tasks = load(person, found, most=MOST + 1)
    chart = of_tasks(person, tasks[:MOST], now=now, is_cut=len(tasks) > MOST)
    nodes = (
        KeyNode.objects.visible_to(person).alive().filter(project__in=chart.projects, due_at__isnull=False)
    )
    return replace(chart, nodes=list(nodes.only("title", "project_id", "due_at", "reached_at")))


def load(person: Person, tasks: QuerySet[Task], *, most: int = MOST) -> list[Task]:
    """Return tasks with just what a bar and its permissions ask for. One query."""
    named: Any = tasks.only(*FIELDS).annotate(owner_name=F("owner__name"), helps=lists.helped_by(person))
    return list(named[:most])


def of_tasks(person: Person, tasks: Sequence[Task], *, now: datetime, is_cut: bool = False) -> Chart:
    """Return the chart of these visible tasks, which `load` has loaded. Three queries."""
    projects, hidden = _projects(person, {one.project_id for one in tasks if one.project_id})
    zone = timezone.get_current_timezone()
    calendar, axis = _days(tasks, now)
    bars: dict[int, Bar | None] = {}
    people: dict[int, str] = {}
    for one in tasks:
        if one.project_id:
            # Who owns the project may change its tasks; asking for each task would be a query each.
            one.project = projects.get(one.project_id) or hidden.get(one.project_id)
        if one.owner_id:
            people[one.owner_id] = one.__dict__["owner_name"]
        bars[one.pk] = _bar(one, axis, zone)
    links, waiting = _links(person, bars.keys())
    found = slots(activities(tasks, bars), [Link(*ends(one)) for one in links])
    lines = [
        Line(
            one,
            bars[one.pk],
            found.get(one.pk),
            permissions.can_edit(one, person, helps=bool(one.__dict__["helps"])),
        )
        for one in tasks
    ]
    return Chart(
        lines, links, waiting, projects, frozenset(hidden), people, calendar, axis, is_cut,
        by_id={line.task.pk: line for line in lines},
    )  # fmt: skip


def _projects(person: Person, wanted: set[int]) -> tuple[dict[int, Project], dict[int, Project]]:
    """Return the projects of tasks by their keys: those that the person may see, and the others. One query."""
    seen = Project.objects.visible_to(person).filter(pk=OuterRef("pk"))
    rows = Project.objects.filter(pk__in=wanted).only("name", "due_on", "starts_on", "owner_id")
    found: Any = rows.annotate(is_seen=Exists(seen)) if wanted else ()
    shown: dict[int, Project] = {}
    hidden: dict[int, Project] = {}
    for one in found:
        (shown if one.is_seen else hidden)[one.pk] = one
    return shown, hidden


def activities(tasks: Iterable[Task], bars: Mapping[int, Bar | None]) -> list[Activity]:
    """Return the open tasks that have a bar as activities; a project ends together."""
    found = []
    for one in tasks:
        place = bars[one.pk]
        if place is not None and one.is_open:
            found.append(Activity(one.pk, place.place, place.minutes, one.project_id))
    return found


def ends(link: Dependency) -> tuple[int, int, int]:
    """Return predecessor, successor and lag of a dependency."""
    return link.predecessor_id, link.successor_id, link.lag_minutes


def _days(tasks: Sequence[Task], now: datetime) -> tuple[WorkCalendar, WorkAxis]:
    """Return the calendar of the years that the tasks lie in, and the axis from before the first of them."""
    moments = [now, *(m for one in tasks for m in (one.starts_at, one.due_at) if m)]
    first, last = min(moments).date(), max(moments).date()
    # A slip of the pen must not build a century of calendars.
    years = set(range(max(first.year, now.year - 3), min(last.year, now.year + 3) + 1))
    calendar = working_calendar(years)
    return calendar, WorkAxis(calendar, first - MARGIN)


def _bar(task: Task, axis: WorkAxis, zone: tzinfo) -> Bar | None:
    start, due = local(task.starts_at, zone), local(task.due_at, zone)
    if start and due and start > due:
        start = None
    return bar(start, due, task.estimate_minutes, axis, is_milestone=task.is_milestone)


def local(moment: datetime | None, zone: tzinfo) -> datetime | None:
    """Return the wall-clock time of a moment in the zone where the reader is."""
    return moment.astimezone(zone).replace(tzinfo=None) if moment else None


def _links(person: Person, ids: Collection[int]) -> tuple[list[Dependency], frozenset[int]]:
    """Return the links between the tasks, and which of them wait for something the reader may not see. One query."""
    seen = Task.objects.visible_to(person).filter(pk=OuterRef("predecessor_id"))
    is_open = Q(predecessor__closed_at__isnull=True, predecessor__deleted_at__isnull=True)
    rows = Dependency.objects.filter(successor__in=ids).only("predecessor_id", "successor_id", "lag_minutes")
    into: list[Any] = list(rows.annotate(is_hidden=is_open & ~Exists(seen)).order_by("pk"))
    inside = [one for one in into if one.predecessor_id in ids]
    # What stands in the chart itself has been found by the reader's own view of the tasks.
    hidden = {one.successor_id for one in into if one.is_hidden and one.predecessor_id not in ids}
    return inside, frozenset(hidden)


# --- as the page's script reads it -----------------------------------------------------------------------


def as_json(found: Chart, *, now: datetime, baseline: Baseline | None = None) -> dict[str, Any]:
    """Return the chart for the island: arrays in the order of `COLUMNS` keep 10,000 rows small."""
    zone = timezone.get_current_timezone()
    remembered = baseline.dates if baseline else {}
    rows = [_row(line, remembered.get(str(line.task.pk)), zone) for line in found.lines]
    today = now.astimezone(zone)
    return {
        "now": today.strftime("%Y-%m-%dT%H:%M"),
        "tasks": rows,
        "links": [[one.pk, *ends(one)] for one in found.links],
        "hidden": sorted(found.waiting_for_hidden),
        "projects": {
            pk: {
                "name": one.name,
                "owner": one.owner_id,
                "due": one.due_on.isoformat() if one.due_on else None,
            }
            for pk, one in found.projects.items()
        }
        | {
            pk: {"name": _("A project of another department"), "owner": None, "due": None}
            for pk in found.hidden_projects
        },
        "people": found.people,
        "nodes": [
            [
                one.project_id,
                one.title,
                _minute(one.due_at.astimezone(zone)) if one.due_at else None,
                int(one.is_reached),
                int(one.is_missed(now)),
            ]
            for one in found.nodes
        ],
        "off": _off(found, today.date()),
        "cut": found.is_cut,
    }


def _row(line: Line, remembered: Sequence[str | None] | None, zone: tzinfo) -> list[Any]:
    task, place = line.task, line.bar
    return [
        task.pk, task.version, task.title, task.parent_id, task.project_id, task.owner_id, task.status,
        task.progress, task.estimate_minutes,
        _minute(place.start) if place else None,
        _minute(place.due) if place else None,
        bool(place and place.start_assumed) | bool(place and place.due_assumed) << 1,
        int(task.is_milestone), line.slack_days, int(line.is_critical), int(line.may_edit),
        [_minute(datetime.fromisoformat(one).astimezone(zone)) if one else None for one in remembered]
        if remembered
        else None,
    ]  # fmt: skip


def _minute(moment: datetime) -> str:
    """Return a local moment to the minute."""
    return moment.isoformat()[:16]


def _off(found: Chart, today: date) -> dict[str, str]:
    """Return the days of the chart on which nobody works and the make-up days, each with its name.

    Plain weekends have no entry: the script knows them.
    """
    days = [today] + [m.date() for line in found.lines if line.bar for m in (line.bar.start, line.bar.due)]
    first = max(min(days), today - timedelta(days=1100)) - MARGIN
    last = min(max(days), today + timedelta(days=1100)) + 2 * MARGIN
    named = {}
    for n in range((last - first).days):
        day = first + timedelta(days=n)
        kind = found.calendar.kind_of(day)
        if kind in {"holiday", "makeup"}:
            named[day.isoformat()] = f"{kind}:{found.calendar.name_of(day)}"
    return named


def baselines(person: Person, project: int) -> list[Baseline]:
    """Return the remembered plans of a project, the newest first."""
    return list(Baseline.objects.visible_to(person).filter(project_id=project).defer("dates"))


# --- the same as a table ---------------------------------------------------------------------------------

TABLE_ROWS = 100


def table_order(found: Chart) -> list[Line]:
    """Return the lines by start; what has no dates comes last."""
    dated = sorted(
        (line for line in found.lines if line.bar),
        key=lambda line: (line.bar and line.bar.start, line.task.pk),
    )
    return [*dated, *(line for line in found.lines if line.bar is None)]


def project_of(state: ListState) -> int | None:
    """Return the one project that a view is about, if it is about one."""
    return state.project[0] if len(state.project) == 1 else None
