"""The working clock of a project: the hours of its department on the working calendar."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from opsloop.engines.blocks import DEFAULT_TEMPLATE
from opsloop.engines.workclock import WorkClock
from opsloop.organisation.models import BlockTemplate, Department
from opsloop.organisation.queries import working_calendar
from opsloop.organisation.queries.blocks import as_template


def clock_of(department: Department, at: datetime) -> WorkClock:
    """Return the clock that limits in `department` run by, around `at`. At most four queries."""
    zone = ZoneInfo(settings.TIME_ZONE)
    year = at.astimezone(zone).year
    chain = [int(part) for part in department.path.split("/") if part]
    rows = {
        row.department_id: row
        for row in BlockTemplate.objects.usual().filter(person__isnull=True).prefetch_related("rules")
    }
    nearest = next((rows[pk] for pk in [*reversed(chain), None] if pk in rows), None)
    template = as_template(nearest) if nearest else DEFAULT_TEMPLATE
    return WorkClock(template, working_calendar({year, year + 1}), zone)
