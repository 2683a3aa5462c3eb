"""ISO weeks as people write them: 2026-W48."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo

from opsloop.records.dates import is_plausible

_WEEK = re.compile(r"(\d{4})-W(\d{2})")


def parse_week(text: str) -> date:
    """Return the Monday of a week written like "2026-W48".

    Raises:
        ValueError: there is no such week, or it lies in a year that nobody plans in.
    """
    match = _WEEK.fullmatch(text)
    if match is None:
        raise ValueError(text)
    start = date.fromisocalendar(int(match[1]), int(match[2]), 1)
    if not is_plausible(start):
        raise ValueError(text)
    return start


def week_name(day: date) -> str:
    """Return the name of the week of `day`, such as "2026-W48"."""
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02}"


def monday(day: date) -> date:
    """Return the Monday of the week of `day`."""
    return day - timedelta(days=day.weekday())


def span(week_start: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return the half-open span of a week in `zone`."""
    start = datetime.combine(week_start, time(), tzinfo=zone)
    return start, datetime.combine(week_start + timedelta(days=7), time(), tzinfo=zone)
