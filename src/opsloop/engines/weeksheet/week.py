"""The ISO week that is planned."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

_WEEK = re.compile(r"(\d{4})-?W(\d{1,2})", re.IGNORECASE)


@dataclass(frozen=True)
class Week:
    """A week from Monday to Sunday, both included."""

    year: int
    number: int

    @property
    def monday(self) -> date:
        """Return its first day."""
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def sunday(self) -> date:
        """Return its last day."""
        return self.monday + timedelta(days=6)

    def begin(self, zone: tzinfo) -> datetime:
        """Return the midnight with which it begins."""
        return datetime.combine(self.monday, time(0), tzinfo=zone)

    def end(self, zone: tzinfo) -> datetime:
        """Return the midnight with which it ends."""
        return datetime.combine(self.monday + timedelta(days=7), time(0), tzinfo=zone)

    def __str__(self) -> str:
        """Return it as people write it: 2026-W48."""
        return f"{self.year}-W{self.number:02d}"


def parse_week(text: str) -> Week:
    """Return the week that `text` names, such as 2026-W48. Raises ValueError if there is no such week."""
    match = _WEEK.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a week; write it like 2026-W48")
    week = Week(int(match[1]), int(match[2]))
    try:
        first = week.monday
    except ValueError:
        raise ValueError(f"the year {match[1]} has no week {match[2]}") from None
    if not 2000 <= first.year <= 2099:
        raise ValueError(f"{text!r} is not between 2000 and 2099")
    return week
