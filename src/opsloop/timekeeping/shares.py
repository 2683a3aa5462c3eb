"""How the recorded time falls on the four quadrants: this week and the four before it, for the urgent trap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import TruncDate

from opsloop.engines import trap
from opsloop.engines.priority import Item, Quadrant, Urgency, assess
from opsloop.organisation.models import Person
from opsloop.organisation.roles import Permission
from opsloop.timekeeping.models import TimeEntry
from opsloop.work.queries.scopes import team_departments

WEEKS_BEFORE = 4
# A day's work on a task is one row; more rows than this are a company, not a team.
MOST = 20_000
NOON = time(12)


@dataclass(frozen=True)
class Week:
    """The minutes of one week by quadrant, and those on no task."""

    monday: date
    minutes: dict[int, int]
    elsewhere: int

    @property
    def total(self) -> int:
        """The minutes on tasks."""
        return sum(self.minutes.values())


@dataclass(frozen=True)
class Shares:
    """The last weeks, oldest first, this one at the end; what they say; and whether they could be read."""

    weeks: Sequence[Week]
    trap: trap.Trap
    is_too_many: bool


def shares(person: Person, scope: str, *, at: datetime) -> Shares:
    """Return the shares of one's own time ("mine") or of one's team's, as far as one may see hours.

    A task counts in the quadrant in which it stood on the day of the entry, judged by its relevance, urgency
    and due date of today: how it was judged by hand that day is not kept, so today's choice counts. One query.
    """
    zone = ZoneInfo(person.time_zone)
    today = at.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    mondays = [monday - timedelta(weeks=n) for n in range(WEEKS_BEFORE, -1, -1)]
    since = datetime.combine(mondays[0], time(), tzinfo=zone)
    rows = _rows(_entries(person, scope).filter(started_at__gte=since, started_at__lte=at), zone)
    weeks = _weeks(mondays, rows, zone)
    found = trap.look(weeks[-1].minutes, [week.minutes for week in weeks[:-1]])
    return Shares(weeks, found, is_too_many=len(rows) > MOST)


def _entries(person: Person, scope: str) -> QuerySet[TimeEntry]:
    if scope != "team":
        return TimeEntry.objects.filter(person=person)
    rows = TimeEntry.objects.visible_to(person)
    team = team_departments(person)
    return rows if team is None else rows.filter(person__department_id__in=team)


def sees_team(person: Person) -> bool:
    """Whether the person sees the hours of anybody but themselves."""
    reach = person.reaches.departments(Permission.TIME_VIEW)
    return reach is None or bool(reach)


def _rows(entries: QuerySet[TimeEntry], zone: ZoneInfo) -> list[dict[str, Any]]:
    found: Any = (
        entries.order_by()
        .values(
            "task_id",
            day=TruncDate("started_at", tzinfo=zone),
            relevance=F("task__importance"),
            urgency=F("task__urgency"),
            due=F("task__due_at"),
            quadrant=F("task__quadrant_override"),
        )
        .annotate(total=Sum("minutes"))
    )
    return list(found[: MOST + 1])


def _weeks(mondays: Sequence[date], rows: Sequence[dict[str, Any]], zone: ZoneInfo) -> list[Week]:
    minutes: dict[date, dict[int, int]] = {monday: defaultdict(int) for monday in mondays}
    for row in rows:
        monday = row["day"] - timedelta(days=row["day"].weekday())
        if monday in minutes:
            minutes[monday][_quadrant(row, zone)] += row["total"]
    return [
        Week(monday, {n: found.get(n, 0) for n in trap.QUADRANTS}, found.get(0, 0))
        for monday, found in minutes.items()
    ]


def _quadrant(row: dict[str, Any], zone: ZoneInfo) -> int:
    """Return the quadrant in which the task of a row stood that day; 0 for time on no task."""
    if row["task_id"] is None:
        return 0
    item = Item(
        id="",
        relevance=row["relevance"],
        urgency=cast(Urgency, row["urgency"]),
        due=row["due"],
        quadrant=cast(Quadrant | None, row["quadrant"]),
    )
    return assess(item, now=datetime.combine(row["day"], NOON, tzinfo=zone)).quadrant
