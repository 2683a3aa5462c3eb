"""What several views of progress answer alike."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from opsloop.activity.models import Undo
from opsloop.organisation.models import Person
from opsloop.organisation.roles import Permission
from opsloop.web.http import PageRequest
from opsloop.work.models import Task
from opsloop.work.queries import tasks as work


def undo_url(undo: Undo | None) -> str:
    """Return where the toast's undo posts to, or ""."""
    return reverse("activity:undo", args=[undo.pk]) if undo else ""


def editable(request: PageRequest, pk: int) -> Task:
    """Return a task that the person may open, loaded for the verbs; 404 otherwise."""
    task: Task = get_object_or_404(work.editable(request.person), pk=pk)
    return task


def topics(task: Task) -> list[str]:
    """Return what shows the progress and the risk of a task."""
    return [f"task:{task.pk}", "tasks", "blockers", "delays"]


def tabs(current: str, by: Person) -> list[dict[str, Any]]:
    """Return the pages of progress beside each other; those who lead nobody have no board."""
    labels = [
        ("mine", pgettext("progress", "Mine")),
        ("board", pgettext("progress", "The team's progress")),
        ("risks", pgettext("risk", "At risk")),
        ("delays", _("Delays")),
        ("standup", _("Stand-up")),
    ]
    if not by.may(Permission.PLAN_TEAM):
        labels = [one for one in labels if one[0] != "board"]
    return [
        {"label": label, "url": reverse(f"progress:{name}"), "current": name == current, "count": None}
        for name, label in labels
    ]
