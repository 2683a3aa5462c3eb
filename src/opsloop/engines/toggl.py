"""Reads the detailed report of Toggl Track, a CSV of one time entry a row, in its old and its present columns.

The file names no time zone: its times are those of the person who exported it, and are read in the zone handed in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo

from opsloop.engines import hours

# Headings as Toggl writes them, folded; the report of a workspace and that of one person differ in order only.
USER, EMAIL, PROJECT, TASK, DESCRIPTION = "user", "email", "project", "task", "description"
START_DATE, START_TIME, END_DATE, END_TIME = "start date", "start time", "end date", "end time"
DURATION, TAGS = "duration", "tags"
NEEDED = (START_DATE, START_TIME, END_DATE, END_TIME)
MARKS = (*NEEDED, DURATION)

_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_OTHER_DATE = re.compile(r"(\d{1,2})([/.])(\d{1,2})\2(\d{4})")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?\s*(am|pm)?", re.IGNORECASE)


@dataclass(frozen=True)
class Row:
    """One entry: `row` is its line in the file (the headings are line 1)."""

    row: int
    user: str
    email: str
    project: str
    task: str
    description: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class BadRow:
    """A row that is no entry, and why."""

    row: int
    column: str
    value: str
    code: str


def is_toggl(headings: Sequence[str]) -> bool:
    """Whether these are the headings of a detailed report."""
    return set(MARKS) <= {_folded(heading) for heading in headings}


def read(rows: Sequence[Sequence[str]], zone: tzinfo) -> tuple[list[Row], list[BadRow]]:
    """Return the entries of a report, whose first row are the headings, and the rows that are none.

    Seconds are left out on both ends; what is shorter than a minute is bad (`too_short`).
    """
    if not rows:
        return [], []
    places = {_folded(heading): place for place, heading in enumerate(rows[0])}
    found: list[Row] = []
    bad: list[BadRow] = []
    for number, cells in enumerate(rows[1:], start=2):
        values = {name: cells[place].strip() if place < len(cells) else "" for name, place in places.items()}
        if not any(values.values()):
            continue
        one = _row(number, values, zone)
        if isinstance(one, Row):
            found.append(one)
        else:
            bad.append(one)
    return found, bad


def _folded(heading: str) -> str:
    return heading.strip().lstrip("\ufeff").lower()


def _row(number: int, values: Mapping[str, str], zone: tzinfo) -> Row | BadRow:
    moments = []
    for day_column, time_column in ((START_DATE, START_TIME), (END_DATE, END_TIME)):
        day, clock = _day(values[day_column]), _clock(values[time_column])
        if day is None:
            return BadRow(number, day_column, values[day_column], "not_a_date")
        if clock is None:
            return BadRow(number, time_column, values[time_column], "not_a_time")
        try:
            moments.append(hours.whole(hours.at_clock(day, clock, zone)))
        except (hours.BadHoursError, OverflowError):
            return BadRow(number, time_column, values[time_column], "no_such_time")
    start, end = moments
    if hours.length(start, end) < 1:
        return BadRow(number, END_TIME, values[END_TIME], "too_short")
    texts = (values.get(name, "") for name in (USER, EMAIL, PROJECT, TASK, DESCRIPTION))
    user, email, project, task, description = texts
    return Row(number, user, email, project, task, description, start, end)


def _day(text: str) -> date | None:
    """Read yyyy-mm-dd; also dd.mm.yyyy and mm/dd/yyyy, as the settings of Toggl offer them."""
    if match := _DATE.fullmatch(text):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
    elif match := _OTHER_DATE.fullmatch(text):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        month, day = (first, second) if match[2] == "/" else (second, first)
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _clock(text: str) -> time | None:
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    hour = int(match[1])
    if match[4]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[4].lower() == "pm" else 0)
    try:
        return time(hour, int(match[2]), int(match[3] or 0))
    except ValueError:
        return None
