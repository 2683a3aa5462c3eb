"""What the pages of collaboration share: the tabs between them."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from opsloop.organisation.roles import Permission
from opsloop.web.http import PageRequest


def section_tabs(request: PageRequest, current: str) -> list[dict[str, Any]]:
    """Return the tabs of collaboration for this person; `current` names the one that is shown."""
    held = request.person.reaches.departments(Permission.REQUEST_STEER)
    rows = [
        ("requests", pgettext("departments", "Requests")),
        ("intake", pgettext("tab", "To be answered")),
        ("records", _("Records of talks")),
        ("figures", _("Between departments")),
        ("request_forms", _("Request forms")),
    ]
    leads = held is None or bool(held)
    return [
        {"label": label, "url": _address(name), "current": name == current, "count": None}
        for name, label in rows
        if _address(name) and (name != "intake" or leads)
    ]


def _address(name: str) -> str:
    try:
        return reverse(f"collaboration:{name}")
    except NoReverseMatch:
        return ""
