"""Sending reports when their schedules say so: each moment once, waiting for what is not handed in yet.

A moment becomes a `Sending` in the transaction that decides the schedule up to it. When the report is handed in, the
sending becomes letters of channels: these are sent, tried again and given up as all letters are.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction

from opsloop.activity import actions as activity
from opsloop.background import queue
from opsloop.background.timers import zone
from opsloop.channels import sending
from opsloop.channels.models import Channel, Letter
from opsloop.engines.reviewing import Period, period_of
from opsloop.engines.timers import Late, firings
from opsloop.engines.workcalendar import WorkCalendar
from opsloop.organisation.models import Person
from opsloop.organisation.queries import working_calendar
from opsloop.reports.events import ReportSent
from opsloop.reports.models import Posting, Report, Schedule, Sending
from opsloop.reports.queries.subjects import which_of

# After a downtime the newest moment is made up for, within this.
LATE = Late(each=False, within=timedelta(days=3))


def send_due(*, at: datetime) -> int:
    """Send what became due up to `at`; return how many moments were decided. Several may look at once."""
    rows = list(Schedule.objects.active().select_related("person", "department", "project"))
    if not rows:
        return 0
    calendar = working_calendar({at.year, (at - timedelta(days=40)).year})
    return sum(_decide(row, calendar, at) for row in rows)


def period_for(schedule: Schedule, moment: datetime) -> Period:
    """Return the period whose report a moment of a schedule sends."""
    current = period_of("week" if schedule.kind == "week" else "month", moment.astimezone(zone()).date())
    return current.before if schedule.looks_back else current


@transaction.atomic
def _decide(schedule: Schedule, calendar: WorkCalendar, at: datetime) -> int:
    """Decide a schedule up to `at`; the guarded UPDATE lets one worker do so, the unique moments keep it single."""
    moments = firings(schedule.rule, LATE, schedule.decided_until, at, calendar=calendar, zone=zone())
    if not moments:
        return 0
    mine = Schedule.objects.active().filter(pk=schedule.pk, decided_until=schedule.decided_until)
    if not mine.update(decided_until=at):
        return 0
    made = 0
    for moment in moments:
        _row, is_new = Sending.objects.get_or_create(
            schedule=schedule, due_at=moment, defaults={"starts_on": period_for(schedule, moment).starts_on}
        )
        if is_new:
            made += 1
            _begin(schedule, _row, at)
    return made


def _begin(schedule: Schedule, row: Sending, at: datetime) -> None:
    """Send at once what is handed in; leave out what shall be; give up an older one that still waits."""
    older = schedule.sendings.filter(state=Sending.State.WAITING).exclude(pk=row.pk)
    older.update(state=Sending.State.SKIPPED, why=Sending.Why.MISSING)
    if schedule.skips == row.due_at:
        Sending.objects.filter(pk=row.pk).update(state=Sending.State.SKIPPED, why=Sending.Why.WISH)
        return
    report = which_of(schedule, period_for(schedule, row.due_at)).find()
    if report is not None and report.is_submitted:
        post(row=row, report=report, at=at)


def release(*, report: Report, at: datetime) -> None:
    """Send what waits for a report that is handed in now; in the caller's transaction. One query if nothing waits."""
    rows = Sending.objects.filter(
        state=Sending.State.WAITING, starts_on=report.starts_on, schedule__kind=report.kind,
        schedule__state=Schedule.State.ACTIVE,
    ).select_related("schedule")  # fmt: skip
    if report.department_id:
        rows = rows.filter(schedule__department_id=report.department_id)
    elif report.project_id:
        rows = rows.filter(schedule__project_id=report.project_id)
    else:
        rows = rows.filter(
            schedule__person_id=report.person_id,
            schedule__department__isnull=True,
            schedule__project__isnull=True,
        )
    for row in rows:
        post(row=row, report=report, at=at)


def post(*, row: Sending, report: Report, at: datetime) -> bool:
    """Make the letters of a sending, once: whoever moves it out of waiting makes them. In the caller's transaction."""
    values = {"state": Sending.State.SENT, "sent_at": at, "report": report}
    if not Sending.objects.filter(pk=row.pk, state=Sending.State.WAITING).update(**values):
        return False
    people = list(row.schedule.people.filter(is_active=True).order_by("pk"))
    mail = Channel.objects.alive().filter(kind=Channel.Kind.MAIL).first()
    told = []
    for person in people:
        letter = _letter(mail, person, at) if mail and person.email else None
        Posting.objects.create(sending=row, person=person, letter=letter)
        if letter is None:
            told.append(person)
    for channel in row.schedule.channels.exclude(state=Channel.State.REMOVED).order_by("pk"):
        Posting.objects.create(sending=row, person=None, letter=_letter(channel, None, at))
    _tell(report, told, row.schedule.person, at)
    return True


def _letter(channel: Channel, person: Person | None, at: datetime) -> Letter:
    """Make and queue a letter without news: what stands in it is written by `reports.letters` when it goes."""
    letter = Letter.objects.create(
        channel=channel, person=person, key=uuid4().hex, kind=Letter.Kind.NOW, made_at=at
    )
    queue.add(sending.send, [letter.pk])
    return letter


def _tell(report: Report, people: Sequence[Person], by: Person, at: datetime) -> None:
    """Put it into the inbox of those whom no mail reaches; who gets the mail is not told twice."""
    told = tuple(one.pk for one in people if one.pk != by.pk)
    if told:
        department = report.department_id or report.person.department_id
        activity.record(
            ReportSent(subject_id=report.pk, by_id=by.pk, at=at, department_id=department, person_ids=told)
        )
