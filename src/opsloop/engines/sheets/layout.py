"""Where the table stands on the sheet: heading rows, columns, and what each column means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from opsloop.engines.grid import Cell, Grid, column_letter, shown
from opsloop.engines.sheets import cells, vocabulary
from opsloop.engines.sheets.words import fold, heading_key, heading_tokens, says_nothing, word_set

FIELDS = frozenset({*vocabulary.SURE, "due_time", *(f"weekday_{day}" for day in range(7))})

SEARCHED_ROWS = 60  # non-empty rows in which headings are looked for
HEADING_LEVELS = 3  # at most so many rows make one heading
LONGEST_HEADING = 40  # characters; longer text is a remark
LOOKED_AT = 200  # data rows that decide what a column holds

Merge = tuple[int, int, int, int]


class NoHeadingsError(Exception):
    """No row of the sheet reads like headings of a task table, and none was named."""


@dataclass(frozen=True)
class Meaning:
    """One thing a heading may mean. Higher `strength` wins; on a tie lower `order` wins."""

    field: str
    strength: float
    order: int = 0


@dataclass(frozen=True)
class Column:
    """One column of the table: its 0-based place, heading as written, field (None: not read), unit."""

    place: int
    heading: str
    field: str | None
    unit: str = "h"


@dataclass(frozen=True)
class Table:
    """One table on the sheet: rows `first`..`last` (0-based, inclusive) below its headings."""

    columns: tuple[Column, ...]
    heading_rows: tuple[int, ...]
    first: int
    last: int
    headings: frozenset[str] = field(default=frozenset())

    @property
    def is_week(self) -> bool:
        """Whether this is a week plan: a column for each day, the tasks in its cells."""
        return not self.of("title") and sum(1 for column in self.columns if _is_weekday(column.field)) >= 3

    def of(self, name: str) -> tuple[Column, ...]:
        """Return the columns that hold the field `name`, left to right."""
        return self._by_field.get(name, ())

    @cached_property
    def _by_field(self) -> dict[str | None, tuple[Column, ...]]:
        """Return the columns by field: looked up for every cell of long sheets."""
        names = dict.fromkeys(column.field for column in self.columns)
        return {name: tuple(column for column in self.columns if column.field == name) for name in names}


def _is_weekday(field: str | None) -> bool:
    return field is not None and field.startswith("weekday_")


# --- what a heading means -------------------------------------------------------------------------


def _dictionary(lines: Mapping[str, str]) -> dict[str, tuple[str, int]]:
    found: dict[str, tuple[str, int]] = {}
    for name, line in lines.items():
        for order, word in enumerate(line.split()):
            found.setdefault(heading_key(word), (name, order))
    return found


# Every beginning and end of a heading is looked up: the work grows with the square of its length.
LONGEST_HEADING = 120

_SURE = _dictionary(vocabulary.SURE)
_MAYBE = _dictionary(vocabulary.MAYBE)
_BY_CONTENT = {heading_key(word): fields for word, fields in vocabulary.DEPENDS_ON_CONTENT.items()}


def meanings(heading: str) -> list[Meaning]:
    """Return what `heading` may mean, best first; empty if its words are unknown or it is a whole text."""
    if len(heading) > LONGEST_HEADING:
        return []
    tokens = heading_tokens(heading)
    exact = _looked_up("".join(tokens), 4.0, 2.0)
    if exact:
        return exact
    for start in range(1, len(tokens)):
        word = "".join(tokens[start:])
        found = _looked_up(word, 3.0, 1.5) if len(word) > 1 else []
        if found:
            return found
    for end in range(len(tokens) - 1, 2, -1):
        found = _looked_up("".join(tokens[:end]), 1.0, 0.0)
        if found:
            return found
    return []


_WEEKDAYS = {
    heading_key(word): f"weekday_{day}"
    for day, line in enumerate(vocabulary.WEEKDAYS)
    for word in line.split()
}


def _looked_up(word: str, sure: float, maybe: float) -> list[Meaning]:
    if word in _BY_CONTENT and maybe:
        return [Meaning(name, maybe + 0.5, order) for order, name in enumerate(_BY_CONTENT[word])]
    if word in _WEEKDAYS:
        return [Meaning(_WEEKDAYS[word], maybe)] if maybe else []
    if word in _SURE:
        name, order = _SURE[word]
        return [Meaning(name, sure, order)]
    if word in _MAYBE and maybe:
        name, order = _MAYBE[word]
        return [Meaning(name, maybe, order)]
    return []


_UNITS = {
    "d": re.compile(r"人天|人日|工日|(?<!工作)[天日](?!期)|(?<![a-z])(days?|d|man-?days?|pd)(?![a-z])"),
    "min": re.compile(r"分钟|分(?!配|类|解|工|值)|(?<![a-z])(minutes?|mins?|m)(?![a-z])"),
    "h": re.compile(r"小时|时(?!间|长|限|段)|(?<![a-z])(hours?|hrs?|h)(?![a-z])"),
}


def unit_of(heading: str) -> str:
    """Return the unit a duration's heading names: "h", "min" or "d"; hours when it names none."""
    folded = fold(heading)
    bracketed = " ".join(re.findall(r"[(\[/]([^()\[\]]*)", folded))
    for text, order in ((bracketed, ("h", "min", "d")), (folded, ("min", "d"))):
        for unit in order:
            if _UNITS[unit].search(text):
                return unit
    return "h"


