"""Who writes a report that is about to be sent is asked for it in time, once."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from opsloop.background.timers import zone
from opsloop.engines.timers import following
from opsloop.organisation.models import Department, Person, RoleAssignment
from opsloop.organisation.queries import working_calendar
from opsloop.organisation.queries.people import LEADING
from opsloop.reports.actions.reports import ask
from opsloop.reports.actions.sendings import period_for
from opsloop.reports.models import Schedule
from opsloop.reports.queries.subjects import which_of


def remind_due(*, at: datetime) -> int:
    """Ask for the reports that are sent soon and not handed in; return of how many schedules. Once a moment."""
    rows = (
        Schedule.objects.active().filter(remind_hours__gt=0).select_related("person", "department", "project")
    )
    found = list(rows)
    if not found:
        return 0
    calendar = working_calendar({at.year, (at + timedelta(days=40)).year})
    asked = 0
    for row in found:
        moment = following(row.rule, at, calendar=calendar, zone=zone())
        if moment is None or moment - timedelta(hours=row.remind_hours) > at or row.skips == moment:
            continue
        if row.reminded_until != moment:
            asked += _remind(row, moment, at)
    return asked


@transaction.atomic
def _remind(schedule: Schedule, moment: datetime, at: datetime) -> int:
    mine = Schedule.objects.active().filter(pk=schedule.pk, reminded_until=schedule.reminded_until)
    if not mine.update(reminded_until=moment):
        return 0
    which = which_of(schedule, period_for(schedule, moment))
    return 1 if ask(which=which, people=writers(schedule), by=None, at=at) else 0


def writers(schedule: Schedule) -> list[Person]:
    """Return who writes the report of a schedule: its person, the leads of its department, the owner of its project."""
    if schedule.project is not None:
        owner = schedule.project.owner
        return [owner] if owner is not None and owner.is_active else []
    if schedule.department is None:
        return [schedule.person] if schedule.person.is_active else []
    return leads_of(schedule.department) or [schedule.person]


def leads_of(department: Department) -> list[Person]:
    """Return who leads a department itself, and so writes its report. One query."""
    held = RoleAssignment.objects.filter(role__in=LEADING, department=department, person__is_active=True)
    return list(dict.fromkeys(row.person for row in held.select_related("person").order_by("person_id")))
