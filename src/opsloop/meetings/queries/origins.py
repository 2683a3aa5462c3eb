"""From which meeting a task comes, for the page of the task (TASK_ORIGINS in config/reactions.py)."""

from __future__ import annotations

from collections.abc import Sequence

from opsloop.activity.registry import Origin
from opsloop.meetings.models import ActionItem
from opsloop.organisation.models import Person
from opsloop.web.templatetags.quick import address


def origins(person: Person, task_id: int) -> Sequence[Origin]:
    """Return the action item that a task was made of, if `person` may see it. One query."""
    rows = ActionItem.objects.visible_to(person).filter(task=task_id)
    return [
        Origin(f"{number} {title}", "people", address("meetings:item", pk))
        for pk, number, title in rows.values_list("pk", "meeting__number", "meeting__title")
    ]
