"""What a review or report looks back on: its week, month or quarter, and the arithmetic of its facts. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Kind = Literal["week", "month", "quarter"]
MONTHS: dict[Kind, int] = {"month": 1, "quarter": 3}
WEEK = timedelta(days=7)
# In the first days of a period one still reviews the one before: until the tenth, and of a week until Tuesday.
LOOKING_BACK: dict[Kind, int] = {"week": 2, "month": 10, "quarter": 10}
_NAME = re.compile(r"(20\d\d)-(?:(0[1-9]|1[0-2])|Q([1-4]))")


@dataclass(frozen=True)
class Period:
    """A week (Monday to Sunday), a calendar month or a quarter; `starts_on` is its first day."""

    kind: Kind
    starts_on: date

    @property
    def ends_on(self) -> date:
        """Its last day."""
        return self.following.starts_on - timedelta(days=1)

    @property
    def following(self) -> Period:
        """The period right after it."""
        return self._moved(1)

    @property
    def before(self) -> Period:
        """The period right before it."""
        return self._moved(-1)

    def _moved(self, steps: int) -> Period:
        if self.kind == "week":
            return Period("week", self.starts_on + steps * WEEK)
        index = self.starts_on.year * 12 + self.starts_on.month - 1 + steps * MONTHS[self.kind]
        return Period(self.kind, date(index // 12, index % 12 + 1, 1))

    @property
    def name(self) -> str:
        """What stands for it in addresses and events: 2026-W48, 2026-11 or 2026-Q4."""
        if self.kind == "week":
            year, week, _weekday = self.starts_on.isocalendar()
            return f"{year}-W{week:02}"
        if self.kind == "quarter":
            return f"{self.starts_on.year}-Q{(self.starts_on.month + 2) // 3}"
        return f"{self.starts_on:%Y-%m}"


def period_of(kind: Kind, day: date) -> Period:
    """Return the period that `day` lies in."""
    if kind == "week":
        return Period(kind, day - timedelta(days=day.weekday()))
    months = MONTHS[kind]
    return Period(kind, date(day.year, (day.month - 1) // months * months + 1, 1))


def read_period(name: str) -> Period | None:
    """Return the month or quarter with this name (2026-11, 2026-Q4), or None where it is none of this century."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    year, month, quarter = found.groups()
    if quarter:
        return Period("quarter", date(int(year), int(quarter) * 3 - 2, 1))
    return Period("month", date(int(year), int(month), 1))


def due_period(kind: Kind, today: date) -> Period:
    """Return the period to review on `today`: this one, and in its first days the one before."""
    current = period_of(kind, today)
    return current.before if (today - current.starts_on).days < LOOKING_BACK[kind] else current


@dataclass(frozen=True)
class Rate:
    """How many of how many; nothing of nothing has no share."""

    done: int = 0
    total: int = 0

    @property
    def percent(self) -> int | None:
        """The share in whole percent, rounded down so that 100 means all; None of nothing."""
        return self.done * 100 // self.total if self.total else None


def stray(estimated: int, actual: int) -> int | None:
    """Return by how many percent actual minutes lie above (or, negative, below) the estimated; None without any."""
    return round((actual - estimated) * 100 / estimated) if estimated and actual else None


@dataclass(frozen=True)
class Share:
    """The minutes of one kind of work and their share of all, in whole percent."""

    name: str
    minutes: int
    percent: int


def shares(rows: dict[str, int], *, most: int, rest: str) -> list[Share]:
    """Return the kinds of work by minutes, most first; what exceeds `most` kinds is put together as `rest`.

    The percents are rounded so that they add up to 100 (largest remainders).
    """
    ranked = sorted(((name, n) for name, n in rows.items() if n > 0), key=lambda row: (-row[1], row[0]))
    if len(ranked) > most:
        ranked = [*ranked[: most - 1], (rest, sum(n for _name, n in ranked[most - 1 :]))]
    total = sum(n for _name, n in ranked)
    exact = [n * 100 / total for _name, n in ranked]
    whole = [int(one) for one in exact]
    by_remainder = sorted(range(len(ranked)), key=lambda place: whole[place] - exact[place])
    for place in by_remainder[: 100 - sum(whole)]:
        whole[place] += 1
    return [Share(name, n, percent) for (name, n), percent in zip(ranked, whole, strict=True)]
