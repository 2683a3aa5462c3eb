"""The clock of reminders: the hours of the department that sent a notice, on the working calendar."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from opsloop.engines.blocks import DEFAULT_TEMPLATE
from opsloop.engines.workclock import WorkClock
from opsloop.organisation.models import BlockTemplate, Department
from opsloop.organisation.queries import working_calendar
from opsloop.organisation.queries.blocks import as_template


def clock_of(department: Department | None, at: datetime) -> WorkClock:
    """Return the clock by which a notice of `department` is chased around `at`. Four queries at most."""
    return clocks_of([department], at, at)[department.pk if department else None]


def clocks_of(
    departments: Iterable[Department | None], since: datetime, until: datetime
) -> dict[int | None, WorkClock]:
    """Return department id -> the clock of its working hours for a span of time. Four queries, however many."""
    zone = ZoneInfo(settings.TIME_ZONE)
    calendar = working_calendar(range(since.astimezone(zone).year, until.astimezone(zone).year + 2))
    rows = {
        row.department_id: row
        for row in BlockTemplate.objects.usual().filter(person__isnull=True).prefetch_related("rules")
    }
    known: dict[int | None, WorkClock] = {}
    for department in departments:
        path = department.path if department else ""
        chain = [int(part) for part in reversed(path.split("/")) if part]
        nearest = next((rows[pk] for pk in [*chain, None] if pk in rows), None)
        template = as_template(nearest) if nearest else DEFAULT_TEMPLATE
        known[department.pk if department else None] = WorkClock(template, calendar, zone)
    return known
