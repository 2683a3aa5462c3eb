"""The clock of reminders: the hours of the department that sent a notice, on the working calendar."""

from __future__ import annotations

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
    zone = ZoneInfo(settings.TIME_ZONE)
    year = at.astimezone(zone).year
    rows = {
        row.department_id: row
        for row in BlockTemplate.objects.usual().filter(person__isnull=True).prefetch_related("rules")
    }
    path = department.path if department else ""
    chain = [int(part) for part in reversed(path.split("/")) if part]
    nearest = next((rows[pk] for pk in [*chain, None] if pk in rows), None)
    return WorkClock(
        as_template(nearest) if nearest else DEFAULT_TEMPLATE, working_calendar({year, year + 1}), zone
    )
