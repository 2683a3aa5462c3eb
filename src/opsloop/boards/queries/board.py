"""The board: tasks in columns, perhaps in lanes; each cell shows its first cards and honest sums."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict

from opsloop.organisation.models import Person
from opsloop.work.models import Task
from opsloop.work.queries import axes, customs, lists
from opsloop.work.queries.axes import AXES, Axis, as_key, titles
from opsloop.work.queries.fields import Asking
from opsloop.work.queries.lists import ListState, Row

# What a board has in its address besides the view.
KEEP = ("by", "lanes", "limits", "facts")
# Cards that a cell shows before somebody scrolls; and how many come then.
CARDS = 20
CARDS_IN_LANES = 6
# Beyond these a board is no board any more; the page says so.
MOST_COLUMNS = 40
MOST_LANES = 20
MOST_TASKS = 20_000
DONE_DAYS = 7
COLUMN_AXES = ("status", "owner", "quadrant", "urgency", "project", "category", "goal", "department")
FACTS = ("number", "owner", "due", "urgency", "quadrant", "project", "estimate", "progress")
USUAL_FACTS = ("owner", "due", "urgency", "project")


@dataclass(frozen=True)
class Looks:
    """How a board is laid out: its columns, its lanes ("" for none), limits by column, facts of a card."""

    by: Axis
    lanes: Axis | None
    limits: dict[str, int]
    facts: frozenset[str]

    @property
    def lane_name(self) -> str:
        """The name of the lanes' axis, "" without lanes."""
        return self.lanes.name if self.lanes else ""

    @classmethod
    def read(cls, query: QueryDict, person: Person) -> Looks:
        """Read what an address says; what is unknown to `person` is left out. A query for each own field."""
        by = query.get("by", "")
        lanes = query.get("lanes", "")
        facts = frozenset(query.getlist("facts")) & frozenset(FACTS)
        axis = _axis(by, person) or AXES["status"]
        lane = _axis(lanes, person) if lanes != axis.name else None
        return cls(axis, lane, read_limits(query.get("limits", "")), facts or frozenset(USUAL_FACTS))


def _axis(name: str, person: Person) -> Axis | None:
    return axes.find(name, person) if name in COLUMN_AXES or customs.is_name(name) else None


def read_limits(text: str) -> dict[str, int]:
    """Read limits as an address writes them: doing:5,blocked:2."""
    pairs = (one.partition(":") for one in text[:400].split(",") if ":" in one)
    return {
        key: int(count)
        for key, _colon, count in pairs
        if count.isascii() and count.isdigit() and len(count) < 5
    }


def write_limits(limits: dict[str, int]) -> str:
    """Write limits as `read_limits` reads them."""
    return ",".join(f"{key}:{count}" for key, count in limits.items() if count)


@dataclass(frozen=True)
class Cell:
    """Cards of one column in one lane; `count` and `minutes` are of all, not only of those shown."""

    key: str
    lane: str
    rows: Sequence[Row]
    count: int
    minutes: int

    @property
    def more(self) -> int:
        """How many cards are not shown yet."""
        return self.count - len(self.rows)

    @property
    def shown(self) -> int:
        """How many cards are shown."""
        return len(self.rows)


@dataclass(frozen=True)
class Column:
    """One column over all lanes."""

    key: str
    title: Any
    count: int
    minutes: int
    limit: int
    hint: str = ""

    @property
    def short(self) -> str:
        """The key as limits in an address name it."""
        return axes.short(self.key)

    @property
    def is_over(self) -> bool:
        """Whether more tasks stand here than the team wants at once."""
        return bool(self.limit) and self.count > self.limit


@dataclass(frozen=True)
class Lane:
    """One lane with a cell for each column."""

    key: str
    title: Any
    count: int
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Board:
    """Columns and lanes; without lanes there is one, without a title."""

    columns: Sequence[Column]
    lanes: Sequence[Lane]
    count: int
    is_cut: bool
    hidden_columns: int
    hidden_lanes: int


Place = tuple[str, str]


@dataclass
class _Pile:
    """The keys of one cell while they are counted."""

    keys: list[int]
    minutes: int = 0


def board(person: Person, state: ListState, looks: Looks, *, now: datetime) -> Board:
    """Return the board of a view. Four queries, and one for each axis of records."""
    asking = Asking(person, now)
    found = _placed(person, state, looks, asking)[: MOST_TASKS + 1]
    piles: dict[Place, _Pile] = {}
    total = 0
    for pk, minutes, key, lane in found[:MOST_TASKS]:
        pile = piles.setdefault((as_key(key), as_key(lane)), _Pile([]))
        pile.keys.append(pk)
        pile.minutes += minutes or 0
        total += 1
    columns, hidden_columns = _columns(piles, state, looks, person)
    lanes, hidden_lanes = _lanes(piles, looks, person)
    most = CARDS_IN_LANES if looks.lanes else CARDS
    rows = _rows(person, _first(piles, columns, lanes, most), now)
    shown = [
        Lane(lane, title, sum(len(pile.keys) for (_key, of), pile in piles.items() if of == lane), [
            _cell(column.key, lane, piles.get((column.key, lane)), rows, most) for column in columns
        ])
        for lane, title in lanes
    ]  # fmt: skip
    is_cut = len(found) > MOST_TASKS
    return Board(columns, shown, total, is_cut, hidden_columns, hidden_lanes)


