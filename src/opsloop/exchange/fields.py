"""The fields a heading can mean, in the words of the page."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_LABELS: dict[str, Promise] = {
    "title": _("Task"),
    "number": _("Number"),
    "owner": _("Owner"),
    "collaborators": _("Collaborators"),
    "relevance": _("Goal relevance"),
    "urgency": _("Urgency"),
    "estimate": _("Estimate"),
    "due": _("Due"),
    "earliest": _("Starts"),
    "period": _("From and to"),
    "depends_on": _("Waits for"),
    "fixed_time": _("Fixed time"),
    "splittable": _("May be split"),
    "project": _("Project"),
    "department": _("Department"),
    "goal": _("Goal"),
    "parent": _("Part of"),
    "status": _("Status"),
    "progress": _("Progress"),
    "deliverable_standard": _("Deliverable standard"),
    "category": _("Category"),
    "tags": _("Tags"),
    "note": _("Note"),
    "actual": _("Actual hours"),
    "outcome": _("What happened"),
    "index": _("Row number"),
}


def labels() -> dict[str, Promise]:
    """Return field -> what it is called, in the order of the menu."""
    return dict(_LABELS)
