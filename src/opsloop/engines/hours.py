"""Arithmetic of recorded hours: what is typed, days and midnight, overlaps, gaps, rounding, the forgotten timer.

Moments are aware; they are counted in UTC, so a night on which clocks change is as long as it really was. Spans
are half-open. Words for people are made above: what cannot be done is told by a code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from opsloop.engines import intervals
from opsloop.engines.sheets.bad import BadCellError
from opsloop.engines.sheets.durations import read_minutes

Span = tuple[datetime, datetime]
MINUTE = timedelta(minutes=1)
DAY_MINUTES = 24 * 60
# A gap shorter than this is a breath, not forgotten work.
SHORTEST_GAP = 10
# A timer above this asks whether it was forgotten.
LONG_RUN = timedelta(hours=10)
# A bare whole number from here on means minutes, below it hours: nobody works 30 hours on end.
BARE_MINUTES = 10

_CLOCK = r"(\d{1,2})(?:\s*[:：点時时]\s*(\d{1,2}|半)?)?(?:\s*分)?"
_SPAN = re.compile(rf"\s*{_CLOCK}\s*(?:-|–|—|~|～|到|至|to)\s*{_CLOCK}\s*", re.IGNORECASE)


class BadHoursError(Exception):
    """What was typed is no time worked; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Typed:
    """What somebody typed: a number of minutes, or from when to when (an end before its start is next day's)."""

    minutes: int | None = None
    start: time | None = None
    end: time | None = None


def read_typed(text: str) -> Typed:
    """Read "1.5h", "90分钟", "1:30", "9:00-10:30", "9点到10点半".

    A bare number is hours below ten and minutes from ten on; "9-10" is a span of clock times.

    Raises:
        BadHoursError: it is none of these (`not_hours`), or not above nothing (`no_hours`).
    """
    match = _SPAN.fullmatch(text)
    if match and (":" in text or "：" in text or "点" in text or "-" in text or "到" in text):
        return Typed(start=_clock(match[1], match[2]), end=_clock(match[3], match[4]))
    plain = text.strip()
    if plain.isascii() and plain.isdigit() and int(plain[:6] or 0) >= BARE_MINUTES:
        return Typed(minutes=_minutes(int(plain[:6])))
    try:
        read = read_minutes(plain, "h")
    except BadCellError as bad:
        raise BadHoursError("no_hours" if bad.code == "duration_not_positive" else "not_hours") from None
    if read is None:
        raise BadHoursError("not_hours")
    return Typed(minutes=_minutes(read))


def _minutes(value: int) -> int:
    if not 1 <= value <= DAY_MINUTES:
        raise BadHoursError("no_hours" if value < 1 else "too_long")
    return value


def _clock(hour: str, minute: str | None) -> time:
    minutes = 30 if minute == "半" else int(minute or 0)
    whole = int(hour) % 24 if int(hour) <= 24 else 99
    if whole == 99 or minutes > 59:
        raise BadHoursError("not_hours")
    return time(whole, minutes)


def at_clock(day: date, clock: time, zone: tzinfo) -> datetime:
    """Return the moment at which clocks in `zone` show `clock` on `day`; the first one when they show it twice.

    Raises:
        BadHoursError: they never do, because they are put forward over it (`no_such_time`).
    """
    moment = datetime.combine(day, clock, tzinfo=zone)
    if moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment.replace(tzinfo=None):
        raise BadHoursError("no_such_time")
    return moment


def span_of(typed: Typed, day: date, zone: tzinfo, *, start: datetime) -> Span:
    """Return the span of what was typed for `day`; a mere length begins at `start`.

    Raises:
        BadHoursError: as `at_clock`, or both clock times are the same.
    """
    if typed.start is None or typed.end is None:
        return start, shifted(start, typed.minutes or 0)
    if typed.start == typed.end:
        raise BadHoursError("no_hours")
    last = day if typed.start < typed.end else day + timedelta(days=1)
    begins, ends = at_clock(day, typed.start, zone), at_clock(last, typed.end, zone)
    if ends.astimezone(UTC) <= begins.astimezone(UTC):
        raise BadHoursError("no_hours")
    return begins, ends


def shifted(moment: datetime, minutes: int) -> datetime:
    """Return `moment` so many real minutes later, in its own zone."""
    return (moment.astimezone(UTC) + minutes * MINUTE).astimezone(moment.tzinfo)


