"""What the views of goals share: finding a goal through the viewer, and answering."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse

from opsloop.activity import queries as activity
from opsloop.activity.models import Undo
from opsloop.goals.models import Goal
from opsloop.goals.queries import goals as queries
from opsloop.organisation.models import Person
from opsloop.web.http import PageRequest


def find(request: PageRequest, pk: int) -> Goal:
    """Return the goal if the person may see it, or answer 404."""
    found: Goal = get_object_or_404(queries.visible(request.person).select_related("parent"), pk=pk)
    return found


def undo_url(undo: Undo | None) -> str:
    """Return where a toast takes the change back, "" when it cannot."""
    return reverse("activity:undo", args=[undo.pk]) if undo else ""


def changed_by(found: Goal) -> dict[str, Any]:
    """Return who changed the goal last and when, for the dialog about a stale version."""
    event = activity.history("goal", found.pk).first()
    if event is None:
        return {}
    return {"changed_by": Person.objects.filter(pk=event.actor_id).first(), "changed_at": event.at}


def topics(pk: int) -> list[str]:
    """Return what a page refreshes when the goal has changed."""
    return ["goals", f"goal:{pk}"]
