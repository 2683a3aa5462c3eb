"""Reports of weeks and months: their names, what they show of the way from period to period, when they go. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from opsloop.engines.reviewing import Period, read_period
from opsloop.engines.timers import OnClock, OnFreeDay

_WEEK = re.compile(r"(20\d\d)-W(\d\d)")
# On which day reports of a kind can go. "last" is the last day that is worked, "first" the first one.
DAYS: dict[str, Sequence[str]] = {
    "week": ("0", "1", "2", "3", "4", "5", "6", "last"),
    "month": ("first", "1", "2", "3", "5", "10", "15", "20", "25", "28", "last"),
}


def read_name(name: str) -> Period | None:
    """Return the week or month with this name (2026-W48, 2026-11), or None where it is none of this century."""
    found = _WEEK.fullmatch(name)
    if found is None:
        period = read_period(name)
        return period if period is not None and period.kind == "month" else None
    try:
        return Period("week", date.fromisocalendar(int(found[1]), int(found[2]), 1))
    except ValueError:
        return None


def rule_of(kind: str, day: str, at: time, on_free_day: OnFreeDay) -> OnClock:
    """Return when a report of `kind` goes that is wanted on `day` of DAYS at the time `at`.

    The last working day of a week is the Sunday moved back over free days: a make-up weekend (调休) counts, and a
    week without any working day ends with the one before it. `on_free_day` says what becomes of a fixed day that is
    not worked.

    Raises:
        ValueError: such a report knows no such day.
    """
    if day not in DAYS.get(kind, ()):
        raise ValueError(day)
    if kind == "week":
        if day == "last":
            return OnClock(at, weekday=6, on_free_day=OnFreeDay.PREVIOUS)
        return OnClock(at, weekday=int(day), on_free_day=on_free_day)
    if day == "last":
        return OnClock(at, day=-1, on_free_day=OnFreeDay.PREVIOUS)
    if day == "first":
        return OnClock(at, day=1, on_free_day=OnFreeDay.NEXT)
    return OnClock(at, day=int(day), on_free_day=on_free_day)


@dataclass(frozen=True)
class Capacity:
    """The working minutes of a span, those that plans take already, and those that goals are thought to take."""

    available: int
    placed: int = 0
    meant: int = 0

    @property
    def wanted(self) -> int:
        """What plans and goals take together."""
        return self.placed + self.meant

    @property
    def over(self) -> int:
        """By how many minutes that is more than there are."""
        return max(0, self.wanted - self.available)


def change(now: int | None, before: int | None) -> int | None:
    """Return by how many points a percentage rose (or fell: negative); None where one of the two is unknown."""
    return None if now is None or before is None else now - before
