"""Dates as people type them into sheets, and as spreadsheets store them."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from opsloop.engines.grid import Cell, shown
from opsloop.engines.sheets.bad import BadCellError
from opsloop.engines.sheets.numerals import in_digits
from opsloop.engines.sheets.words import fold, says_nothing

EARLIEST_YEAR, LATEST_YEAR = 2000, 2100
NEAR_YEARS = 3  # a two-digit year is believed only this near to today
_SERIAL_DAY_0 = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's dates have no zone

Moment = date | datetime


@dataclass(frozen=True)
class Clock:
    """What a date without a year, or with a zone, is read against: `today`, and the sheet's own zone."""

    today: date
    zone: tzinfo | None = None


def read_moment(cell: Cell, clock: Clock) -> Moment | None:
    """Return the date in `cell`, a naive datetime if it names a time of day, None if it says nothing.

    Numbers are spreadsheet serials (1900 system) or 20261130. A date without a year is the nearest
    such day to `clock.today`. Raises BadCellError for anything that is no single day.
    """
    if isinstance(cell, datetime):
        return _in_range(_plain(cell, clock))
    if isinstance(cell, date):
        return _in_range(cell)
    if isinstance(cell, bool | time | timedelta):
        raise BadCellError("not_a_date")
    if isinstance(cell, int | float):
        return _in_range(_from_number(float(cell)))
    text = shown(cell)
    if says_nothing(text):
        return None
    return _in_range(_from_text(text, clock))


def read_day(cell: Cell, clock: Clock) -> date | None:
    """Return the day in `cell` as `read_moment` does, without its time."""
    moment = read_moment(cell, clock)
    return moment.date() if isinstance(moment, datetime) else moment


def read_clock(cell: Cell) -> time | None:
    """Return the time of day in `cell` ("18:00", a time cell), or None if it is none."""
    if isinstance(cell, time):
        return cell.replace(second=0, microsecond=0)
    match = _TIME.fullmatch(_prepared(shown(cell)))
    return _time_of(match) if match else None


def read_period(cell: Cell, clock: Clock) -> tuple[Moment | None, Moment | None]:
    """Return start and end of a cell such as "11/23-11/27"; a single date is an end without a start."""
    text = shown(cell)
    if not isinstance(cell, str) or says_nothing(text):
        return None, read_moment(cell, clock)
    open_end = re.fullmatch(
        r"(?:自|从|from\s)?\s*(.*\d.*?)\s*(?:起|开始|-|~|—+|→)|(?:自|从|from\s)\s*(.*\d.*)", fold(text)
    )
    if open_end:
        return read_moment(open_end[1] or open_end[2], clock), None
    halves = _halves(text, clock)
    if halves is None:
        return None, read_moment(cell, clock)
    start, end = halves
    if _ends(end) < _comparable(start):
        raise BadCellError("ends_before_start")
    return start, end


def _comparable(moment: Moment) -> datetime:
    """Return `moment` as a time: a plain date as its first minute."""
    return moment if isinstance(moment, datetime) else datetime.combine(moment, time())


def _ends(moment: Moment) -> datetime:
    return moment if isinstance(moment, datetime) else datetime.combine(moment, time.max)


def _halves(text: str, clock: Clock) -> tuple[Moment, Moment] | None:
    for mark in re.finditer(r"\s*(~|～|〜|至|到|—+|–|→|->|-|－|\bto\b|\n)\s*", text, re.IGNORECASE):
        left, right = text[: mark.start()], text[mark.end() :]
        if not left.strip() or not right.strip():
            continue
        try:
            start = _in_range(_from_text(left, clock))
            end = _in_range(_from_text(_completed(left, right), clock))
        except BadCellError:
            continue
        return start, end
    return None


def _completed(left: str, right: str) -> str:
    """Return `right` with the month or year that only `left` names: 11月23日-27日, 2026/11/23-11/27."""
    right_folded, left_folded = _prepared(right), _prepared(left)
    if re.fullmatch(r"\d{1,2}[日号]?", right_folded):
        month = re.match(r"(.*?\d{1,2}[月/.])\d{1,2}[日号]?$", left_folded)
        return month.group(1) + right_folded if month else right
    if re.match(r"\d{1,2}([/.]|月)\d{1,2}[日号]?(\D|$)", right_folded) and not re.match(
        r"\d{4}|\d+\D\d+\D\d{4}", right_folded
    ):
        year = re.match(r"(\d{4})([年/.-])", left_folded)
        return year.group(1) + year.group(2) + right_folded if year else right
    if _TIME.fullmatch(right_folded) and (day := _TIME.search(left_folded)):
        return left_folded[: day.start()] + " " + right_folded
    return right


