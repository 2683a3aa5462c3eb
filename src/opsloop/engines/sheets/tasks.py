"""From a sheet to tasks: every row that is a task becomes one, every bad cell becomes a named problem."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, tzinfo
from typing import TypeVar

from opsloop.engines.grid import Cell, Grid, filled, is_error, shown
from opsloop.engines.sheets import answers, kinds, layout, messages
from opsloop.engines.sheets.bad import BadCellError
from opsloop.engines.sheets.dates import Clock, Moment, read_clock, read_day, read_moment, read_period
from opsloop.engines.sheets.dependencies import Titles, read_references
from opsloop.engines.sheets.durations import read_minutes
from opsloop.engines.sheets.fixed import read_fixed
from opsloop.engines.sheets.layout import Column, NoHeadingsError, Table
from opsloop.engines.sheets.people import read_people
from opsloop.engines.sheets.weeks import entries, read_monday
from opsloop.engines.sheets.words import says_nothing

T = TypeVar("T")

# Cells merged downwards are repeated in these fields; an effort merged over three tasks is their sum.
FILLED_DOWN = frozenset(
    [
        "parent",
        "owner",
        "collaborators",
        "relevance",
        "urgency",
        "due",
        "earliest",
        "period",
        "project",
        "department",
        "category",
        "goal",
        "week",
        "day",
    ]
)


@dataclass(frozen=True)
class Problem:
    """One cell that could not be taken: 1-based `row`, heading of its column, its text, and why.

    `column` is the heading as written, or the letter of a column without one; `row` and `column` are 0
    and "" when the whole sheet is meant.
    """

    row: int
    column: str
    value: str
    code: str
    params: tuple[tuple[str, str], ...] = ()

    def message(self, language: str = "zh-hans") -> str:
        """Return the sentence that names the cell, what is wrong, and the remedy."""
        params = {"row": str(self.row), "column": self.column, "value": self.value, **dict(self.params)}
        return messages.render(self.code, params, language)


@dataclass(frozen=True)
class TaskRow:
    """One task of a sheet. Durations in minutes; `due` and others are naive local times, or plain dates."""

    row: int
    title: str
    number: str | None = None
    index: str | None = None
    owner: str | None = None
    collaborators: tuple[str, ...] = ()
    relevance: int | None = None
    urgency: str | None = None
    estimate_minutes: int | None = None
    due: Moment | None = None
    depends_on: tuple[str, ...] = ()
    earliest: Moment | None = None
    splittable: bool | None = None
    fixed_start: datetime | None = None
    fixed_end: datetime | None = None
    project: str | None = None
    department: str | None = None
    goal: str | None = None
    parent: str | None = None
    status: str | None = None
    status_text: str | None = None
    deliverable_standard: str | None = None
    note: str | None = None
    category: str | None = None
    tags: tuple[str, ...] = ()
    actual_minutes: int | None = None
    progress: int | None = None
    day: date | None = None
    rank: str | None = None
    disposal: str | None = None
    key_node: str | None = None
    outcome: str | None = None

    @property
    def due_has_time(self) -> bool:
        """Whether the sheet named a time of day for the due date."""
        return isinstance(self.due, datetime)


@dataclass(frozen=True)
class TaskSheet:
    """What a sheet says: its tasks in order, its bad cells, and heading → field as understood ("" unread)."""

    rows: tuple[TaskRow, ...]
    problems: tuple[Problem, ...]
    mapping: dict[str, str] = field(default_factory=dict)
    sheet: str = ""


def read_tasks(
    grid: Grid,
    *,
    today: date,
    mapping: Mapping[str, str] | None = None,
    zone: tzinfo | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> TaskSheet:
    """Return the tasks on `grid` and every cell that could not be read.

    `mapping` (heading as written → field of `layout.FIELDS`, "" to leave a column out) overrides what is
    guessed. `today` decides the year of dates without one; `zone` is the sheet's, for times that name
    their own. A bad cell leaves its field None and is reported; its row stays. `progress` is told rows
    done and rows in all. A sheet without recognisable headings gives no rows and one problem. Raises
    ValueError for a field that does not exist.
    """
    try:
        tables = layout.find_tables(grid, mapping)
    except NoHeadingsError:
        return TaskSheet((), (_no_headings(grid),), {}, grid.name)
    reader = _Reader(grid, Clock(today, zone), progress)
    for table in tables:
        reader.read(table)
    understood = {
        column.heading: column.field or "" for table in reversed(tables) for column in reversed(table.columns)
    }
    return TaskSheet(reader.linked(), reader.sorted_problems(), dict(reversed(understood.items())), grid.name)


def _no_headings(grid: Grid) -> Problem:
    empty = not any(shown(cell) for row in grid.rows for cell in row)
    return Problem(0, "", grid.name, "empty_sheet" if empty else "no_headings")


class _Reader:
    """Reads the tables of one grid; collects tasks, problems and the titles prerequisites may name."""

    def __init__(self, grid: Grid, clock: Clock, progress: Callable[[int, int], None] | None) -> None:
        self.grid = grid
        self.clock = clock
        self.progress = progress
        self.tasks: list[TaskRow] = []
        self.problems: list[tuple[int, int, Problem]] = []  # row, place, what
        self.titles = Titles()
        self.references: list[tuple[int, Column, str]] = []  # (place in tasks, column, text)

    def read(self, table: Table) -> None:
        """Read every task of `table`."""
        if table.is_week:
            self._read_week(table)
            return
        places = frozenset(column.place for column in table.columns if column.field in FILLED_DOWN)
        grid = filled(self.grid, only=places)
        figures = _relevance_in_figures(grid, table)
        for row, kind in kinds.rows_of(self.grid, table):
            if self.progress and row % 200 == 0:
                self.progress(row, len(grid.rows))
            if kind == "no_title":
                self._report_missing_title(grid, table, row)
            elif kind == "task":
                _Row(self, grid.rows[row], row, table, relevance_words=not figures).read()

    def _read_week(self, table: Table) -> None:
        """Read a week plan: every line in the cell of a day is a task of that row's person."""
        for row in range(table.first, min(table.last + 1, len(self.grid.rows))):
            line = _Row(self, self.grid.rows[row], row, table, relevance_words=True)
            if not line.repeats_headings():
                self.tasks.extend(line.week())

    def _report_missing_title(self, grid: Grid, table: Table, row: int) -> None:
        column = table.of("title")[0]
        cells = grid.rows[row]
        value = shown(cells[column.place]) if column.place < len(cells) else ""
        code = "error_cell" if is_error(value) else "title_missing"
        self.report(row, column, value, code)

    def linked(self) -> tuple[TaskRow, ...]:
        """Return the tasks with their prerequisites as titles; report those that name no task."""
        for place, column, text in self.references:
            task = self.tasks[place]
            found, unknown = read_references(text, self.titles)
            if task.title in found:
                self.report(task.row - 1, column, text, "depends_on_itself")
                found = tuple(title for title in found if title != task.title)
            for name in unknown:
                self.report(task.row - 1, column, text, "unknown_prerequisite", {"name": name})
            merged = tuple(dict.fromkeys((*task.depends_on, *found)))
            self.tasks[place] = replace(task, depends_on=merged)
        return tuple(self.tasks)

    def sorted_problems(self) -> tuple[Problem, ...]:
        """Return the problems from top to bottom, left to right."""
        return tuple(problem for *_, problem in sorted(self.problems, key=lambda one: one[:2]))

    def report(
        self, row: int, column: Column, value: str, code: str, params: Mapping[str, str] | None = None
    ) -> None:
        """Note that the cell in the 0-based `row` and `column` cannot be taken."""
        problem = Problem(row + 1, column.heading, value, code, tuple((params or {}).items()))
        self.problems.append((row, column.place, problem))