# --- finding the heading rows ---------------------------------------------------------------------


@dataclass(frozen=True)
class _Window:
    """Candidate heading rows `first`..`last` with, for each place, the heading and what it may mean."""

    first: int
    last: int
    headings: dict[int, str]
    meanings: dict[int, list[Meaning]]

    def score(self) -> float:
        best: dict[str, float] = {}
        for options in self.meanings.values():
            for option in options[:1]:
                best[option.field] = max(best.get(option.field, 0.0), option.strength)
        return sum(strength for name, strength in best.items() if name != "other")

    def fields(self) -> set[str]:
        return {options[0].field for options in self.meanings.values() if options}


def find_tables(grid: Grid, mapping: Mapping[str, str] | None = None) -> list[Table]:
    """Return the task tables of `grid`, top to bottom and left to right.

    `mapping` says what headings mean (heading as written -> field, "" for a column to leave out) and
    overrides every guess. Raises NoHeadingsError if no table of tasks can be recognised.
    """
    given = {heading_key(heading): name for heading, name in (mapping or {}).items()}
    unknown = {name for name in given.values() if name and name not in FIELDS}
    if unknown:
        raise ValueError(f"unknown fields: {', '.join(sorted(unknown))}")
    window = _best_window(grid, given)
    if window is None:
        raise NoHeadingsError
    return list(_tables_from(grid, window, given))


def _best_window(grid: Grid, given: Mapping[str, str]) -> _Window | None:
    best: _Window | None = None
    for first in _filled_rows(grid, SEARCHED_ROWS):
        for levels in range(1, HEADING_LEVELS + 1):
            window = _window(grid, first, first + levels - 1, given)
            if not window or not _is_heading(window, alone=levels == 1):
                continue
            if best is not None and first > best.last + 1 and _is_certain(best):
                return best  # what reads like headings further down heads another table
            if _better(window, best):
                best = window
    return best


def _is_certain(window: _Window) -> bool:
    """Return whether `window` leaves no doubt: a title and two more headings in words we know."""
    sure = sum(1 for options in window.meanings.values() if options and options[0].strength >= 4.0)
    return sure >= 3 and "title" in window.fields()


def _better(window: _Window, best: _Window | None) -> bool:
    if best is None:
        return True
    gain = window.score() - best.score()
    # More rows must say more; the same rows said again lower down are a repeated heading.
    return gain > 0.01


def _is_heading(window: _Window, *, alone: bool) -> bool:
    names = window.fields() - {"other"}
    if sum(1 for name in names if _is_weekday(name)) >= 3:
        return True
    if len(names) >= 2 and names & vocabulary.CORE:
        return True
    strongest = max((options[0].strength for options in window.meanings.values() if options), default=0.0)
    return alone and names == {"title"} and strongest >= 4.0 and len(window.headings) == 1


