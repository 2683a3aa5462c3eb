"""Tables out: the methodology's five and the tree of goals, filled from the record."""

# ruff: noqa: ARG001  (every table is built by the same call)

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opsloop.engines.sheets import tables
from opsloop.engines.sheets.tables import Table
from opsloop.goals.queries import tree
from opsloop.organisation.models import Person
from opsloop.planning.models import Placement
from opsloop.planning.weeks import span, week_name
from opsloop.timekeeping.queries import minutes_by_task
from opsloop.work import priorities
from opsloop.work.models import Task
from opsloop.work.queries import goals as work
from opsloop.work.queries.neighbours import veil

# A table longer than this is not printed; filter it first.
MOST_ROWS = 20_000
STATUSES = {"todo": "not_started", "doing": "in_progress"}


@dataclass(frozen=True)
class Kind:
    """One table that can be taken out: its name in the methodology and what stands in it."""

    name: str
    # As it stands in the file, whatever language the page has.
    title: str
    label: Promise
    lede: Promise
    build: Callable[[Person, QuerySet[Task], date, datetime], Table]


def kinds() -> Mapping[str, Kind]:
    """Return the tables by the name used in addresses and on the command line."""
    rows = (
        Kind(
            "daily",
            "每日工作计划表",
            _("Daily work plan"),
            _("What stands in a day: estimate, actual hours and state."),
            daily,
        ),
        Kind(
            "weekly",
            "周工作计划表",
            _("Weekly work plan"),
            _("The week of each person, a column a day, with the goal behind it."),
            weekly,
        ),
        Kind(
            "ranking",
            "任务优先级排序表",
            _("Task ranking"),
            _("Open tasks in the order of relevance and urgency."),
            ranking,
        ),
        Kind(
            "tracking",
            "日常运营任务跟踪表",
            _("Tracking of operations tasks"),
            _("Every task with its span, state and what really happened."),
            tracking,
        ),
        Kind(
            "assignment",
            "任务分配表",
            _("Task assignment"),
            _("Who does what until when, to which standard."),
            assignment,
        ),
        Kind(
            "goals",
            "目标分解表",
            _("Goal tree"),
            _("The active goals as they are aligned: measures, attainment and the work behind them."),
            goal_tree,
        ),
    )
    return {row.name: row for row in rows}


def goal_tree(person: Person, tasks: QuerySet[Task], day: date, now: datetime) -> Table:
    """Return the 目标分解表: the active goals as they are aligned, with attainment and the work behind them."""
    nodes = tree.tree(person, tree.Filters(), now=now).nodes
    works = work.shares(person, [node.pk for node in nodes], now=now)
    return tables.goal_tree(
        [_goal_line(node, works.get(node.pk), ZoneInfo(person.time_zone)) for node in nodes],
        subtitle=day.isoformat(),
    )


def _goal_line(node: tree.Node, share: work.Share | None, zone: ZoneInfo) -> tables.GoalLine:
    row = node.row
    return tables.GoalLine(
        number=row.number,
        title=row.title,
        depth=node.depth,
        horizon=row.horizon,
        department=row.department_name,
        module=row.module_name,
        owner=row.owner_name,
        start=row.starts_on,
        due=row.due_on,
        measures="\n".join(f"{one.name} {one.way_text}（现{one.now_text}）" for one in node.results) or None,
        attainment=node.attainment,
        expected=node.expected,
        work=share.percent if share else None,
        confidence=node.confidence or None,
        checked=node.checked_at.astimezone(zone).date() if node.checked_at else None,
    )


def tasks_of(person: Person, scope: str) -> QuerySet[Task]:
    """Return the tasks that go into a table: one's own, or everything one may see."""
    rows = Task.objects.visible_to(person).alive()
    if scope == "mine":
        rows = rows.filter(Q(owner=person) | Q(collaborators=person)).distinct()
    related = rows.select_related("owner", "department", "project", "goal", "parent")
    return related.prefetch_related("collaborators").order_by("due_at", "pk")


def tasks_in_plan(person: Person, name: str, scope: str, day: date) -> list[int]:
    """Return the keys of the tasks that a plan table is about, in the order of its week or day. Two queries.

    `name` is daily or weekly; of a day also those that are due on it.
    """
    zone = ZoneInfo(person.time_zone)
    monday = day - timedelta(days=day.weekday())
    starts = datetime.combine(day, datetime.min.time(), tzinfo=zone)
    ends = starts + timedelta(days=1)
    if name == "weekly":
        starts, ends = span(monday, zone)
    tasks = tasks_of(person, scope).order_by()
    placed = Placement.objects.filter(task__in=tasks, starts_at__gte=starts, starts_at__lt=ends)
    keys = list(placed.order_by("starts_at").values_list("task_id", flat=True)[:MOST_ROWS])
    if name == "daily":
        due = tasks.filter(due_at__gte=starts, due_at__lt=ends).order_by("due_at", "pk")
        keys += due.values_list("pk", flat=True)[:MOST_ROWS]
    return list(dict.fromkeys(keys))


def daily(person: Person, tasks: QuerySet[Task], day: date, now: datetime) -> Table:
    """Return the 每日工作计划表 of `day`: what is placed there, and else what is due."""
    zone = ZoneInfo(person.time_zone)
    starts = datetime.combine(day, datetime.min.time(), tzinfo=zone)
    placed = _placements(tasks, starts, starts + timedelta(days=1))
    due = Q(due_at__gte=starts, due_at__lt=starts + timedelta(days=1))
    rows = list(tasks.filter(Q(pk__in={row.task_id for row in placed}) | due)[:MOST_ROWS])
    worked = minutes_by_task(task.pk for task in rows)
    lines = [
        tables.DailyLine(
            day=day,
            title=task.title,
            owner=task.owner.name if task.owner else None,
            priority=task.urgency,
            estimate_minutes=task.estimate_minutes,
            actual_minutes=worked.get(task.pk),
            status=STATUSES.get(task.status, task.status),
            note=task.note or None,
        )
        for task in rows
    ]
    return tables.daily_plan(lines, subtitle=day.isoformat())


