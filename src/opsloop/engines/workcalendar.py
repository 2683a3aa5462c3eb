"""Which days are worked: weekends, statutory holidays and make-up workdays (调休).

A calendar is a value. It is built from the `holidays` library by `china()`, corrected by the rows of an
organisation's own table with `with_overrides()`, and then only asked questions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

DayKind = Literal["workday", "weekend", "holiday", "makeup"]
Language = Literal["zh-Hans", "zh-Hant", "en"]

ONE_DAY = timedelta(days=1)
# Longer than any pause between two workdays; a calendar without any workday must not loop for ever.
LONGEST_PAUSE = 400


class NoWorkdayError(LookupError):
    """The calendar has no workday near the asked day: every weekday is a weekend or a holiday."""


@dataclass(frozen=True)
class DayOverride:
    """One row of an organisation's own calendar table: what `date` is, whatever the calendar said before."""

    date: date
    kind: DayKind
    name: str = ""


@dataclass(frozen=True)
class WorkCalendar:
    """Weekends, days off and make-up workdays. With no arguments: Monday to Friday are worked.

    `weekend` holds weekday numbers (Monday is 0). `names` gives the name of a holiday or make-up day.
    `provisional_years` are those whose official notice of make-up days is not known yet.
    """

    weekend: frozenset[int] = frozenset({5, 6})
    days_off: frozenset[date] = frozenset()
    make_up_days: frozenset[date] = frozenset()
    names: Mapping[date, str] = field(default_factory=dict, hash=False)
    provisional_years: frozenset[int] = frozenset()

    def kind_of(self, day: date) -> DayKind:
        """Return what `day` is. A make-up day is a workday too; a holiday on a Sunday is a holiday."""
        if day in self.make_up_days:
            return "makeup"
        if day in self.days_off:
            return "holiday"
        return "weekend" if day.weekday() in self.weekend else "workday"

    def name_of(self, day: date) -> str:
        """Return the name of a holiday or make-up day, or an empty string."""
        return self.names.get(day, "")

    def is_workday(self, day: date) -> bool:
        """Tell whether people work on `day`."""
        return self.kind_of(day) in ("workday", "makeup")

    def next_workday(self, day: date) -> date:
        """Return the first workday strictly after `day`. Raises NoWorkdayError if there is none near."""
        return self._walk(day, ONE_DAY)

    def previous_workday(self, day: date) -> date:
        """Return the last workday strictly before `day`. Raises NoWorkdayError if there is none near."""
        return self._walk(day, -ONE_DAY)

    def add_workdays(self, day: date, count: int) -> date:
        """Return the `count`-th workday after `day` (before it if negative; `day` itself if 0)."""
        step = ONE_DAY if count > 0 else -ONE_DAY
        for _ in range(abs(count)):
            day = self._walk(day, step)
        return day

    def last_workday_of_week(self, day: date) -> date:
        """Return the last workday of the ISO week (Monday to Sunday) of `day`, a make-up Sunday included.

        In a week without any workday, such as the middle of Spring Festival, it is the last one before.
        """
        sunday = day + timedelta(days=6 - day.weekday())
        return sunday if self.is_workday(sunday) else self.previous_workday(sunday)

    def workdays(self, first: date, last: date) -> list[date]:
        """Return the workdays from `first` to `last`, both included, in order."""
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return [day for day in days if self.is_workday(day)]

    def is_provisional(self, year: int) -> bool:
        """Tell whether the official notice for `year` was not known when the calendar was made."""
        return year in self.provisional_years

    def with_overrides(self, days: Iterable[DayOverride], *, announced: Iterable[int] = ()) -> WorkCalendar:
        """Return a calendar in which each of `days` is what its row says; the last row of a day wins.

        `announced` are the years whose whole notice is in `days`: whatever was guessed for them is
        dropped first, and they are provisional no longer. A workday on a weekend is a make-up day; a
        weekend day in the middle of the week is a day off.
        """
        years = frozenset(announced)
        off = {day for day in self.days_off if day.year not in years}
        makeup = {day for day in self.make_up_days if day.year not in years}
        names = {day: name for day, name in self.names.items() if day.year not in years}
        for row in days:
            off.discard(row.date)
            makeup.discard(row.date)
            names.pop(row.date, None)
            on_weekend = row.date.weekday() in self.weekend
            if row.kind == "makeup" or (row.kind == "workday" and on_weekend):
                makeup.add(row.date)
            if row.kind == "holiday" or (row.kind == "weekend" and not on_weekend):
                off.add(row.date)
            if row.name:
                names[row.date] = row.name
        return replace(
            self,
            days_off=frozenset(off),
            make_up_days=frozenset(makeup),
            names=MappingProxyType(names),
            provisional_years=self.provisional_years - years,
        )

    def _walk(self, day: date, step: timedelta) -> date:
        for _ in range(LONGEST_PAUSE):
            day += step
            if self.is_workday(day):
                return day
        raise NoWorkdayError(f"no workday within {LONGEST_PAUSE} days of {day.isoformat()}")


