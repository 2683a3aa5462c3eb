"""What stands in the left rail and the phone's bottom bar. Named in settings, because `web` knows no page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from opsloop.inbox import queries as inbox
from opsloop.organisation.modes import modules_of
from opsloop.organisation.roles import Permission, Role
from opsloop.web.frame import RailEntry, RailSection
from opsloop.web.templatetags.quick import address


def rail(request: Any) -> Sequence[RailSection]:
    """Return the upper entries for this person: one's own work, what it is for, those one works with."""
    shown = modules_of(request.user.organisation)
    own = (
        RailEntry("today", _("Today"), "today", address("desk:today")),
        _inbox(request),
        RailEntry("notices", _("Notices"), "bell", address("notices:notices")),
        RailEntry("tasks", _("Tasks"), "tasks", address("work:tasks")),
        RailEntry("plan", _("Week plan"), "calendar", address("planning:this_week")),
        RailEntry("hours", pgettext("page", "Hours"), "clock", address("timekeeping:day")),
    )
    aims = (
        RailEntry("projects", _("Projects"), "project", address("portfolio:projects")),
        RailEntry("goals", _("Goals"), "goals", address("goals:goals")),
    )
    together = (
        RailEntry("team", _("The team today"), "team", address("team:today")),
        RailEntry(
            "collaboration", pgettext("departments", "Requests"), "agree", address("collaboration:requests")
        ),
        RailEntry("meetings", _("Meetings"), "people", address("meetings:meetings")),
        RailEntry("dashboard", _("Dashboard"), "chart", address("dashboards:dashboard")),
        RailEntry("reviews", _("Reviews"), "history", address("reviews:reviews")),
        RailEntry("reports", _("Reports"), "documents", address("reports:reports")),
        RailEntry("people", _("People"), "person", address("organisation:people")),
        RailEntry("tables", _("Tables"), "sheet", address("exchange:tables")),
    )
    if not request.user.may(Permission.PLAN_TEAM):
        shown -= {"team"}
    sections = (("", own), (_("Goals and projects"), aims), (_("Team and records"), together))
    found = [
        RailSection(label, [entry for entry in entries if entry.name in shown]) for label, entries in sections
    ]
    return [section for section in found if section.entries]


def landing(request: Any) -> str:
    """Return where somebody's day begins: where they chose, else as their role has it (ux.md §2).

    Directors look at the numbers, leads at their team, everybody else at their own day.
    """
    roles = request.user.reaches.roles
    pages = {"today": "desk:today", "team": "team:today", "dashboard": "dashboards:dashboard"}
    chosen = request.user.start_page
    if chosen in pages and (chosen != "team" or request.user.may(Permission.PLAN_TEAM)):
        return address(pages[chosen])
    if Role.DIRECTOR in roles:
        return address("dashboards:dashboard")
    return address("team:today") if {Role.LEAD, Role.MANAGER} & roles else address("desk:today")


def _inbox(request: Any) -> RailEntry:
    # These ask the database for a day, a whole team, or every kind of gap already: there the count comes a moment
    # later.
    exact = {address("desk:today"), address("work:goal_gaps"), address("inbox:inbox")}
    paths = (
        address("team:today"),
        address("rituals:morning"),
        address("rituals:evening"),
        address("portfolio:projects"),
        address("dashboards:dashboard"),
        address("planning:this_week"),
    )
    is_busy = request.path in exact or "/hours/" in request.path or request.path.startswith(paths)
    calling = None if is_busy else inbox.calling(request.user, at=request.now)
    return RailEntry(
        "inbox", _("Inbox"), "inbox", address("inbox:inbox"), count=calling, count_url=address("inbox:count")
    )


def rail_end(request: Any) -> Sequence[RailEntry]:
    """Return the lower entries: the bin, administration for those who administer, own settings."""
    person = request.user
    entries = [RailEntry("bin", _("Recycle bin"), "delete", address("desk:bin"))]
    if person.may(Permission.SETTINGS_MANAGE) or person.may(Permission.PEOPLE_MANAGE):
        # How much in the background calls for an administrator; asked after the page, so that it costs it nothing.
        alarm = address("background:alarm") if person.may(Permission.SETTINGS_MANAGE) else ""
        entries.append(
            RailEntry(
                "manage",
                _("Administration"),
                "manage",
                address("organisation:manage"),
                count=None if alarm else 0,
                count_url=alarm,
            )
        )
    entries.append(RailEntry("settings", _("Settings"), "settings", address("organisation:settings")))
    if settings.OPSLOOP_DEVELOPER:
        entries.append(RailEntry("style", _("Component library"), "sparkles", address("web:style")))
    return entries


def phone(request: Any) -> Mapping[str, str]:  # noqa: ARG001  (the frame's signature)
    """Return the addresses of the phone's bottom bar."""
    return {
        "today": address("desk:today"),
        "inbox": address("inbox:inbox"),
        "tasks": address("work:tasks"),
        "more": address("desk:more"),
        "me": address("organisation:settings"),
    }
