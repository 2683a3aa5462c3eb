"""The working calendar: the library's days, corrected by the organisation's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import cast

from django.db.models import CharField, DateField, Q, Value
from django.db.models.functions import Cast
from django.utils.translation import get_language

from opsloop.engines.workcalendar import DayKind, DayOverride, Language, WorkCalendar, china
from opsloop.organisation.models import CalendarDay, CalendarNotice

_LANGUAGES: dict[str, Language] = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant", "en": "en"}
Rows = tuple[tuple[date, str, str], ...]
# Marks the rows that stand for a year whose calendar was announced; no kind of day is called so.
NOTICE = "-"


def working_calendar(years: Iterable[int]) -> WorkCalendar:
    """Return the calendar of `years` and their neighbours, with the organisation's own days. One query.

    The built calendar is kept in the process for as long as the rows stay the same, so a change made in
    another process counts at the next call.
    """
    asked = tuple(sorted(set(years)))
    spans = Q(pk__in=[])
    for year in {year + step for year in asked for step in (-1, 0, 1)}:
        spans |= Q(day__gte=date(year, 1, 1), day__lte=date(year, 12, 31))
    rows, announced = _own_days_and_notices(spans)
    return _built(asked, rows, announced, _LANGUAGES.get(get_language() or "", "zh-Hans"))


def _own_days_and_notices(spans: Q) -> tuple[Rows, tuple[int, ...]]:
    """Return the organisation's own days, and the years that were announced: every page asks for both at once."""
    days = CalendarDay.objects.filter(spans).order_by().values_list("day", "kind", "name")
    none = Value(None, output_field=DateField())
    years = CalendarNotice.objects.order_by().values_list(none, Value(NOTICE), Cast("year", CharField()))
    found = list(days.union(years, all=True))
    own = tuple(sorted(row for row in found if row[1] != NOTICE))
    return own, tuple(sorted(int(year) for _day, kind, year in found if kind == NOTICE))


@lru_cache(maxsize=32)
def _built(
    years: tuple[int, ...], rows: Rows, announced: tuple[int, ...], language: Language
) -> WorkCalendar:
    overrides = [DayOverride(day, cast(DayKind, kind), name) for day, kind, name in rows]
    return china(years, language=language).with_overrides(overrides, announced=announced)


@dataclass(frozen=True)
class Day:
    """One cell of the year page; `is_own` when the organisation's table says so, not the library."""

    date: date
    kind: DayKind
    name: str
    is_own: bool


@dataclass(frozen=True)
class Month:
    """One month of the year page: weeks of seven cells, None outside the month."""

    first: date
    weeks: tuple[tuple[Day | None, ...], ...]
    workdays: int


@dataclass(frozen=True)
class Year:
    """The year page."""

    number: int
    months: tuple[Month, ...]
    is_provisional: bool
    special: tuple[Day, ...]

    @property
    def workdays(self) -> int:
        """How many days of the year are worked."""
        return sum(month.workdays for month in self.months)


def year_page(year: int) -> Year:
    """Return every day of `year` for display. Two queries."""
    calendar = working_calendar([year])
    own = set(CalendarDay.objects.filter(day__year=year).values_list("day", flat=True))
    first = date(year, 1, 1)
    dates = [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]
    days = [Day(d, calendar.kind_of(d), calendar.name_of(d), d in own) for d in dates]
    months = tuple(_month([day for day in days if day.date.month == number]) for number in range(1, 13))
    special = tuple(day for day in days if day.kind in ("holiday", "makeup") or day.is_own)
    return Year(year, months, calendar.is_provisional(year), special)


def _month(days: list[Day]) -> Month:
    cells: list[Day | None] = [None] * days[0].date.weekday() + list(days)
    cells += [None] * (-len(cells) % 7)
    weeks = tuple(tuple(cells[n : n + 7]) for n in range(0, len(cells), 7))
    return Month(days[0].date, weeks, sum(day.kind in ("workday", "makeup") for day in days))