def _plain(moment: datetime, clock: Clock) -> Moment:
    _in_range(moment)
    if moment.tzinfo is not None:
        moment = (moment.astimezone(clock.zone) if clock.zone else moment).replace(tzinfo=None)
    if moment.second or moment.microsecond:
        moment = (moment + timedelta(seconds=30)).replace(second=0, microsecond=0)
    return moment.date() if moment.time() == time() else moment


def _in_range(moment: Moment) -> Moment:
    if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
        raise BadCellError("date_out_of_range", year=str(moment.year))
    return moment


def _from_number(number: float) -> Moment:
    if number.is_integer() and 20_000_101 <= number <= 21_001_231:
        digits = str(int(number))
        return _day(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    if not 36_526 <= number < 73_416:  # 2000-01-01 to 2100-12-31
        raise BadCellError("not_a_date")
    moment = _SERIAL_DAY_0 + timedelta(minutes=round(number * 1440))
    return moment.date() if moment.time() == time() else moment


# --- text ---------------------------------------------------------------------------------------------

_MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_WEEKDAY = re.compile(
    r"\(?\s*((周|星期|礼拜)[一二三四五六日天]|\b(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?\b\.?,?)\s*\)?"
)
_BEFORE = re.compile(
    r"^(截止(到|至|日期|时间)?|截至|至|到|于|在|不晚于|不迟于|最晚|最迟|by|before|due|on|until|till)[:\s]*"
)
_AFTER = re.compile(r"\s*(下班)?((之|以)?前)?\s*(完成|提交|交付|上线|截止|为止|止|下班|eod|内)*\s*$")
_TIME = re.compile(
    r"\s*,?\s*t?\s*(?P<half>上午|下午|早上|早|晚上|晚|中午|傍晚|凌晨)?\s*(?P<hour>\d{1,2})"
    r"(?:(?::|点|时)(?P<minute>\d{1,2}|半|1刻|3刻)?分?整?(?::(?P<second>\d{1,2})(?:\.\d+)?)?\s*(?P<pm>[ap]\.?m\.?)?|\s*(?P<bare_pm>[ap]\.?m\.?))"
    r"\s*(?P<zone>z|utc|gmt|[+-]\d{2}:?\d{2})?$"
)


def _prepared(text: str) -> str:
    """Return `text` folded, without a weekday, its numerals as digits."""
    return in_digits(_WEEKDAY.sub(" ", fold(text))).strip()


def _from_text(text: str, clock: Clock) -> Moment:
    prepared = _AFTER.sub("", _BEFORE.sub("", _prepared(text)))
    if not prepared:
        raise BadCellError("not_a_date")
    for pattern, reading in _PATTERNS:
        match = pattern.match(prepared)
        if match:
            rest = prepared[match.end() :].strip()
            return _with_time(reading(match, clock), rest, clock)
    if re.fullmatch(r"\d{5}(\.\d+)?", prepared):
        return _from_number(float(prepared))
    raise BadCellError("not_a_date")


def _with_time(day: date, rest: str, clock: Clock) -> Moment:
    if not rest:
        return day
    match = _TIME.fullmatch(rest)
    if match is None:
        raise BadCellError("not_a_date")
    if match["hour"] == "24" and (match["minute"] or "0") in {"0", "00"}:
        return day
    moment = datetime.combine(day, _time_of(match))
    if match["zone"]:
        moment = _zoned(moment, match["zone"], clock)
    return moment.date() if moment.time() == time() else moment


def _zoned(moment: datetime, zone: str, clock: Clock) -> datetime:
    offset = "+00:00" if zone[0] not in "+-" else zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
    # A day at the very end of the calendar has no equal in another zone.
    _in_range(moment)
    try:
        aware = datetime.fromisoformat(moment.isoformat() + offset)
    except ValueError:
        raise BadCellError("not_a_date") from None
    return (aware.astimezone(clock.zone) if clock.zone else aware).replace(tzinfo=None)


def _time_of(match: re.Match[str]) -> time:
    hour = int(match["hour"])
    minute = {"半": 30, "1刻": 15, "3刻": 45, None: 0}.get(match["minute"])
    minute = int(match["minute"]) if minute is None else minute
    afternoon = (match["half"] in {"下午", "晚上", "晚", "傍晚"}) or (
        match["pm"] or match["bare_pm"] or ""
    ).startswith("p")
    morning = (match["pm"] or match["bare_pm"] or "").startswith("a")
    if (afternoon and hour < 12) or (match["half"] == "中午" and hour < 11):
        hour += 12
    elif morning and hour == 12:
        hour = 0
    if hour > 23 or minute > 59:
        raise BadCellError("no_such_time")
    return time(hour, minute)


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise BadCellError("no_such_date") from None


def _nearest(month: int, day: int, today: date) -> date:
    """Return the day `month`/`day` nearest to `today`; the later one when two are as near."""
    years = range(today.year - 4, today.year + 5)
    found = [one for one in (_try(year, month, day) for year in years) if one]
    if not found:
        raise BadCellError("no_such_date")
    return min(found, key=lambda one: (abs((one - today).days), -one.toordinal()))


def _ymd(match: re.Match[str], _: Clock) -> date:
    return _day(int(match[1]), int(match[2]), int(match[3]))


def _short_year(match: re.Match[str], _: Clock) -> date:
    return _day(2000 + int(match[1]), int(match[2]), int(match[3]))


def _month_day(match: re.Match[str], clock: Clock) -> date:
    return _nearest(int(match[1]), int(match[2]), clock.today)


def _bare_pair(match: re.Match[str], clock: Clock) -> date:
    first, second = int(match[1]), int(match[2])
    if first > 12 >= second:
        first, second = second, first
    return _nearest(first, second, clock.today)


def _year_last(match: re.Match[str], _: Clock) -> date:
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    readings = {one for one in (_try(year, first, second), _try(year, second, first)) if one}
    return _only(readings)


def _three_short(match: re.Match[str], clock: Clock) -> date:
    a, b, c = int(match[1]), int(match[3]), int(match[4])
    tried = (_try(2000 + a, b, c), _try(2000 + c, a, b), _try(2000 + c, b, a))
    return _only({one for one in tried if one and abs(one.year - clock.today.year) <= NEAR_YEARS})


def _try(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _only(readings: set[date]) -> date:
    if not readings:
        raise BadCellError("no_such_date")
    if len(readings) > 1:
        first, second, *_ = sorted(readings)
        raise BadCellError("ambiguous_date", first=first.isoformat(), second=second.isoformat())
    return readings.pop()


def _named_month(day: str, month: str, year: str | None, clock: Clock) -> date:
    number = _MONTHS[month[:3]]
    if not year:
        return _nearest(number, int(day), clock.today)
    return _day(int(year) if len(year) == 4 else 2000 + int(year), number, int(day))


def _month_end(match: re.Match[str], clock: Clock) -> date:
    month = int(match[2])
    if not 1 <= month <= 12:
        raise BadCellError("no_such_date")
    if match[1]:
        year = int(match[1])
        return _day(year, month, calendar.monthrange(year, month)[1])
    nearest = _nearest(month, 28, clock.today)
    return nearest.replace(day=calendar.monthrange(nearest.year, month)[1])


_PATTERNS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Clock], date]], ...] = (
    (re.compile(r"(?:(\d{4})年\s*)?(\d{1,2})月\s*[底末]"), _month_end),
    (re.compile(r"(\d{4})\s*[-/.年\\]\s*(\d{1,2})\s*[-/.月\\]\s*(\d{1,2})(?!\d)\s*[日号]?"), _ymd),
    (re.compile(r"(20\d{2})(\d{2})(\d{2})(?!\d)"), _ymd),
    (re.compile(r"['’]?(\d{2})年\s*(\d{1,2})月\s*(\d{1,2})(?!\d)\s*[日号]?"), _short_year),
    (re.compile(r"(\d{1,2})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{4})(?!\d)"), _year_last),
    (re.compile(r"(\d{1,2})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{2})(?![\d:.])"), _three_short),
    (re.compile(r"(\d{1,2})月\s*(\d{1,2})(?!\d)\s*[日号]?"), _month_day),
    (re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})(?![\d:点])\s*[日号]?"), _bare_pair),
    (
        re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)?[\s/.-]*{_MONTH}(?:[\s/,.-]*(\d{{4}}|\d{{2}}(?![\d:])))?"),
        lambda match, clock: _named_month(match[1], match[2], match[3], clock),
    ),
    (
        re.compile(rf"{_MONTH}[\s/.-]*(\d{{1,2}})(?:st|nd|rd|th)?(?!\d|:)(?:[\s/,.-]+(\d{{4}})(?!:))?"),
        lambda match, clock: _named_month(match[2], match[1], match[3], clock),
    ),
)