def _filled_rows(grid: Grid, limit: int) -> Iterator[int]:
    seen = 0
    for index, row in enumerate(grid.rows):
        if any(shown(cell) for cell in row):
            yield index
            seen += 1
        if seen >= limit:
            return


def _window(grid: Grid, first: int, last: int, given: Mapping[str, str]) -> _Window | None:
    if last >= len(grid.rows):
        return None
    levels = [_heading_texts(grid, row, spread=row < last) for row in range(first, last + 1)]
    if not all(levels) or any(_reads_as_data(level) for level in levels):
        return None
    headings: dict[int, str] = {}
    options: dict[int, list[Meaning]] = {}
    for place in sorted({place for level in levels for place in level}):
        parts = [level[place] for level in levels if place in level]
        headings[place] = parts[-1]
        options[place] = _combined(parts, given)
    return _Window(first, last, headings, options)


def _reads_as_data(level: Mapping[int, str]) -> bool:
    """Return whether a row holds what no heading row holds: long text or more figures than words."""
    if any(len(text) > LONGEST_HEADING for text in level.values()):
        return len(level) > 1
    figures = sum(1 for text in level.values() if re.fullmatch(r"[\d.,:/%-]+", fold(text)))
    return figures * 2 > len(level)


def _heading_texts(grid: Grid, row: int, *, spread: bool) -> dict[int, str]:
    """Return place -> text of one row; with `spread`, a group heading covers the columns under it."""
    texts = {place: shown(cell) for place, cell in enumerate(grid.rows[row]) if shown(cell)}
    if not spread or not texts:
        return texts
    merges = [merge for merge in grid.merges if merge[0] <= row <= merge[2] and merge[1] != merge[3]]
    covered = dict(texts)
    if len(texts) == 1:
        return covered
    for _, left, _, right in merges:
        for place in range(left, right + 1):
            if left in texts:
                covered.setdefault(place, texts[left])
    if not merges:
        below = grid.rows[row + 1] if row + 1 < len(grid.rows) else ()
        for place, cell in enumerate(below):
            if place not in covered and shown(cell) and place - 1 in covered:
                covered[place] = covered[place - 1]
    return covered


def _combined(parts: list[str], given: Mapping[str, str]) -> list[Meaning]:
    """Return what a heading of one or several rows may mean, its own lowest part first."""
    own, groups = parts[-1], parts[:-1]
    spellings = [own]
    for group in reversed(groups):
        spellings += [group + own, own + group]
    if len(groups) > 1:
        spellings.append("".join(parts))
    for spelling in spellings:
        if heading_key(spelling) in given:
            name = given[heading_key(spelling)]
            return [Meaning(name, 10.0)] if name else []
    best: list[Meaning] = []
    for spelling in spellings:
        found = meanings(spelling)
        if found and (not best or found[0].strength > best[0].strength):
            best = found
    return best


# --- from heading rows to tables ------------------------------------------------------------------


def _tables_from(grid: Grid, window: _Window, given: Mapping[str, str]) -> Iterator[Table]:
    """Yield the tables under `window`, starting anew wherever other headings take over."""
    while True:
        following = _next_window(grid, window, given)
        last = _above_caption(grid, following.first) if following else len(grid.rows) - 1
        first = _after_hints(grid, window, last)
        yield from _side_by_side(grid, window, first, last)
        if following is None:
            return
        window = following


def _next_window(grid: Grid, window: _Window, given: Mapping[str, str]) -> _Window | None:
    """Return the next heading row below `window` that names its columns differently, if any."""
    written = {place: heading_key(text) for place, text in window.headings.items()}
    for row in range(window.last + 1, len(grid.rows)):
        if not _may_head(grid.rows[row]):
            continue
        texts = _heading_texts(grid, row, spread=False)
        if len(texts) < 3 or not any(heading_key(text) in _SURE for text in texts.values()):
            continue
        if sum(1 for text in texts.values() if heading_key(text) in _SURE) < 3:
            continue
        found = _window(grid, row, row, given)
        if found is None or "title" not in found.fields():
            continue
        if {place: heading_key(text) for place, text in found.headings.items()} != written:
            return found
    return None


