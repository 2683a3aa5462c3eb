"""Amounts of time: 2h, 1.5小时, 一个半小时, 半天, 45min, an hour and a half.

3周 and 两个月 are amounts too, to count from now with, but no length of work.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from opsloop.engines.language.quickadd.numerals import DECIMAL, ENGLISH_NUMBER, NUMBER, decimal, whole

Unit = Literal["minute", "day", "workday", "week", "month", "year"]
WORKDAY_HOURS = 8
_NO_WORD = "(?![a-z0-9_])"


@dataclass(frozen=True)
class Amount:
    """`value` units of time, written up to position `end`. Hours are given in minutes."""

    end: int
    value: float
    unit: Unit

    @property
    def work_minutes(self) -> int | None:
        """Return how much work this is, or None for a unit that says when rather than how long."""
        if self.unit == "minute":
            return round(self.value)
        if self.unit in ("day", "workday"):
            return round(self.value * WORKDAY_HOURS * 60)
        return None


_HOURS = re.compile(
    f"(?P<n>{DECIMAL}) ?(?:个(?P<half>半)?)? ?(?:小时|钟头)(?P<half2>半)?"
    f"(?:[又零]? ?(?P<m>{NUMBER}) ?分(?:钟)?)?"
)
_HALF = re.compile("半个?(?P<unit>小时|钟头|天|工作日|日(?=工))")
_HAN_UNIT = re.compile(
    f"(?P<n>{DECIMAL}) ?个?(?P<unit>分钟|刻钟|工作日|工作天|天|周|星期|礼拜|月|年)(?P<half>半)?"
)
_LATIN_HOURS = re.compile(
    "(?P<n>[0-9]{1,3}(?:\\.[0-9]{1,2})?) ?(?:hours?|hrs?|h)"
    f"(?:(?: ?(?:and ?)?(?P<m>[0-9]{{1,2}}) ?(?:minutes?|mins?|m)|(?P<m2>[0-5][0-9])))?{_NO_WORD}"
)
_LATIN_UNIT = re.compile(
    f"(?P<n>[0-9]{{1,3}}(?:\\.[0-9]{{1,2}})?|{ENGLISH_NUMBER}(?= ))"
    "(?P<unit> ?(?:minutes?|mins?)| ?hours?| ?hrs?|m|d| ?(?:working |business |work)?days?"
    f"| ?(?:weeks?|wks?)| ?months?| ?years?)(?P<half> and a half)?{_NO_WORD}"
)
_LATIN_HALF = re.compile(
    f"half (?:an? )?(?P<unit>hour|day){_NO_WORD}|(?:(?P<one>one|an|a)) hour and a half{_NO_WORD}"
)
_AND_A_HALF = re.compile(f"(?P<n>{ENGLISH_NUMBER}) and a half (?P<unit>hours?|days?){_NO_WORD}")

_JOINT = re.compile("又| and |")

_MINUTES = {
    "分钟": 1,
    "刻钟": 15,
    "小时": 60,
    "钟头": 60,
    "minute": 1,
    "min": 1,
    "m": 1,
    "hour": 60,
    "hr": 60,
}
_UNITS: dict[str, Unit] = {
    "天": "day", "日": "day", "d": "day", "day": "day",
    "工作日": "workday", "工作天": "workday",
    "working day": "workday", "business day": "workday", "workday": "workday",
    "周": "week", "星期": "week", "礼拜": "week", "week": "week", "wk": "week",
    "月": "month", "month": "month", "年": "year", "year": "year",
}  # fmt: skip


def amount_at(norm: str, start: int) -> Amount | None:
    """Return the longest amount of time written from `start` on, or None."""
    found = [amount for read in (_hours, _half, _counted, _latin) for amount in read(norm, start)]
    longest = max(found, key=lambda amount: amount.end, default=None)
    return _with_hours(norm, longest) if longest and longest.unit == "day" else longest


def _with_hours(norm: str, days: Amount) -> Amount:
    """1天2小时 is ten hours of work."""
    joint = _JOINT.match(norm, days.end)
    hours = _hours(norm, joint.end()) if joint else []
    if not hours:
        return days
    return Amount(hours[0].end, (days.work_minutes or 0) + hours[0].value, "minute")


def _hours(norm: str, start: int) -> list[Amount]:
    match = _HOURS.match(norm, start) or _LATIN_HOURS.match(norm, start)
    value = decimal(match["n"]) if match else None
    if match is None or value is None:
        return []
    groups = match.groupdict()
    minutes = value * 60 + (30 if groups.get("half") or groups.get("half2") else 0)
    extra = groups.get("m") or groups.get("m2")
    more = whole(extra) if extra else 0
    return [] if more is None or more >= 60 else [Amount(match.end(), minutes + more, "minute")]


def _half(norm: str, start: int) -> list[Amount]:
    match = _HALF.match(norm, start) or _LATIN_HALF.match(norm, start)
    if match is None:
        return []
    if match["unit"] is None:
        return [Amount(match.end(), 90, "minute")]
    return [_amount(match.end(), 0.5, match["unit"])]


def _counted(norm: str, start: int) -> list[Amount]:
    match = _HAN_UNIT.match(norm, start)
    value = decimal(match["n"]) if match else None
    if match is None or value is None:
        return []
    # 3月 is March: months that are counted have their 个.
    if match["unit"] == "月" and "个" not in match[0]:
        return []
    return [_amount(match.end(), value + (0.5 if match["half"] else 0), match["unit"])]


def _latin(norm: str, start: int) -> list[Amount]:
    match = _AND_A_HALF.match(norm, start) or _LATIN_UNIT.match(norm, start)
    value = decimal(match["n"]) if match else None
    if match is None or value is None:
        return []
    half = 0.5 if match.re is _AND_A_HALF or match["half"] else 0
    return [_amount(match.end(), value + half, _singular(match["unit"].strip()))]


def _amount(end: int, value: float, unit: str) -> Amount:
    if unit in _MINUTES:
        return Amount(end, value * _MINUTES[unit], "minute")
    return Amount(end, value, _UNITS[unit])


def _singular(unit: str) -> str:
    return unit[:-1] if unit.endswith("s") else unit
