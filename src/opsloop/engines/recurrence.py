"""When routine work comes round again: RFC 5545 RRULEs over a working calendar (调休 counted in).

A rule names days; the clock time is the caller's, so that 9:00 stays 9:00 when summer time begins. What is
read here beyond dateutil:

- *Working days.* A BYDAY of exactly Monday to Friday means the working days of the calendar: holidays are
  none, make-up Saturdays are. So FREQ=WEEKLY with it is 每个工作日, and FREQ=MONTHLY with BYSETPOS=-1 is
  每月最后一个工作日, whatever the holidays do. An INTERVAL counts weeks, months or years as usual.
- *Days off.* A day that another rule names and on which nobody works stays, is left out, or moves to the
  working day before or after it. Two that fall on one day by moving are one.
- *The day it counts from.* An instance that has moved still counts from the day its rule named: the private
  part X-ON=20261001 keeps it, so that 每两周 goes on in step. It stands in a rule only while it is needed.
- *Ends.* COUNT counts instances from the present one on, and UNTIL's day is the last one, in the zone of the
  work. As in RFC 5545, a month without a 31st is passed over, and so is a year without 29 February.

Nothing is looked for beyond `HORIZON` years, so a rule that never comes round costs no time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice

from dateutil.rrule import rrulestr

from opsloop.engines.workcalendar import NoWorkdayError, WorkCalendar

# Across 2100 the 29th of February comes after eight years.
HORIZON = 9
PARTS = frozenset({
    "FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "BYWEEKNO",
    "BYYEARDAY", "X-ON",
})  # fmt: skip
FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
WORKDAYS = frozenset({"MO", "TU", "WE", "TH", "FR"})
WEEKDAYS_ONLY = WorkCalendar()
_SOME_DAY = date(2026, 1, 1)
_ONE_DAY = timedelta(days=1)
# A period (week, month, year) begins here.
Begin = Callable[[date], date]


class OnHoliday(StrEnum):
    """What becomes of an occurrence on a day off."""

    KEEP = "keep"
    SKIP = "skip"
    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True)
class Occurrence:
    """The day a rule names, and the day on which it is done; `day` is None for one that is left out."""

    nominal: date
    day: date | None

    @property
    def is_moved(self) -> bool:
        """Whether it is done on another day than the rule names."""
        return self.day is not None and self.day != self.nominal


def parts_of(rule: str) -> dict[str, str]:
    """Return the parts of a rule, names and values in capitals.

    Raises:
        ValueError: it is not written as an RRULE, comes round more often than once a day, or has a part that
            is not understood here.
    """
    parts: dict[str, str] = {}
    for piece in rule.upper().removeprefix("RRULE:").split(";"):
        name, sign, value = piece.partition("=")
        if not sign or not value or name in parts or name not in PARTS:
            raise ValueError(f"not understood: {piece}")
        parts[name] = value
    if parts.get("FREQ") not in FREQUENCIES:
        raise ValueError("routine work comes round daily, weekly, monthly or yearly")
    if any(not 1 <= _number(parts.get(name, "1")) <= 999 for name in ("INTERVAL", "COUNT")):
        raise ValueError("INTERVAL and COUNT are numbers from 1 to 999")
    return parts


def text_of(parts: dict[str, str]) -> str:
    """Return parts as a rule."""
    return ";".join(f"{name}={value}" for name, value in parts.items())


def plain(rule: str) -> str:
    """Return a rule as RFC 5545 knows it, for what leaves the house."""
    return ";".join(piece for piece in rule.split(";") if not piece.upper().startswith("X-"))


def names_working_days(rule: str) -> bool:
    """Whether a rule means working days, so that it never falls on a day off."""
    days = next((piece[6:] for piece in rule.upper().split(";") if piece.startswith("BYDAY=")), "")
    return frozenset(days.split(",")) == WORKDAYS


def nominal_of(rule: str, day: date) -> date:
    """Return the day that the rule named for the instance that is done on `day`."""
    kept = parts_of(rule).get("X-ON", "")
    return _as_date(kept) if kept else day


def occurrences(
    rule: str,
    *,
    first: date,
    calendar: WorkCalendar = WEEKDAYS_ONLY,
    on_holiday: OnHoliday = OnHoliday.KEEP,
) -> Iterator[Occurrence]:
    """Yield what a rule names from `first` on (its present instance, included), those left out too.

    Ends with the rule, or `HORIZON` years after `first`.

    Raises:
        ValueError: `rule` is not one (see `parts_of`).
    """
    parts = parts_of(rule)
    start = nominal_of(rule, first)
    named = _working_days(parts, start, calendar) if names_working_days(rule) else _days(parts, start)
    until, count = parts.get("UNTIL", ""), _number(parts.get("COUNT", "999999"))
    last = _as_date(until) if until else date.max
    done: date | None = None
    for nominal in islice(named, count):
        if nominal > last:
            return
        day = _moved(nominal, calendar, on_holiday)
        if day is not None and done is not None and day <= done:
            continue
        done = day or done
        yield Occurrence(nominal, day)


def following(
    rule: str,
    *,
    first: date,
    after: date,
    calendar: WorkCalendar = WEEKDAYS_ONLY,
    on_holiday: OnHoliday = OnHoliday.KEEP,
) -> tuple[Occurrence, str] | None:
    """Return the first occurrence that is done after the day `after`, and the rule as it goes on from there.

    The instance of `first` is the one that has been; None if the rule has ended. What lies between, missed or
    left out, is passed over but counted by COUNT.
    """
    current = nominal_of(rule, first)
    for passed, one in enumerate(occurrences(rule, first=first, calendar=calendar, on_holiday=on_holiday)):
        if one.day is not None and one.day > after and one.nominal > current:
            return one, _going_on(rule, one, passed)
    return None


WEEK = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def shifted(rule: str, days: int) -> str:
    """Return a rule whose days lie `days` later: of each week, or of each month by number. Working days stay.

    Raises:
        ValueError: what it names cannot be moved by days, such as the last day of a month.
    """
    parts = parts_of(rule)
    if not days or names_working_days(rule):
        return rule
    if parts["FREQ"] == "MONTHLY" and set(parts) <= {"FREQ", "INTERVAL", "BYMONTHDAY", "UNTIL", "COUNT"}:
        day = int(parts.get("BYMONTHDAY", "0"))
        if "BYMONTHDAY" in parts and not (day > 0 and 1 <= day + days <= 28):
            raise ValueError("not a day that every month has")
        return text_of({**parts, "BYMONTHDAY": str(day + days)} if day else parts)
    if parts["FREQ"] != "WEEKLY" or not set(parts) <= {"FREQ", "INTERVAL", "BYDAY", "UNTIL", "COUNT", "WKST"}:
        raise ValueError("its days are named in a way that cannot be moved")
    if "BYDAY" in parts:
        named = sorted((WEEK.index(day) + days) % 7 for day in parts["BYDAY"].split(","))
        parts["BYDAY"] = ",".join(WEEK[number] for number in named)
    return text_of(parts)


def _going_on(rule: str, one: Occurrence, passed: int) -> str:
    """Return the rule for the instance `one`: counted down, and with its nominal day only if it has moved."""
    parts = parts_of(rule)
    parts.pop("X-ON", None)
    if "COUNT" in parts:
        parts["COUNT"] = str(max(1, int(parts["COUNT"]) - passed))
    if one.is_moved:
        parts["X-ON"] = f"{one.nominal:%Y%m%d}"
    return text_of(parts)


def is_rule(rule: str) -> bool:
    """Whether `rule` is an RRULE (without "RRULE:") that is understood here and comes round at all."""
    try:
        return next(occurrences(rule, first=_SOME_DAY), None) is not None
    except (
        ValueError,
        TypeError,
        AttributeError,
        IndexError,
        KeyError,
        OverflowError,
    ):  # what dateutil answers to nonsense
        return False


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def _as_date(text: str) -> date:
    """Read the day of UNTIL or X-ON; a clock time after it adds nothing to a day that is meant."""
    return datetime.strptime(text[:8], "%Y%m%d").date()  # noqa: DTZ007  (a day, no instant)


def _days(parts: dict[str, str], start: date) -> Iterator[date]:
    """Yield the days that dateutil finds; `start` counts from, and is one only if the rule names it."""
    left_out = {"COUNT", "UNTIL", "X-ON"}
    horizon = min(start.year + HORIZON, date.max.year - 1)
    bare = {name: value for name, value in parts.items() if name not in left_out}
    series = rrulestr(
        f"RRULE:{text_of({**bare, 'UNTIL': f'{horizon}1231'})}", dtstart=datetime.combine(start, time())
    )
    return (moment.date() for moment in series)


def _working_days(parts: dict[str, str], start: date, calendar: WorkCalendar) -> Iterator[date]:
    """Yield the working days a rule means: those of every n-th period, or the ones at its set positions."""
    begin, step = _PERIODS[parts["FREQ"]]
    months = {_number(text) for text in parts.get("BYMONTH", "").split(",")} - {0}
    positions = [int(text) for text in parts.get("BYSETPOS", "").split(",") if text]
    every = _number(parts.get("INTERVAL", "1"))
    period = begin(start)
    while period.year <= min(start.year + HORIZON, date.max.year - 2):
        end = step(period, 1)
        days = [day for day in calendar.workdays(period, end - _ONE_DAY) if not months or day.month in months]
        chosen = {days[n - (n > 0)] for n in positions if n and -len(days) <= n <= len(days)}
        yield from (day for day in (sorted(chosen) if positions else days) if day >= start)
        period = step(period, every)


def _month(first: date, count: int) -> date:
    months = first.year * 12 + first.month - 1 + count
    return date(months // 12, months % 12 + 1, 1)


_PERIODS: dict[str, tuple[Begin, Callable[[date, int], date]]] = {
    "DAILY": (lambda day: day, lambda first, count: first + timedelta(days=count)),
    "WEEKLY": (lambda day: day - timedelta(days=day.weekday()), lambda first, n: first + timedelta(weeks=n)),
    "MONTHLY": (lambda day: day.replace(day=1), _month),
    "YEARLY": (lambda day: date(day.year, 1, 1), lambda first, count: date(first.year + count, 1, 1)),
}


def _moved(day: date, calendar: WorkCalendar, on_holiday: OnHoliday) -> date | None:
    """Return the day on which what falls on `day` is done, None if it is left out."""
    if on_holiday is OnHoliday.KEEP or calendar.is_workday(day):
        return day
    if on_holiday is OnHoliday.SKIP:
        return None
    try:
        return calendar.next_workday(day) if on_holiday is OnHoliday.AFTER else calendar.previous_workday(day)
    except NoWorkdayError:
        return None