def whole(moment: datetime) -> datetime:
    """Return `moment` without its seconds."""
    return moment.replace(second=0, microsecond=0)


def length(start: datetime, end: datetime) -> int:
    """Return the real minutes from `start` to `end`; below nothing is nothing."""
    return max(0, (end.astimezone(UTC) - start.astimezone(UTC)) // MINUTE)


def midnight(day: date, zone: tzinfo) -> datetime:
    """Return when `day` begins in `zone`."""
    return datetime.combine(day, time(), tzinfo=zone)


def day_span(day: date, zone: tzinfo) -> Span:
    """Return `day` as a span: 23 or 25 hours long where clocks change."""
    return midnight(day, zone), midnight(day + timedelta(days=1), zone)


def by_day(start: datetime, end: datetime, zone: tzinfo) -> list[tuple[date, int]]:
    """Return how many minutes of a span fall on each local day. Together they are its length."""
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    begins, ends = start.astimezone(UTC), end.astimezone(UTC)
    found = []
    while day <= last:
        since, until = (edge.astimezone(UTC) for edge in day_span(day, zone))
        minutes = length(max(since, begins), min(until, ends))
        if minutes:
            found.append((day, minutes))
        day += timedelta(days=1)
    return found


def rounded(minutes: int, step: int, *, up: bool) -> int:
    """Return minutes by a rounding rule: to the nearest `step` (half goes up), or up; step 0 leaves them."""
    if not step:
        return minutes
    return -(-minutes // step) * step if up else (minutes + step // 2) // step * step


class Question(StrEnum):
    """Why a timer may not simply be stopped."""

    OVERNIGHT = "overnight"
    LONG = "long"
    CLOCK = "clock"


def question(started: datetime, now: datetime, zone: tzinfo) -> Question | None:
    """Return what must be asked before a timer is recorded, or None.

    It began on an earlier local day, has run longer than `LONG_RUN`, or begins more than a minute after now,
    because a clock was put back.
    """
    if started - now > MINUTE:
        return Question.CLOCK
    if started.astimezone(zone).date() < now.astimezone(zone).date():
        return Question.OVERNIGHT
    return Question.LONG if now - started > LONG_RUN else None


def offered_end(started: datetime, now: datetime, working: Iterable[Span]) -> datetime | None:
    """Return the end of the working time of the timer's day, if that lies after its start and before now."""
    ends = [end for _start, end in working if started < end <= now]
    return max(ends, default=None)


def gaps(working: Iterable[Span], taken: Iterable[Span], until: datetime) -> list[Span]:
    """Return the stretches of working time before `until` in which nothing is recorded, in order."""
    past = [(start, min(end, until)) for start, end in working if start < until]
    left = intervals.subtract(past, taken)
    return [(start, end) for start, end in left if length(start, end) >= SHORTEST_GAP]


def lay(minutes: int, free: Iterable[Span]) -> list[Span]:
    """Lay `minutes` into free time, from its beginning on; less comes back when there is not enough."""
    laid = []
    for start, end in free:
        used = min(minutes, length(start, end))
        if used > 0:
            laid.append((start, shifted(start, used)))
            minutes -= used
    return laid


@dataclass(frozen=True)
class Known:
    """Work that is known of a day: planned, finished, or usual at that time. `rank` orders kinds, lowest first."""

    task: int
    start: datetime
    end: datetime
    basis: str


@dataclass(frozen=True)
class Suggestion:
    """An entry for a gap, and why."""

    task: int
    start: datetime
    end: datetime
    basis: str


BASES = ("planned", "finished", "usual")
MOST_SUGGESTIONS = 3


def suggest(gap: Span, known: Iterable[Known]) -> list[Suggestion]:
    """Return what may fill a gap, the surest first: planned, finished then, usual then; each task once."""
    found: dict[int, Suggestion] = {}
    for one in sorted(known, key=lambda one: (BASES.index(one.basis), one.start, one.task)):
        start, end = max(one.start, gap[0]), min(one.end, gap[1])
        if length(start, end) >= SHORTEST_GAP and one.task not in found:
            found[one.task] = Suggestion(one.task, start, end, one.basis)
    return list(found.values())[:MOST_SUGGESTIONS]


def without(span: Span, taken: Sequence[Span]) -> list[Span]:
    """Return the pieces of a span that are still free."""
    return intervals.subtract([span], taken)
