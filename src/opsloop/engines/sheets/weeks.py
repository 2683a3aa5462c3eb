"""Week plans: which week a row is about, and which tasks stand in the cell of a day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from opsloop.engines.sheets.words import fold, says_nothing

_WEEK = re.compile(r"(?:(?P<year>\d{4})\s*(?:年|-)?\s*)?(?:第\s*|w)?(?P<week>\d{1,2})\s*周?")
_MARK = re.compile(r"^[\s□☐☑✓✔√•·▪●○*-]+")
_TIMES = re.compile(r"^\d{1,2}[:：]\d{2}\s*[-~–—至到]\s*\d{1,2}[:：]\d{2}\s*[:：]?\s*")


def entries(text: str) -> Iterator[str]:
    """Yield the tasks in the cell of a day, a line each, without mark or times before them."""
    for line in text.splitlines():
        entry = _TIMES.sub("", _MARK.sub("", line)).strip()
        if entry and not says_nothing(entry):
            yield entry


def read_monday(text: str | None, today: date) -> date | None:
    """Return the Monday of the week in `text` (2026-W48, 第48周), or None if it names none.

    A week without a year is of the year of `today`.
    """
    match = _WEEK.fullmatch(fold(text or "").replace(" ", ""))
    if match is None:
        return None
    try:
        return date.fromisocalendar(int(match["year"] or today.year), int(match["week"]), 1)
    except ValueError:
        return None
