"""The work that stands behind goals: how far it is, weighed by its estimates."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from opsloop.engines.attainment import Done
from opsloop.goals.models import Goal
from opsloop.organisation.models import Person
from opsloop.work.models import Task

SHOWN = 30
MILESTONES = 5
# What is done is done, whatever its last progress said.
PERCENT = Case(
    When(status=Task.Status.DONE, then=Value(100)), default=F("progress"), output_field=IntegerField()
)
ESTIMATED, BARE = Q(estimate_minutes__gt=0), Q(estimate_minutes__isnull=True) | Q(estimate_minutes=0)
SUMS = {
    "estimated": Count("pk", filter=ESTIMATED),
    "minutes": Coalesce(Sum("estimate_minutes"), 0),
    "minute_percents": Coalesce(Sum(F("estimate_minutes") * PERCENT, output_field=IntegerField()), 0),
    "bare": Count("pk", filter=BARE),
    "bare_percents": Coalesce(Sum(PERCENT, filter=BARE), 0),
}


@dataclass(frozen=True)
class Share:
    """How far the tasks of a goal are: counted, and weighed by their estimates (percent, None without any)."""

    total: int = 0
    done: int = 0
    overdue: int = 0
    percent: int | None = None

    @property
    def text(self) -> str:
        """Done of all, as it stands beside a bar."""
        return f"{self.done}/{self.total}"


def shares(person: Person, goals: Collection[int], *, now: datetime) -> dict[int, Share]:
    """Return the work behind each of `goals` that `person` may see. Two queries.

    Actions count into their task, tasks into the goal; what was cancelled does not count.
    """
    tasks = Task.objects.visible_to(person).alive().exclude(status=Task.Status.CANCELLED).order_by()
    top = tasks.filter(goal__in=goals, parent__isnull=True)
    rows = top.values("goal").annotate(
        total=Count("pk"),
        done=Count("pk", filter=Q(status=Task.Status.DONE)),
        overdue=Count("pk", filter=Q(closed_at__isnull=True, due_at__lt=now)),
        **SUMS,
    )
    counted = {row["goal"]: row for row in rows}
    sums = {pk: _done(row) for pk, row in counted.items()}
    _count_actions(sums, tasks, top)
    return {
        pk: Share(row["total"], row["done"], row["overdue"], _whole(sums[pk])) for pk, row in counted.items()
    }


def _count_actions(sums: dict[int, Done], tasks: QuerySet[Task], top: QuerySet[Task]) -> None:
    """Let every open task stand where its actions stand together, in place of its own progress."""
    parents = top.filter(closed_at__isnull=True).values("pk")
    steps = (
        tasks.filter(parent__in=parents)
        .values("parent", "parent__goal", "parent__estimate_minutes", "parent__progress")
        .annotate(**SUMS)
    )
    for row in steps:
        stand = _done(row).percent
        if stand is not None:
            goal = row["parent__goal"]
            sums[goal] = sums[goal].corrected(
                row["parent__estimate_minutes"], stand - row["parent__progress"]
            )


def _done(row: Mapping[str, Any]) -> Done:
    return Done(*(row[name] for name in SUMS))


def _whole(sums: Done) -> int | None:
    return None if sums.percent is None else int(sums.percent)


def shares_of(person: Person, status: str, *, now: datetime) -> dict[int, Share]:
    """Return the work behind every goal of a status that `person` may see, also where there is none. Three queries."""
    goals = Goal.objects.visible_to(person).alive().filter(status=status)
    ids = list(goals.order_by().values_list("pk", flat=True))
    found = shares(person, ids, now=now)
    return {pk: found.get(pk, Share()) for pk in ids}


@dataclass(frozen=True)
class GoalTask:
    """A task on the page of its goal."""

    task: Task
    is_late: bool


@dataclass(frozen=True)
class GoalWork:
    """The tasks of a goal: how far they are, how many stand where, and the first of them, open ones on top.

    `upcoming` is the open task that is due next; `after` how many open ones end after the goal.
    """

    share: Share
    statuses: Sequence[tuple[str, int, str]]
    tasks: Sequence[GoalTask]
    milestones: Sequence[Task]
    upcoming: Task | None
    after: int
    more: int


def work_of(goal: Goal, person: Person, *, now: datetime) -> GoalWork:
    """Return the work behind one goal. Four queries; milestones are those among the tasks that are shown."""
    tasks = Task.objects.visible_to(person).alive().filter(goal=goal, parent__isnull=True)
    order = F("closed_at").desc(nulls_first=True), F("due_at").asc(nulls_last=True), F("pk").asc()
    whole = tasks.select_related("owner").defer("description", "deliverable", "note")
    shown = list(whole.order_by(*order)[:SHOWN])
    counts, after = _counted(goal, tasks)
    share = shares(person, [goal.pk], now=now).get(goal.pk, Share())
    return GoalWork(
        share=share,
        statuses=[
            (status, counts[status], tasks_address(goal.pk, status=status))
            for status in Task.Status.values
            if status in counts
        ],
        tasks=[GoalTask(task, task.is_overdue(now)) for task in shown],
        milestones=[task for task in shown if task.is_milestone][:MILESTONES],
        upcoming=next((task for task in shown if task.is_open and task.due_at and task.due_at >= now), None),
        after=after,
        more=max(0, sum(counts.values()) - len(shown)),
    )


def _counted(goal: Goal, tasks: QuerySet[Task]) -> tuple[dict[str, int], int]:
    """Return how many tasks stand in which status, and how many open ones end after the last day of their goal."""
    # Without a due date nothing ends after it; the years of both databases end before 9999.
    last = goal.due_on or date(2999, 12, 31)
    midnight = datetime.combine(last + timedelta(days=1), time(0), tzinfo=timezone.get_current_timezone())
    is_after = Q(closed_at__isnull=True, due_at__gte=midnight)
    rows = list(
        tasks.order_by().values_list("status").annotate(n=Count("pk"), after=Count("pk", filter=is_after))
    )
    after = sum(late for _status, _number, late in rows) if goal.due_on else 0
    return {status: number for status, number, _late in rows}, after


def tasks_address(*goals: int, **filters: str) -> str:
    """Return where the tasks of these goals stand in the list of tasks."""
    pairs = [("scope", "all"), *filters.items(), *(("goal", str(pk)) for pk in goals)]
    return f"{reverse('work:tasks')}?{urlencode(pairs)}"


def map_tasks(person: Person) -> dict[str, tuple[int, str]]:
    """Return how many open tasks stand behind each cell of the scope map, and where. One query.

    A cell is named "department-module"; department 0 is the whole organisation. Counted by the goal's place.
    """
    active = Goal.objects.visible_to(person).alive().filter(status=Goal.Status.ACTIVE, module__isnull=False)
    rows = (
        Task.objects.visible_to(person)
        .open()
        .filter(goal__in=active.order_by().values("pk"), parent__isnull=True)
        .order_by()
        .values_list("goal__department", "goal__module", "goal")
        .annotate(n=Count("pk"))
    )
    cells: dict[str, dict[int, int]] = {}
    for department, module, goal, number in rows:
        cells.setdefault(f"{department or 0}-{module}", {})[goal] = number
    return {key: (sum(found.values()), tasks_address(*found)) for key, found in cells.items()}
