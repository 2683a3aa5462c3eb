"""The days that a filter means: a day or two of the calendar, or words that move with today."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from opsloop.engines.workcalendar import NoWorkdayError, WorkCalendar

# Further than ten years nobody plans.
MOST_DAYS = 3660
_COUNTED = re.compile(r"(next|last)-([0-9]{1,4})")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
Span = tuple[date, date]


def is_date(text: str) -> bool:
    """Whether `text` is a day of the calendar, written 2026-11-30."""
    return _day(text) is not None


def span(text: str, *, today: date, calendar: WorkCalendar) -> Span | None:
    """Return the first and the last day that `text` means, None if it means none.

    `today`, `tomorrow`, `yesterday`, `week`, `next-week`, `last-week` (Monday to Sunday), `month`,
    `next-month`, `last-month`, `next-N` (today and the N days after it), `last-N` (today and the N before),
    `workday` (today up to the next working day, 调休 counted in), or a date.
    """
    counted = _COUNTED.fullmatch(text)
    try:
        if counted:
            days = timedelta(days=min(int(counted[2]), MOST_DAYS))
            return (today, today + days) if counted[1] == "next" else (today - days, today)
        if text == "workday":
            return today, calendar.next_workday(today)
        if text in _WORDS:
            return _WORDS[text](today)
    except (OverflowError, NoWorkdayError):  # at the ends of the calendar
        return None
    day = _day(text)
    return (day, day) if day else None


def _day(text: str) -> date | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _one(day: date) -> Span:
    return day, day


def _week(day: date) -> Span:
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def _month(day: date) -> Span:
    first = day.replace(day=1)
    return first, first.replace(day=monthrange(first.year, first.month)[1])


_WORDS: Mapping[str, Callable[[date], Span]] = {
    "today": _one,
    "tomorrow": lambda today: _one(today + timedelta(days=1)),
    "yesterday": lambda today: _one(today - timedelta(days=1)),
    "week": _week,
    "next-week": lambda today: _week(today + timedelta(days=7)),
    "last-week": lambda today: _week(today - timedelta(days=7)),
    "month": _month,
    "next-month": lambda today: _month(_month(today)[1] + timedelta(days=1)),
    "last-month": lambda today: _month(_month(today)[0] - timedelta(days=1)),
}
WORDS = (*_WORDS, "workday")
