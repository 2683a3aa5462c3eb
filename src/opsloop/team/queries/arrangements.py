"""What a day holds for somebody: as it would be sent, and as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from opsloop.inbox.models import Arrangement
from opsloop.organisation.models import Person
from opsloop.planning.models import Placement
from opsloop.planning.queries.veil import Veil
from opsloop.team.queries.day import away_on
from opsloop.team.queries.laid import leave_on
from opsloop.work.models import Task


@dataclass(frozen=True)
class Item:
    """One thing of a day; `start` is None for what is due and stands nowhere."""

    task: Task
    start: datetime | None
    minutes: int
    is_due: bool


@dataclass
class Draft:
    """What one person would be sent, or was."""

    person: Person
    items: list[Item] = field(default_factory=list)
    sent: Arrangement | None = None
    is_away: bool = False

    @property
    def minutes(self) -> int:
        """How much is planned."""
        return sum(item.minutes for item in self.items if item.start)

    @property
    def can_be_sent(self) -> bool:
        """Whether there is something to send that was not sent."""
        return bool(self.items) and self.sent is None

    def stored(self) -> list[dict[str, Any]]:
        """Return the items as an arrangement keeps them."""
        return [
            {
                "task": item.task.pk,
                "start": item.start.isoformat() if item.start else None,
                "minutes": item.minutes,
                "due": item.is_due,
            }
            for item in self.items
        ]


def drafts(by: Person, people: Sequence[Person], day: date) -> list[Draft]:
    """Return what each of `people` has on `day`: pieces in order, then what is due. Four queries.

    It is their own work, so nothing is hidden from who gets it; from `by`, the words of what is not theirs to
    see are.
    """
    starts = timezone.make_aware(datetime.combine(day, time()))
    found = {one.pk: Draft(one) for one in people}
    pieces = list(_pieces(people, starts, by))
    due_tasks = list(_due(people, starts, by))
    for row in pieces:
        minutes = round((row.ends_at - row.starts_at) / timedelta(minutes=1))
        due = row.task.due_at is not None and starts <= row.task.due_at < starts + timedelta(days=1)
        found[row.person_id].items.append(Item(row.task, row.starts_at, minutes, due))
    placed = {(pk, item.task.pk) for pk, draft in found.items() for item in draft.items}
    for task in due_tasks:
        if (task.owner_id, task.pk) not in placed:
            found[task.owner_id or 0].items.append(Item(task, None, task.estimate_minutes or 0, is_due=True))
    readable = _readable(pieces, "task_id") | _readable(due_tasks, "pk")
    veil = Veil([item.task for draft in found.values() for item in draft.items], by, seen=readable)
    for draft in found.values():
        draft.items = [replace(item, task=veil.task(item.task)) for item in draft.items]
    for sent in Arrangement.objects.filter(person__in=people, day=day).select_related("sent_by"):
        found[sent.person_id].sent = sent
    for pk, leave in leave_on(people, day, day).items():
        found[pk].is_away = away_on(leave, day) is not None
    return list(found.values())


def _seen(by: Person, pk: str) -> Exists:
    return Exists(Task.objects.visible_to(by).order_by().filter(pk=OuterRef(pk)))


def _readable(rows: Sequence[Any], pk: str) -> set[int]:
    """Return the keys of the tasks that were found readable with the rows."""
    return {getattr(row, pk) for row in rows if row.is_seen}


def _pieces(people: Sequence[Person], starts: datetime, by: Person) -> QuerySet[Placement]:
    rows = Placement.objects.filter(
        person__in=people, starts_at__gte=starts, starts_at__lt=starts + timedelta(days=1),
        task__deleted_at__isnull=True, task__closed_at__isnull=True,
    )  # fmt: skip
    return rows.annotate(is_seen=_seen(by, "task_id")).select_related("task").order_by("starts_at")


def _due(people: Sequence[Person], starts: datetime, by: Person) -> QuerySet[Task]:
    """Return what is due on the day or should have been done before it."""
    rows: QuerySet[Task] = Task.objects.open().filter(owner__in=people, due_at__lt=starts + timedelta(days=1))
    found = rows.exclude(status=Task.Status.BLOCKED).annotate(is_seen=_seen(by, "pk"))
    return found.order_by("due_at", "pk")


def items_of(arrangement: Arrangement, reader: Person) -> list[Item]:
    """Return what was sent, in words that `reader` may read now; what is gone since is left out. One query."""
    ids = [item["task"] for item in arrangement.items]
    tasks = Task.objects.visible_to(reader).alive().in_bulk(ids)
    return [
        Item(
            tasks[item["task"]], parse_datetime(item["start"]) if item["start"] else None, item["minutes"], item["due"]
        )
        for item in arrangement.items
        if item["task"] in tasks
    ]  # fmt: skip