# The library names a substituted day off "休息日（由 … 调休）"; people know it by its festival.
_MAKE_UP_NAME: Mapping[Language, str] = {
    "zh-Hans": "{festival}调休上班",
    "zh-Hant": "{festival}調休上班",
    "en": "Make-up workday for {festival}",
}
_LIBRARY_LANGUAGE: Mapping[Language, str] = {"zh-Hans": "zh_CN", "zh-Hant": "zh_TW", "en": "en_US"}
# The yearly notice moves weekends only since the rules of December 2007.
_FIRST_YEAR_WITH_NOTICE = 2008


def china(years: Iterable[int], *, language: Language = "zh-Hans") -> WorkCalendar:
    """Return the statutory calendar of mainland China for `years`, with 调休, names in `language`.

    The neighbouring years are included, so that a walk over New Year is right. A year whose notice the
    installed `holidays` release does not know yet has its statutory days and is provisional.
    """
    asked = frozenset(years)
    return _china(tuple(sorted({year + step for year in asked for step in (-1, 0, 1)})), language)


@cache
def _library() -> Any:
    """Return the library's class for China, from its file alone.

    `from holidays.countries.china import China` would import 250 other countries with it: half a second and
    ten megabytes in each process. And a command that never asks for a calendar must import none of it.
    """
    package = find_spec("holidays")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("No module named 'holidays'")
    path = Path(package.submodule_search_locations[0]) / "countries" / "china.py"
    spec = spec_from_file_location("opsloop_holidays_china", path)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"No module at {path}")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.China


@cache
def _china(years: tuple[int, ...], language: Language) -> WorkCalendar:
    days = _library()(years=list(years), language=_LIBRARY_LANGUAGE[language])
    moved = {day: name for day, name in days.items() if any(sign.isdigit() for sign in name)}
    festivals = {day: name for day, name in days.items() if day not in moved}
    names = dict(festivals)
    for day in moved:
        names[day] = _nearest(festivals, day)
    makeup = frozenset(day for day in days.weekend_workdays if day.year in years)
    for day in makeup:
        names[day] = _MAKE_UP_NAME[language].format(festival=_nearest(festivals, day))
    known = {day.year for day in makeup}
    return WorkCalendar(
        days_off=frozenset(days),
        make_up_days=makeup,
        names=MappingProxyType(names),
        provisional_years=frozenset(y for y in years if y >= _FIRST_YEAR_WITH_NOTICE and y not in known),
    )


def _nearest(festivals: Mapping[date, str], day: date) -> str:
    """Return the name of the festival nearest to `day`, without the note that it was observed later."""
    nearest = min(festivals, key=lambda other: (abs((other - day).days), other))
    return festivals[nearest].split("（")[0].split(" (observed")[0]
