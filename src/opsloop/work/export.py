"""Tasks out, in the columns of a list: a text table that streams, or a workbook. No cell is ever a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from opsloop.records.cells import guarded, readable
from opsloop.work.queries.columns import Column

BATCH = 500
Rows = Iterable[Sequence[Any]]


def csv_lines(columns: Sequence[Column], rows: Rows, zone: ZoneInfo) -> Iterator[bytes]:
    """Yield a UTF-8 text table piece by piece; the mark at its start tells Excel which encoding it is."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow([guarded(str(column.label)) for column in columns])
    for number, row in enumerate(rows, 1):
        writer.writerow([_text(value, zone) for value in row])
        if number % BATCH == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode("utf-8", "replace")


def _text(value: Any, zone: ZoneInfo) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return guarded(value)
    if isinstance(value, datetime):
        local = value.astimezone(zone)
        return f"{local.year:04}-{local.month:02}-{local.day:02} {local.hour:02}:{local.minute:02}"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def workbook(
    columns: Sequence[Column], rows: Rows, zone: ZoneInfo, *, title: str, for_print: bool = False
) -> bytes:
    """Return the same as the bytes of one .xlsx with real dates and numbers.

    `for_print` sets it for A4 across: one page wide, long texts wrapped, the headings on every page.
    """
    # Imported late: a server that writes no workbook need not hold its writer.
    import xlsxwriter

    memory = io.BytesIO()
    options = {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    }  # fmt: skip
    with xlsxwriter.Workbook(memory, options) as book:
        sheet = book.add_worksheet(title[:31])
        lined = {"border": 1, "border_color": "#C9CED6"}
        framed: dict[str, Any] = {"text_wrap": True, "valign": "top", **lined} if for_print else {}
        head = book.add_format({"bold": True, "bg_color": "#E3EAF4", **framed, **lined})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm", **framed})
        day = book.add_format({"num_format": "yyyy-mm-dd", **framed})
        hours = book.add_format({"num_format": '0.0#"h"', **framed})
        plain = book.add_format(framed)
        if for_print:
            _set_for_print(sheet, title)
        for at, column in enumerate(columns):
            sheet.write_string(0, at, str(column.label), head)
            sheet.set_column(
                at, at, {"long": 40, "moment": 17, "day": 12, "minutes": 10}.get(column.kind, 14)
            )
        for line, row in enumerate(rows, 1):
            for at, (column, value) in enumerate(zip(columns, row, strict=True)):
                if value is None:
                    if for_print:
                        sheet.write_blank(line, at, None, plain)
                    continue
                if isinstance(value, datetime):
                    sheet.write_datetime(line, at, value.astimezone(zone).replace(tzinfo=None), moment)
                elif isinstance(value, date):
                    sheet.write_datetime(line, at, datetime.combine(value, time()), day)
                elif column.kind == "minutes":
                    sheet.write_number(line, at, value / 60, hours)
                elif isinstance(value, str):
                    # With its apostrophe: Excel runs a formula once somebody edits the cell.
                    sheet.write_string(line, at, guarded(readable(value)), plain)
                else:
                    sheet.write_number(line, at, value, plain)
        sheet.freeze_panes(1, 0)
        if columns:
            sheet.autofilter(0, 0, 0, len(columns) - 1)
    return memory.getvalue()


def _set_for_print(sheet: Any, title: str) -> None:
    """Set a sheet for A4 across, as offices print it: title above, page numbers below."""
    a4 = 9
    sheet.set_landscape()
    sheet.set_paper(a4)
    sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_header(f"&C&B{title.replace('&', '&&')}")
    sheet.set_footer("&C&P / &N")
