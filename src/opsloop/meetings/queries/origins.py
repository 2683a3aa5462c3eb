"""From which meeting a task comes, for the page of the task (TASK_ORIGINS in config/reactions.py)."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, QuerySet

from opsloop.meetings.models import ActionItem
from opsloop.organisation.models import Person


def origins(person: Person) -> QuerySet[Any, Any]:
    """Return the action item that a task was made of, if `person` may see it."""
    rows = ActionItem.objects.visible_to(person).filter(task=OuterRef("pk"))
    return rows.values("pk", "meeting__number", "meeting__title")
