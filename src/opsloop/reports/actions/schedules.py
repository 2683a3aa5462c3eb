"""The verbs of a schedule: make it, change it, pause it, leave one moment out, remove it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.background.timers import zone
from opsloop.engines.timers import following
from opsloop.organisation.models import Person
from opsloop.organisation.queries import working_calendar
from opsloop.records.changes import as_json, from_json
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
def change(*, schedule: Schedule, values: Mapping[str, Any], by: Person, at: datetime, version: int) -> Undo:
    """Change a schedule; what it would have sent before `at` is not made up for.

    Raises:
        Forbidden, Refused, StaleVersion: as ever.
    """
    _check_may(schedule, by)
    _check_somebody(values)
    before = _kept(schedule)
    for name in FIELDS:
        setattr(schedule, name, values[name])
    schedule.decided_until, schedule.skips = at, None
    schedule.bump(version, [*FIELDS, "decided_until", "skips"])
    schedule.people.set(values["people"])
    schedule.channels.set(values["channels"])
    return _done(schedule, by, at, "changed", before)


@transaction.atomic
def pause(*, schedule: Schedule, by: Person, at: datetime, version: int) -> Undo:
    """Send nothing for the time being; what waits for a report waits no more."""
    _check_may(schedule, by)
    before = _kept(schedule)
    SCHEDULE_LIFECYCLE.move(schedule, Schedule.State.PAUSED, version=version)
    waiting = schedule.sendings.filter(state=Sending.State.WAITING)
    left_out = list(waiting.values_list("pk", flat=True))
    waiting.update(state=Sending.State.SKIPPED, why=Sending.Why.WISH)
    return _done(schedule, by, at, "paused", {**before, "left_out": left_out})


@transaction.atomic
def resume(*, schedule: Schedule, by: Person, at: datetime, version: int) -> Undo:
    """Send again from now on; what fell into the pause is not made up for."""
    _check_may(schedule, by)
    before = _kept(schedule)
    schedule.decided_until = at
    SCHEDULE_LIFECYCLE.move(schedule, Schedule.State.ACTIVE, version=version, fields=["decided_until"])
    return _done(schedule, by, at, "active", before)


@transaction.atomic
def remove(*, schedule: Schedule, by: Person, at: datetime, version: int) -> Undo:
    """Remove a schedule; what it has sent stays in the history of the letters."""
    _check_may(schedule, by)
    before = _kept(schedule)
    SCHEDULE_LIFECYCLE.move(schedule, Schedule.State.REMOVED, version=version)
    return _done(schedule, by, at, "removed", before)


@transaction.atomic
def skip(*, schedule: Schedule, is_left_out: bool, by: Person, at: datetime, version: int) -> Undo:
    """Leave the next moment out, or (`is_left_out` False) send it after all.

    Raises:
        Refused: there is no next moment, because the schedule is paused.
    """
    _check_may(schedule, by)
    moment = next_moment(schedule, at=at)
    if moment is None:
        raise Refused(_("Nothing is sent while the schedule is paused."))
    before = _kept(schedule)
    schedule.skips = moment if is_left_out else None
    schedule.bump(version, ["skips"])
    return _done(schedule, by, at, "skipped" if is_left_out else "unskipped", before)


@transaction.atomic
def undo_change(
    *, by: Person, at: datetime, schedule_id: int, version: int, fields: Mapping[str, Any],
    people: Sequence[int], channels: Sequence[int], left_out: Sequence[int] = (),
) -> None:  # fmt: skip
    """Bring a schedule back to what it was before the step that was offered to be undone.

    Moments since then are decided anew from where it stood, so that nothing is lost between the step and this.

    Raises:
        Refused: somebody changed it since.
    """
    schedule = Schedule.objects.filter(pk=schedule_id).first()
    if schedule is None or schedule.version != version:
        raise Refused(_("The schedule was changed since. Load the page again."))
    _check_may(schedule, by)
    for name, value in fields.items():
        setattr(schedule, name, from_json(Schedule, name, value))
    schedule.bump(version, fields)
    schedule.people.set(people)
    schedule.channels.set(channels)
    waiting = schedule.sendings.filter(pk__in=left_out, state=Sending.State.SKIPPED)
    waiting.update(state=Sending.State.WAITING, why="")
    _record(schedule, by, at, "undone")


def _kept(schedule: Schedule) -> dict[str, Any]:
    """Return what a schedule is now, as an undo step keeps it. Two queries."""
    return {
        "fields": {
            name: as_json(getattr(schedule, name)) for name in (*FIELDS, "state", "decided_until", "skips")
        },
        "people": list(schedule.people.values_list("pk", flat=True)),
        "channels": list(schedule.channels.values_list("pk", flat=True)),
    }


def _done(schedule: Schedule, by: Person, at: datetime, note: str, before: Mapping[str, Any]) -> Undo:
    """Record a step and offer to take it back."""
    _record(schedule, by, at, note)
    arguments = {"schedule_id": schedule.pk, "version": schedule.version, **before}
    return activity.offer_undo(verb="report.schedule", arguments=arguments, by=by, at=at)


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
