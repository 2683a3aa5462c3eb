"""A recurrence as RFC 5545 knows it, as far as people can say it in a few words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Frequency = Literal["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]

_NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WORKDAYS = (0, 1, 2, 3, 4)
# Four years and a day hold every 29 February; across 2100 there are eight.
_HORIZON_DAYS = 366 * 8 + 1
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Rule:
    """An RRULE by its parts. `nth` numbers a single weekday (1 = first, -1 = last of the month)."""

    frequency: Frequency
    interval: int = 1
    months: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    weekdays: tuple[int, ...] = ()
    nth: int | None = None
    set_position: int | None = None

    def text(self) -> str:
        """Return the RRULE without "RRULE:", parts always in the same order."""
        ordinal = "" if self.nth is None else str(self.nth)
        parts: list[tuple[str, str]] = [
            ("FREQ", self.frequency),
            ("INTERVAL", str(self.interval) if self.interval > 1 else ""),
            ("BYMONTH", ",".join(map(str, self.months))),
            ("BYMONTHDAY", ",".join(map(str, self.month_days))),
            ("BYDAY", ",".join(ordinal + _NAMES[n] for n in self.weekdays)),
            ("BYSETPOS", "" if self.set_position is None else str(self.set_position)),
        ]
        return ";".join(f"{name}={value}" for name, value in parts if value)

    def first_day(self, start: date, accept: Callable[[date], bool]) -> date | None:
        """Return the first day from `start` on that the rule names and that `accept` agrees to.

        The interval counts from that first day, so it does not matter here.
        """
        days = (start + _ONE_DAY * n for n in range(min(_HORIZON_DAYS, (date.max - start).days)))
        return next((day for day in days if self._names_day(day) and accept(day)), None)

    def _names_day(self, day: date) -> bool:
        if not self._names_without_position(day):
            return False
        position = self.nth if self.nth is not None else self.set_position
        if position is None:
            return True
        alike = [other for other in _days_of_month(day) if self._names_without_position(other)]
        return -len(alike) <= position <= len(alike) and day == alike[position - (position > 0)]

    def _names_without_position(self, day: date) -> bool:
        last = _last_of_month(day).day
        return (
            (not self.months or day.month in self.months)
            and (not self.month_days or any(day.day == n or day.day - last - 1 == n for n in self.month_days))
            and (not self.weekdays or day.weekday() in self.weekdays)
        )


def _last_of_month(day: date) -> date:
    if (day.year, day.month) == (date.max.year, 12):
        return date.max
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - _ONE_DAY


def _days_of_month(day: date) -> Iterator[date]:
    return (day.replace(day=n) for n in range(1, _last_of_month(day).day + 1))
