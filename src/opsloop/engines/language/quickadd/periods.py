"""Weeks, months, quarters and years, and their edges: 月底, 下月初, Q4末, 本月最后一个工作日."""

from __future__ import annotations

import re
from calendar import isleap, monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from opsloop.engines.language.quickadd.frame import Frame
from opsloop.engines.language.quickadd.line import Line
from opsloop.engines.language.quickadd.numerals import NUMBER, whole, whole_within
from opsloop.engines.language.quickadd.pieces import DayPiece

Unit = Literal["week", "month", "quarter", "year"]
WEEK = "(?:周|星期|礼拜)"
WEEKDAY = "[一二三四五六日天]"
WEEKDAYS = {name: n for n, name in enumerate("一二三四五六日")} | {"天": 6}
WHICH = "(?:(?:这|本|当|下{1,3})(?:一?个)?)"
YEAR = "(?:[今明后]|[0-9]{4}|[0-9]{2}|[零一二三四五六七八九]{4}|两千(?:零?[一二三四五六七八九十]{1,3})?)"
_RELATIVE_YEAR = {"今": 0, "本": 0, "明": 1, "后": 2}


@dataclass(frozen=True)
class Period:
    """A stretch of days, `first` and `last` included, written up to position `end`.

    `loose` periods (月, 3月, 年) carry no year or month, so `step` months on is meant when they are past.
    `bare` ones are a single sign and belong to a longer word more often than not.
    """

    end: int
    unit: Unit
    first: date
    last: date
    step: int = 0
    bare: bool = False

    def later(self) -> Period:
        """Return the same stretch one step later."""
        first = add_months(self.first, self.step)
        months = {"month": 1, "quarter": 3, "year": 12}[self.unit]
        return Period(self.end, self.unit, first, add_months(first, months) - timedelta(days=1), self.step)


