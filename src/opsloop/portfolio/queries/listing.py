"""The list of projects: filtered, searched, sorted by how they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opsloop.engines.projecthealth import Level
from opsloop.organisation.models import Person
from opsloop.portfolio.models.updates import LEVELS
from opsloop.portfolio.queries.standing import Standing, seen, standings, wants_update
from opsloop.work.models import Project

RUNNING = ""
ANY = "any"
SORTS: Mapping[str, Promise] = {
    "due": _("Due date"),
    "health": _("Health, worst first"),
    "node": _("Next key node"),
    "progress": _("Progress"),
    "risk": _("Risks, most first"),
    "name": _("Name"),
}
PAGE = 50


@dataclass(frozen=True)
class ListState:
    """What the address asks for."""

    status: str = RUNNING
    health: str = ""
    sort: str = "due"
    q: str = ""
    mine: bool = False

    @classmethod
    def read(cls, query: Any) -> ListState:
        """Return the state that an address names; what is unknown counts as not said."""
        status, health, sort = query.get("status", ""), query.get("health", ""), query.get("sort", "")
        return cls(
            status=status if status in {*Project.Status.values, ANY} else RUNNING,
            health=health if health in dict(LEVELS) else "",
            sort=sort if sort in SORTS else "due",
            q=query.get("q", "").replace("\x00", "").strip()[:100],
            mine=query.get("mine") == "1",
        )

    def query(self, **changes: Any) -> str:
        """Return the query of an address with some values changed, "" for the plain list."""
        values = {
            "status": self.status, "health": self.health, "q": self.q,
            "sort": "" if self.sort == "due" else self.sort, "mine": "1" if self.mine else "", **changes,
        }  # fmt: skip
        kept = {name: value for name, value in values.items() if value}
        return f"?{urlencode(kept)}" if kept else ""


@dataclass(frozen=True, slots=True)
class Row:
    """A project in the list."""

    project: Project
    standing: Standing
    is_late: bool
    is_silent: bool


def rows(person: Person, state: ListState, *, now: datetime, shown: frozenset[str]) -> list[Row]:
    """Return the projects that `person` may see, as `state` asks. At most eight queries, however many."""
    found = list(_projects(person, state))
    stand = standings(found, person, now=now, shown=shown)
    today = timezone.localtime(now).date()
    made = [
        Row(one, stand[one.pk], _is_late(one, today), wants_update(one, stand[one.pk].updated_at, now))
        for one in found
        if not state.health or stand[one.pk].level == state.health
    ]
    return sorted(made, key=_KEYS[state.sort])


def _projects(person: Person, state: ListState) -> Any:
    wanted = seen(person).select_related("owner", "department", "goal").order_by("-pk")
    wanted = wanted.only(
        "number", "name", "status", "due_on", "created_at", "version", "goal__title",
        "owner__name", "department__name",
    )  # fmt: skip
    if state.mine:
        wanted = wanted.filter(pk__in=Project.objects.taken_part_in(person).values("pk"))
    if state.q:
        wanted = wanted.filter(
            Q(name__icontains=state.q) | Q(number__icontains=state.q) | Q(owner__name__icontains=state.q)
        )
    if state.status == RUNNING:
        return wanted.exclude(status=Project.Status.CLOSED)
    return wanted if state.status == ANY else wanted.filter(status=state.status)


def _is_late(project: Project, today: date) -> bool:
    return project.status != Project.Status.CLOSED and project.due_on is not None and project.due_on < today


def _by_due(row: Row) -> Any:
    return (row.project.due_on or date.max, -row.project.pk)


def _by_node(row: Row) -> Any:
    node = row.standing.next_node
    due = node.due_at if node else None
    return (due is None, due.timestamp() if due else 0, *_by_due(row))


_KEYS: Mapping[str, Any] = {
    "due": _by_due,
    "health": lambda row: (-Level(row.standing.level).weight, *_by_due(row)),
    "node": _by_node,
    "progress": lambda row: (-row.standing.tally.percent, *_by_due(row)),
    "risk": lambda row: (-row.standing.high_risks, -row.standing.open_risks, *_by_due(row)),
    "name": lambda row: row.project.name,
}
