"""Reads the numbers out of a goal: what is measured, from which value to which, in which unit, until which day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from opsloop.engines.language.characters import fold
from opsloop.engines.language.goalcheck import rules
from opsloop.engines.language.goalcheck.pieces import Piece
from opsloop.engines.language.goalcheck.reading import read
from opsloop.engines.language.quickadd.numerals import decimal
from opsloop.engines.periods import last_of_month


@dataclass(frozen=True)
class Quantified:
    """What a key result can be filled from; "" and None for what the text does not say.

    `is_change` when the text names a change (降低20%) and not a value to reach: there is no target then. What
    is brought about (上线20个页面) starts at nothing.
    """

    measure: str = ""
    start: Decimal | None = None
    target: Decimal | None = None
    unit: str = ""
    due: date | None = None
    is_change: bool = False

    @property
    def is_measured(self) -> bool:
        """Whether there is enough for a key result: a name and a value to reach."""
        return bool(self.measure) and self.target is not None


def quantify(text: str, *, today: date) -> Quantified:
    """Read the first measure of `text` with its values, and the day until when. Never raises."""
    pieces = read(text)
    due = _due(pieces, today)
    measure = " ".join(_names(pieces))
    target = _first(pieces, "target")
    if target is None:
        return Quantified(measure=measure, due=due)
    value, unit = _value(target.text)
    base = _first(pieces, "baseline") or _earlier_target(pieces, target)
    start, base_unit = _value(base.text) if base else (None, "")
    if base is not None and base.kind == "target":
        # 满意度85分提升到90分: what was taken for a target is where it stands.
        later = next(piece for piece in pieces if piece.kind == "target" and piece.start > base.start)
        value, unit = _value(later.text)
        target = later
    is_change = _is_change(target.text)
    if is_change:
        start, value = None, None
    elif start is None and _is_made(text, pieces, target):
        start = Decimal(0)
    return Quantified(measure, start, value, unit or base_unit, due, is_change)


def _names(pieces: Sequence[Piece]) -> list[str]:
    """Return the name of the first measure; one that follows it at once belongs to it (客诉 24小时答复率)."""
    measures = [piece for piece in pieces if piece.kind == "measure"]
    names = [piece.text for piece in measures[:1]]
    if len(measures) > 1 and measures[1].start == measures[0].end:
        return ["".join([*names, measures[1].text])]
    return names


def _first(pieces: Sequence[Piece], kind: str) -> Piece | None:
    return next((piece for piece in pieces if piece.kind == kind), None)


def _earlier_target(pieces: Sequence[Piece], target: Piece) -> Piece | None:
    """Return `target` itself if it is a bare value and a verb of change leads to another right after it."""
    later = next((piece for piece in pieces if piece.kind == "target" and piece.start > target.start), None)
    if later is None or not re.match(r"\d", fold(target.text)) or later.start > target.end + 1:
        return None
    led = re.match(r"\D", fold(later.text))
    return target if led and _value(target.text)[1] == _value(later.text)[1] else None


_NUMBER = re.compile(r"(\d[\d,]*(?:\.\d+)?|[一二两三四五六七八九十百千万亿零]{1,9})\s*(.*)$")
_BOUND = re.compile(r"(?:以[上下内外]|及以[上下]|左右)$")


def _value(text: str) -> tuple[Decimal | None, str]:
    """Return number and unit of a value: 提升至1,000万元 → 1000, 万元; $30 → 30, $."""
    found = _NUMBER.search(fold(text))
    if found is None:
        return None, ""
    number = decimal(found[1].replace(",", "")) if not found[1][0].isdigit() else None
    value = Decimal(found[1].replace(",", "")) if found[1][0].isdigit() else None
    if value is None:
        value = Decimal(str(number)) if number is not None else None
    unit = _BOUND.sub("", found[2]).strip()
    money = re.search(r"[¥$€£]\s*$", fold(text)[: found.start()])
    return value, (unit or (money[0].strip() if money else ""))[:20]


def _is_change(target: str) -> bool:
    """Whether a target names by how much and not up to where: 提升20%, 降低5个百分点, up by 10."""
    lead = _lead(target)
    if re.search(r"[至到为成达]$|\b(?:to|at)$", lead):
        return False
    change = {*rules.words("target.raise"), *rules.words("target.lower"), "by"}
    return lead in change or lead.endswith(" by")


def _is_made(text: str, pieces: Sequence[Piece], target: Piece) -> bool:
    """Whether a target counts what is brought about (上线20个页面, 新增会员5,000人): that begins at nothing."""
    # The 销售 of 销售额 is part of a measure and says nothing.
    since = max([piece.end for piece in pieces if piece.end <= target.start], default=0)
    near = fold(text)[max(since, target.start - 8) : target.start] + _lead(target.text)
    words = [word for word in rules.words("target.produce") if len(word) > 1]
    return any(word in near for word in words) or bool(
        re.search(rf"\b(?:{'|'.join(map(re.escape, rules.words('target.en.produce')))})\b", near)
    )


def _lead(target: str) -> str:
    folded = fold(target)
    found = _NUMBER.search(folded)
    return folded[: found.start()].strip() if found else ""


# ── Until when ────────────────────────────────────────────────────────────────────────────────────


def _due(pieces: Sequence[Piece], today: date) -> date | None:
    piece = _first(pieces, "deadline")
    return deadline_day(piece.text, today) if piece else None


def deadline_day(text: str, today: date) -> date | None:
    """Return the last day that a deadline allows: 9月底 → 30 September, Q4 → 31 December, 9月25日前 → that day.

    A month or quarter that is over is meant next year, unless a year is said. None for what is no date
    (双11前, 试用期内). Never raises.
    """
    folded = fold(text)
    for reader in (_written_day, _named_period, _relative):
        try:
            day = reader(folded, today)
        except (ValueError, OverflowError):
            return None
        if day is not None:
            return day if 2000 <= day.year <= 2100 else None
    return None


_YEAR = r"(?:(?P<year>20\d\d)\s*(?:年|-|/|\.)?\s*)?"
_DAY = re.compile(
    _YEAR + r"(?<!\d)(?P<month>1[0-2]|0?[1-9])\s*(?:月|-|/|\.)\s*份?的?(?P<day>3[01]|[12]\d|0?[1-9])(?!\d)"
)


def _written_day(text: str, today: date) -> date | None:
    found = _DAY.search(text)
    if found is None:
        return None
    month, day = int(found["month"]), int(found["day"])
    if found["year"]:
        return date(int(found["year"]), month, day)
    this_year = date(today.year, month, day)
    return this_year if this_year >= today else date(today.year + 1, month, day)


_QUARTERS = {
    "q1": 1, "q2": 2, "q3": 3, "q4": 4, "一季": 1, "二季": 2, "三季": 3, "四季": 4, "1季": 1, "2季": 2, "3季": 3,
    "4季": 4, "首季": 1, "末季": 4,
}  # fmt: skip
_HALVES = {"上半年": 6, "前半年": 6, "h1": 6, "下半年": 12, "后半年": 12, "h2": 12}


def _named_period(text: str, today: date) -> date | None:
    """Return the last day of a month, quarter, half or year that has a name."""
    year_said = re.search(r"(?<!\d)(20\d\d)(?!\d)", text)
    year = int(year_said[1]) if year_said else today.year + ("明年" in text or "next year" in text)
    month = _named_month(text)
    if month is None and year_said:
        return date(year, 12, 31)
    if month is None:
        return None
    part = re.search(r"月份?(上旬|初|中旬|中)", text)
    last = last_of_month(year, month)
    if part:
        last = last.replace(day=10 if part[1] in {"上旬", "初"} else 20 if part[1] == "中旬" else 15)
    if year_said or year != today.year or last >= today:
        return last
    return last.replace(year=year + 1) if part else last_of_month(year + 1, month)


def _named_month(text: str) -> int | None:
    """Return the last month of the period that `text` names."""
    for words, month in ((_QUARTERS, 3), (_HALVES, 1)):
        for word, number in words.items():
            if word in text:
                return number * month
    if span := re.search(r"(?<!\d)(?:1[0-2]|[1-9])月?份?(?:到|至|-|~)(1[0-2]|[1-9])月", text):
        return int(span[1])
    if found := re.search(r"(?<!\d)(1[0-2]|[1-9])月", text):
        return int(found[1])
    names = rules.words("calendar.monthname")
    if english := re.search(rf"\b({'|'.join(sorted(names, key=len, reverse=True))})\b", text):
        return ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"].index(
            english[1][:3]
        ) + 1
    return None


def _relative(text: str, today: date) -> date | None:
    """Return the last day of this or the next week, month, quarter or year, or of some days from now."""
    if found := re.search(r"(\d+)\s*个?\s*(?:自然)?(天|日|周|星期|月|days?|weeks?|months?)", text):
        number, unit = int(found[1]), found[2]
        if unit in {"天", "日", "day", "days"}:
            return today + timedelta(days=min(number, 36500))
        if unit in {"周", "星期", "week", "weeks"}:
            return today + timedelta(weeks=min(number, 5000))
        index = today.year * 12 + today.month - 1 + min(number, 1200)
        return min(
            last_of_month(index // 12, index % 12 + 1), date(index // 12, index % 12 + 1, min(today.day, 28))
        )
    ahead = 1 if re.search(r"下|次|next", text) else 0
    if re.search(r"周|星期|week|eow", text):
        return today + timedelta(days=6 - today.weekday() + 7 * ahead)
    if re.search(r"季|quarter|eoq", text):
        index = today.year * 12 + (today.month - 1) // 3 * 3 + 2 + 3 * ahead
        return last_of_month(index // 12, index % 12 + 1)
    if re.search(r"月|month|eom", text):
        index = today.year * 12 + today.month - 1 + ahead
        return last_of_month(index // 12, index % 12 + 1)
    if re.search(r"年|岁|year|eoy", text):
        return date(today.year + (ahead or "明年" in text or "来年" in text), 12, 31)
    return None
