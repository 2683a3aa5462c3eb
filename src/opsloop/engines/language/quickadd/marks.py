"""Signs that say what a word is: @owner #tag +project !high. They count at the start or after a space."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from opsloop.engines.language.quickadd.line import Line
from opsloop.engines.language.quickadd.model import Priority
from opsloop.engines.language.quickadd.pieces import Piece

_MARK = re.compile(
    '(?:^|(?<= ))(?P<sign>[@#+!])(?P<body>[^ ,，;；。、"“”「」『』《》()（）\\[\\]【】<>{}]{1,200})'
)
_CLOSING = ".:!?。！？：…~#"
_CLOCK = re.compile("[0-9]{1,2}(?:(?::[0-9]{2})? ?(?:am|pm)|:[0-9]{2})$")
# +15%, +3.5万, +86 are numbers; +618 and +618大促 are names.
_NUMBER = re.compile(
    "(?!618$|1111$|1212$)[0-9.,]+(?:%|万|亿|千|百|w|k|h|d|m|天|元|小时|分钟|个|人|名|倍|pp)?$"
)
_PRIORITIES: dict[str, Priority] = {
    "高": "high", "中": "medium", "低": "low", "high": "high", "medium": "medium", "low": "low",
}  # fmt: skip


@dataclass(frozen=True)
class Mark(Piece):
    """A sign and the name behind it, as the user wrote the name."""

    sign: str
    name: str


def marks_in(line: Line, kept: Sequence[Piece]) -> list[Mark]:
    """Return the marks of the line in order, outside the text that stays as it is."""
    inside = {index for span in kept for index in range(span.start, span.end)}
    found = [_mark(line, match) for match in _MARK.finditer(line.norm)]
    return [mark for mark in found if mark and inside.isdisjoint(range(mark.start, mark.end))]


def priority_of(mark: Mark) -> Priority:
    """Return the priority a ! mark names."""
    return _PRIORITIES[Line.of(mark.name).norm]


def _mark(line: Line, match: re.Match[str]) -> Mark | None:
    sign, start = match["sign"], match.start("body")
    body = match["body"].rstrip(_CLOSING)
    end = start + len(body)
    if not body or body[0] in "@#+!":
        return None
    if sign == "!" and body not in _PRIORITIES:
        return None
    if (sign == "@" and _CLOCK.match(body)) or (sign == "+" and _NUMBER.match(body)):
        return None
    name = line.raw[start:end]
    # #周会# closes its tag the way microblogs do.
    end += 1 if sign == "#" and line.norm[end : end + 1] == "#" else 0
    return Mark(match.start(), end, sign, name)
