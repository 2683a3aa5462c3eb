"""The numbers of each department or person below a look, side by side: who needs a word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, Value, When

from opsloop.dashboards.numbers import BY_CODE
from opsloop.dashboards.queries.figures import IS_KEY, LATE, OPEN, OUTCOME, open_since, tasks_due
from opsloop.dashboards.queries.looks import Look, tops
from opsloop.engines.dashboard import ORDER, Verdict, share
from opsloop.organisation.models import Department
from opsloop.progress.models import RiskFlag

CODES = ("key", "in_time", "overdue", "risk")
MOST_PEOPLE = 60


@dataclass(frozen=True)
class Cell:
    """One number of a line."""

    code: str
    value: int | None
    said: str
    part: int
    whole: int
    verdict: Verdict


@dataclass(frozen=True)
class Line:
    """A department with all below it, or a person, and its numbers."""

    name: str
    key: int
    is_person: bool
    cells: Sequence[Cell]

    @property
    def worst(self) -> tuple[int, int]:
        """What lines are sorted by: how many numbers are bad, how many to be watched; the worst first."""
        verdicts = [cell.verdict for cell in self.cells]
        return -verdicts.count("bad"), -verdicts.count("watch")


Key = tuple[int | None, str | None]
Counts = Mapping[Key, Mapping[str, int]]
# What lines are grouped by: the key, and the name.
DEPARTMENT, OWNER = ("department_id", "department__name"), ("owner_id", "owner__name")


def lines(look: Look, departments: Sequence[Department], targets: Mapping[str, int]) -> list[Line]:
    """Return the departments right below, the worst first; of a department without any, its people. Three queries."""
    if look.person is not None:
        return []
    below = tops(departments, look.department)
    if len(below) > 1 or (below and look.department is not None):
        counts = _counts(look, DEPARTMENT)
        found = [
            _line(one.name, one.pk, _together(counts, one, departments), targets, is_person=False)
            for one in below
        ]
    else:
        found = [
            _line(name or "", pk, sums, targets, is_person=True)
            for (pk, name), sums in _counts(look, OWNER).items()
            if pk is not None
        ]
    return sorted(found, key=lambda line: (*line.worst, line.name))[:MOST_PEOPLE]


def _together(counts: Counts, top: Department, departments: Sequence[Department]) -> dict[str, int]:
    below = {one.pk for one in departments if one.path.startswith(top.path)}
    sums: dict[str, int] = defaultdict(int)
    for (pk, _name), mine in counts.items():
        for what, n in mine.items() if pk in below else ():
            sums[what] += n
    return sums


def _counts(look: Look, by: tuple[str, str]) -> dict[Key, dict[str, int]]:
    """Return what the numbers are made of, by department or by owner. Three queries."""
    begin, end = look.begin(look.stretch), look.end(look.stretch)
    found: dict[Key, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    due: Any = tasks_due(look, begin, end).values_list(*by, IS_KEY, OUTCOME).annotate(n=Count("pk"))
    for key, name, is_key, outcome, n in due:
        mine = found[key, name]
        mine["due"] += n
        mine["in_time"] += n if outcome not in (OPEN, LATE) else 0
        mine["key_due"] += n * is_key
        mine["key"] += n * is_key if outcome != OPEN else 0
    is_over = Case(When(due_at__lt=end, then=Value(1)), default=Value(0), output_field=IntegerField())
    parts = [
        part.filter(created_at__lt=end).values_list(*by, is_over).annotate(n=Count("pk"))
        for part in open_since(look, end)
    ]
    for key, name, over, n in parts[0].union(*parts[1:], all=True):
        found[key, name]["open"] += n
        found[key, name]["overdue"] += n * over
    for key, name, n in _flags(look, end, by):
        found[key, name]["risk"] += n
    return found


def _flags(look: Look, end: datetime, by: tuple[str, str]) -> Any:
    rows = RiskFlag.objects.filter(look.through("task"), opened_at__lt=end, task__deleted_at__isnull=True)
    rows = rows.filter(Q(closed_at__isnull=True) | Q(closed_at__gte=end))
    rows = rows.filter(Q(task__closed_at__isnull=True) | Q(task__closed_at__gte=end))
    columns = [f"task__{column}" for column in by]
    return rows.order_by().values_list(*columns).annotate(n=Count("task", distinct=True))


def _line(
    name: str, key: int, counts: Mapping[str, int], targets: Mapping[str, int], *, is_person: bool
) -> Line:
    pairs = {
        "key": (counts.get("key", 0), counts.get("key_due", 0)),
        "in_time": (counts.get("in_time", 0), counts.get("due", 0)),
        "overdue": (counts.get("overdue", 0), counts.get("open", 0)),
        "risk": (counts.get("risk", 0), counts.get("open", 0)),
    }
    cells = []
    for code in CODES:
        number, (part, whole) = BY_CODE[code], pairs[code]
        value = share(min(part, whole), whole, number.better)
        verdict = number.judge(value, targets.get(code, number.target))
        cells.append(Cell(code, value, number.said(value), part, whole, verdict))
    return Line(name, key, is_person, cells)


def worst_first(found: Sequence[Any]) -> list[Any]:
    """Return figures with what is bad first, then what is to be watched, each in its usual order."""
    return sorted(found, key=lambda one: ORDER.index(one.verdict))