def weekly(person: Person, tasks: QuerySet[Task], day: date, now: datetime) -> Table:
    """Return the 周工作计划表 of the week of `day`: a line for each person and goal."""
    monday = day - timedelta(days=day.weekday())
    placed = _placements(tasks, *span(monday, ZoneInfo(person.time_zone)))
    veil([row.task for row in placed], person)
    lines: list[tables.WeekLine] = []
    for (owner, goal), rows in _by_owner_and_goal(placed).items():
        cells: dict[int, list[str]] = {}
        for row in rows:
            cells.setdefault(row.starts_at.astimezone(ZoneInfo(row.person.time_zone)).weekday(), []).append(
                _cell(row)
            )
        due = max((row.task.due_at for row in rows if row.task.due_at), default=None)
        states = {STATUSES.get(row.task.status, row.task.status) for row in rows}
        lines.append(
            tables.WeekLine(
                week=week_name(monday),
                goal=goal,
                days={weekday: "\n".join(dict.fromkeys(texts)) for weekday, texts in cells.items()},
                owner=owner,
                due=due.astimezone(ZoneInfo(person.time_zone)).date() if due else None,
                mark=_mark(states),
            )
        )
    return tables.weekly_plan(lines, subtitle=week_name(monday))


def ranking(person: Person, tasks: QuerySet[Task], day: date, now: datetime) -> Table:
    """Return the 任务优先级排序表 of the open tasks."""
    zone = ZoneInfo(person.time_zone)
    rows = list(tasks.filter(status__in=Task.OPEN_STATUSES)[:MOST_ROWS])
    lines = [
        tables.RankedLine(
            title=row.task.title,
            relevance=row.task.importance,
            urgency=row.task.urgency,
            estimate_minutes=row.task.estimate_minutes,
            rank=row.rank,
            disposal=str(row.priority.disposal),
        )
        for row in priorities.rank(rows, now=now.astimezone(zone))
    ]
    return tables.ranking(lines, subtitle=day.isoformat())


def tracking(person: Person, tasks: QuerySet[Task], day: date, now: datetime) -> Table:
    """Return the 日常运营任务跟踪表: span, state and what happened, for each task."""
    zone = ZoneInfo(person.time_zone)
    rows = list(tasks[:MOST_ROWS])
    worked = minutes_by_task(task.pk for task in rows)
    lines = [
        tables.TrackedLine(
            number=task.number,
            title=task.title,
            department=task.department.name if task.department else None,
            owner=task.owner.name if task.owner else None,
            start=_local(task.starts_at, zone),
            end=_local(task.due_at, zone),
            priority=task.urgency,
            status=STATUSES.get(task.status, task.status),
            key_node="关键节点" if task.is_milestone else None,
            outcome=_outcome(task, worked.get(task.pk, 0), zone),
            note=task.note or None,
        )
        for task in rows
    ]
    return tables.tracking(lines, subtitle=day.isoformat())


def assignment(person: Person, tasks: QuerySet[Task], day: date, now: datetime) -> Table:
    """Return the 任务分配表 of the open tasks."""
    zone = ZoneInfo(person.time_zone)
    lines = [
        tables.AssignedLine(
            number=task.number,
            title=task.title,
            project=task.project.name if task.project else None,
            owner=task.owner.name if task.owner else None,
            collaborators=tuple(helper.name for helper in task.collaborators.all()),
            start=_local(task.starts_at, zone),
            due=_local(task.due_at, zone),
            priority=task.urgency,
            deliverable_standard=task.deliverable or None,
        )
        for task in veil(list(tasks.filter(status__in=Task.OPEN_STATUSES)[:MOST_ROWS]), person)
    ]
    return tables.assignment(lines, subtitle=day.isoformat())


def _placements(tasks: QuerySet[Task], starts: datetime, ends: datetime) -> Sequence[Placement]:
    rows = Placement.objects.filter(task__in=tasks.order_by(), starts_at__gte=starts, starts_at__lt=ends)
    return list(rows.select_related("task", "task__goal", "person").order_by("person__name", "starts_at"))


def _by_owner_and_goal(rows: Iterable[Placement]) -> dict[tuple[str, str | None], list[Placement]]:
    grouped: dict[tuple[str, str | None], list[Placement]] = {}
    for row in rows:
        goal = row.task.goal.title if row.task.goal else None
        grouped.setdefault((row.person.name, goal), []).append(row)
    return grouped


def _cell(row: Placement) -> str:
    zone = ZoneInfo(row.person.time_zone)
    return f"{row.starts_at.astimezone(zone):%H:%M}–{row.ends_at.astimezone(zone):%H:%M} {row.task.title}"


def _mark(states: set[str]) -> str:
    if states <= {"done", "cancelled"}:
        return "done"
    return "not_started" if states == {"not_started"} else "in_progress"


def _local(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    return moment.astimezone(zone) if moment else None


def _outcome(task: Task, worked: int, zone: ZoneInfo) -> str | None:
    parts = [f"{task.progress}%"] if task.progress else []
    if worked:
        parts.append(f"实际{worked / 60:.1f}小时")
    if task.closed_at:
        parts.append(f"{task.closed_at.astimezone(zone):%m-%d}{'完成' if task.status == 'done' else '取消'}")
    return "，".join(parts) or None
