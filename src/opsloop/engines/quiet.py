"""When somebody may be called: quiet hours, working days, and the times at which news come in one bundle.

All in the local time of the person. A moment that is not quiet is as good as any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from opsloop.engines.workcalendar import WorkCalendar

ONE_DAY = timedelta(days=1)
# Longer than any pause of holidays; a calendar without workdays must not keep news back for ever.
LONGEST = 40


@dataclass(frozen=True)
class Calm:
    """Quiet from `begins` to `ends`, over midnight if it ends earlier (equal: never); with `rests` on free days too."""

    begins: time = time(20)
    ends: time = time(8, 30)
    rests: bool = True


def is_quiet(at: datetime, calm: Calm, *, calendar: WorkCalendar, zone: tzinfo) -> bool:
    """Whether nothing may call at `at`."""
    local = at.astimezone(zone)
    if calm.rests and not calendar.is_workday(local.date()):
        return True
    clock = local.time().replace(tzinfo=None)
    if calm.begins <= calm.ends:
        return calm.begins <= clock < calm.ends
    return clock >= calm.begins or clock < calm.ends


def opens(at: datetime, calm: Calm, *, calendar: WorkCalendar, zone: tzinfo) -> datetime:
    """Return the first moment from `at` on that is not quiet."""
    if not is_quiet(at, calm, calendar=calendar, zone=zone):
        return at
    today = at.astimezone(zone).date()
    for day in _days(today):
        # A day opens at its midnight, or when the quiet hours that cover its midnight end.
        for clock in (time(0), calm.ends):
            moment = datetime.combine(day, clock, tzinfo=zone)
            if moment > at and not is_quiet(moment, calm, calendar=calendar, zone=zone):
                return moment
    return at


def next_bundle(
    at: datetime, times: Sequence[time], calm: Calm, *, calendar: WorkCalendar, zone: tzinfo
) -> datetime:
    """Return when the next bundle goes after `at`: at one of `times`, on a day on which one may be called.

    A time within the quiet hours is meant: whoever wants the bundle at 07:00 gets it then.
    """
    chosen = sorted(times) or [time(9)]
    for day in _days(at.astimezone(zone).date()):
        if calm.rests and not calendar.is_workday(day):
            continue
        for clock in chosen:
            moment = datetime.combine(day, clock, tzinfo=zone)
            if moment > at:
                return moment
    return datetime.combine(at.astimezone(zone).date() + ONE_DAY, chosen[0], tzinfo=zone)


def _days(first: date) -> list[date]:
    return [first + number * ONE_DAY for number in range(LONGEST)]
