"""Fixed times: "11月25日 10:00-11:30", "周三 14:00-15:00", or 是 beside a start and an end."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from opsloop.engines.grid import Cell, shown
from opsloop.engines.sheets.answers import read_yes
from opsloop.engines.sheets.bad import BadCellError
from opsloop.engines.sheets.dates import Clock, Moment, read_clock, read_day, read_moment
from opsloop.engines.sheets.words import fold, says_nothing

_SPAN = re.compile(
    r"(?P<start>(上午|下午|晚上|早上|中午)?\s*\d{1,2}\s*([:点时]\s*(\d{1,2}|半)?分?|(?=\s*[ap]m))\s*([ap]m)?)"
    r"(\s*(-|~|—|–|至|到|to)\s*(?P<end>(上午|下午|晚上|早上|中午)?\s*\d{1,2}\s*([:点时]\s*(\d{1,2}|半)?分?)?\s*([ap]m)?))?\s*$"
)
_WEEKDAY = re.compile(
    r"(?P<which>下下|下|本|这|这个|每)?(个)?(周|星期|礼拜)(?P<day>[一二三四五六日天])|(?P<en>mon|tue|wed|thu|fri|sat|sun)[a-z]*"
)
_EN = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Span = tuple[datetime, datetime]


def read_fixed(
    cell: Cell, clock: Clock, *, earliest: Moment | None, due: Moment | None, minutes: int | None
) -> Span | None:
    """Return start and end of the fixed time in `cell`, None if there is none.

    A weekday is the next such day, `clock.today` included. A time without a day takes the day of `due`,
    else of `earliest`; a start without an end lasts `minutes`. Raises BadCellError.
    """
    if isinstance(cell, datetime):
        return _span(cell, None, minutes)
    text = shown(cell)
    if says_nothing(text):
        return None
    if isinstance(cell, time):
        return _on(_any_day(due, earliest), cell, None, minutes)
    answer = _yes_or_no(cell)
    if answer is not None:
        return _from_neighbours(earliest, due, minutes) if answer else None
    match = _SPAN.search(fold(text))
    if match is None:
        raise BadCellError("fixed_time_without_clock")
    start = read_clock(match["start"].strip())
    end = read_clock(_with_half(match)) if match["end"] else None
    if start is None or (match["end"] and end is None):
        raise BadCellError("not_a_fixed_time")
    day = _day_in(fold(text)[: match.start()].strip(" ,"), clock) or _any_day(due, earliest)
    return _on(day, start, end, minutes)


def _with_half(match: re.Match[str]) -> str:
    """Return the end as text, in the same half of the day as the start when it names none itself."""
    start, end = match["start"].strip(), match["end"].strip()
    half = re.match(r"上午|下午|晚上|早上|中午", start)
    if half and not re.match(r"上午|下午|晚上|早上|中午", end):
        end = half.group() + end
    return end if re.search(r"[:点时]|[ap]m", end) else end + ":00"


def _yes_or_no(cell: Cell) -> bool | None:
    try:
        return read_yes(cell)
    except BadCellError:
        return None


def _from_neighbours(earliest: Moment | None, due: Moment | None, minutes: int | None) -> Span:
    if isinstance(earliest, datetime):
        return _span(earliest, due if isinstance(due, datetime) else None, minutes)
    if isinstance(due, datetime) and minutes:
        return due - timedelta(minutes=minutes), due
    raise BadCellError("fixed_time_without_clock")


def _any_day(*moments: Moment | None) -> date | None:
    for moment in moments:
        if moment is not None:
            return moment.date() if isinstance(moment, datetime) else moment
    return None


def _on(day: date | None, start: time, end: time | None, minutes: int | None) -> Span:
    if day is None:
        raise BadCellError("fixed_time_without_day")
    return _span(datetime.combine(day, start), datetime.combine(day, end) if end else None, minutes)


def _span(start: datetime, end: datetime | None, minutes: int | None) -> Span:
    if end is None and minutes:
        end = start + timedelta(minutes=minutes)
    if end is None:
        raise BadCellError("fixed_time_without_end")
    if end <= start:
        raise BadCellError("ends_before_start")
    return start, end


def _day_in(text: str, clock: Clock) -> date | None:
    if not text:
        return None
    weekday = _WEEKDAY.fullmatch(text)
    if weekday is None:
        moment = read_moment(text, clock)
        return read_day(moment, clock)
    if weekday["which"] == "每":
        raise BadCellError("fixed_time_recurs")
    number = (
        _EN.index(weekday["en"])
        if weekday["en"]
        else "一二三四五六日".index(weekday["day"].replace("天", "日"))
    )
    monday = clock.today - timedelta(days=clock.today.weekday())
    weeks = {"下": 1, "下下": 2, "本": 0, "这": 0, "这个": 0}.get(weekday["which"] or "")
    if weeks is not None:
        return monday + timedelta(days=number, weeks=weeks)
    return clock.today + timedelta(days=(number - clock.today.weekday()) % 7)
