"""When two sides tell each other how it goes: every so many working days at an hour of the day."""

from __future__ import annotations

from datetime import datetime, time, tzinfo

from opsloop.engines.workcalendar import WorkCalendar


def next_prompt(since: datetime, days: int, hour: time, calendar: WorkCalendar, zone: tzinfo) -> datetime:
    """Return the moment of the next prompt: at `hour` of the `days`-th working day after the day of `since`.

    Days on which nobody works are not counted, make-up days (调休) are.

    Raises:
        ValueError: `days` is not positive.
        NoWorkdayError: the calendar has no such day.
    """
    if days <= 0:
        raise ValueError("a prompt comes after one working day at the earliest")
    day = calendar.add_workdays(since.astimezone(zone).date(), days)
    return datetime.combine(day, hour, tzinfo=zone)
