"""Open tasks in the order in which they deserve attention."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from opsloop.engines import priority as engine
from opsloop.engines.priority import Item, Priority
from opsloop.organisation.models import Person
from opsloop.work.models import Task
from opsloop.work.models.tasks import DUE_LAST
from opsloop.work.priorities import QUADRANT_NAMES, Ranked
from opsloop.work.queries.lists import ListState, Row, as_rows, matching, with_neighbours

# More open tasks than this are not ranked at once: those due first are, and the page says so.
MOST = 20_000
# Cards of a quadrant, and rows of the table, that a page shows before somebody asks for more.
CARDS, ROWS = 25, 60
MORE = 75
# All that the order is made of; the rest is loaded for the rows that are shown.
FACTS = ("pk", "importance", "urgency", "due_at", "estimate_minutes", "quadrant_override")


@dataclass(frozen=True)
class Ranking:
    """The first of the ranked tasks: `total` were ranked; `is_cut` when there are more than can be."""

    rows: Sequence[tuple[Ranked, Row]]
    total: int
    is_cut: bool

    @property
    def left(self) -> int:
        """How many were ranked and are not shown."""
        return self.total - len(self.rows)


def ranking(person: Person, state: ListState, *, now: datetime, shown: int = ROWS) -> Ranking:
    """Rank the open tasks of a view and return the first of them. Three queries."""
    ordered, minutes = _assessed(matching(person, state, now=now), now)
    rows = _shown([(one, place) for place, one in enumerate(ordered[:shown], 1)], person, now=now)
    return Ranking(rows, len(ordered), is_cut=len(minutes) > MOST)


@dataclass(frozen=True)
class Column:
    """One quadrant of the board: its number, its component name and its tasks, the first to do on top.

    `count` and `minutes` (of estimates) are of all its tasks, `rows` the first of them.
    """

    number: int
    name: str
    label: str
    rows: Sequence[tuple[Ranked, Row]]
    count: int
    minutes: int
    unestimated: int

    @property
    def left(self) -> int:
        """How many tasks of this quadrant are not shown."""
        return self.count - len(self.rows)


@dataclass(frozen=True)
class Board:
    """The four quadrants in reading order."""

    columns: Sequence[Column]
    is_cut: bool

    @property
    def count(self) -> int:
        """How many tasks are on the board, shown or not."""
        return sum(column.count for column in self.columns)

    @property
    def minutes(self) -> int:
        """The estimates of all tasks of the board."""
        return sum(column.minutes for column in self.columns)


def board(
    person: Person, state: ListState, *, now: datetime, shown: int = CARDS, on: Q | None = None
) -> Board:
    """Return the open tasks of a view by quadrant; `on` narrows it to what a day asks for. Three queries."""
    found = matching(person, state, now=now)
    ordered, minutes = _assessed(found if on is None else found.filter(on), now)
    columns: dict[int, list[tuple[Priority, int]]] = {quadrant.value: [] for quadrant in Task.Quadrant}
    for place, one in enumerate(ordered, 1):
        columns[one.quadrant].append((one, place))
    rows = _shown([pair for column in columns.values() for pair in column[:shown]], person, now=now)
    return Board(
        [_column(number, column, rows, minutes) for number, column in columns.items()],
        is_cut=len(minutes) > MOST,
    )


def _column(
    number: int,
    column: Sequence[tuple[Priority, int]],
    rows: Iterable[tuple[Ranked, Row]],
    minutes: dict[str, int | None],
) -> Column:
    estimates = [minutes[one.id] for one, _place in column]
    return Column(
        number=number,
        name=QUADRANT_NAMES[number],
        label=str(Task.Quadrant(number).label),
        rows=[pair for pair in rows if pair[0].priority.quadrant == number],
        count=len(column),
        minutes=sum(estimate or 0 for estimate in estimates),
        unestimated=sum(not estimate for estimate in estimates),
    )


def _assessed(found: QuerySet[Task], now: datetime) -> tuple[list[Priority], dict[str, int | None]]:
    """Return the priorities of the tasks, best first, and id -> estimate. One query, no whole rows."""
    facts = list(
        found.filter(closed_at__isnull=True)
        .order_by(DUE_LAST, "due_at", "pk")
        .values_list(*FACTS)[: MOST + 1]
    )
    items = [
        Item(str(pk), relevance, urgency, due, minutes, quadrant)
        for pk, relevance, urgency, due, minutes, quadrant in facts
    ]
    return engine.rank(items[:MOST], now=now), {item.id: item.minutes for item in items}


def _shown(
    places: Sequence[tuple[Priority, int]], person: Person, *, now: datetime
) -> list[tuple[Ranked, Row]]:
    """Load the tasks of these places with what a row shows. Two queries."""
    wanted = Task.objects.filter(pk__in=[int(one.id) for one, _place in places]).order_by()
    by_id = {str(task.pk): task for task in with_neighbours(wanted)} if places else {}
    ranked = [Ranked(by_id[one.id], one, place) for one, place in places if one.id in by_id]
    rows = as_rows([one.task for one in ranked], person, now=now)
    return list(zip(ranked, rows, strict=True))


def due_on(day: date, planned: Iterable[int]) -> Q:
    """Return the condition for what `day` asks for: due or overdue by then, begun or back on it, or planned."""
    start = timezone.make_aware(datetime.combine(day, time()))
    end = start + timedelta(days=1)
    return (
        Q(due_at__lte=end)
        | Q(starts_at__gte=start, starts_at__lt=end)
        | Q(deferred_until=day)
        | Q(pk__in=list(planned))
    )
