"""A record of estimates and actuals as rows of text: which column is which, and what its cells mean.

Headings, delimiters and dates come in many forms; what cannot be read is refused with its row and column, since a
forecast over half a record would look like one over all of it. A cell that is empty, NA or 0 is no mistake: work that
nobody logged. Such rows are counted and left out.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from opsloop.engines.forecasting.ratios import Entry

# Column -> the headings it goes by, without case, marks and blanks, and the minutes in one of its units.
HEADINGS: dict[str, tuple[str, ...]] = {
    "date": (
        "date", "day", "closed", "closedat", "closedon", "completed", "completedon",
        "completeddate", "completiondate",
        "finished", "finishedon", "enddate", "end", "日期", "完成日期", "完成时间", "完成時間",
        "结束日期", "結束日期",
    ),
    "person": (
        "person", "personid", "personkey", "developer", "developerid", "owner", "assignee", "assignedto",
        "assignedtoid", "who", "user", "name", "人员", "人員", "负责人", "負責人", "姓名", "执行人", "執行人",
    ),
    "category": (
        "category", "kind", "type", "phase", "phaseshortname", "tasktype", "words", "xwords", "类别", "類別", "分类",
        "分類", "类型", "類型", "任务类型", "任務類型",
    ),
    "estimate_hours": (
        "estimatehours", "estimatedhours", "hoursestimate", "hoursestimated", "estimate", "estimated", "plan",
        "planned", "plannedhours", "planhours", "预计工时", "預計工時", "预估工时", "預估工時", "估计工时", "估計工時",
        "预计小时", "預計小時",
    ),
    "actual_hours": (
        "actualhours", "hoursactual", "actual", "spent", "spenthours", "hoursspent", "实际工时", "實際工時", "实际小时",
        "實際小時", "实际用时", "實際用時",
    ),
}  # fmt: skip
IN_MINUTES: dict[str, tuple[str, ...]] = {
    "estimate_hours": (
        "estimateminutes", "estimatedminutes", "planminutes", "plannedminutes", "taskplantimeminutes",
        "预计分钟", "預計分鐘",
    ),
    "actual_hours": ("actualminutes", "spentminutes", "taskactualtimeminutes", "实际分钟", "實際分鐘"),
}  # fmt: skip
NEEDED = ("date", "estimate_hours", "actual_hours")
UNLOGGED = frozenset({"", "na", "n/a", "nan", "null", "none", "-", "—", "?"})
MOST_ROWS = 1_000_000
# Nobody works longer on one task: ten years of full days.
MOST_HOURS = 87_600
LONGEST_CELL = 200_000
# From 1900 on, and not a slip that lies centuries ahead.
FIRST_YEAR, LAST_YEAR = 1900, 2199
DATE_FORMATS = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d-%b-%y", "%d-%b-%Y", "%d %b %Y", "%m/%d/%Y", "%d/%m/%Y",
    "%m/%d/%y",
    "%d/%m/%y", "%d.%m.%Y", "%d.%m.%y", "%m-%d-%Y", "%d-%m-%Y", "%Y年%m月%d日",
)  # fmt: skip
_TIME = re.compile(r"[T ]\s*\d{1,2}:\d{2}.*$")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


class RecordError(ValueError):
    """A record that cannot be used: `code`, and where it applies the row (1 is the heading), column and cell."""

    def __init__(self, code: str, *, row: int = 0, column: str = "", cell: str = "") -> None:
        """Keep what is wrong and where."""
        super().__init__(code)
        self.code, self.row, self.column, self.cell = code, row, column, cell[:60]


@dataclass(frozen=True)
class Record:
    """The usable entries in order of time, how many rows were left out as unlogged, and whether any was moved."""

    entries: tuple[Entry, ...]
    unlogged: int
    sorted: bool


@dataclass(frozen=True)
class _Column:
    at: int
    heading: str
    minutes: float


def read(text: str) -> Record:
    """Return the record in a table of text with a heading row. Raises RecordError."""
    rows = _rows(text)
    numbers = [number for number, row in enumerate(rows, start=1) if any(cell.strip() for cell in row)]
    if not numbers:
        raise RecordError("empty")
    columns = _columns(rows[numbers[0] - 1], numbers[0])
    body = [(number, rows[number - 1]) for number in numbers[1:]]
    if not body:
        raise RecordError("empty")
    days = _days([(number, _cell(row, columns["date"])) for number, row in body], columns["date"].heading)
    entries, unlogged = [], 0
    for (_number, row), day in zip(body, days, strict=True):
        estimate = _minutes(row, columns["estimate_hours"], _number)
        actual = _minutes(row, columns["actual_hours"], _number)
        if not estimate or not actual:
            unlogged += 1
            continue
        entries.append(
            Entry(day, _word(row, columns, "person"), _word(row, columns, "category"), estimate, actual)
        )
    ordered = sorted(entries, key=lambda entry: entry.day)
    return Record(tuple(ordered), unlogged, ordered != entries)


def _rows(text: str) -> list[list[str]]:
    csv.field_size_limit(LONGEST_CELL)
    rows: list[list[str]] = []
    text = text.lstrip("\ufeff")
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)):
            rows.append(row)
            if len(rows) > MOST_ROWS:
                raise RecordError("too_long", row=len(rows))
    except csv.Error:
        raise RecordError("corrupt", row=len(rows) + 1) from None
    return rows


def _delimiter(text: str) -> str:
    """Return the mark that stands most often in the first line with content."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t|", key=line.count)


