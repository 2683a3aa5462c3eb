"""The verbs of a week: a cell typed in its grid, handing in, taking back, approving, returning."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.events import DomainEvent
from opsloop.engines import hours
from opsloop.engines.hours import Span
from opsloop.organisation.models import Organisation, Person
from opsloop.organisation.queries.blocks import zone_of
from opsloop.organisation.queries.people import nearest_leads
from opsloop.records.refusals import Forbidden, Refused
from opsloop.timekeeping import weeks
from opsloop.timekeeping.actions import entries
from opsloop.timekeeping.actions.entries import Change, check_open, check_task, hold
from opsloop.timekeeping.events import WeekApproved, WeekHandedIn, WeekReturned, WeekTakenBack
from opsloop.timekeeping.models import TIMESHEET_LIFECYCLE, TimeEntry, Timesheet
from opsloop.work.models import Task

State = Timesheet.State


@transaction.atomic
def set_cell(
    *, task: Task, day: date, minutes: int, by: Person, at: datetime, free: Sequence[Span]
) -> Change | None:
    """Make the hours of `by` on a task and a day come to `minutes`; None when they do already.

    More is laid into `free` time of the day, in its order; less is taken from the last entries. What crosses
    midnight stays.

    Raises:
        Refused: the day has not that much free time left, or so much of it crosses midnight.
    """
    hold(by)
    check_task(task, by)
    zone = zone_of(by)
    span = hours.day_span(day, zone)
    rows = TimeEntry.objects.filter(person=by, task=task).touching(*span).order_by("started_at")
    found = list(rows.select_related("task"))
    missing = minutes - sum(hours.length(max(e.started_at, span[0]), min(e.ended_at, span[1])) for e in found)
    if not missing:
        return None
    change = Change()
    if missing > 0:
        laid = hours.lay(missing, free)
        if sum(hours.length(*one) for one in laid) < missing:
            raise Refused(
                _("This day has no free time left for that. Write from when to when instead."), field="typed"
            )
        for one in laid:
            entries.write(one, change, task, by, at, "", None, "refuse")
    else:
        inside = [entry for entry in found if entry.started_at >= span[0] and entry.ended_at <= span[1]]
        _shorten(inside, -missing, change, by)
    return entries.finish(change, by=by, at=at)


def _shorten(inside: Sequence[TimeEntry], minutes: int, change: Change, by: Person) -> None:
    check_open([(entry.started_at, entry.ended_at) for entry in inside], by)
    for entry in reversed(inside):
        taken = min(minutes, entry.minutes)
        minutes -= taken
        if taken == entry.minutes:
            entries.drop(entry, change)
        elif taken:
            entries.move(entry, (entry.started_at, hours.shifted(entry.ended_at, -taken)), change)
    if minutes:
        raise Refused(
            _("A part of this time crosses midnight. Change that entry on the page of its day."),
            field="typed",
        )


@transaction.atomic
def hand_in(*, by: Person, week_start: date, at: datetime) -> Timesheet:
    """Hand in a week of one's own for approval; handing in what is handed in changes nothing.

    Raises:
        Refused: the organisation does not ask for it, nothing has begun that week, or it is approved.
    """
    hold(by)
    check_task(None, by)
    _check_asked()
    if hours.midnight(week_start, zone_of(by)) > at:
        raise Refused(_("This week has not begun yet."))
    sheet = Timesheet.objects.filter(person=by, week_start=week_start).first()
    if sheet is None:
        sheet = Timesheet.objects.create(person=by, week_start=week_start, handed_at=at)
    elif sheet.state == State.HANDED:
        return sheet
    else:
        sheet.handed_at = at
        _move(sheet, State.HANDED, sheet.version, ["handed_at"])
    _tell(WeekHandedIn, sheet, by, at, nearest_leads(by))
    return sheet


@transaction.atomic
def take_back(*, sheet: Timesheet, by: Person, at: datetime, version: int) -> None:
    """Take back a week of one's own that nobody has decided on."""
    if sheet.person_id != by.pk:
        raise Forbidden(_("Only the person whose week it is may take it back."))
    _move(sheet, State.OPEN, version)
    _tell(WeekTakenBack, sheet, by, at)


@transaction.atomic
def approve(*, sheet: Timesheet, by: Person, at: datetime, version: int) -> None:
    """Approve a week as it was seen at `version`; its hours are locked from then on.

    Raises:
        StaleVersion: its hours have been changed since.
        Forbidden: `by` does not lead the person.
    """
    hold(sheet.person)
    _check_asked()
    check_can_decide(sheet, by)
    sheet.decided_at, sheet.decided_by, sheet.reason = at, by, ""
    _move(sheet, State.APPROVED, version, ["decided_at", "decided_by", "reason"])
    _tell(WeekApproved, sheet, by, at)


@transaction.atomic
def send_back(*, sheet: Timesheet, by: Person, at: datetime, version: int, reason: str) -> None:
    """Return a week with a reason, also one that was approved: it can be changed again.

    Raises:
        Refused: without a reason.
    """
    hold(sheet.person)
    check_can_decide(sheet, by)
    if not reason.strip():
        raise Refused(_("Say what is to be corrected."), field="reason")
    sheet.decided_at, sheet.decided_by, sheet.reason = at, by, reason.strip()[:300]
    _move(sheet, State.RETURNED, version, ["decided_at", "decided_by", "reason"])
    _tell(WeekReturned, sheet, by, at, note=sheet.reason)


def check_can_decide(sheet: Timesheet, by: Person) -> None:
    """Raise Forbidden unless `by` decides on the weeks of this person."""
    if not weeks.may_decide(sheet.person, by):
        raise Forbidden(_("Only those who lead %(name)s decide on this week.") % {"name": sheet.person.name})


def _check_asked() -> None:
    if not Organisation.objects.filter(hours_approval=True).exists():
        raise Refused(_("Your organisation does not approve hours. Administrators can change that."))


def _move(sheet: Timesheet, state: State, version: int, fields: Sequence[str] = ()) -> None:
    """Move a week on, if its lifecycle allows it and it is still what was seen."""
    current = sheet.state
    if current not in TIMESHEET_LIFECYCLE.before(state):
        words = {"state": sheet.get_state_display(), "name": sheet.person.name}
        raise Refused(_("The week of %(name)s is in the state “%(state)s”. Reload the page.") % words)
    sheet.state = state
    sheet.bump(version, ["state", *fields])


def _tell(
    kind: type[DomainEvent],
    sheet: Timesheet,
    by: Person,
    at: datetime,
    leads: Sequence[Person] = (),
    **more: Any,
) -> None:
    who = sheet.person
    people = (who.pk, *(lead.pk for lead in leads))
    activity.record(
        kind(
            subject_id=sheet.pk, by_id=by.pk, at=at, department_id=who.department_id, person_ids=people,
            changes={"state": [None, sheet.state]}, **more,
        )
    )  # fmt: skip
