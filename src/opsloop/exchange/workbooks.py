"""Tables out: workbooks ready to print on A4, and text tables. Nothing written is ever a formula."""

from __future__ import annotations

import csv
import io
import os
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from opsloop.engines.sheets.tables import Column, Table, Value, minutes_text, moment_text
from opsloop.records.cells import DANGEROUS, guarded

Target = str | os.PathLike[str] | IO[bytes]

_FONT = "微软雅黑"
_LONGEST_CELL = 32_767  # characters; the format allows no more
_A4 = 9
_WIDTHS = {
    "text": (8, 22),
    "long": (14, 40),
    "number": (8, 12),
    "minutes": (9, 12),
    "date": (11, 12),
    "moment": (11, 17),
}
_FORMATS = {"minutes": '0.0#"小时"', "date": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm", "number": "0.##"}
_BORDER, _HEAD, _STRIPE, _BAR = "#C9CED6", "#E3EAF4", "#F6F8FB", "#4C7BD9"
# Characters that XML cannot hold, whatever is done to them.
_IMPOSSIBLE = re.compile("[\ud800-\udfff\ufffe\uffff]")
_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


def write(tables: Iterable[Table], target: Target) -> None:
    """Write `tables` as one .xlsx, a sheet each, to a path or an open binary file.

    A path is replaced only once the whole workbook is made. Raises OSError if it cannot be written.
    """
    made = workbook(tables)
    if not isinstance(target, str | os.PathLike):
        target.write(made)
        return
    path = Path(target)
    part = path.with_name(path.name + ".part")
    part.write_bytes(made)
    part.replace(path)


def workbook(tables: Iterable[Table]) -> bytes:
    """Return `tables` as the bytes of one .xlsx, a sheet each."""
    # Imported late: a server that writes no workbook need not hold its writer, and starts sooner.
    import xlsxwriter

    memory = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": True,
    }
    with xlsxwriter.Workbook(memory, options) as book:
        styles = _Styles(book)
        taken: set[str] = set()
        for table in tables:
            _Sheet(book.add_worksheet(_sheet_name(table, taken)), styles, table).write()
        if not taken:
            book.add_worksheet()
    return memory.getvalue()


def _sheet_name(table: Table, taken: set[str]) -> str:
    """Return a name that spreadsheets accept and no other sheet has."""
    wanted = _SHEET_NAME.sub(" ", clean(table.name or table.title)).strip(" '")[:31] or "Sheet"
    name, number = wanted, 2
    while name.casefold() in taken or name.casefold() == "history":
        suffix = f" {number}"
        name, number = wanted[: 31 - len(suffix)] + suffix, number + 1
    taken.add(name.casefold())
    return name


def clean(text: str) -> str:
    """Return `text` with what no file can hold replaced, and no longer than a cell may be."""
    possible = _IMPOSSIBLE.sub("\ufffd", text)
    return possible if len(possible) <= _LONGEST_CELL else possible[: _LONGEST_CELL - 1] + "…"


