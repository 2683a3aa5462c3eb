"""What the views of collaboration share: finding a request, and the tabs between its pages."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import pgettext

from opsloop.collaboration.models import CollaborationRequest
from opsloop.organisation.models import Department
from opsloop.web.http import PageRequest

WITH = (
    "author__department", "contact__department", "handler__department", "from_department", "to_department",
    "escalated_to", "closed_by", "form", "asking_task", "doing_task",
)  # fmt: skip


def find(request: PageRequest, pk: int) -> CollaborationRequest:
    """Return a request that the person may see; 404 otherwise."""
    rows = CollaborationRequest.objects.visible_to(request.person).select_related(*WITH)
    found: CollaborationRequest = get_object_or_404(rows, pk=pk)
    return found


def crumbs(*more: tuple[Any, str]) -> list[tuple[Any, str]]:
    """Return the way to a page below the list of requests."""
    return [(pgettext("departments", "Requests"), reverse("collaboration:requests")), *more]


def open_departments() -> list[Department]:
    """Return the departments there are, in the order of the tree. One query."""
    return list(Department.objects.filter(closed_at__isnull=True))
