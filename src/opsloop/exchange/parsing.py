"""From the bytes of a file to grids. Runs in a process of its own: see `isolation.py`."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from opsloop.engines.grid import Cell, Grid
from opsloop.exchange import archive, limits, texts
from opsloop.exchange.adapters import trello_grid
from opsloop.exchange.unreadable import ReadError

_ZIP = b"PK\x03\x04"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_EMPTY_ZIP = b"PK\x05\x06"
_TEXT_SUFFIXES = (".csv", ".tsv", ".txt", ".tab")
_MACRO_SUFFIXES = (".xlsm", ".xltm", ".xlam", ".xlsb", ".xla", ".xlm")
_KNOWN = (".xlsx", ".xls", ".json", *_TEXT_SUFFIXES)

# First bytes of files that are never tables.
_FOREIGN = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x7fELF",
    b"MZ",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"BM6",
)


def parse(data: bytes, suffix: str, sheet: str | None = None, *, every: bool = False) -> list[Grid]:
    """Return the sheets in `data`: every one, or only the one named, or the first visible one.

    `suffix` is the file's own ending (".xlsx"), "" if unknown; the content decides, and a content that
    contradicts the ending is refused. Raises ReadError.
    """
    if not data.strip(b" \r\n\t\x00\xef\xbb\xbf\xff\xfe"):
        raise ReadError("empty")
    if suffix in _MACRO_SUFFIXES:
        raise ReadError("macros")
    if suffix and suffix not in _KNOWN:
        raise ReadError("unsupported", {"expected": suffix})
    if data.startswith(_FOREIGN):
        raise ReadError("wrong_type" if suffix else "unsupported", {"expected": suffix})
    if data.startswith((_ZIP, _EMPTY_ZIP)):
        _expect(suffix, (".xlsx", ".xls"))
        return _workbook(data, archive.inspect(data), sheet, every=every)
    if data.startswith(_COMPOUND):
        _expect(suffix, (".xlsx", ".xls"))
        _check_compound(data)
        return _workbook(data, archive.Workbook(), sheet, every=every)
    return [_text_grid(data, suffix, sheet)]


def _expect(suffix: str, wanted: tuple[str, ...]) -> None:
    if suffix and suffix not in wanted:
        raise ReadError("wrong_type", {"expected": suffix})


def _check_compound(data: bytes) -> None:
    """Refuse what an old workbook's container tells by the names of its streams."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise ReadError("encrypted")
    if "_VBA_PROJECT".encode("utf-16-le") in data:
        raise ReadError("macros")
    if not any(name.encode("utf-16-le") in data for name in ("Workbook", "Book", "WORKBOOK", "BOOK")):
        raise ReadError("wrong_type", {"expected": ".xls"})


# --- workbooks --------------------------------------------------------------------------------------


def _workbook(data: bytes, inside: archive.Workbook, sheet: str | None, *, every: bool) -> list[Grid]:
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [one for one in book.sheets_metadata if one.typ == calamine.SheetTypeEnum.WorkSheet]
        wanted = sheets if every else [_chosen(sheets, sheet)]
        return [_grid(book, one.name, inside, visible=_is_visible(one)) for one in wanted]
    except calamine.PasswordError:
        raise ReadError("encrypted") from None
    except (calamine.CalamineError, ValueError, OSError, OverflowError):
        raise ReadError("corrupt") from None


def _is_visible(sheet: Any) -> bool:
    return str(sheet.visible).endswith("Visible")


def _chosen(sheets: list[Any], name: str | None) -> Any:
    """Return the sheet called `name`, or the first visible one."""
    if name is not None:
        for one in sheets:
            if one.name == name or one.name.strip() == name.strip():
                return one
        raise ReadError("no_such_sheet", {"name": name, "names": "、".join(one.name for one in sheets)})
    for one in sheets:
        if _is_visible(one):
            return one
    raise ReadError("no_sheets")


