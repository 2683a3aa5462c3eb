"""How late tasks like one that is being estimated were, and why: from finished tasks and from requests for dates."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from opsloop.engines.lateness import Lateness, Past, lateness
from opsloop.organisation.models import Person
from opsloop.progress.models import DelayRequest
from opsloop.progress.queries.rules import cause_names, causes, name_of
from opsloop.work.models import Task

# The latest finished tasks of everybody say what is usual.
USUAL = 400
MOST_LIKES = 300
SINCE = timedelta(days=180)
COLUMNS = {"category": "task__category_id", "team": "task__department_id", "requester": "asked_by_id"}


@dataclass(frozen=True)
class Around:
    """Requests of half a year that share something with the task: how many, and the cause named most often.

    `key` is what the page of delays calls it; "requester" is who asks for dates, so of a new task its owner.
    """

    key: str
    value: int
    count: int
    cause: str


@dataclass(frozen=True)
class Said:
    """What is said where somebody estimates: of like tasks, and of its category, team and requester."""

    like: Lateness | None
    cause: str
    around: Sequence[Around]


def said_of(by: Person, ids: Sequence[int], context: Mapping[str, int | None], *, at: datetime) -> Said:
    """Return what the record says of these like tasks and of a category, team and requester. Five queries at most.

    Only tasks and requests that `by` may see count; what is usual is a share of everybody's.
    """
    seen = Task.objects.visible_to(by).alive().filter(pk__in=list(ids)[:MOST_LIKES], status=Task.Status.DONE)
    tasks = list(seen.filter(due_at__isnull=False).order_by().values_list("pk", "due_at", "closed_at"))
    requests = _requests(by, [pk for pk, _due, _closed in tasks], context, at)
    by_task: dict[int, list[Any]] = defaultdict(list)
    for row in requests:
        by_task[row["task_id"]].append(row)
    cases = [
        Past(_days(_first_due(by_task[pk], due), closed), tuple(row["cause"] for row in by_task[pk]))
        for pk, due, closed in tasks
    ]
    like = lateness(cases, _usual(at)) if cases else None
    around = _around(requests, context, at)
    names = cause_names(causes()) if requests else {}
    cause = name_of(like.cause, names) if like and like.cause else ""
    return Said(like, cause, [Around(*one[:3], name_of(one[3], names)) for one in around])


def _requests(
    by: Person, ids: Sequence[int], context: Mapping[str, int | None], at: datetime
) -> Sequence[Any]:
    wanted, lately = Q(task__in=ids), Q(asked_at__gte=at - SINCE)
    for name, column in COLUMNS.items():
        if context.get(name):
            wanted |= lately & Q(**{column: context[name]})
    rows = DelayRequest.objects.visible_to(by).alive().filter(wanted)
    rows = rows.exclude(state=DelayRequest.State.WITHDRAWN)
    columns = ("task_id", "cause", "due_before", "asked_at", *COLUMNS.values())
    return list(rows.order_by("asked_at", "pk").values(*columns))


def _first_due(requests: Sequence[Any], due: datetime) -> datetime:
    """Return when a task was due at first: an approved request has moved its date since."""
    first: datetime = min([due, *(row["due_before"] for row in requests)])
    return first


def _days(due: datetime, closed: datetime | None) -> int:
    if closed is None or closed <= due:
        return 0
    return max(1, (timezone.localtime(closed).date() - timezone.localtime(due).date()).days)


def _usual(at: datetime) -> float:
    rows = Task.objects.filter(closed_at__lte=at, status=Task.Status.DONE, due_at__isnull=False)
    pairs = list(rows.order_by("-closed_at").values_list("due_at", "closed_at")[:USUAL])
    return sum(closed > due for due, closed in pairs if closed and due) / len(pairs) if pairs else 0.0


def _around(
    requests: Sequence[Any], context: Mapping[str, int | None], at: datetime
) -> list[tuple[str, int, int, str]]:
    found = []
    for name, column in COLUMNS.items():
        value = context.get(name)
        rows = [row for row in requests if value and row[column] == value and row["asked_at"] >= at - SINCE]
        if value and rows:
            counts = Counter(row["cause"] for row in rows)
            cause = min(counts, key=lambda code: (-counts[code], code))
            found.append((name, value, len(rows), cause))
    return found
