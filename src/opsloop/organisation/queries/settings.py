"""The organisation itself."""

from __future__ import annotations

from opsloop.organisation.models import Organisation


def current_organisation() -> Organisation | None:
    """Return the organisation of this installation; None before it has been set up. One query."""
    return Organisation.objects.first()
