"""Which tasks a cell of prerequisites names: titles, numbers, or several of them in one cell."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from opsloop.engines.sheets.words import says_nothing, squeezed

_MARKS = re.compile(r"\s*[、,，;；/／|｜\n\r]+\s*")
_WEAK_MARKS = re.compile(r"\s*[+＋&＆→]\s*|\s+和\s+|\s+and\s+|\s+")
_QUOTES = "《》「」『』“”\"'‘’【】"
_LEADING_NUMBER = re.compile(r"^\s*([\w-]*\d)\s*[.、．:：)）\s]\s*(.+)$", re.DOTALL)
_NUMBER = re.compile(r"(?:#|no\.?|序号|编号|任务|第|任务编号|task)?0*(\d+)(?:项|号|条|个|fs|f)?")
_RANGE = re.compile(r"0*(\d{1,4})\s*[-~—–至到]\s*0*(\d{1,4})")


@dataclass
class Titles:
    """What a prerequisite may be called: every title, and every number, of the sheet."""

    by_title: dict[str, str] = field(default_factory=dict)
    by_number: dict[str, str] = field(default_factory=dict)
    by_index: dict[str, str] = field(default_factory=dict)
    by_tail: dict[str, str | None] = field(default_factory=dict)  # last figures of a number; None: of several

    def add(self, title: str, number: str | None, index: str | None) -> None:
        """Make `title` known under its words, its number and its place in the list."""
        self.by_title.setdefault(_bare(title), title)
        if number:
            self.by_number.setdefault(_number(number), title)
            tail = re.sub(r"^(?:.*\D)?0*(\d*)$", r"\1", squeezed(number))
            self.by_tail[tail] = None if tail in self.by_tail else title
        if index:
            self.by_index.setdefault(_number(index), title)

    def find(self, reference: str) -> str | None:
        """Return the title that `reference` names, or None."""
        found = self.by_title.get(_bare(reference))
        if found:
            return found
        number = _number(reference)
        found = self.by_number.get(number) or self.by_index.get(number)
        if not found and not self.by_index and number.isdigit():
            found = self.by_tail.get(number)
        if found:
            return found
        both = _LEADING_NUMBER.match(reference)
        return self.by_title.get(_bare(both[2])) if both else None


def _bare(text: str) -> str:
    return squeezed(text).translate({ord(char): None for char in _QUOTES})


def _number(text: str) -> str:
    """Return a record number as it is compared: T-01, T01 and t1 are one, and so are 任务3 and #3."""
    folded = squeezed(text)
    match = _NUMBER.fullmatch(folded)
    if match:
        return match[1]
    joined = re.sub(r"(?<=[a-z])[-_.#](?=\d)", "", folded)
    return re.sub(r"(?<!\d)0+(?=\d)", "", joined)


def read_references(text: str, titles: Titles) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the titles named in `text`, each once, and the references among them that name no task.

    A title that itself holds a separator is recognised whole. An unknown reference stays as written.
    """
    if says_nothing(text):
        return (), ()
    whole = titles.find(text)
    if whole:
        return (whole,), ()
    found: list[str] = []
    unknown: list[str] = []
    for name, known in _pieces(text, titles):
        if name not in found:
            found.append(name)
            unknown += [] if known else [name]
    return tuple(found), tuple(unknown)


def _pieces(text: str, titles: Titles) -> Iterable[tuple[str, bool]]:
    parts: list[str] = re.split(f"({_MARKS.pattern})", text)
    place = 0
    while place < len(parts):
        for end in range(len(parts), place, -2):
            joined = "".join(parts[place:end]).strip()
            title = titles.find(joined) if joined else None
            if title:
                yield title, True
                break
        else:
            yield from _single(parts[place].strip(), titles)
            end = place + 1
        place = end + 1


def _single(piece: str, titles: Titles) -> Iterable[tuple[str, bool]]:
    """Yield what one piece without strong separators names: a range of numbers, or names run together."""
    if says_nothing(piece):
        return
    span = _RANGE.fullmatch(piece)
    if span and int(span[1]) < int(span[2]) <= int(span[1]) + 200:
        numbered = [titles.find(str(number)) for number in range(int(span[1]), int(span[2]) + 1)]
        if all(numbered):
            yield from ((title, True) for title in numbered if title)
            return
    parts = [titles.find(part) for part in _WEAK_MARKS.split(piece)]
    if len(parts) > 1 and all(parts):
        yield from ((title, True) for title in parts if title)
        return
    yield piece, False
