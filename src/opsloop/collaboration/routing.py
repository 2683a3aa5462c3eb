"""Whom a request goes to before anybody answers it."""

from __future__ import annotations

from opsloop.collaboration.models import CollaborationRequest
from opsloop.organisation.models import Person


def handler_of(request: CollaborationRequest) -> Person | None:
    """Return who gets a request by the routing of its form; None: it waits in the queue of the department."""
    form = request.form
    found = form.handler if form else None
    return found if found is not None and found.is_active else None
