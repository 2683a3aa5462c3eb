"""What a dashboard looks over, and how a number stands to its target. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Step = Literal["week", "month"]
Better = Literal["more", "less", "near"]
Verdict = Literal["good", "watch", "bad", "none"]
# So many weeks or months stand in a trend.
MANY = 8
# In the first days of a week or month one still looks at the one before: of the new one nothing is known yet.
LOOKING_BACK: dict[Step, int] = {"week": 2, "month": 10}
_WEEK, _MONTH = re.compile(r"(20\d\d)-W(\d\d)"), re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
# The worst first: what stands above.
ORDER: tuple[Verdict, ...] = ("bad", "watch", "none", "good")


@dataclass(frozen=True)
class Stretch:
    """A calendar week (from Monday, ISO 8601) or month; `starts_on` is its first day."""

    step: Step
    starts_on: date

    @property
    def ends_on(self) -> date:
        """Its last day."""
        return self.following.starts_on - timedelta(days=1)

    @property
    def following(self) -> Stretch:
        """The one right after it."""
        return self.moved(1)

    @property
    def before(self) -> Stretch:
        """The one right before it."""
        return self.moved(-1)

    def moved(self, steps: int) -> Stretch:
        """Return the one so many steps later, earlier for a negative number."""
        if self.step == "week":
            return Stretch("week", self.starts_on + timedelta(weeks=steps))
        index = self.starts_on.year * 12 + self.starts_on.month - 1 + steps
        return Stretch("month", date(index // 12, index % 12 + 1, 1))

    @property
    def name(self) -> str:
        """What stands for it in addresses: 2026-W48 or 2026-11."""
        if self.step == "month":
            return f"{self.starts_on:%Y-%m}"
        year, week, _weekday = self.starts_on.isocalendar()
        return f"{year}-W{week:02}"

    @property
    def short(self) -> str:
        """What stands below it in a chart: W48 or 26-11."""
        return self.name[5:] if self.step == "week" else self.name[2:]


def stretch_of(step: Step, day: date) -> Stretch:
    """Return the week or month that `day` lies in."""
    if step == "week":
        return Stretch("week", day - timedelta(days=day.weekday()))
    return Stretch("month", day.replace(day=1))


def read_stretch(name: str) -> Stretch | None:
    """Return the week or month of this name (2026-W48, 2026-11); None where it is none of this century."""
    if found := _MONTH.fullmatch(name):
        return Stretch("month", date(int(found[1]), int(found[2]), 1))
    if found := _WEEK.fullmatch(name):
        try:
            return Stretch("week", date.fromisocalendar(int(found[1]), int(found[2]), 1))
        except ValueError:
            return None
    return None


def due_stretch(step: Step, today: date) -> Stretch:
    """Return what one looks at on `today`: this week or month, in its first days the one before."""
    current = stretch_of(step, today)
    return current.before if (today - current.starts_on).days < LOOKING_BACK[step] else current


def leading_to(stretch: Stretch, many: int = MANY) -> list[Stretch]:
    """Return the last `many` up to `stretch`, the oldest first."""
    return [stretch.moved(back) for back in range(1 - many, 1)]


def share(part: int, whole: int, better: Better) -> int | None:
    """Return `part` of `whole` in whole percent; None of nothing.

    Rounded so that nobody is flattered: a good share down (100 means all), a bad one up (0 means none).
    """
    if not whole:
        return None
    return -(-part * 100 // whole) if better == "less" else part * 100 // whole


def judge(value: int | None, target: int | None, *, better: Better, tolerance: int) -> Verdict:
    """Return how a value stands to its target: met, missed by at most `tolerance`, or by more.

    "near" means as close to zero as possible, above or below: the target is the distance that is still good.
    """
    if value is None or target is None:
        return "none"
    missing = target - value if better == "more" else (abs(value) if better == "near" else value) - target
    if missing <= 0:
        return "good"
    return "watch" if missing <= tolerance else "bad"


def turn(value: int | None, before: int | None, *, better: Better) -> tuple[int, bool | None] | None:
    """Return by how much a value moved, and whether to the better (None: it did not move); None when one is unknown."""
    if value is None or before is None:
        return None
    by = value - before
    gains: dict[Better, int] = {"more": by, "less": -by, "near": abs(before) - abs(value)}
    gain = gains[better]
    return by, None if gain == 0 else gain > 0


@dataclass(frozen=True)
class Backlog:
    """How much work was open at a moment, and how much of it was past its date."""

    open: int = 0
    overdue: int = 0


def backlogs(groups: list[tuple[int, int, int, int]], many: int) -> list[Backlog]:
    """Return what was open and overdue at each of `many` moments, the first is 0.

    A group is (moment by which it was made, was due, was closed; how many tasks): `many` or more stands for "later".
    """
    found = []
    for moment in range(many):
        alive = [row for row in groups if row[0] <= moment < row[2]]
        overdue = sum(n for _made, due, _closed, n in alive if due <= moment)
        found.append(Backlog(sum(row[3] for row in alive), overdue))
    return found
