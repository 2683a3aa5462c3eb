"""Durations as people type them: 2h, 2.5小时, 1小时30分, 半天, 1.5人天; a bare number has a given unit."""

from __future__ import annotations

import re
from datetime import date, time, timedelta

from opsloop.engines.grid import Cell, shown
from opsloop.engines.sheets.bad import BadCellError
from opsloop.engines.sheets.numerals import in_digits
from opsloop.engines.sheets.words import fold, says_nothing

MINUTES = {"min": 1, "h": 60, "d": 8 * 60, "w": 5 * 8 * 60}  # a working day has 8 hours, a week 5 days
LONGEST = 2_000 * 60  # minutes; a year of work: a longer task is a slip of the pen

_UNIT_WORDS = (
    ("w", r"个?(周|星期|礼拜)|weeks?|wks?|w"),
    ("d", r"个?工作日|人[/·.]?天|人日|工日|天|日|(man|person)?-?days?|d|pd"),
    ("h", r"个?(小时|钟头|钟)|人时|工时|时|hours?|hrs?|h"),
    ("min", r"分钟|分|minutes?|mins?|m|'|′"),
)
_UNIT = "|".join(f"(?P<{name}>{words})" for name, words in _UNIT_WORDS)
_PART = re.compile(
    rf"\s*(?P<number>\d+(?:\.\d+)?|半)\s*(?P<half>个半)?(?:{_UNIT})(?![a-z])\s*(?P<and_half>半)?(?:零|又|and|,)?\s*"
)
_ABOUT = re.compile(
    r"^(大约|大概|约|预计|估计|共|合计|about|approx\.?|around|ca\.?|est\.?|~|≈)\s*|\s*(左右|上下|以内|内)$"
)
_RANGE = re.compile(r"\d\s*\D{0,4}?\s*[-~—–至到]\s*\d|\d\s*\+$|[<>≤≥]|\dor\d|或")
_FEW = re.compile(r"^[一二两三四五六七八九]{2}(个|天|小时|周|分)")


def read_minutes(cell: Cell, unit: str) -> int | None:
    """Return the duration in `cell` in whole minutes, None if it says nothing.

    `unit` ("h", "min" or "d") is what a bare number counts. Raises BadCellError for a range, nothing or less,
    more than 2,000 hours, and anything else that is no duration.
    """
    if isinstance(cell, timedelta):
        return _sane(cell.total_seconds() / 60)
    if isinstance(cell, time):
        return _sane(cell.hour * 60 + cell.minute + cell.second / 60)
    if isinstance(cell, bool | date):
        raise BadCellError("not_a_duration")
    if isinstance(cell, int | float):
        return _sane(float(cell) * MINUTES[unit])
    text = shown(cell)
    return None if says_nothing(text) else _sane(_from_text(text, unit))


def _sane(minutes: float) -> int:
    if not minutes > 0:  # which is how “not a number” compares, too
        raise BadCellError("duration_not_positive")
    if minutes > LONGEST:
        raise BadCellError("duration_too_long")
    return max(1, round(minutes))


def _from_text(text: str, unit: str) -> float:
    folded = fold(text).replace(" ", "")
    if folded.startswith("-") and re.match(r"-\d", folded):
        raise BadCellError("duration_not_positive")
    if _FEW.match(folded):
        raise BadCellError("duration_range")
    plain = in_digits(_ABOUT.sub("", _ABOUT.sub("", folded)))
    if re.fullmatch(r"\d+(\.\d+)?|\.\d+", plain):
        return float(plain) * MINUTES[unit]
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", plain):
        return float(plain.replace(",", "")) * MINUTES[unit]
    clock = re.fullmatch(r"(\d{1,3}):([0-5]\d)(:[0-5]\d)?", plain)
    if clock:
        return int(clock[1]) * 60 + int(clock[2])
    if _RANGE.search(plain):
        raise BadCellError("duration_range")
    return _summed(plain)


def _summed(text: str) -> float:
    """Return the minutes of number-and-unit pairs that fill `text`: 1小时30分, 1天半, 1个半小时."""
    minutes, place = 0.0, 0
    while place < len(text):
        part = _PART.match(text, place)
        if part is None:
            tail = re.fullmatch(r"(\d{1,2})", text[place:])  # 1小时30
            if tail and place and text[place - 1] in "时h":
                return minutes + int(tail[1])
            raise BadCellError("not_a_duration")
        minutes += _part_minutes(part)
        place = part.end()
    return minutes


def _part_minutes(part: re.Match[str]) -> float:
    number = 0.5 if part["number"] == "半" else float(part["number"])
    if part["half"] and part["d"]:
        return number * MINUTES["d"] / 2  # 2个半天 are two half days, but 两个半小时 are 2.5 hours
    number += 0.5 if part["half"] else 0
    number += 0.5 if part["and_half"] else 0
    return number * next(MINUTES[name] for name in MINUTES if part[name])
