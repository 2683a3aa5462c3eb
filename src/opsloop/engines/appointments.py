"""When a repeating appointment takes time: its occurrences as spans, at the same clock time in its own zone."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from opsloop.engines import recurrence
from opsloop.engines.workcalendar import WorkCalendar

Span = tuple[datetime, datetime]


def spans(
    first: Span,
    rule: str,
    *,
    zone: ZoneInfo,
    since: datetime,
    until: datetime,
    calendar: WorkCalendar = recurrence.WEEKDAYS_ONLY,
    skipped: Collection[date] = (),
) -> Iterator[Span]:
    """Yield the occurrences of `first`, itself included, that overlap [since, until), in order, in `zone`.

    `rule` is an RRULE over days, "" for once. An occurrence takes as much of the clock's time as the first, so
    one that ends at 11:00 always does. Occurrences that one rule makes twice count once; those that begin on a day
    of `skipped` are left out.

    Raises:
        ValueError: `rule` is not one (see `recurrence.parts_of`).
    """
    start, end = (moment.astimezone(zone) for moment in first)
    days = _days(rule, start.date(), until.astimezone(zone).date(), calendar)
    # Without its zone, so that the length is what a clock on the wall shows.
    lasts = end.replace(tzinfo=None) - start.replace(tzinfo=None)
    for day in days:
        if day in skipped:
            continue
        begins = datetime.combine(day, start.time(), tzinfo=zone)
        ends = (begins.replace(tzinfo=None) + lasts).replace(tzinfo=zone)
        if not begins.astimezone(ZoneInfo("UTC")) < ends.astimezone(ZoneInfo("UTC")):
            ends = begins + timedelta(minutes=1)  # all of it lies in the hour that summer time leaves out
        if begins < until and ends > since:
            yield begins, ends


def _days(rule: str, first: date, last: date, calendar: WorkCalendar) -> Iterator[date]:
    if not rule:
        yield first
        return
    for one in recurrence.occurrences(rule, first=first, calendar=calendar):
        if one.nominal > last:
            return
        if one.day is not None:
            yield one.day
