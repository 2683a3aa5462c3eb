"""Until when something is put off: later today, tomorrow, the next working day (调休 counted), next week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from opsloop.engines.workcalendar import NoWorkdayError, WorkCalendar
from opsloop.organisation.queries import working_calendar

MORNING = time(9)


@dataclass(frozen=True)
class Choice:
    """A moment one can choose; `name` is what the form sends."""

    name: str
    label: str
    until: datetime


def choices(at: datetime) -> Sequence[Choice]:
    """Return the moments to choose from, in the active time zone, each once. Two queries."""
    now = timezone.localtime(at)
    calendar = working_calendar([now.year])
    tomorrow = now.date() + timedelta(days=1)
    monday = now.date() + timedelta(days=7 - now.weekday())
    workday = _workday_after(calendar, now.date())
    found = [
        Choice("later", _("In three hours"), now + timedelta(hours=3)),
        Choice("tomorrow", _("Tomorrow morning"), _morning(tomorrow, now)),
        Choice("workday", _("Next working day"), _morning(workday, now)),
        Choice("week", _("Next week"), _morning(_workday_from(calendar, monday), now)),
    ]
    # On most days tomorrow is the next working day; on Fridays the next one is next week.
    unique: dict[datetime, Choice] = {}
    for choice in found:
        if choice.name != "later" or choice.until.date() == now.date():
            unique.setdefault(choice.until, choice)
    return list(unique.values())


def _morning(day: date, now: datetime) -> datetime:
    return datetime.combine(day, MORNING, tzinfo=now.tzinfo)


def _workday_after(calendar: WorkCalendar, day: date) -> date:
    try:
        return calendar.next_workday(day)
    except NoWorkdayError:
        return day + timedelta(days=1)


def _workday_from(calendar: WorkCalendar, day: date) -> date:
    return day if calendar.is_workday(day) else _workday_after(calendar, day)
