"""The rows behind a number: exactly those that it counted, what calls for somebody first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from opsloop.dashboards.numbers import Number
from opsloop.dashboards.queries.figures import (
    IN_TIME,
    KEY_IMPORTANCE,
    OPEN,
    OUTCOME,
    Paced,
    hours_of_finished,
    paced_goals,
    tasks_due,
)
from opsloop.dashboards.queries.looks import Look
from opsloop.engines.reviewing import stray
from opsloop.progress.models import RiskFlag
from opsloop.work.models import Task

PARTS = ("missed", "met", "all")
RELATED = ("owner", "department", "category")
# A task counts as near its estimate within this many percent, whatever the target of the sum is.
NEAR = 25


@dataclass(frozen=True)
class Strayed:
    """A finished task with its estimate and its recorded hours in minutes."""

    task: Task
    estimate: int
    spent: int

    @property
    def by(self) -> int:
        """By how many percent the hours lie above the estimate."""
        return stray(self.estimate, self.spent) or 0


def tasks(number: Number, look: Look, part: str) -> QuerySet[Task]:
    """Return the tasks that a number counted in the stretch of a look: those that missed, met, or all."""
    rows, missed = _counted(number, look)
    if part == "missed":
        rows = rows.filter(missed)
    elif part == "met":
        rows = rows.exclude(pk__in=rows.filter(missed).order_by().values("pk"))
    first = Case(When(missed, then=Value(0)), default=Value(1), output_field=IntegerField())
    keys = ["first", "due_at"] if number.is_standing else ["first", "-importance", "due_at"]
    return rows.annotate(first=first).order_by(*keys, "pk").select_related(*RELATED)


def _counted(number: Number, look: Look) -> tuple[QuerySet[Task], Q]:
    begin, end = look.begin(look.stretch), look.end(look.stretch)
    if number.code in ("key", "in_time"):
        rows = tasks_due(look, begin, end).annotate(outcome=OUTCOME)
        if number.code == "key":
            return rows.filter(importance__gte=KEY_IMPORTANCE), Q(outcome=OPEN)
        return rows, ~Q(outcome=IN_TIME)
    then_open = Q(closed_at__isnull=True) | Q(closed_at__gte=end)
    open_rows = Task.objects.alive().filter(look.of_tasks(), then_open, created_at__lt=end)
    if number.code == "overdue":
        return open_rows, Q(due_at__lt=end)
    flags = RiskFlag.objects.filter(look.through("task"), opened_at__lt=end).order_by()
    flags = flags.filter(Q(closed_at__isnull=True) | Q(closed_at__gte=end))
    return open_rows, Q(pk__in=flags.values("task"))


def goals(look: Look, part: str, *, moment: datetime | None = None) -> list[Paced]:
    """Return the goals that the number of pace counted, those furthest behind first; at another `moment` if told."""
    found = sorted(
        paced_goals(look, moment or look.end(look.stretch)),
        key=lambda one: (one.share - one.expected, one.goal.pk),
    )
    if part == "all":
        return found
    return [one for one in found if one.keeps_pace == (part == "met")]


def strayed(look: Look, part: str) -> list[tuple[int, int, int]]:
    """Return (task id, estimate, recorded minutes) of what the hours counted, the furthest off first. One query."""
    rows = hours_of_finished(look, look.begin(look.stretch), look.end(look.stretch))
    found: list[tuple[int, int, int]] = list(rows.values_list("task_id", "estimate", "spent"))
    if part != "all":
        found = [row for row in found if (abs(stray(row[1], row[2]) or 0) <= NEAR) == (part == "met")]
    return sorted(found, key=lambda row: (-abs(row[2] - row[1]), row[0]))


def loaded(rows: Sequence[tuple[int, int, int]]) -> list[Strayed]:
    """Return these rows with their tasks. One query."""
    known: Mapping[int, Any] = Task.objects.select_related(*RELATED).in_bulk([pk for pk, _e, _s in rows])
    return [Strayed(known[pk], estimate, spent) for pk, estimate, spent in rows]