def _placed(person: Person, state: ListState, looks: Looks, asking: Asking) -> Any:
    """Return key, estimate, column and lane of every task of the view, in the order of the cards."""
    tasks = on_board(person, state, looks, now=asking.now).annotate(column_key=looks.by.key(asking))
    lane = "status"
    if looks.lanes:
        tasks = tasks.annotate(lane_key=looks.lanes.key(asking))
        lane = "lane_key"
    rows = tasks.order_by(*lists.order(replace(state, group=""))).values_list(
        "pk", "estimate_minutes", "column_key", lane
    )
    if looks.lanes:
        return rows
    return _Laneless(rows)


class _Laneless:
    """The same rows without a lane, so that both kinds are read alike."""

    def __init__(self, rows: Any) -> None:
        self.rows = rows

    def __getitem__(self, part: slice) -> list[tuple[int, int | None, Any, None]]:
        return [(pk, minutes, key, None) for pk, minutes, key, _status in self.rows[part]]


def on_board(person: Person, state: ListState, looks: Looks, *, now: datetime) -> QuerySet[Task]:
    """Return the tasks of the view; a board of states also shows what was done in the last days."""
    if looks.by.name != "status" or not state.only_open:
        return lists.matching(person, state, now=now)
    recent = Q(closed_at__isnull=True) | Q(
        status=Task.Status.DONE, closed_at__gte=now - timedelta(days=DONE_DAYS)
    )
    return lists.matching(person, replace(state, status=("any",)), now=now).filter(recent)


def _columns(
    piles: dict[Place, _Pile], state: ListState, looks: Looks, person: Person
) -> tuple[list[Column], int]:
    sums: dict[str, tuple[int, int]] = {}
    for (key, _lane), pile in piles.items():
        count, minutes = sums.get(key, (0, 0))
        sums[key] = (count + len(pile.keys), minutes + pile.minutes)
    always = list(looks.by.order())
    if looks.by.name == "status" and state.only_open:
        always.remove(Task.Status.CANCELLED)
    words = titles(looks.by, [*always, *sums], person)
    made = [
        Column(key, title, *sums.get(key, (0, 0)), looks.limits.get(axes.short(key), 0),
               "recent" if key == Task.Status.DONE and state.only_open else "")
        for key, title in words.items()
        if key in sums or key in always
    ]  # fmt: skip
    return made[:MOST_COLUMNS], max(0, len(made) - MOST_COLUMNS)


def _lanes(piles: dict[Place, _Pile], looks: Looks, person: Person) -> tuple[list[tuple[str, Any]], int]:
    if looks.lanes is None:
        return [(axes.NONE, "")], 0
    words = list(titles(looks.lanes, {lane for _key, lane in piles}, person).items())
    return words[:MOST_LANES], max(0, len(words) - MOST_LANES)


def _first(
    piles: dict[Place, _Pile], columns: Sequence[Column], lanes: Sequence[tuple[str, Any]], most: int
) -> list[int]:
    shown = ((column.key, lane) for column in columns for lane, _title in lanes)
    return [pk for place in shown if place in piles for pk in piles[place].keys[:most]]


def _rows(person: Person, keys: Iterable[int], now: datetime) -> dict[int, Row]:
    tasks = lists.with_neighbours(Task.objects.filter(pk__in=list(keys)).order_by())
    return {row.task.pk: row for row in lists.as_rows(list(tasks), person, now=now)}


def _cell(key: str, lane: str, pile: _Pile | None, rows: dict[int, Row], most: int) -> Cell:
    if pile is None:
        return Cell(key, lane, (), 0, 0)
    shown = [rows[pk] for pk in pile.keys[:most] if pk in rows]
    return Cell(key, lane, shown, len(pile.keys), pile.minutes)


def cards(
    person: Person, state: ListState, looks: Looks, *, key: str, lane: str, start: int, now: datetime
) -> tuple[list[Row], bool]:
    """Return the next cards of a cell, and whether more follow. Three queries."""
    asking = Asking(person, now)
    tasks = on_board(person, state, looks, now=now).annotate(column_key=looks.by.key(asking))
    tasks = tasks.filter(_is("column_key", key))
    if looks.lanes:
        tasks = tasks.annotate(lane_key=looks.lanes.key(asking)).filter(_is("lane_key", lane))
    keys = list(
        tasks.order_by(*lists.order(replace(state, group=""))).values_list("pk", flat=True)[
            start : start + CARDS + 1
        ]
    )
    rows = _rows(person, keys[:CARDS], now)
    return [rows[pk] for pk in keys[:CARDS] if pk in rows], len(keys) > CARDS


def _is(column: str, key: str) -> Q:
    return Q(**{f"{column}__isnull": True}) if key == axes.NONE else Q(**{column: key})
