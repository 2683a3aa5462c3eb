"""How far the tasks of projects are, and what stands in each status."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet, Sum, Window
from django.db.models.functions import Coalesce, RowNumber

from opsloop.organisation.models import Person
from opsloop.work.models import Dependency, Project, Task

# A project page shows this many tasks of each status and says how many more there are.
TASKS_A_STATUS = 30
DEPENDENCIES = 60


@dataclass(frozen=True)
class Tally:
    """How far a set of tasks is. Actions are counted through their tasks, the cancelled not at all."""

    total: int = 0
    done: int = 0
    overdue: int = 0
    minutes: int = 0

    @property
    def percent(self) -> int:
        """The share of done tasks."""
        return self.done * 100 // self.total if self.total else 0

    @property
    def text(self) -> str:
        """Done of all, as it stands beside a bar."""
        return f"{self.done}/{self.total}"


def tallies(tasks: QuerySet[Task], by: str, ids: Iterable[int], *, now: datetime) -> dict[int, Tally]:
    """Count `tasks` for each of `ids` of the foreign key `by`. One query."""
    done = Q(status=Task.Status.DONE)
    rows = (
        tasks.filter(**{f"{by}__in": list(ids)}, deleted_at__isnull=True, parent__isnull=True)
        .exclude(status=Task.Status.CANCELLED)
        .order_by()
        .values(by)
        .annotate(
            total=Count("pk"),
            done=Count("pk", filter=done),
            overdue=Count("pk", filter=Q(closed_at__isnull=True, due_at__lt=now)),
            minutes=Coalesce(Sum("estimate_minutes"), 0),
        )
    )
    return {row[by]: Tally(row["total"], row["done"], row["overdue"], row["minutes"]) for row in rows}


@dataclass(frozen=True)
class StatusGroup:
    """The tasks of a project in one status, and how many of them are not shown."""

    status: str
    label: str
    tasks: Sequence[Task]
    more: int

    @property
    def count(self) -> int:
        """How many tasks stand in this status."""
        return len(self.tasks) + self.more

    @property
    def is_open(self) -> bool:
        """Whether these tasks still want work."""
        return self.status in Task.OPEN_STATUSES


def by_status(project: Project, person: Person) -> list[StatusGroup]:
    """Return the project's tasks (not their actions) grouped by status, most urgent first. Two queries."""
    # What needs somebody comes first, then what runs, what waits its turn, and what is over.
    state = Task.Status
    order = [state.BLOCKED, state.DELAYED, state.DOING, state.TODO, state.DONE, state.CANCELLED]
    tasks = Task.objects.visible_to(person).alive().filter(project=project, parent__isnull=True)
    counts = dict(tasks.order_by().values_list("status").annotate(n=Count("pk")))
    by_due = [F("due_at").asc(nulls_last=True), F("pk").asc()]
    rows = list(
        tasks.annotate(place=Window(RowNumber(), partition_by="status", order_by=by_due))
        .filter(place__lte=TASKS_A_STATUS)
        .select_related("owner")
        .defer("description", "deliverable", "note")
        .order_by(*by_due)
    )
    groups = []
    for one in order:
        shown = [task for task in rows if task.status == one]
        if counts.get(one):
            groups.append(StatusGroup(one, str(Task.Status(one).label), shown, counts[one] - len(shown)))
    return groups


def dependencies(project: Project, person: Person) -> list[Dependency]:
    """Return the dependencies inside a project between tasks that `person` may see, the open ones first."""
    seen = Task.objects.visible_to(person).alive().filter(project=project).values("pk")
    return list(
        Dependency.objects.filter(predecessor__in=seen, successor__in=seen)
        .select_related("predecessor", "successor")
        .order_by("predecessor__closed_at", "predecessor__due_at", "pk")[:DEPENDENCIES]
    )
