"""The verbs of a schedule: make it, change it, pause it, leave one moment out, remove it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.background.timers import zone
from opsloop.engines.timers import following
from opsloop.organisation.models import Person
from opsloop.organisation.queries import working_calendar
from opsloop.records.refusals import Forbidden, Refused
from opsloop.reports import permissions
from opsloop.reports.events import ScheduleChanged
from opsloop.reports.models import SCHEDULE_LIFECYCLE, Report, Schedule, Sending, Subjected

FIELDS = ("kind", "day", "at", "on_free_day", "looks_back", "shape", "remind_hours")


@transaction.atomic
def add(*, of: Subjected, values: Mapping[str, Any], by: Person, at: datetime) -> Schedule:
    """Make a schedule of the report of `of`'s subject; `values` are FIELDS, `people` and `channels`.

    Raises:
        Forbidden: `by` may not write that report.
        Refused: nobody would get it.
    """
    _check_may(of, by)
    _check_somebody(values)
    schedule = Schedule(
        person=by if not of.is_personal else of.person, department=of.department, project=of.project,
        decided_until=at, created_at=at, **{name: values[name] for name in FIELDS},
    )  # fmt: skip
    schedule.save()
    schedule.people.set(values["people"])
    schedule.channels.set(values["channels"])
    _record(schedule, by, at, "added")
    return schedule


@transaction.atomic
def change(
    *, schedule: Schedule, values: Mapping[str, Any], by: Person, at: datetime, version: int
) -> Schedule:
    """Change a schedule; what it would have sent before `at` is not made up for.

    Raises:
        Forbidden, Refused, StaleVersion: as ever.
    """
    _check_may(schedule, by)
    _check_somebody(values)
    for name in FIELDS:
        setattr(schedule, name, values[name])
    schedule.decided_until, schedule.skips = at, None
    schedule.bump(version, [*FIELDS, "decided_until", "skips"])
    schedule.people.set(values["people"])
    schedule.channels.set(values["channels"])
    _record(schedule, by, at, "changed")
    return schedule


@transaction.atomic
def pause(*, schedule: Schedule, by: Person, at: datetime, version: int) -> None:
    """Send nothing for the time being; what waits for a report waits no more."""
    _move(schedule, Schedule.State.PAUSED, by, at, version)
    waiting = schedule.sendings.filter(state=Sending.State.WAITING)
    waiting.update(state=Sending.State.SKIPPED, why=Sending.Why.WISH)


@transaction.atomic
def resume(*, schedule: Schedule, by: Person, at: datetime, version: int) -> None:
    """Send again from now on; what fell into the pause is not made up for."""
    schedule.decided_until = at
    _move(schedule, Schedule.State.ACTIVE, by, at, version)


@transaction.atomic
def remove(*, schedule: Schedule, by: Person, at: datetime, version: int) -> None:
    """Remove a schedule; what it has sent stays in the history of the letters."""
    _move(schedule, Schedule.State.REMOVED, by, at, version)


def _move(schedule: Schedule, state: Schedule.State, by: Person, at: datetime, version: int) -> None:
    _check_may(schedule, by)
    if schedule.state not in SCHEDULE_LIFECYCLE.before(state):
        raise Refused(_("Somebody was faster: there is nothing left to do here. Load the page again."))
    schedule.state = state
    schedule.bump(version, ["state", "decided_until"])
    _record(schedule, by, at, str(state.value))


@transaction.atomic
def skip(*, schedule: Schedule, is_left_out: bool, by: Person, at: datetime, version: int) -> None:
    """Leave the next moment out, or (`is_left_out` False) send it after all.

    Raises:
        Refused: there is no next moment, because the schedule is paused.
    """
    _check_may(schedule, by)
    moment = next_moment(schedule, at=at)
    if moment is None:
        raise Refused(_("Nothing is sent while the schedule is paused."))
    schedule.skips = moment if is_left_out else None
    schedule.bump(version, ["skips"])
    _record(schedule, by, at, "skipped" if is_left_out else "unskipped")


def next_moment(schedule: Schedule, *, at: datetime) -> datetime | None:
    """Return when a schedule sends next; None while it is paused. One query."""
    if schedule.state != Schedule.State.ACTIVE:
        return None
    calendar = working_calendar({at.year, at.year + (at.month > 10)})
    return following(schedule.rule, max(at, schedule.decided_until), calendar=calendar, zone=zone())


def _check_may(row: Subjected, by: Person) -> None:
    report = Report(person=row.person, department=row.department, project=row.project)
    # A department's schedule is changed by whoever leads it, whoever made it.
    if not permissions.can_write_for(report, by):
        raise Forbidden(_("A report is sent by those who may write it."))


def _check_somebody(values: Mapping[str, Any]) -> None:
    if not values["people"] and not values["channels"]:
        raise Refused(_("Choose at least one person or group that gets the report."), field="people")


def _record(schedule: Schedule, by: Person, at: datetime, note: str) -> None:
    department = schedule.department_id or schedule.person.department_id
    activity.record(
        ScheduleChanged(
            subject_id=schedule.pk,
            by_id=by.pk,
            at=at,
            department_id=department,
            person_ids=(by.pk,),
            note=note,
        )
    )
