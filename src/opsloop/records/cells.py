"""Cells of a table that leaves the house: nothing a spreadsheet would run, nothing a file cannot hold."""

from __future__ import annotations

import re

# With what a cell may not begin; the full-width ones are read as formulas by some programs too.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
LONGEST_CELL = 32_767  # characters; workbooks allow no more
# Characters that XML cannot hold, whatever is done to them.
_IMPOSSIBLE = re.compile("[\ud800-\udfff\ufffe\uffff\x00-\x08\x0b\x0c\x0e-\x1f]")


def guarded(cell: str) -> str:
    """Return `cell` so that no spreadsheet runs it as a formula: with an apostrophe before it if need be."""
    return "'" + cell if cell.lstrip("'").startswith(DANGEROUS) else cell


def readable(text: str) -> str:
    """Return `text` with what no file can hold replaced, and no longer than a cell may be."""
    possible = _IMPOSSIBLE.sub("\ufffd", text)
    return possible if len(possible) < LONGEST_CELL else possible[: LONGEST_CELL - 2] + "…"