def _relevance_in_figures(grid: Grid, table: Table) -> bool:
    """Return whether the relevance column grades in figures, so that a word in it is a slip."""
    return any(
        column.place < len(row) and answers.relevance_figure(shown(row[column.place])) is not None
        for column in table.of("relevance")
        for row in grid.rows[table.first : table.last + 1]
    )


class _Row:
    """Reads one row of a table."""

    def __init__(
        self, reader: _Reader, cells: tuple[Cell, ...], row: int, table: Table, *, relevance_words: bool
    ) -> None:
        self.reader, self.cells, self.row, self.table = reader, cells, row, table
        self.relevance_words = relevance_words
        self.clock = reader.clock

    def read(self) -> None:
        """Add the task of this row, its titles and its problems to the reader."""
        title = self._text("title") or ""
        number, index = self._text("number"), self._text("index")
        people = self._people()
        estimate = self._read("estimate", lambda cell, column: read_minutes(cell, column.unit))
        earliest, due = self._moments()
        fixed = self._read(
            "fixed_time",
            lambda cell, _: read_fixed(cell, self.clock, earliest=earliest, due=due, minutes=estimate),
        )
        status_text = self._text("status")
        task = TaskRow(
            row=self.row + 1,
            title=title,
            number=number,
            index=index,
            owner=people[0] if people else None,
            collaborators=self._collaborators(people),
            relevance=self._read(
                "relevance", lambda cell, _: answers.read_relevance(cell, words=self.relevance_words)
            ),
            urgency=self._read("urgency", lambda cell, _: answers.read_urgency(cell)),
            estimate_minutes=estimate,
            due=due,
            earliest=earliest,
            splittable=self._read("splittable", lambda cell, _: answers.read_yes(cell)),
            fixed_start=fixed[0] if fixed else None,
            fixed_end=fixed[1] if fixed else None,
            project=self._text("project"),
            department=self._text("department"),
            goal=self._text("goal"),
            parent=self._text("parent"),
            status=answers.read_status(status_text) if status_text else None,
            status_text=status_text,
            deliverable_standard=self._text("deliverable_standard"),
            note="\n".join(self._texts("note")) or None,
            category=self._text("category"),
            tags=self._tags(),
            actual_minutes=self._actual(),
            progress=self._read("progress", lambda cell, _: answers.read_progress(cell)),
            day=self._day(),
            rank=self._text("rank"),
            disposal=self._text("disposal"),
            key_node=self._text("key_node"),
            outcome=self._text("outcome"),
        )
        self._refer(len(self.reader.tasks))
        self.reader.tasks.append(task)
        self.reader.titles.add(title, number, index)

    def repeats_headings(self) -> bool:
        """Return whether this row says the headings again."""
        texts = [(shown(cell), column.heading) for column in self.table.columns for cell in self._at(column)]
        return sum(1 for text, heading in texts if text == heading) > len(texts) / 2

    def week(self) -> Iterator[TaskRow]:
        """Yield the tasks of one line of a week plan, each once, on the first day it stands in."""
        people = self._people()
        due = self._moments()[1]
        monday = read_monday(self._text("week"), self.clock.today)
        seen: set[str] = set()
        for day in range(7):
            for cell, _ in self._cells(f"weekday_{day}"):
                for entry in entries(shown(cell)):
                    if entry in seen:
                        continue
                    seen.add(entry)
                    yield TaskRow(
                        row=self.row + 1,
                        title=entry,
                        owner=people[0] if people else None,
                        collaborators=people[1:],
                        due=due,
                        goal=self._text("goal"),
                        day=monday + timedelta(days=day) if monday else None,
                    )

    def _at(self, column: Column) -> tuple[Cell, ...]:
        cell = self.cells[column.place] if column.place < len(self.cells) else None
        return () if cell is None or cell == "" else (cell,)

    # --- cells -----------------------------------------------------------------------------------

    def _cells(self, name: str) -> Iterator[tuple[Cell, Column]]:
        for column in self.table.of(name):
            cell = self.cells[column.place] if column.place < len(self.cells) else None
            if cell is None or cell == "":
                continue
            if is_error(cell):
                self._report(column, cell, "error_cell")
            else:
                yield cell, column

    def _report(self, column: Column, cell: Cell, code: str, params: Mapping[str, str] | None = None) -> None:
        self.reader.report(self.row, column, shown(cell), code, params)

    def _read(self, name: str, reading: Callable[[Cell, Column], T | None]) -> T | None:
        """Return the first value of the field `name`; a cell that cannot be read is reported."""
        for cell, column in self._cells(name):
            try:
                value = reading(cell, column)
            except BadCellError as bad:
                self._report(column, cell, bad.code, bad.params)
                return None
            if value is not None:
                return value
        return None

    def _texts(self, name: str) -> list[str]:
        texts = (shown(cell) for cell, _ in self._cells(name))
        return [text for text in texts if text and (name == "title" or not says_nothing(text))]

    def _text(self, name: str) -> str | None:
        texts = self._texts(name)
        return texts[0] if texts else None

    # --- fields of several cells -----------------------------------------------------------------

    def _people(self) -> tuple[str, ...]:
        text = self._text("owner")
        return read_people(text) if text else ()

    def _collaborators(self, people: tuple[str, ...]) -> tuple[str, ...]:
        named = [name for text in self._texts("collaborators") for name in read_people(text)]
        return tuple(dict.fromkeys(name for name in (*people[1:], *named) if name != (people or ("",))[0]))

    def _moments(self) -> tuple[Moment | None, Moment | None]:
        earliest = self._read("earliest", lambda cell, _: read_moment(cell, self.clock))
        due = self._read("due", lambda cell, _: read_moment(cell, self.clock))
        period = self._read("period", lambda cell, _: read_period(cell, self.clock))
        if period:
            earliest, due = earliest or period[0], due or period[1]
        return earliest, self._at_due_time(due)

    def _at_due_time(self, due: Moment | None) -> Moment | None:
        if due is None or isinstance(due, datetime):
            return due
        for cell, _ in self._cells("due_time"):
            clock = _quiet_clock(cell)
            if clock:
                return datetime.combine(due, clock)
        return due

    def _day(self) -> date | None:
        for cell, _ in self._cells("day"):
            try:
                return read_day(cell, self.clock)
            except BadCellError:
                return None  # a day written as 周一 says which column it stands in, not which date
        return None

    def _actual(self) -> int | None:
        """Return the minutes worked; none at all is no slip here."""
        for cell, column in self._cells("actual"):
            if (
                cell == 0
                or cell in ("0", "0h", "0小时")
                or (isinstance(cell, time | timedelta) and not _lasts(cell))
            ):
                return 0
            try:
                return read_minutes(cell, column.unit)
            except BadCellError as bad:
                self._report(column, cell, bad.code, bad.params)
        return None

    def _tags(self) -> tuple[str, ...]:
        named = [part.strip().lstrip("#＃") for text in self._texts("tags") for part in _split_tags(text)]
        return tuple(dict.fromkeys(tag for tag in named if tag))

    def _refer(self, place: int) -> None:
        for cell, column in self._cells("depends_on"):
            if isinstance(cell, date | time | timedelta | bool):
                self._report(column, cell, "not_a_prerequisite")
            elif not says_nothing(shown(cell)):
                self.reader.references.append((place, column, shown(cell)))


def _lasts(cell: time | timedelta) -> bool:
    return bool(cell) if isinstance(cell, timedelta) else cell != time()


def _quiet_clock(cell: Cell) -> time | None:
    try:
        return read_clock(cell)
    except BadCellError:
        return None


def _split_tags(text: str) -> list[str]:
    for mark in "、，；;/／|\n":
        text = text.replace(mark, ",")
    return text.split(",")