class _Styles:
    """The cell formats of one workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.made: dict[tuple[tuple[str, Any], ...], Any] = {}
        self.title = self._format(bold=True, font_size=15, align="center")
        self.subtitle = self._format(font_color="#5B6472", align="center")
        self.head = self._format(
            bold=True, bg_color=_HEAD, border=1, border_color=_BORDER, align="center", text_wrap=True
        )

    def _format(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self.made:
            base = {"font_name": _FONT, "font_size": 10, "valign": "vcenter"}
            self.made[key] = self.book.add_format(base | properties)
        return self.made[key]

    def cell(self, column: Column, value: Value, *, striped: bool) -> Any:
        """Return the format for `value` in `column`; a text that looks like a formula is marked as text."""
        properties: dict[str, Any] = {"border": 1, "border_color": _BORDER, "text_wrap": True}
        if striped:
            properties["bg_color"] = _STRIPE
        if column.kind in ("number", "date", "moment") or column.choices:
            properties["align"] = "center"
        kind = "date" if column.kind == "moment" and not isinstance(value, datetime) else column.kind
        if kind in _FORMATS:
            properties["num_format"] = _FORMATS[kind]
        if isinstance(value, str):
            properties["num_format"] = "@"
            if value.startswith(DANGEROUS):
                properties["quote_prefix"] = True
        return self._format(**properties)


class _Sheet:
    """Writes one table on one sheet."""

    def __init__(self, sheet: Any, styles: _Styles, table: Table) -> None:
        self.sheet, self.styles, self.table = sheet, styles, table
        self.last_column = max(len(table.columns) - 1, 0)
        self.head_row = 2 if table.subtitle else 1
        self.last_row = self.head_row + max(len(table.rows), 1)

    def write(self) -> None:
        """Write title, headings, rows and the print set-up."""
        self._write_title()
        for place, column in enumerate(self.table.columns):
            self.sheet.write_string(self.head_row, place, clean(column.heading), self.styles.head)
            self.sheet.set_column(place, place, _width(column, [row[place] for row in self.table.rows]))
            self._allow_only_choices(place, column)
        for index, row in enumerate(self.table.rows):
            for place, (column, value) in enumerate(zip(self.table.columns, row, strict=True)):
                self._write_cell(self.head_row + 1 + index, place, column, value, striped=index % 2 == 1)
        if self.table.chart and self.table.rows:
            self._draw_chart(*self.table.chart)
        self._set_up_view()
        self._set_up_print()

    def _draw_chart(self, names: int, numbers: int) -> None:
        """Draw the bars of one column right below the rows, longest name readable."""
        chart = self.styles.book.add_chart({"type": "bar"})
        first, last, sheet = self.head_row + 1, self.last_row, self.sheet.get_name()
        chart.add_series(
            {
                "name": clean(self.table.columns[numbers].heading),
                "categories": [sheet, first, names, last, names],
                "values": [sheet, first, numbers, last, numbers],
                "data_labels": {"value": True, "font": {"name": _FONT}},
                "fill": {"color": _BAR},
                "gap": 60,
            }
        )
        font = {"name": _FONT, "size": 10}
        chart.set_title({"name": clean(self.table.title), "name_font": {**font, "size": 12}})
        chart.set_legend({"none": True})
        # Excel draws the first row at the bottom otherwise.
        chart.set_y_axis({"reverse": True, "num_font": font})
        chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
        chart.set_size({"width": 560, "height": 80 + 36 * len(self.table.rows)})
        self.sheet.insert_chart(self.last_row + 2, 0, chart)

    def _write_title(self) -> None:
        lines = [(self.table.title, self.styles.title, 28)]
        if self.table.subtitle:
            lines.append((self.table.subtitle, self.styles.subtitle, 18))
        for row, (text, style, height) in enumerate(lines):
            self.sheet.set_row(row, height)
            if self.last_column:
                self.sheet.merge_range(row, 0, row, self.last_column, "", style)
            self.sheet.write_string(row, 0, clean(text), style)

    def _write_cell(self, row: int, place: int, column: Column, value: Value, *, striped: bool) -> None:
        if isinstance(value, tuple):
            value = "、".join(value)
        style = self.styles.cell(column, value, striped=striped)
        if value is None or value == "":
            self.sheet.write_blank(row, place, None, style)
        elif isinstance(value, str):
            self.sheet.write_string(row, place, clean(value), style)
        elif isinstance(value, date):
            self.sheet.write_datetime(row, place, value, style)
        else:
            self.sheet.write_number(row, place, value / 60 if column.kind == "minutes" else value, style)

    def _allow_only_choices(self, place: int, column: Column) -> None:
        if column.choices:
            rule = {"validate": "list", "source": list(column.choices), "error_type": "warning"}
            self.sheet.data_validation(self.head_row + 1, place, self.last_row, place, rule)

    def _set_up_view(self) -> None:
        self.sheet.freeze_panes(self.head_row + 1, 0)
        self.sheet.autofilter(self.head_row, 0, self.last_row, self.last_column)
        self.sheet.hide_gridlines(2)

    def _set_up_print(self) -> None:
        self.sheet.set_paper(_A4)
        if self.table.landscape:
            self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)
        self.sheet.repeat_rows(self.head_row)
        # A chart below may be wider than the table.
        below = (3 + 2 * (2 + len(self.table.rows)), 8) if self.table.chart else (0, 0)
        last_row, last_column = self.last_row + below[0], max(self.last_column, below[1])
        self.sheet.print_area(0, 0, last_row, last_column)
        self.sheet.center_horizontally()
        self.sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self.sheet.set_footer("&C&9第 &P 页，共 &N 页")


def _width(column: Column, values: Sequence[Value]) -> float:
    """Return a column width in characters: wide enough for most cells, Chinese counted double."""
    least, most = _WIDTHS[column.kind]
    texts = sorted(_columns_wide(text_of(column, value)) for value in values[:500] if value is not None)
    usual = texts[int(len(texts) * 0.9)] if texts else 0
    return min(max(least, _columns_wide(column.heading) + 4, usual + 2), most)


def _columns_wide(text: str) -> int:
    lines = text.splitlines() or [""]
    return max(sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line) for line in lines)


def text_of(column: Column, value: Value) -> str:
    """Return `value` as it is written in a text table."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return "、".join(value)
    if isinstance(value, date):
        return moment_text(value)
    if column.kind == "minutes" and isinstance(value, int | float):
        return minutes_text(round(value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def write_csv(table: Table, target: Target) -> None:
    """Write `table` (headings and rows, no title) as UTF-8 text with a mark, to a path or binary file.

    A text that a spreadsheet would take for a formula gets an apostrophe before it, which
    `exchange.reading` takes off again.
    """
    memory = io.StringIO(newline="")
    writer = csv.writer(memory, quoting=csv.QUOTE_MINIMAL)
    writer.writerow([guarded(clean(column.heading)) for column in table.columns])
    for row in table.rows:
        writer.writerow(
            [guarded(clean(text_of(column, value))) for column, value in zip(table.columns, row, strict=True)]
        )
    data = b"\xef\xbb\xbf" + memory.getvalue().encode("utf-8")
    if isinstance(target, str | os.PathLike):
        Path(target).write_bytes(data)
    else:
        target.write(data)