def _may_head(cells: tuple[Cell, ...]) -> bool:
    """Return whether a row holds only words: told fast, because it is asked of every row."""
    return not any(cell[:1].isdigit() if isinstance(cell, str) else cell is not None for cell in cells)


def _above_caption(grid: Grid, heading: int) -> int:
    """Return the last row of the table above the `heading` row of another: its one-cell captions left out."""
    row = heading - 1
    while row >= 0 and sum(1 for cell in grid.rows[row] if shown(cell)) == 1:
        row -= 1
    return row


_HINTS = word_set(vocabulary.HINTS)


def _after_hints(grid: Grid, window: _Window, last: int) -> int:
    """Return the first row below the headings that is not a row of hints such as (必填) or 小时."""
    first = window.last + 1
    if first > last:
        return first
    texts = [fold(shown(cell)).strip("()[]*").replace(" ", "") for cell in grid.rows[first] if shown(cell)]
    hints = sum(1 for text in texts if text in _HINTS or text.startswith(("例如", "格式", "示例", "e.g")))
    return first + 1 if texts and hints * 2 > len(texts) and hints >= min(2, len(texts)) else first


def _side_by_side(grid: Grid, window: _Window, first: int, last: int) -> Iterator[Table]:
    """Yield the tables that share heading rows; empty columns stand between them."""
    used = _used_places(grid, first, last) | set(window.headings)
    segments = [
        segment for segment in _runs(sorted(used)) if any(place in window.headings for place in segment)
    ]
    tables = [_table(grid, window, segment, first, last) for segment in segments]
    of_tasks = [table for table in tables if table.of("title") and _core(table) >= 2]
    if not of_tasks:
        yield _with_title(grid, _table(grid, window, sorted(used), first, last))
        return
    main = max(of_tasks, key=_core)
    for table in tables:
        if table is not main and table not in of_tasks and _runs_along(grid, main, table):
            of_tasks[of_tasks.index(main)] = main = _joined(main, table)
    yield from of_tasks


def _core(table: Table) -> int:
    return len({column.field for column in table.columns} & vocabulary.CORE)


def _used_places(grid: Grid, first: int, last: int) -> set[int]:
    return {
        place
        for row in grid.rows[first : last + 1]
        for place, cell in enumerate(row)
        if cell is not None and cell != ""
    }


