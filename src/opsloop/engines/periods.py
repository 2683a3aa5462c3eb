"""The period after a period: what a goal that is carried on gets as its dates and, in its title, as its name."""

from __future__ import annotations

import re
from datetime import date, timedelta

MONTHS = {"long": 12, "mid": 3, "short": 1}
# A short goal of at most this many days is one of a week.
WEEK = 10
_HAN = "一二三四"


def next_period(starts: date | None, ends: date | None, horizon: str) -> tuple[date | None, date | None]:
    """Return start and end of the period that follows, as long as the horizon says (year, quarter, month, week).

    An end on the last day of a month stays there: 30 September → 31 December.
    """
    if ends is None:
        return None, None
    begin = ends + timedelta(days=1)
    if horizon == "short" and starts is not None and (ends - starts).days < WEEK:
        return begin, ends + timedelta(days=7)
    return begin, _later(ends, MONTHS.get(horizon, 3))


def _later(day: date, months: int) -> date:
    """Return the same day `months` later; the last of a month stays the last."""
    is_last = (day + timedelta(days=1)).day == 1
    index = day.year * 12 + day.month - 1 + months
    last = last_of_month(index // 12, index % 12 + 1)
    return last if is_last or day.day > last.day else last.replace(day=day.day)


def last_of_month(year: int, month: int) -> date:
    """Return the last day of a month."""
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def next_title(title: str, horizon: str) -> str:
    """Return `title` with the period it names moved on: 三季度 → 四季度, 9月 → 10月, 2026年 → 2027年, Q4 → Q1."""
    if horizon == "long":
        return re.sub(r"(?<!\d)(20\d\d)(?=年|\b)", lambda found: str(int(found[1]) + 1), title)
    if horizon == "mid":
        title = re.sub(
            r"(第?)([一二三四])(?=季度)", lambda found: found[1] + _HAN[(_HAN.index(found[2]) + 1) % 4], title
        )
        return re.sub(r"\b([Qq])([1-4])(?!\d)", lambda found: f"{found[1]}{int(found[2]) % 4 + 1}", title)
    return re.sub(r"(?<!\d)(1[0-2]|[1-9])(?=月)", lambda found: str(int(found[1]) % 12 + 1), title)
