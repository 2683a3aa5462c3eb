"""What a row below the headings is: a task, or a blank, a sum, a section, a remark, a heading again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from opsloop.engines.grid import Cell, Grid, is_error, shown
from opsloop.engines.sheets import vocabulary
from opsloop.engines.sheets.bad import BadCellError
from opsloop.engines.sheets.durations import read_minutes
from opsloop.engines.sheets.layout import Table
from opsloop.engines.sheets.words import fold, says_nothing, squeezed, word_set

Kind = Literal["task", "no_title", "blank", "total", "section", "remark", "heading"]

# Fields whose content makes a row a row even without a title; others are often filled in beforehand.
DEMANDS_A_TITLE = frozenset(
    [
        "owner",
        "collaborators",
        "relevance",
        "urgency",
        "estimate",
        "due",
        "depends_on",
        "earliest",
        "period",
        "fixed_time",
        "deliverable_standard",
        "note",
        "actual",
        "tags",
    ]
)
_NAMES = frozenset(
    {None, "title", "index", "number", "category", "project", "department", "day", "week", "goal", "owner"}
)
_TOTALS = word_set(vocabulary.TOTALS)
_SUM_WORD = r"(合计|小计|总计|共计|累计|总和)"
_SUM_OF = re.compile(
    rf".{{1,10}}{_SUM_WORD}|.{{0,10}}{_SUM_WORD}[:：(（]?[\d.]*(个|项|条|h|小时|工时|人天|分钟)?[)）]?"
)
_ENGLISH_SUM = re.compile(r"(sub|grand)?\s*total(s)?\b[:\s\d.h]*|sum\b[:\s\d.h]*")
_MARKS = "".join(sorted(set(":：-—*【】[]()")))
_REMARKS = word_set(vocabulary.REMARKS)
_BARE_REMARKS = word_set(vocabulary.BARE_REMARKS)
_SIGNATURES = word_set(vocabulary.SIGNATURES)
_REMARK = re.compile(r"^[※*＊#•·]*\s*([^:：]{1,8})\s*[:：]")
_SECTION = re.compile(
    r"^(第?[一二三四五六七八九十]+[、.．,，:：]|[(（][一二三四五六七八九十]+[)）]|第[一二三四五六七八九十\d]+(部分|阶段|周|期|季度)"
    r"|[ivxⅠⅡⅢⅣⅤ]+[、.．]|【[^】]+】$|[■◆●▶▌★☆□▲]|[-—=]{2,}.*[-—=]{2,}$)",
    re.IGNORECASE,
)


def rows_of(grid: Grid, table: Table) -> Iterator[tuple[int, Kind]]:
    """Yield the 0-based number and the kind of every row of `table`, top to bottom."""
    sorter = _Sorter(grid, table)
    for row in range(table.first, min(table.last, len(grid.rows) - 1) + 1):
        yield row, sorter.kind(row)


class _Sorter:
    """Tells rows apart; remembers the sum so far and whether the remarks have begun."""

    def __init__(self, grid: Grid, table: Table) -> None:
        self.grid, self.table = grid, table
        self.fields = {column.place: column.field for column in table.columns}
        self.headings = {column.place: column.heading for column in table.columns}
        self.title_places = [column.place for column in table.of("title")]
        self.minutes = 0
        self.remarks_begun = False
        self.last_full = max(
            (row for row in range(table.first, table.last + 1) if self._is_full(row)), default=-1
        )
        self.wide = {
            top: (left, right)
            for top, left, bottom, right in grid.merges
            if right > left and self._spans(left, right)
        }

    def kind(self, row: int) -> Kind:
        """Return what `row` is."""
        texts = self._texts(row)
        if not texts:
            return "blank"
        kind = self._judge(row, texts)
        if kind == "task":
            self.minutes += self._effort(row)
        elif kind == "total":
            self.minutes = 0 if _is_subtotal(texts) else self.minutes
        return kind

    def _judge(self, row: int, texts: dict[int, str]) -> Kind:
        if self._repeats_headings(texts):
            return "heading"
        if self._sums_up(row, texts):
            return "total"
        if self._remarks(row, texts):
            self.remarks_begun = True
            return "remark"
        if self._opens_section(row, texts):
            return "section"
        title = next((texts[place] for place in self.title_places if place in texts), "")
        if title and not is_error(title) and not says_nothing(title):
            return "task"
        if is_error(title) or any(self._demands(place, text) for place, text in texts.items()):
            return "no_title"
        return "blank"

    def _texts(self, row: int) -> dict[int, str]:
        cells = self.grid.rows[row]
        texts = {place: shown(cells[place]) for place in self.fields if place < len(cells)}
        return {place: text for place, text in texts.items() if text}

    def _spans(self, left: int, right: int) -> bool:
        return sum(1 for place in range(left, right + 1) if self.fields.get(place)) > 1

    def _is_full(self, row: int) -> bool:
        texts = self._texts(row)
        return (
            any(place in texts for place in self.title_places)
            and sum(1 for place in texts if self.fields[place]) > 1
        )

    def _demands(self, place: int, text: str) -> bool:
        return self.fields[place] in DEMANDS_A_TITLE and not says_nothing(text)

    def _repeats_headings(self, texts: dict[int, str]) -> bool:
        same = sum(1 for place, text in texts.items() if text == self.headings[place])
        return same >= 2 and same * 10 >= len(texts) * 6

    def _heads_a_page(self, row: int) -> bool:
        """Return whether the next row says the headings again, so that this one is its caption."""
        return row < self.table.last and self._repeats_headings(self._texts(row + 1))

    # --- sums ------------------------------------------------------------------------------------

    def _sums_up(self, row: int, texts: dict[int, str]) -> bool:
        busy = any(self.fields[place] in {"due", "urgency", "relevance", "depends_on"} for place in texts)
        for place, text in texts.items():
            if self.fields[place] not in _NAMES:
                continue
            word = squeezed(text).strip(_MARKS)
            has_title = any(other in texts for other in self.title_places)
            if place in self.title_places or not has_title:
                if word in _TOTALS and not (busy and word in {"汇总", "平均"}):
                    return True
                if not busy and (_SUM_OF.fullmatch(word) or _ENGLISH_SUM.fullmatch(fold(text))):
                    return not self._has_owner_beside(place, texts)
            elif word in _TOTALS and place < min(self.title_places):
                return True
        return self._is_bare_sum(row, texts)

    def _has_owner_beside(self, place: int, texts: dict[int, str]) -> bool:
        return any(self.fields[other] == "owner" and other != place for other in texts)

    def _is_bare_sum(self, row: int, texts: dict[int, str]) -> bool:
        """Return whether the row holds nothing but the sum of the efforts above it."""
        fields = {self.fields[place] for place in texts}
        return (
            fields <= {"estimate", "actual", None, "other"}
            and self.minutes > 0
            and self._effort(row) == self.minutes
        )

    def _effort(self, row: int) -> int:
        cells = self.grid.rows[row]
        for column in self.table.of("estimate"):
            cell: Cell = cells[column.place] if column.place < len(cells) else None
            try:
                return read_minutes(cell, column.unit) or 0
            except BadCellError:
                return 0
        return 0

    # --- remarks and sections --------------------------------------------------------------------

    def _remarks(self, row: int, texts: dict[int, str]) -> bool:
        first = texts[min(texts)]
        named = _REMARK.match(first)
        word = squeezed(named[1] if named else first)
        if named and word in _SIGNATURES:
            return True
        if named and word in _REMARKS and len(texts) <= 4 and not self._has_core_beside(texts):
            return True
        if not named and word in _BARE_REMARKS and len(texts) == 1:
            return True
        return self.remarks_begun and row > self.last_full and len(texts) == 1

    def _has_core_beside(self, texts: dict[int, str]) -> bool:
        core = {self.fields[place] for place in texts} & (vocabulary.CORE - {"title", "status", "owner"})
        return bool(core)

    def _opens_section(self, row: int, texts: dict[int, str]) -> bool:
        if len(texts) != 1:
            return False
        place, text = next(iter(texts.items()))
        if self._heads_a_page(row):
            return True
        if row in self.wide and self.wide[row][0] <= place <= self.wide[row][1]:
            return True
        if place in self.title_places:
            return bool(_SECTION.match(text)) and len(set(self.fields.values()) & vocabulary.CORE) >= 3
        return self.fields[place] in _NAMES - {"owner", "title"} and not text.replace(".", "").isdigit()


def _is_subtotal(texts: dict[int, str]) -> bool:
    return any("小计" in fold(text) or "subtotal" in squeezed(text) for text in texts.values())
