"""A working day before: everybody is reminded once of a meeting, with what they have to prepare."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from opsloop.activity import actions as activity
from opsloop.engines.workcalendar import NoWorkdayError, WorkCalendar
from opsloop.meetings.events import AgendaMissing, MeetingSoon, PreparationDue
from opsloop.meetings.models import AgendaItem, Meeting, Preparation, Seat
from opsloop.meetings.ruling import rules
from opsloop.organisation.queries import working_calendar

# All reminders of a day come together, when people are at work.
REMINDS_AT = time(9, 0)
# Working days before are at most so many days before: those of the longest holiday in between.
FARTHEST = timedelta(days=30)


def remind_due(*, at: datetime) -> int:
    """Remind those who are in a meeting of the next working day; return how many meetings. Each is told once."""
    rows = Meeting.objects.filter(
        state=Meeting.State.CALLED, reminded_at__isnull=True, starts_at__gt=at, starts_at__lte=at + FARTHEST
    )
    found = list(rows.order_by("starts_at", "pk"))
    if not found:
        return 0
    before = rules().notice_days
    calendar = working_calendar({at.year, (at + FARTHEST).year})
    return sum(_remind(one, at=at) for one in found if moment_of(one, before, calendar) <= at)


def moment_of(meeting: Meeting, days: int, calendar: WorkCalendar) -> datetime:
    """Return when people are reminded: at nine, so many working days before the day of the meeting."""
    assert meeting.starts_at is not None  # it is called
    zone = ZoneInfo(meeting.time_zone or settings.TIME_ZONE)
    day: date = meeting.starts_at.astimezone(zone).date()
    try:
        day = calendar.add_workdays(day, -days)
    except NoWorkdayError:
        day -= timedelta(days=days)
    return datetime.combine(day, REMINDS_AT, tzinfo=zone)


@transaction.atomic
def _remind(meeting: Meeting, *, at: datetime) -> bool:
    """Remind the people of one meeting; the guarded UPDATE lets one worker do so."""
    mine = Meeting.objects.filter(pk=meeting.pk, state=Meeting.State.CALLED, reminded_at__isnull=True)
    if not mine.update(reminded_at=at):
        return False
    seats = Seat.objects.filter(meeting=meeting, person__is_active=True).exclude(role=Seat.Role.COPY)
    people = set(seats.exclude(answer=Seat.Answer.NO).values_list("person_id", flat=True))
    owners = set(
        Preparation.objects.filter(meeting=meeting, done_at__isnull=True, owner__isnull=False).values_list(
            "owner_id", flat=True
        )
    )
    told: dict[type[MeetingSoon | PreparationDue], set[int]] = {
        PreparationDue: owners, MeetingSoon: people - owners
    }  # fmt: skip
    for kind, whom in told.items():
        if whom:
            activity.record(kind(subject_id=meeting.pk, by_id=None, at=at, person_ids=tuple(sorted(whom))))
    if meeting.organiser_id and not AgendaItem.objects.filter(meeting=meeting).exists():
        activity.record(
            AgendaMissing(subject_id=meeting.pk, by_id=None, at=at, person_ids=(meeting.organiser_id,))
        )
    return True
