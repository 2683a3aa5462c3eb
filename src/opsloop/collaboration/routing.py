"""Whom a request goes to before anybody answers it."""

from __future__ import annotations

from opsloop.collaboration.models import CollaborationRequest
from opsloop.collaboration.queries.forms import handler_for
from opsloop.organisation.models import Person


def handler_of(request: CollaborationRequest) -> Person | None:
    """Return who gets a request by the routing of its form; None: it waits in the queue of the department."""
    return handler_for(request.form, request.answers) if request.form else None
