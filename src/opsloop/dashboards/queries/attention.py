"""What calls for whoever leads: overdue key tasks, risks that need a decision; and why tasks are late."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Count, QuerySet

from opsloop.dashboards.queries.figures import KEY_IMPORTANCE
from opsloop.dashboards.queries.looks import Look
from opsloop.progress.models import DelayRequest, Level, RiskFlag
from opsloop.progress.queries.rules import cause_names, causes, name_of
from opsloop.work.models import Task

MOST = 6


def late_key_tasks(look: Look) -> QuerySet[Task]:
    """Return the open key tasks of a look that are past their date now, the most important and latest first."""
    rows = Task.objects.overdue(at=look.now).filter(look.of_tasks(), importance__gte=KEY_IMPORTANCE)
    found: QuerySet[Task] = rows.select_related("owner", "department").order_by("-importance", "due_at", "pk")
    return found


def grave_flags(look: Look) -> QuerySet[RiskFlag]:
    """Return the signs of risk that stand now and need a decision, by due date."""
    rows = RiskFlag.objects.open().filter(look.through("task"), level=Level.GRAVE)
    rows = rows.filter(task__closed_at__isnull=True, task__deleted_at__isnull=True)
    return rows.select_related("task__owner", "task__department").order_by("task__due_at", "pk")


def delay_causes(look: Look) -> list[tuple[str, str, int]]:
    """Return (code, name, how often) why other dates were asked for in the time of the trend. Two queries."""
    rows = DelayRequest.objects.alive().filter(
        look.through("task"),
        asked_at__gte=look.begin(look.stretches[0]), asked_at__lt=look.end(look.stretch),
    ).exclude(state=DelayRequest.State.WITHDRAWN)  # fmt: skip
    counts: Sequence[tuple[str, int]] = list(
        rows.order_by().values_list("cause").annotate(n=Count("pk")).order_by("-n", "cause")
    )
    names = cause_names(causes()) if counts else {}
    return [(code, name_of(code, names), n) for code, n in counts]


def span_of_causes(look: Look) -> tuple[str, str]:
    """Return the first and the last day over which causes are counted, as the page of delays reads them."""
    first = look.stretches[0].starts_on
    last = look.end(look.stretch).astimezone(look.zone) - timedelta(seconds=1)
    return first.isoformat(), last.date().isoformat()
