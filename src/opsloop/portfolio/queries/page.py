"""The page of one project: what stands on it, in as few queries as a page may ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, F, OuterRef, Q, Subquery, Sum, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from opsloop.engines.workclock import WorkClock
from opsloop.organisation.models import Person
from opsloop.portfolio.models import Budget, HealthCall, KeyNode, ProjectUpdate, Risk
from opsloop.portfolio.models.risks import level_of
from opsloop.portfolio.queries.clock import clock_of
from opsloop.portfolio.queries.standing import (
    NextNode,
    Standing,
    days_left,
    seen,
    share,
    spent_on,
    verdict_of,
    wants_update,
)
from opsloop.work.models import Project, Task
from opsloop.work.queries.projects import Tally

SCALE = (1, 2, 3, 4, 5)
_STATE = Task.Status
# The order in which the page tells how the tasks stand, with the tone of each part of the bar.
STATUS_TONES = (
    (_STATE.DONE, "green"), (_STATE.DOING, "blue"), (_STATE.TODO, "grey"),
    (_STATE.DELAYED, "orange"), (_STATE.BLOCKED, "red"),
)  # fmt: skip


def find(person: Person) -> Any:
    """Return the projects that `person` may see, with all that a page says beside their own fields."""
    calls = HealthCall.objects.filter(project=OuterRef("pk"))
    return (
        seen(person)
        .select_related("owner", "department", "goal")
        .prefetch_related("members")
        .annotate(
            planned=Subquery(Budget.objects.filter(project=OuterRef("pk")).values("money")),
            spent=spent_on(OuterRef("pk")),
            call_id=Subquery(calls.values("pk")),
        )
    )


@dataclass(frozen=True)
class NodeRow:
    """A key node, with what is left of its limit in working minutes (below zero when it has passed)."""

    node: KeyNode
    left: int | None
    is_overdue: bool
    was_late: bool
    late_by: int = 0

    @property
    def state(self) -> str:
        """Return "reached", "overdue", "running" or "waiting"."""
        if self.node.is_reached:
            return "reached"
        if self.is_overdue:
            return "overdue"
        return "running" if self.node.due_at else "waiting"


def nodes(project: Project, now: datetime) -> list[NodeRow]:
    """Return the key nodes of a project in the order they are due, with their clocks. At most five queries."""
    found = list(
        KeyNode.objects.alive()
        .filter(project=project)
        .select_related("owner", "after", "reached_by")
        .order_by(F("due_at").asc(nulls_last=True), "pk")
    )
    clock = clock_of(project.department, now) if any(one.due_at for one in found) else None
    return [_node_row(one, clock, now) for one in found]


def _node_row(node: KeyNode, clock: WorkClock | None, now: datetime) -> NodeRow:
    late = node.is_missed(now)
    if clock is None or node.due_at is None:
        return NodeRow(node, None, is_overdue=False, was_late=False)
    if node.reached_at:
        late_by = clock.between(node.due_at, node.reached_at) if late else 0
        return NodeRow(node, None, is_overdue=False, was_late=late, late_by=late_by)
    return NodeRow(node, clock.between(now, node.due_at), is_overdue=late, was_late=False)


def risks(project: Project) -> list[Risk]:
    """Return the risks of a project, the open and highest first. One query."""
    over = Case(When(status=Risk.Status.CLOSED, then=1), default=0)
    return list(
        Risk.objects.alive()
        .filter(project=project)
        .select_related("owner")
        .order_by(over, -(F("probability") * F("impact")), "pk")
    )


@dataclass(frozen=True)
class Cell:
    """A field of the 5×5 matrix."""

    probability: int
    impact: int
    level: str
    risks: Sequence[Risk]

    @property
    def score(self) -> int:
        """Probability × impact."""
        return self.probability * self.impact


def matrix(found: Sequence[Risk]) -> list[tuple[int, list[Cell]]]:
    """Return the rows of the matrix, the most probable on top, each with its cells from low impact to high."""
    open_ones = [risk for risk in found if risk.status != Risk.Status.CLOSED]
    return [
        (
            probability,
            [
                Cell(
                    probability, impact, level_of(probability * impact),
                    [one for one in open_ones if (one.probability, one.impact) == (probability, impact)],
                )
                for impact in SCALE
            ],
        )
        for probability in reversed(SCALE)
    ]  # fmt: skip


@dataclass(frozen=True)
class StatusPart:
    """How many tasks of a project stand in one status, and their share of all in percent."""

    status: str
    label: str
    tone: str
    count: int


@dataclass(frozen=True)
class Overview:
    """What the top of a project's page tells."""

    standing: Standing
    parts: Sequence[StatusPart]
    nodes: Sequence[NodeRow]
    risks: Sequence[Risk]
    last_update: ProjectUpdate | None
    wants_update: bool
    node_days: int | None
    due_days: int | None

    @property
    def open_risks(self) -> list[Risk]:
        """The risks that are not over."""
        return [risk for risk in self.risks if risk.status != Risk.Status.CLOSED]


def overview(project: Any, person: Person, *, now: datetime, shown: frozenset[str]) -> Overview:
    """Return how a project of `find` stands. At most nine queries."""
    today = timezone.localtime(now).date()
    tally, parts = _tasks(project, person, now)
    node_rows = nodes(project, now)
    register = risks(project) if "risks" in shown else []
    open_ones = [risk for risk in register if risk.status != Risk.Status.CLOSED]
    update = (
        ProjectUpdate.objects.alive()
        .filter(project=project)
        .select_related("created_by")
        .order_by("-pk")
        .first()
    )
    waiting = [row for row in node_rows if not row.node.is_reached]
    first = waiting[0] if waiting else None
    standing = Standing(
        tally=tally,
        next_node=NextNode(first.node.title, first.node.due_at, first.is_overdue) if first else None,
        nodes_missed=sum(row.is_overdue for row in waiting),
        open_risks=len(open_ones),
        high_risks=sum(risk.level == "high" for risk in open_ones),
        reviews_due=sum(risk.wants_review(today) for risk in open_ones),
        spent_percent=share(project.spent or 0, project.planned)
        if "budget" in shown and project.planned
        else None,
        updated_at=update.created_at if update else None,
    )
    standing.verdict = verdict_of(project, standing, today)
    return Overview(
        standing=standing,
        parts=parts,
        nodes=node_rows,
        risks=register,
        last_update=update,
        wants_update=wants_update(project, standing.updated_at, now),
        node_days=days_left(first.node.due_at, now) if first else None,
        due_days=days_left(project.due_on, now),
    )


def _tasks(project: Project, person: Person, now: datetime) -> tuple[Tally, list[StatusPart]]:
    rows = (
        Task.objects.visible_to(person)
        .alive()
        .filter(project=project, parent__isnull=True)
        .exclude(status=Task.Status.CANCELLED)
        .order_by()
        .values("status")
        .annotate(
            n=Count("pk"),
            late=Count("pk", filter=Q(closed_at__isnull=True, due_at__lt=now)),
            minutes=Coalesce(Sum("estimate_minutes"), 0),
        )
    )
    found = {row["status"]: row for row in rows}
    total = sum(row["n"] for row in found.values())
    done = found[_STATE.DONE]["n"] if _STATE.DONE in found else 0
    tally = Tally(
        total, done, sum(row["late"] for row in found.values()), sum(row["minutes"] for row in found.values())
    )
    parts = [
        StatusPart(status.value, str(status.label), tone, found[status]["n"])
        for status, tone in STATUS_TONES
        if status in found
    ]
    return tally, parts
