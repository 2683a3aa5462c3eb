"""Context processors."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from opsloop.web.frame import Frame


def frame(request: HttpRequest) -> dict[str, Any]:
    """Give every template `frame`, and `rail_name` with a default that a view overrides."""
    return {"frame": Frame(request), "rail_name": ""}