def _grid(book: Any, name: str, inside: archive.Workbook, *, visible: bool) -> Grid:
    sheet = book.get_sheet_by_name(name)
    end = sheet.end or (0, 0)
    if end[0] >= limits.ROWS or (end[0] + 1) * (end[1] + 1) > limits.CELLS:
        raise archive.far_cell(end[0] + 1, end[1] + 1)
    rows = [[_plain(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    for (row, column), text in inside.errors.get(name, {}).items():
        if row < limits.ROWS and column < 16_384:
            rows.extend([] for _ in range(row + 1 - len(rows)))
            rows[row].extend([None] * (column + 1 - len(rows[row])))
            rows[row][column] = text
    merges = tuple(
        (top, left, bottom, right)
        for (top, left), (bottom, right) in (sheet.merged_cell_ranges or [])[:50_000]
        if top < len(rows)
    )
    return Grid(name, tuple(tuple(row) for row in rows), visible, merges)


def _plain(value: Cell) -> Cell:
    return None if value == "" and isinstance(value, str) else value


# --- text -------------------------------------------------------------------------------------------


def _text_grid(data: bytes, suffix: str, sheet: str | None) -> Grid:
    _expect(suffix, (*_TEXT_SUFFIXES, ".json", ".xls", ".xlsx"))
    try:
        text = texts.decoded(data)
    except ReadError as error:
        code = "wrong_type" if suffix in (".xls", ".xlsx") else error.code
        raise ReadError(code, {"expected": suffix or ".csv"}) from None
    start = text.lstrip("\ufeff \r\n\t")[:300].lower()
    if start.startswith(("<!doctype html", "<html", "<table", "<meta", "<head")) or "<table" in start:
        raise ReadError("html")
    if start.startswith("<?xml") or suffix == ".xlsx":
        raise ReadError("wrong_type", {"expected": suffix or ".csv"})
    if sheet is not None:
        raise ReadError("no_such_sheet", {"name": sheet, "names": "CSV"})
    if suffix == ".json" or (not suffix and start.startswith(("{", "["))):
        return trello_grid(text)
    rows = texts.rows_of(text, "\t" if suffix in (".tsv", ".tab") else None)
    return Grid("CSV", tuple(tuple(cell or None for cell in row) for row in rows))


# --- the wire ---------------------------------------------------------------------------------------


def written(cell: Cell) -> object:
    """Return `cell` as JSON can carry it: dates and times as a one-key object."""
    if isinstance(cell, datetime):
        return {"m": cell.isoformat()}
    if isinstance(cell, date):
        return {"d": cell.isoformat()}
    if isinstance(cell, time):
        return {"t": cell.isoformat()}
    if isinstance(cell, timedelta):
        return {"s": cell.total_seconds()}
    return cell


def understood(value: Any) -> Cell:
    """Return the cell that `written` wrote."""
    if not isinstance(value, dict):
        return value  # type: ignore[no-any-return]
    kind, content = next(iter(value.items()))
    if kind == "m":
        return datetime.fromisoformat(content)
    if kind == "d":
        return date.fromisoformat(content)
    if kind == "t":
        return time.fromisoformat(content)
    return timedelta(seconds=content)


def lines(grids: list[Grid]) -> Iterator[str]:
    """Yield the grids as JSON lines: a head for each sheet, then its rows."""
    for grid in grids:
        yield json.dumps({"sheet": grid.name, "visible": grid.visible, "merges": grid.merges})
        for row in grid.rows:
            yield json.dumps([written(cell) for cell in row])
    yield json.dumps({"end": True})


def _limit_resources() -> None:
    """Give this process no more than the limits allow; a machine without `resource` has only the clock."""
    try:
        import resource
    except ImportError:
        return
    for name, value in (
        ("RLIMIT_AS", limits.MEMORY_BYTES),
        ("RLIMIT_CPU", limits.CPU_SECONDS),
        ("RLIMIT_FSIZE", limits.OUTPUT_BYTES),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_NOFILE", 64),
    ):
        if hasattr(resource, name):
            hard = resource.getrlimit(getattr(resource, name))[1]
            allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(getattr(resource, name), (allowed, allowed))


def main() -> None:
    """Read a file from standard input and write its grids, or the refusal, to standard output."""
    _limit_resources()
    options = json.loads(sys.argv[1])
    try:
        grids = parse(sys.stdin.buffer.read(), options["suffix"], options["sheet"], every=options["every"])
        for line in lines(grids):
            sys.stdout.write(line + "\n")
        sys.stdout.flush()
    except ReadError as error:
        _answer(error)
    except (MemoryError, OSError):
        _answer(ReadError("too_hard"))
    except BaseException:
        _answer(ReadError("corrupt"))


def _answer(error: ReadError) -> None:
    sys.stdout.write("\n" + json.dumps({"error": error.code, "params": error.params}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
