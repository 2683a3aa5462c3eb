"""Text files of tables: which encoding, which delimiter, which cells."""

from __future__ import annotations

import codecs
import csv
import io

from opsloop.exchange import limits
from opsloop.exchange.archive import far_cell
from opsloop.exchange.unreadable import ReadError
from opsloop.records.cells import DANGEROUS

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DELIMITERS = ",\t;|"
_LONGEST_CELL = 200_000


def decoded(data: bytes) -> str:
    """Return the text of `data`: by its mark, else UTF-8, UTF-16, GB18030 (with GBK) or Big5.

    Raises ReadError if it is no text in any of them.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _strictly(data, name)
    if b"\x00" in data:
        return _strictly(data, _utf16_without_mark(data))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _chinese(data)


def _strictly(data: bytes, name: str) -> str:
    try:
        text = data.decode(name)
    except UnicodeDecodeError:
        raise ReadError("encoding") from None
    if "\x00" in text:
        raise ReadError("wrong_type", {"expected": ".csv"})
    return text


def _utf16_without_mark(data: bytes) -> str:
    """Return the byte order that puts the zero bytes of ASCII where they stand."""
    sample = data[:4096]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if min(even, odd) * 10 > max(even, odd):
        raise ReadError("wrong_type", {"expected": ".csv"})
    return "utf-16-le" if odd > even else "utf-16-be"


def _chinese(data: bytes) -> str:
    """Return `data` read as GB18030 or as Big5, whichever gives more everyday characters."""
    best, most = "", -1.0
    for name, everyday in (
        ("gb18030", _everyday_gb),
        ("big5", _everyday_big5),
        ("big5hkscs", _everyday_big5),
    ):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        share = everyday(text[:20_000])
        if share > most + 0.05:
            best, most = text, share
    if most < 0.4:
        raise ReadError("encoding")
    return best


def _everyday_gb(text: str) -> float:
    return _share(text, "gb2312", 0xB0, 0xD7)


def _everyday_big5(text: str) -> float:
    return _share(text, "big5", 0xA4, 0xC6)


def _share(text: str, name: str, low: int, high: int) -> float:
    """Return the share of non-ASCII characters that lie in the everyday level of the set `name`."""
    wide = [char for char in text if ord(char) > 127]
    if not wide:
        return 1.0
    coded = (char.encode(name, "ignore")[:1] for char in wide)
    marks = sum(1 for char in wide if char in "，。、；：？！（）《》“”‘’【】…—·￥％～　")
    return (sum(1 for first in coded if first and low <= first[0] <= high) + marks) / len(wide)


def rows_of(text: str, delimiter: str | None = None) -> list[tuple[str, ...]]:
    """Return the cells of `text`, row by row as a spreadsheet counts them. Raises ReadError.

    `delimiter` is found from the text when not given. An apostrophe that guards a formula is taken off.
    """
    text = text.lstrip("\ufeff")
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        delimiter, text = first.strip()[4], rest
    mark = delimiter or _delimiter(text)
    rows: list[tuple[str, ...]] = []
    cells = 0
    for row in _records(text, mark):
        rows.append(tuple(unguarded(cell) for cell in row))
        cells += len(row)
        if len(rows) > limits.ROWS or cells > limits.CELLS or len(row) > 16_384:
            raise far_cell(len(rows), len(row))
    return rows


def _records(text: str, mark: str) -> list[list[str]]:
    csv.field_size_limit(_LONGEST_CELL)
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    try:
        rows.extend(reader)
    except csv.Error as error:
        if "unexpected end" in str(error) or "field larger" in str(error):
            raise ReadError("corrupt_row", {"row": str(len(rows) + 1)}) from None
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
        except csv.Error:
            raise ReadError("corrupt_row", {"row": str(len(rows) + 1)}) from None
    return rows


def _delimiter(text: str) -> str:
    """Return the mark that divides the first lines into most columns, most evenly."""
    lines = [line for line in text[:50_000].splitlines()[:40] if line.strip()]
    best, most = ",", 0.0
    for mark in _DELIMITERS:
        counts = [_outside_quotes(line, mark) for line in lines]
        used = sorted(count for count in counts if count)
        if not used:
            continue
        usual = used[len(used) // 2]
        score = usual * sum(1 for count in counts if count == usual) + 0.1 * len(used)
        if score > most:
            best, most = mark, score
    return best


def _outside_quotes(line: str, mark: str) -> int:
    return sum(part.count(mark) for part in line.split('"')[::2])


def unguarded(cell: str) -> str:
    """Return what `guarded` was given, for anything it returned."""
    return cell[1:] if cell[:1] == "'" and cell.lstrip("'").startswith(DANGEROUS) else cell
