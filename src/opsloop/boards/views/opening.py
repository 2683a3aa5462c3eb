"""What a layout opens with."""

from __future__ import annotations

from opsloop.boards.queries import saved
from opsloop.web.http import PageRequest


def usual_address(request: PageRequest, layout: str) -> str:
    """Return where a layout opens for who asks when its address says nothing, "" to stay."""
    query = "" if request.GET else saved.opening(request.person, layout)
    return f"{request.path}?{query}" if query else ""