def _columns(headings: Sequence[str], row: int) -> dict[str, _Column]:
    """Return where each column stands. Raises RecordError for one that is needed and missing."""
    plain = [re.sub(r"[\W_]+", "", heading).lower() for heading in headings]
    found: dict[str, _Column] = {}
    for column, names in HEADINGS.items():
        unit = 60.0 if column in IN_MINUTES else 1.0
        candidates = [(name, unit) for name in names] + [(name, 1.0) for name in IN_MINUTES.get(column, ())]
        for name, minutes in candidates:
            if name in plain:
                at = plain.index(name)
                found[column] = _Column(at, headings[at].strip(), minutes)
                break
    for column in NEEDED:
        if column not in found:
            raise RecordError("no_column", row=row, column=column, cell=", ".join(headings))
    return found


def _cell(row: Sequence[str], column: _Column) -> str:
    return row[column.at].strip() if column.at < len(row) else ""


def _word(row: Sequence[str], columns: dict[str, _Column], name: str) -> str:
    return _cell(row, columns[name]) if name in columns else ""


def _minutes(row: Sequence[str], column: _Column, number: int) -> float:
    """Return the minutes of a cell, 0 if nobody logged any. Raises RecordError for what is no amount of time."""
    cell = _cell(row, column)
    if cell.lower() in UNLOGGED:
        return 0.0
    plain = cell.replace(",", ".") if cell.count(",") == 1 and "." not in cell else cell.replace(",", "")
    if not _NUMBER.fullmatch(plain) or not math.isfinite(float(plain)):
        raise RecordError("no_number", row=number, column=column.heading, cell=cell)
    if float(plain) < 0:
        raise RecordError("negative", row=number, column=column.heading, cell=cell)
    if float(plain) * column.minutes > MOST_HOURS * 60:
        raise RecordError("too_much", row=number, column=column.heading, cell=cell)
    return float(plain) * column.minutes


def _days(cells: Sequence[tuple[int, str]], heading: str) -> list[float]:
    """Return the day numbers of all dates, in the one form that reads most of them. Raises RecordError."""
    plain = [_TIME.sub("", cell) for _number, cell in cells]
    best = max(_readers(), key=lambda reader: sum(1 for _day in _read_until_bad(plain, reader)))
    days = list(_read_until_bad(plain, best))
    if len(days) < len(cells):
        number, cell = cells[len(days)]
        raise RecordError("no_date" if cell else "missing_date", row=number, column=heading, cell=cell)
    return days


def _readers() -> list[Callable[[str], date | None]]:
    return [lambda text, form=form: _dated(text, form) for form in DATE_FORMATS]  # type: ignore[misc]


def _dated(text: str, form: str) -> date | None:
    try:
        found = datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def _read_until_bad(cells: Iterable[str], reader: Callable[[str], date | None]) -> Iterable[float]:
    """Yield day numbers up to the first cell that the reader cannot read; the same text is read once."""
    known: dict[str, float] = {}
    for cell in cells:
        day = known.get(cell)
        if day is None:
            found = reader(cell)
            if found is None:
                return
            day = known[cell] = float(found.toordinal())
        yield day
