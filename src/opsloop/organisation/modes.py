"""What each mode switches on (blueprint §2.13). Switching loses no data: pages are shown or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opsloop.organisation.models import Organisation


@dataclass(frozen=True)
class ModeRule:
    """One mode: for whom it is, and the modules it adds to the mode before it."""

    for_whom: Promise
    adds: tuple[Promise, ...]
    modules: frozenset[str]


_STARTUP = frozenset(
    {
        "today",
        "inbox",
        "tasks",
        "plan",
        "hours",
        "team",
        "people",
        "tables",
        "reviews",
        "reports",
        "dashboard",
    }
)
_GROWTH = _STARTUP | {"goals", "projects", "playbooks", "risks", "notices", "collaboration", "meetings"}
_MATURE = _GROWTH | {"budget"}

# Only what exists is promised here; a new module adds itself to the modes it belongs to.
MODES: Mapping[str, ModeRule] = {
    Organisation.Mode.STARTUP: ModeRule(
        _("One small team that wants order in its days."),
        (
            _("Tasks and priorities"),
            _("Day and week plans"),
            _("Reviews of months and quarters"),
            _("Reports of weeks and months"),
            _("Tables in and out"),
        ),
        _STARTUP,
    ),
    Organisation.Mode.GROWTH: ModeRule(
        _("Several teams that work towards common goals."),
        (
            _("Goals with measures"),
            _("Projects with key nodes and risks"),
            _("Templates of projects and tasks"),
            _("Notices that everybody confirms"),
            _("Requests between departments"),
            _("Meetings with agenda, minutes and action items"),
        ),
        _GROWTH,
    ),
    Organisation.Mode.MATURE: ModeRule(
        _("A department that measures and improves its processes."),
        (_("Budget against actual"), _("Every module that a later version adds")),
        _MATURE,
    ),
}


def modules_of(organisation: Organisation | None) -> frozenset[str]:
    """Return the modules that are shown; none before there is an organisation."""
    return MODES[organisation.mode].modules if organisation else frozenset()
