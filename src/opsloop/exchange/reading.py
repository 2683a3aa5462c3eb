"""Files in: workbooks, text tables, the clipboard, Trello and Jira, all as the same task sheet."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Mapping
from datetime import date, tzinfo
from pathlib import Path
from typing import IO, Literal

from opsloop.engines.sheets import Grid, TaskSheet, read_tasks
from opsloop.exchange import adapters, isolation, limits, texts
from opsloop.exchange.unreadable import ReadError

__all__ = ["Format", "ReadError", "pasted_grid", "read_file", "read_grid", "read_pasted", "read_workbook"]

Source = str | os.PathLike[str] | bytes
Format = Literal["auto", "xlsx", "csv", "trello", "jira"]
Progress = Callable[[int, int], None]

_CLIPBOARD_CHARACTERS = 5_000_000


def read_workbook(
    source: Source, filename: str | None = None, *, sheet: str | None = None, every: bool = True
) -> list[Grid]:
    """Return the sheets of the file at a path, or in `source` itself when it is bytes, in their order.

    With `every` false only the sheet named `sheet`, or the first visible one. `filename` gives the ending
    when `source` is bytes. Raises ReadError, whose `message(language)` names the remedy.
    """
    suffix = _suffix(filename or ("" if isinstance(source, bytes) else os.fspath(source)))
    with _opened(source) as file:
        return isolation.read(file, suffix, sheet, every=every and sheet is None)


def read_grid(
    source: Source, filename: str | None = None, *, sheet: str | None = None, kind: Format = "auto"
) -> tuple[Grid, dict[str, str]]:
    """Return one sheet of a file, the named or the first visible one, and the fields its kind implies.

    The fields (heading → field) are those of a Trello board or of Jira issues; other files imply none.
    Raises ReadError for a file that cannot be read at all.
    """
    name = _named_as(kind, filename or ("" if isinstance(source, bytes) else os.fspath(source)))
    grid = read_workbook(source, name, sheet=sheet, every=False)[0]
    if kind == "trello" or (kind == "auto" and _suffix(name) == ".json"):
        return grid, dict(adapters.TRELLO_MAPPING)
    if kind == "jira" or (kind == "auto" and adapters.looks_like_jira(grid)):
        return adapters.jira_grid(grid), dict(adapters.JIRA_MAPPING)
    return grid, {}


def pasted_grid(text: str) -> Grid:
    """Return text copied from a spreadsheet as a sheet: rows by line, cells by tab. Raises ReadError."""
    if not text.strip():
        raise ReadError("empty")
    if len(text) > _CLIPBOARD_CHARACTERS:
        megabytes = len(text) // 1_000_000
        raise ReadError(
            "too_large", {"size": str(megabytes), "limit": str(_CLIPBOARD_CHARACTERS // 1_000_000)}
        )
    rows = texts.rows_of(text, "\t" if "\t" in text else None)
    return Grid("", tuple(tuple(cell or None for cell in row) for row in rows))


def read_file(
    source: Source,
    filename: str | None = None,
    *,
    today: date,
    sheet: str | None = None,
    kind: Format = "auto",
    mapping: Mapping[str, str] | None = None,
    zone: tzinfo | None = None,
    progress: Progress | None = None,
) -> TaskSheet:
    """Return the tasks and the bad cells of a file: of the sheet named, else of its first visible one.

    `kind` says what the file is when its name does not. `mapping`, `today`, `zone` and `progress` are
    those of `engines.sheets.read_tasks`. Raises ReadError for a file that cannot be read at all.
    """
    grid, implied = read_grid(source, filename, sheet=sheet, kind=kind)
    given = implied | dict(mapping or {})
    return read_tasks(grid, today=today, mapping=given, zone=zone, progress=progress)


def read_pasted(
    text: str, *, today: date, mapping: Mapping[str, str] | None = None, zone: tzinfo | None = None
) -> TaskSheet:
    """Return the tasks in text copied from a spreadsheet: rows by line, cells by tab. Raises ReadError."""
    return read_tasks(pasted_grid(text), today=today, mapping=mapping, zone=zone)


def _suffix(name: str) -> str:
    suffix = Path(name).suffix.lower()
    return suffix if re.fullmatch(r"\.[a-z0-9]{1,8}", suffix) else ""


def _named_as(kind: Format, name: str) -> str:
    """Return `name` with the ending that `kind` demands; the name's own for "auto"."""
    if kind == "auto":
        return name
    suffix = {"xlsx": ".xlsx", "csv": ".csv", "trello": ".json", "jira": ".csv"}[kind]
    return name if kind == "xlsx" and _suffix(name) == ".xls" else "file" + suffix


def _opened(source: Source) -> IO[bytes]:
    """Return `source` as an open file of a size that is allowed."""
    if isinstance(source, bytes):
        _check_size(len(source))
        return _on_disk(source)
    path = Path(source)
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise ReadError("not_found", {"name": path.name}) from None
    except (OSError, ValueError):
        raise ReadError("not_readable", {"name": path.name}) from None
    try:
        _check_size(os.fstat(file.fileno()).st_size)
    except ReadError:
        file.close()
        raise
    return file


def _on_disk(data: bytes) -> IO[bytes]:
    import tempfile

    file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    file.write(data)
    file.seek(0, io.SEEK_SET)
    return file


def _check_size(size: int) -> None:
    if size == 0:
        raise ReadError("empty")
    if size > limits.FILE_BYTES:
        params = {"size": str(-(-size // 2**20)), "limit": str(limits.FILE_BYTES // 2**20)}
        raise ReadError("too_large", params)
