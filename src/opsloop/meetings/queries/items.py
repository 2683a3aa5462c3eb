"""Action items as one looks for them: those that wait for me, mine, those of meetings I lead, all I may see."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from opsloop.meetings.models import ActionItem
from opsloop.organisation.models import Person

BOXES = ("asked", "mine", "led", "all")


def box(person: Person, name: str, *, with_done: bool) -> QuerySet[ActionItem]:
    """Return the items in one box of `person`, each with its meeting, owner and task."""
    rows = (
        ActionItem.objects.visible_to(person).exclude(state="noted").exclude(state="dropped", asked_at=None)
    )
    found = (rows if with_done else rows.open()).filter(_conditions(person)[name])
    return found.select_related("owner", "task", "meeting__host", "meeting__organiser")


def _conditions(person: Person) -> Mapping[str, Q]:
    led = Q(meeting__host=person) | Q(meeting__organiser=person)
    return {
        "asked": Q(owner=person, state="asked"),
        "mine": Q(owner=person),
        "led": led,
        "all": Q(),
    }


def counts(person: Person) -> Mapping[str, int]:
    """Return how many items wait: for an answer of `person`, and for the host in meetings they lead. One query."""
    led = Q(meeting__host=person) | Q(meeting__organiser=person)
    rows = ActionItem.objects.filter(Q(owner=person) | led).order_by()
    found: Mapping[str, int] = rows.aggregate(
        asked=Count("pk", filter=Q(owner=person, state="asked")),
        led=Count("pk", filter=led & (Q(state="disputed") | Q(state="asked", host_told_at__isnull=False))),
    )
    return found


def is_late(item: ActionItem, at: datetime) -> bool:
    """Whether an item is not done though its date is past."""
    return item.state in {"asked", "disputed", "confirmed"} and item.due_at is not None and item.due_at < at