def _runs(places: Iterable[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for place in places:
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def _runs_along(grid: Grid, main: Table, other: Table) -> bool:
    """Return whether `other`, behind an empty column, has its entries exactly where `main` has tasks."""
    titles = main.of("title")[0].place
    places = [column.place for column in other.columns if column.field]
    with_task = both = alone = 0
    for row in grid.rows[main.first : main.last + 1]:
        task = titles < len(row) and bool(shown(row[titles]))
        entry = any(place < len(row) and shown(row[place]) for place in places)
        with_task += task
        both += task and entry
        alone += entry and not task
    return bool(places) and not alone and both * 10 >= with_task * 8


def _joined(main: Table, other: Table) -> Table:
    taken = {column.field for column in main.columns}
    extra = [c if c.field not in taken else Column(c.place, c.heading, None) for c in other.columns]
    columns = tuple(sorted([*main.columns, *extra], key=lambda column: column.place))
    return Table(columns, main.heading_rows, main.first, main.last, main.headings | other.headings)


def _table(grid: Grid, window: _Window, segment: list[int], first: int, last: int) -> Table:
    options = {place: window.meanings.get(place, []) for place in segment}
    options = {
        place: _decided(found, _column_values(grid, place, first, last)) for place, found in options.items()
    }
    fields = _assigned(_dates_and_times(grid, options, first, last), window.headings)
    fields = _finest(grid, fields, first, last)
    columns = tuple(
        Column(
            place,
            window.headings.get(place) or column_letter(place),
            fields.get(place),
            unit_of(window.headings.get(place, "")),
        )
        for place in segment
    )
    written = frozenset(heading_key(window.headings[place]) for place in segment if place in window.headings)
    return Table(columns, tuple(range(window.first, window.last + 1)), first, last, written)


def _column_values(grid: Grid, place: int, first: int, last: int) -> list[Cell]:
    values: list[Cell] = []
    for row in grid.rows[first : last + 1]:
        if place < len(row) and shown(row[place]) and not says_nothing(shown(row[place])):
            values.append(row[place])
        if len(values) >= LOOKED_AT:
            break
    return values


def _decided(options: list[Meaning], values: list[Cell]) -> list[Meaning]:
    """Return `options` with the one first that the column's own values fit best."""
    if len(options) < 2:
        return options
    fits = {option.field: cells.how_many_fit(option.field, values) for option in options}
    return sorted(options, key=lambda option: (-fits[option.field], option.order))[:1]


def _finest(grid: Grid, fields: dict[int, str], first: int, last: int) -> dict[int, str]:
    """Return `fields` where a column of subtasks, if fuller than that of tasks, holds the tasks themselves."""
    child = next((place for place, name in fields.items() if name == "child"), None)
    task = next((place for place, name in fields.items() if name == "title"), None)
    if child is None:
        return fields
    filled = len(_column_values(grid, child, first, last))
    if task is None or filled > len(_column_values(grid, task, first, last)):
        return fields | {child: "title"} | ({task: "parent"} if task is not None else {})
    return fields


def _dates_and_times(
    grid: Grid, options: dict[int, list[Meaning]], first: int, last: int
) -> dict[int, list[Meaning]]:
    """Return `options` where, of several due columns, those that hold times of day add them to the date."""
    due = [place for place, found in options.items() if found and found[0].field == "due"]
    if len(due) < 2:
        return options
    changed = dict(options)
    for place in due:
        values = _column_values(grid, place, first, last)
        if cells.how_many_fit("due_time", values) > cells.how_many_fit("due", values):
            changed[place] = [Meaning("due_time", 4.0)]
    return changed


def _assigned(options: Mapping[int, list[Meaning]], headings: Mapping[int, str]) -> dict[int, str]:
    """Return place -> field: the strongest claim first; one column a field unless several may hold it."""
    claims = sorted(
        (-found[0].strength, found[0].order, place, found[0].field)
        for place, found in options.items()
        if found
    )
    fields: dict[int, str] = {}
    holders: dict[str, list[int]] = {}
    for _, _, place, name in claims:
        earlier = holders.setdefault(name, [])
        same = any(heading_key(headings[place]) == heading_key(headings[other]) for other in earlier)
        if not earlier or same or name in vocabulary.SEVERAL_COLUMNS:
            earlier.append(place)
            fields[place] = name
        elif name == "due":
            fields[place] = "due_time"
    return fields


def _with_title(grid: Grid, table: Table) -> Table:
    """Return `table` with a title column: where no heading says it, the leftmost column of plain text."""
    if table.of("title") or table.is_week:
        return table
    for column in table.columns:
        if column.field is None and _reads_as_titles(
            _column_values(grid, column.place, table.first, table.last)
        ):
            chosen = Column(column.place, column.heading, "title")
            columns = tuple(chosen if old is column else old for old in table.columns)
            return Table(columns, table.heading_rows, table.first, table.last, table.headings)
    raise NoHeadingsError


def _reads_as_titles(values: list[Cell]) -> bool:
    texts = [value.strip() for value in values if isinstance(value, str)]
    if not texts or len(texts) * 10 < len(values) * 8:
        return False
    if any(cells.how_many_fit(name, texts) * 2 > len(texts) for name in ("due", "period", "estimate")):
        return False
    return len(set(texts)) * 2 > len(texts) and sum(map(len, texts)) >= 4 * len(texts)
