"""From which request a task comes, for the page of the task (TASK_ORIGINS in config/reactions.py)."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Q, QuerySet

from opsloop.collaboration.models import CollaborationRequest
from opsloop.organisation.models import Person


def origins(person: Person) -> QuerySet[Any, Any]:
    """Return the request that has the task on one of its sides, if `person` may see it."""
    rows = CollaborationRequest.objects.visible_to(person)
    return rows.filter(Q(doing_task=OuterRef("pk")) | Q(asking_task=OuterRef("pk"))).values(
        "pk", "number", "title"
    )