def add_months(day: date, months: int) -> date:
    """Return the same day of the month `months` on, or that month's last day. Raises ValueError past 9999."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def coming_date(today: date, month: int, day: int) -> date:
    """Return the next such day of the year, today included; 29 February waits for a leap year.

    Raises ValueError if no year has that day.
    """
    leap_day = (month, day) == (2, 29)
    for year in range(today.year, today.year + (9 if leap_day else 2)):
        if leap_day and not isleap(year):
            continue
        found = date(year, month, day)
        if found >= today:
            return found
    raise ValueError("no such day ahead")


def coming_day_of_month(today: date, day: int) -> date:
    """Return the next day of a month that is number `day` (1 to 31), today included."""
    first = today.replace(day=1)
    for months in range(3):
        month = add_months(first, months)
        if day <= monthrange(month.year, month.month)[1] and month.replace(day=day) >= today:
            return month.replace(day=day)
    raise ValueError("no such day ahead")


def year_of(text: str | None, today: date) -> int | None:
    """Return the year a YEAR text means, or this year if there is none; None if it is malformed."""
    if not text:
        return today.year
    if text in _RELATIVE_YEAR:
        return today.year + _RELATIVE_YEAR[text]
    value = whole_within(text.replace("两千", "二千"), 0, date.max.year - 1)
    if value is not None and len(text) == 2 and text.isdigit():
        return value + (1900 if value >= 70 else 2000)
    return value or None


def steps_of(which: str) -> int:
    """Return how many units on 这, 本, 下 and 下下 point."""
    return which.count("下")


_WEEK = re.compile(f"(?P<which>{WHICH}){WEEK}")
_MONTH = re.compile(f"(?P<which>{WHICH})月份?")
_NUMBERED_MONTH = re.compile(f"(?:(?P<y>{YEAR})年 ?)?(?P<m>{NUMBER}) ?月份?")
_QUARTER = re.compile(f"(?P<which>{WHICH}?)季度?")
_NUMBERED_QUARTER = re.compile(
    f"(?:(?P<y>{YEAR})年 ?)?(?:第?(?P<q>[一二三四1-4])季度|q(?P<q2>[1-4])(?:季度)?)"
)
_YEAR = re.compile(f"(?:(?P<y>{YEAR}|本)年)")
_BARE = re.compile("(?P<unit>月|年)")
_EDGE = re.compile(
    f" ?的?(?:(?P<last>底|末|最后一天|结束(?=[之以]?前))|(?P<first>初|第一天)"
    f"|(?P<nth>第?(?P<n>{NUMBER})|最后一|倒数第(?P<back>{NUMBER})|首)个?"
    f"(?:(?P<work>工作日|工作天)|{WEEK}(?P<w>{WEEKDAY})))"
)
_ENGLISH = re.compile(
    "(?:the )?(?P<edge>end|start|beginning) of (?:the |this |(?P<next>next ))?"
    "(?P<unit>month|quarter|year)(?![a-z])"
    "|(?P<short>eom|eoq|eoy|(?P<word>month|quarter|year)[ -]end)(?![a-z])"
)


def period_edge_at(line: Line, start: int, frame: Frame) -> DayPiece | None:
    """Return the day that an edge of a period written at `start` names: 月底, 下月最后一个工作日."""
    for period in _periods(line.norm, start, frame.today):
        match = _EDGE.match(line.norm, period.end)
        day = _edge_day(period, match, frame) if match else None
        if match and day:
            weak = period.bare or period.unit == "year" or match["work"] is None
            return DayPiece(start, match.end(), day, weak=weak)
    return _english_edge(line, start, frame)


def _periods(norm: str, start: int, today: date) -> list[Period]:
    readers: list[Callable[[str, int, date], Period | None]] = [
        _week, _month, _numbered_month, _numbered_quarter, _quarter, _year, _bare,
    ]  # fmt: skip
    return [period for read in readers if (period := read(norm, start, today))]


def _week(norm: str, start: int, today: date) -> Period | None:
    match = _WEEK.match(norm, start)
    if match is None:
        return None
    monday = today + timedelta(days=7 * steps_of(match["which"]) - today.weekday())
    return Period(match.end(), "week", monday, monday + timedelta(days=6))


def _month(norm: str, start: int, today: date) -> Period | None:
    match = _MONTH.match(norm, start)
    return (
        _months(match.end(), "month", add_months(today.replace(day=1), steps_of(match["which"])))
        if match
        else None
    )


def _numbered_month(norm: str, start: int, today: date) -> Period | None:
    match = _NUMBERED_MONTH.match(norm, start)
    if match is None:
        return None
    month, year = whole_within(match["m"], 1, 12), year_of(match["y"], today)
    if month is None or year is None:
        return None
    return _months(match.end(), "month", date(year, month, 1), step=0 if match["y"] else 12)


def _quarter(norm: str, start: int, today: date) -> Period | None:
    match = _QUARTER.match(norm, start)
    if match is None:
        return None
    first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    step = 0 if match["which"] else 3
    return _months(match.end(), "quarter", add_months(first, 3 * steps_of(match["which"])), step=step)


def _numbered_quarter(norm: str, start: int, today: date) -> Period | None:
    match = _NUMBERED_QUARTER.match(norm, start)
    year = year_of(match["y"], today) if match else None
    if match is None or year is None:
        return None
    quarter = whole(match["q"] or match["q2"]) or 1
    return _months(match.end(), "quarter", date(year, 3 * quarter - 2, 1), step=0 if match["y"] else 12)


def _year(norm: str, start: int, today: date) -> Period | None:
    match = _YEAR.match(norm, start)
    year = year_of(match["y"], today) if match else None
    if match is None or year is None:
        return None
    return _months(match.end() + norm.startswith("年", match.end()), "year", date(year, 1, 1))


def _bare(norm: str, start: int, today: date) -> Period | None:
    match = _BARE.match(norm, start)
    # 两个月底 and 5年末 are no edges of this month or year.
    if match is None or (start and norm[start - 1] in "个每上半多几0123456789一二三四五六七八九十两前去"):
        return None
    unit: Unit = "month" if match["unit"] == "月" else "year"
    first = today.replace(day=1) if unit == "month" else date(today.year, 1, 1)
    step = 1 if unit == "month" else 12
    # 月月底 is still this month's end.
    return _months(
        match.end() + norm.startswith(match["unit"], match.end()), unit, first, step=step, bare=True
    )


def _months(end: int, unit: Unit, first: date, *, step: int = 0, bare: bool = False) -> Period:
    length = {"month": 1, "quarter": 3, "year": 12}[unit]
    return Period(end, unit, first, add_months(first, length) - timedelta(days=1), step, bare)


def _edge_day(period: Period, match: re.Match[str], frame: Frame) -> date | None:
    if period.unit == "week" and not match["work"]:
        return None
    day = _edge_of(period, match, frame)
    if day and day < frame.today and period.step:
        day = _edge_of(period.later(), match, frame)
    return day


def _edge_of(period: Period, match: re.Match[str], frame: Frame) -> date | None:
    if match["last"]:
        return period.last
    if match["first"]:
        return period.first
    days = [period.first + timedelta(days=n) for n in range((period.last - period.first).days + 1)]
    if match["work"]:
        days = [day for day in days if frame.calendar.is_workday(day)]
    else:
        days = [day for day in days if day.weekday() == WEEKDAYS[match["w"]]]
    position = position_of(match)
    return days[position] if position is not None and -len(days) <= position < len(days) else None


def position_of(match: re.Match[str]) -> int | None:
    """Return the list index an ordinal (第二, 最后一, 倒数第二, 首) points to."""
    if match["n"]:
        number = whole(match["n"])
        return number - 1 if number else None
    if match["back"]:
        number = whole(match["back"])
        return -number if number else None
    return 0 if match["nth"].startswith("首") else -1


def _english_edge(line: Line, start: int, frame: Frame) -> DayPiece | None:
    match = _ENGLISH.match(line.norm, start)
    if match is None:
        return None
    short = match["short"]
    name = match["unit"] or match["word"] or {"m": "month", "q": "quarter", "y": "year"}[short[-1]]
    length = {"month": 1, "quarter": 3, "year": 12}[name]
    first = frame.today.replace(day=1)
    first = add_months(first, -((first.month - 1) % length))
    if match["next"] or (match["edge"] in ("start", "beginning") and first < frame.today):
        first = add_months(first, length)
    day = first if match["edge"] in ("start", "beginning") else add_months(first, length) - timedelta(days=1)
    return DayPiece(start, match.end(), day)
