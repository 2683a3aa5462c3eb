"""What happened to a project and to everything around it, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import models
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opsloop.activity import queries as activity
from opsloop.activity.models import Event
from opsloop.organisation.happenings import entries, veil
from opsloop.organisation.history import Entry
from opsloop.organisation.models import Person
from opsloop.portfolio.models import KINDS, Budget
from opsloop.portfolio.models.updates import LEVELS
from opsloop.web.dates import absolute, duration
from opsloop.work.models import Project
from opsloop.work.queries.history import ROWS, SENTENCES, HistoryPage, references

AROUND: Mapping[tuple[str, str], Promise] = {
    ("node", "portfolio.added"): _("%(name)s set the key node “%(title)s”"),
    ("node", "portfolio.changed"): _("%(name)s changed the key node “%(title)s”"),
    ("node", "portfolio.removed"): _("%(name)s removed the key node “%(title)s”"),
    ("node", "portfolio.restored"): _("%(name)s brought back the key node “%(title)s”"),
    ("node", "portfolio.node_reached"): _("%(name)s reached the key node “%(title)s”"),
    ("node", "portfolio.node_reopened"): _("%(name)s took back that “%(title)s” was reached"),
    ("risk", "portfolio.added"): _("%(name)s raised the risk “%(title)s”"),
    ("risk", "portfolio.changed"): _("%(name)s changed the risk “%(title)s”"),
    ("risk", "portfolio.removed"): _("%(name)s removed the risk “%(title)s”"),
    ("risk", "portfolio.restored"): _("%(name)s brought back the risk “%(title)s”"),
    ("expense", "portfolio.added"): _("%(name)s recorded the expense “%(title)s”"),
    ("expense", "portfolio.changed"): _("%(name)s corrected the expense “%(title)s”"),
    ("expense", "portfolio.removed"): _("%(name)s removed the expense “%(title)s”"),
    ("expense", "portfolio.restored"): _("%(name)s brought back the expense “%(title)s”"),
    ("update", "portfolio.added"): _("%(name)s wrote an update: “%(title)s”"),
    ("update", "portfolio.changed"): _("%(name)s changed the update “%(title)s”"),
    ("update", "portfolio.removed"): _("%(name)s removed the update “%(title)s”"),
    ("update", "portfolio.restored"): _("%(name)s brought back the update “%(title)s”"),
    ("template", "project.started"): _("%(name)s started the project from the template “%(title)s”"),
    ("", "portfolio.health_called"): _("%(name)s called the health"),
    ("", "portfolio.health_withdrawn"): _("%(name)s let the rule decide about the health again"),
    ("", "portfolio.budget_changed"): _("%(name)s changed the budget"),
}
LABELS: Mapping[str, Promise] = {"health": _("Health")}


def history(project: Project, person: Person, *, before: int = 0) -> HistoryPage:
    """Return the newest entries of a project, or those before the event `before`. Two or three queries."""
    rows = activity.history("project", project.pk)
    if before:
        rows = rows.filter(pk__lt=before)
    events = list(rows[: ROWS + 1])
    shown = events[:ROWS]
    veil(shown, references(person))
    told = [_tell(event, entry) for event, entry in zip(shown, _entries(shown), strict=True)]
    return HistoryPage(told, shown[-1].pk if len(events) > ROWS else 0)


def of_record(kind: str, pk: int, project_id: int) -> list[Entry]:
    """Return what happened to one record around a project, the newest first. Two queries."""
    rows = activity.history("project", project_id).filter(changes__about__kind=kind, changes__about__id=pk)
    events = list(rows[:ROWS])
    return [_tell(event, entry) for event, entry in zip(events, _entries(events), strict=True)]


def _entries(events: list[Event]) -> list[Entry]:
    return entries(events, Project, SENTENCES, LABELS)


def _tell(event: Event, entry: Entry) -> Entry:
    """Say an event around a project in words of its own; those of the project itself are said already."""
    about = event.changes.get("about") or {}
    sentence = AROUND.get((about.get("kind", ""), event.kind))
    if sentence is None:
        return entry
    name = entry.by.name if entry.by else str(_("The system"))
    text = str(sentence) % {"name": name, "title": about.get("text", "")}
    model = KINDS.get(about.get("kind", ""), Budget)
    changes = [_change(model, key, pair) for key, pair in event.changes.items() if isinstance(pair, list)]
    if event.note:
        changes.append((str(_("Reason")), "", event.note))
    return replace(entry, text=text, changes=[one for one in changes if one[0]])


def _change(model: type[models.Model], key: str, pair: list[Any]) -> tuple[str, str, str]:
    if key == "health":
        return str(LABELS["health"]), _level(pair[0]), _level(pair[1])
    field = next((one for one in model._meta.get_fields() if one.name == key), None)
    # What follows from the rest, such as the score before, is no news of its own.
    if field is None or not getattr(field, "editable", False):
        return "", "", ""
    label = str(getattr(field, "verbose_name", key))
    return label, _words(field, pair[0]), _words(field, pair[1])


def _level(value: Any) -> str:
    return str(dict(LEVELS).get(value, "")) if value else ""


def _words(field: Any, value: Any) -> str:
    """Say a stored value as a person reads it."""
    if value is None or value == "":
        return ""
    if isinstance(value, dict):
        return str(value.get("text", ""))
    if field.flatchoices:
        return str(dict(field.flatchoices).get(value, value))
    if field.name.endswith("minutes"):
        return duration(int(value))
    if isinstance(field, models.DateTimeField):
        moment = parse_datetime(str(value))
        return absolute(moment) if moment else ""
    if isinstance(field, models.DateField):
        day = parse_date(str(value))
        return day.isoformat() if day else ""
    return str(value)
