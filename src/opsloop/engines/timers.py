"""When a timer fires: on a clock, in working time, on days that a working calendar moves; and after a pause.

A timer remembers the instant up to which everything is decided. `firings` says which of its moments since then
fire now, and the caller keeps the new instant and the firings in one transaction: so each moment is decided once,
whatever was restarted in between.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from opsloop.engines.workcalendar import NoWorkdayError, WorkCalendar

ONE_DAY = timedelta(days=1)
# A pause of holidays moves a day by less than this.
FARTHEST_MOVE = timedelta(days=15)
# Of a timer that fires once after a pause, only what this stretch holds can be the newest moment.
LONGEST_PERIOD = timedelta(days=60)
# A timer that lets late moments go still fires this late: nobody looks at the clock in the very second.
PUNCTUAL = timedelta(minutes=5)


class OnFreeDay(StrEnum):
    """What becomes of a moment on a day that is not worked."""

    FIRE = "fire"
    SKIP = "skip"
    NEXT = "next"
    PREVIOUS = "previous"


@dataclass(frozen=True)
class OnClock:
    """At a time of day: every day, every week on `weekday` (Monday is 0), or every month on `day`.

    `day` counts from the end when negative (-1 is the last); in a shorter month it is that month's last.
    """

    at: time
    weekday: int | None = None
    day: int | None = None
    on_free_day: OnFreeDay = OnFreeDay.FIRE


@dataclass(frozen=True)
class Every:
    """Every so many minutes from `begins` of each day to `ends` (24:00 if None), on working days only if said so."""

    minutes: int
    begins: time = time(0)
    ends: time | None = None
    workdays: bool = False


Rule = OnClock | Every


@dataclass(frozen=True)
class Late:
    """What happens with moments that passed while nothing ran.

    With `each` all of them fire, else only the newest; none that is older than `within` (None: however old).
    """

    each: bool
    within: timedelta | None = None


# Made up for once, however many were missed: for work that looks at everything anyway.
LATEST = Late(each=False)
# Each one counts: for work that belongs to its moment.
EACH = Late(each=True)
# What was missed stays missed: for words that would come at the wrong time.
MISSED = Late(each=False, within=PUNCTUAL)


def moments(
    rule: Rule, after: datetime, until: datetime, *, calendar: WorkCalendar, zone: tzinfo
) -> list[datetime]:
    """Return the moments of `rule` in (after, until], in order, in UTC. A day moved onto another one counts once."""
    if until <= after:
        return []
    first, last = after.astimezone(zone).date() - ONE_DAY, until.astimezone(zone).date() + ONE_DAY
    found = {
        datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)
        for day in _days(rule, first, last, calendar)
        for clock in _times(rule)
    }
    return sorted(moment for moment in found if after < moment <= until)


def firings(
    rule: Rule, late: Late, decided: datetime, now: datetime, *, calendar: WorkCalendar, zone: tzinfo
) -> list[datetime]:
    """Return what fires at `now` of a timer that is decided up to `decided`. Nothing when the clock was set back."""
    since = decided
    if late.within is not None:
        # The moment that is exactly so old still fires.
        since = max(since, now - late.within - timedelta(microseconds=1))
    if not late.each:
        since = max(since, now - LONGEST_PERIOD)
    found = moments(rule, since, now, calendar=calendar, zone=zone)
    return found if late.each else found[-1:]


def following(rule: Rule, after: datetime, *, calendar: WorkCalendar, zone: tzinfo) -> datetime | None:
    """Return the next moment after `after`; None if there is none within two months."""
    for days in (2, 9, LONGEST_PERIOD.days):
        found = moments(rule, after, after + timedelta(days=days), calendar=calendar, zone=zone)
        if found:
            return found[0]
    return None


def _days(rule: Rule, first: date, last: date, calendar: WorkCalendar) -> Iterator[date]:
    """Yield the days on which `rule` has moments; a day can come twice."""
    if isinstance(rule, Every):
        yield from (day for day in _span(first, last) if not rule.workdays or calendar.is_workday(day))
        return
    for day in _span(first - FARTHEST_MOVE, last + FARTHEST_MOVE):
        if _is_nominal(rule, day):
            moved = _moved(day, rule.on_free_day, calendar)
            if moved is not None:
                yield moved


def _span(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _is_nominal(rule: OnClock, day: date) -> bool:
    if rule.weekday is not None and day.weekday() != rule.weekday:
        return False
    return rule.day is None or day == _day_of_month(day, rule.day)


def _day_of_month(day: date, number: int) -> date:
    following_month = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    last = following_month - ONE_DAY
    return last.replace(day=min(number, last.day)) if number > 0 else following_month + timedelta(days=number)


def _moved(day: date, on_free_day: OnFreeDay, calendar: WorkCalendar) -> date | None:
    if on_free_day is OnFreeDay.FIRE or calendar.is_workday(day):
        return day
    if on_free_day is OnFreeDay.SKIP:
        return None
    try:
        return calendar.next_workday(day) if on_free_day is OnFreeDay.NEXT else calendar.previous_workday(day)
    except NoWorkdayError:
        return day


def _times(rule: Rule) -> Iterator[time]:
    if isinstance(rule, OnClock):
        yield rule.at
        return
    begins = rule.begins.hour * 60 + rule.begins.minute
    ends = rule.ends.hour * 60 + rule.ends.minute if rule.ends else 24 * 60
    for minute in range(begins, ends, rule.minutes):
        yield time(minute // 60, minute % 60)
