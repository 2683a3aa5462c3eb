"""The pages of a team beside each other."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def tabs(current: str) -> list[dict[str, Any]]:
    """Return the tabs of the team's pages; `current` is the name of an address."""
    labels = (
        ("today", pgettext("team", "Today")),
        ("this_week", pgettext("team", "Week")),
        ("blocked", pgettext("team", "Blocked")),
        ("unassigned", _("Of nobody")),
        ("approvals", _("To accept")),
        ("absences", _("Absent")),
        ("arrangements", _("Send the day")),
        ("progress:board", pgettext("progress", "Progress")),
        ("progress:risks", pgettext("risk", "At risk")),
        ("progress:delays", _("Delays")),
    )
    return [
        {
            "label": label,
            "url": reverse(name if ":" in name else f"team:{name}"),
            "current": name == current,
            "count": None,
        }
        for name, label in labels
    ]
