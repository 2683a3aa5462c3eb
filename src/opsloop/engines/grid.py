"""The grid: one sheet as plain values, whatever file it came from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

Cell = str | float | int | bool | date | datetime | time | timedelta | None

# What a spreadsheet shows when a formula failed; a text export writes the same words.
ERROR_CELL = re.compile(
    r"#(REF!|DIV/0!|N/A|NAME\?|NULL!|NUM!|VALUE!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|GETTING_DATA)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Grid:
    """One sheet: `rows[r][c]` is the cell in row r + 1, column c (A is 0). Rows may differ in length.

    `merges` are (first row, first column, last row, last column), 0-based and inclusive; empty when the
    file does not say. An error cell is its text, such as "#REF!".
    """

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    visible: bool = True
    merges: tuple[tuple[int, int, int, int], ...] = ()


def column_letter(column: int) -> str:
    """Return the letters of the 0-based `column`: 0 is A, 26 is AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def shown(cell: Cell) -> str:
    """Return the text a person sees in `cell`, without space around it; "" for an empty cell."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    return str(cell)


def is_error(cell: Cell) -> bool:
    """Return whether `cell` holds what a failed formula shows."""
    return isinstance(cell, str) and ERROR_CELL.fullmatch(cell.strip()) is not None


def filled(grid: Grid, *, only: frozenset[int]) -> Grid:
    """Return `grid` with the value of a merge copied down in the columns `only`, as the eye reads it.

    Only merges one column wide are copied: a wider one is a title or a section, not a value.
    """
    rows = [list(row) for row in grid.rows]
    for top, left, bottom, right in grid.merges:
        if left != right or left not in only or top >= len(rows) or left >= len(rows[top]):
            continue
        for row in rows[top + 1 : bottom + 1]:
            row.extend([None] * (left + 1 - len(row)))
            row[left] = rows[top][left]
    return Grid(grid.name, tuple(tuple(row) for row in rows), grid.visible, grid.merges)
