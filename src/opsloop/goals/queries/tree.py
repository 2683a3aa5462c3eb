"""Goals as a tree, with what each row shows. A grown tree has hundreds of rows: plain values, not records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opsloop.engines import attainment
from opsloop.goals.models import Confidence, Goal, KeyResult, plain
from opsloop.organisation.models import Person

# More goals than this are no overview any more; the filters narrow them.
MOST = 300
# What is read before the filters; beyond it lie goals of many years.
MOST_READ = 3000
SIGNS: Mapping[str, Promise] = {
    "late": _("Past its due date"),
    "behind": _("Behind an even pace"),
    "doubted": _("At risk or hardly reachable"),
    "stale": _("Without a recent check-in"),
    "bare": _("Without a key result"),
}
GROUPS: Mapping[str, Promise] = {"horizon": _("By horizon"), "department": _("By department")}
# The least sure of a goal's key results speaks for it.
_WORST = (Confidence.UNLIKELY, Confidence.RISK, Confidence.SURE)


@dataclass(frozen=True)
class Filters:
    """What narrows the tree: a status ("" for active), and what a row must be; `only` names a few goals."""

    status: str = ""
    horizon: str = ""
    department: int | None = None
    module: int | None = None
    owner: int | None = None
    sign: str = ""
    q: str = ""
    group: str = ""
    only: Collection[int] = ()

    @property
    def is_narrow(self) -> bool:
        """Whether goals are left out that could be seen."""
        return bool(
            self.horizon or self.department or self.module or self.owner or self.sign or self.q or self.only
        )


class Result(NamedTuple):
    """A key result as a row of the tree names it."""

    goal: int
    pk: int
    name: str
    unit: str
    start: Decimal
    target: Decimal
    now: Decimal
    confidence: str
    checked_at: datetime | None

    @property
    def way_text(self) -> str:
        """From where to where: 85 → 90 分."""
        return f"{plain(self.start)} → {plain(self.target)} {self.unit}".strip()

    @property
    def moved_text(self) -> str:
        """How far it came of how far it is to come: 3/5."""
        done, way = attainment.moved(self.start, self.target, self.now)
        return f"{plain(done)}/{plain(way)}"

    @property
    def now_text(self) -> str:
        """Where it stands: 88."""
        return plain(self.now)


class Row(NamedTuple):
    """A goal as the tree reads it."""

    pk: int
    parent: int | None
    title: str
    status: str
    horizon: str
    owner: int | None
    owner_name: str | None
    department: int | None
    department_name: str | None
    module: int | None
    module_name: str | None
    starts_on: date | None
    due_on: date | None
    created_at: datetime
    created_by: int | None
    number: str


@dataclass(frozen=True)
class Node:
    """A goal in the tree. `depth` counts from 0; shares are in percent, None where nothing is measured.

    `is_rolled` when the attainment is the mean of the goals below; `silent_days` since the last check-in.
    """

    row: Row
    depth: int
    has_children: bool
    results: Sequence[Result]
    attainment: int | None
    is_rolled: bool
    expected: int | None
    pace: str
    is_late: bool
    confidence: str
    checked_at: datetime | None
    silent_days: int
    is_stale: bool

    @property
    def pk(self) -> int:
        """The key of the goal."""
        return self.row.pk


@dataclass(frozen=True)
class Group:
    """Nodes under one heading, "" without grouping."""

    title: str
    nodes: Sequence[Node]


@dataclass(frozen=True)
class Tree:
    """The goals in the order of the tree; `is_cut` when there are more than are shown."""

    groups: Sequence[Group]
    count: int
    is_cut: bool

    @property
    def nodes(self) -> Sequence[Node]:
        """All goals shown, in order."""
        return [node for group in self.groups for node in group.nodes]


def tree(person: Person, filters: Filters, *, now: datetime) -> Tree:
    """Return the goals that `person` may see as a tree by alignment. Two queries."""
    today = timezone.localtime(now).date()
    rows = _rows(person, filters)
    nodes = _nodes(rows, results_of([row.pk for row in rows]), now=now, today=today)
    wanted = filters.status or Goal.Status.ACTIVE
    found = [node for node in nodes if node.row.status == wanted and _fits(node, filters)]
    shown = found[:MOST]
    return Tree(list(_grouped(shown, filters.group)), len(found), is_cut=len(found) > MOST)


def _rows(person: Person, filters: Filters) -> list[Row]:
    """Read the goals of a status, and the ended ones below active goals, which count into those."""
    ended = Q(parent__status=Goal.Status.ACTIVE, status__in=[Goal.Status.ACHIEVED, Goal.Status.MISSED])
    status = filters.status or Goal.Status.ACTIVE
    goals = Goal.objects.visible_to(person).alive().filter(Q(status=status) | ended)
    return _read(goals.order_by(F("due_on").asc(nulls_last=True), "pk"))


def rows_of(person: Person, ids: Collection[int]) -> dict[int, Row]:
    """Return those of the goals `ids` that `person` may see, by key, whatever their status. One query."""
    goals = Goal.objects.visible_to(person).alive().filter(pk__in=ids)
    return {row.pk: row for row in _read(goals.order_by(F("due_on").asc(nulls_last=True), "pk"))}


def _read(goals: QuerySet[Goal]) -> list[Row]:
    columns = goals.values_list(
        "pk", "parent_id", "title", "status", "horizon", "owner_id", "owner__name", "department_id",
        "department__name", "module_id", "module__name", "starts_on", "due_on", "created_at", "created_by_id", "number",
    )  # fmt: skip
    return [Row(*row) for row in columns[:MOST_READ]]


def results_of(goals: Collection[int]) -> dict[int, list[Result]]:
    """Return the key results of each of `goals`. One query."""
    found: dict[int, list[Result]] = defaultdict(list)
    columns = KeyResult.objects.filter(goal__in=goals).values_list(
        "goal_id", "pk", "name", "unit", "from_value", "to_value", "current_value", "confidence", "checked_at"
    )
    for row in columns:
        found[row[0]].append(Result(*row))
    return found


def own_share(results: Iterable[Result]) -> Decimal | None:
    """Return the mean attainment of key results in percent, None without any."""
    return attainment.mean(attainment.attained(one.start, one.target, one.now) for one in results)


def _nodes(
    rows: Sequence[Row], results: Mapping[int, Sequence[Result]], *, now: datetime, today: date
) -> Iterator[Node]:
    own = {row.pk: own_share(results.get(row.pk, ())) for row in rows}
    shares = attainment.rolled_up(own, {row.pk: row.parent for row in rows})
    for row, depth, has_children in _in_order(rows):
        yield _node(
            row, depth, has_children, results.get(row.pk, ()), (own[row.pk], shares[row.pk]), now, today
        )


def _in_order(rows: Sequence[Row]) -> Iterator[tuple[Row, int, bool]]:
    """Yield each goal under the one it is aligned to, if that is here; the company's before a department's."""
    here = {row.pk for row in rows}
    below: dict[int | None, list[Row]] = defaultdict(list)
    for row in rows:
        below[row.parent if row.parent in here else None].append(row)
    order = list(Goal.Horizon.values)
    roots = sorted(below[None], key=lambda row: (order.index(row.horizon), row.department is not None))
    stack = [(row, 0) for row in reversed(roots)]
    while stack:
        row, depth = stack.pop()
        children = below.get(row.pk, [])
        yield row, depth, bool(children)
        stack.extend((child, depth + 1) for child in reversed(children))


def _node(
    row: Row, depth: int, has_children: bool,  # noqa: FBT001 (one caller)
    results: Sequence[Result],
    shares: tuple[Decimal | None, Decimal | None], now: datetime, today: date,
) -> Node:  # fmt: skip
    own, share = shares
    is_active = row.status == Goal.Status.ACTIVE
    begins = row.starts_on or timezone.localtime(row.created_at).date()
    awaited = attainment.expected(begins, row.due_on, today) if is_active else None
    checked = min((one.checked_at or row.created_at for one in results), default=None)
    silent = now - checked if checked else timedelta(0)
    return Node(
        row=row,
        depth=depth,
        has_children=has_children,
        results=results,
        attainment=None if share is None else int(share),
        is_rolled=own is None and share is not None,
        expected=None if awaited is None else int(awaited),
        pace=attainment.pace(share, awaited) or "",
        is_late=is_active and row.due_on is not None and row.due_on < today,
        confidence=worst(one.confidence for one in results),
        checked_at=max((one.checked_at for one in results if one.checked_at), default=None),
        silent_days=silent.days,
        is_stale=is_active and silent > timedelta(days=settings.OPSLOOP_STALE_CHECK_IN_DAYS),
    )


def worst(confidences: Iterable[str]) -> str:
    """Return the least sure of some confidences, "" when nobody said."""
    said = set(confidences)
    return next((str(one) for one in _WORST if one in said), "")


def _fits(node: Node, filters: Filters) -> bool:
    row = node.row
    return (
        filters.horizon in ("", row.horizon)
        and filters.department in (None, row.department)
        and filters.module in (None, row.module)
        and filters.owner in (None, row.owner)
        and (not filters.only or row.pk in filters.only)
        and (not filters.q or filters.q.casefold() in f"{row.title} {row.number}".casefold())
        and _has_sign(node, filters.sign)
    )


def _has_sign(node: Node, sign: str) -> bool:
    return {
        "": True,
        "late": node.is_late,
        "behind": node.pace in {"behind", "far"},
        "doubted": node.confidence in {Confidence.RISK, Confidence.UNLIKELY},
        "stale": node.is_stale,
        "bare": not node.results,
    }[sign]


def _grouped(nodes: Sequence[Node], group: str) -> Iterator[Group]:
    """Yield the nodes under their headings; without grouping, all under none, in the order of alignment."""
    if group:
        nodes = [replace(node, depth=0, has_children=False) for node in nodes]
    if not nodes:
        return
    if group == "horizon":
        for value, label in Goal.Horizon.choices:
            members = [node for node in nodes if node.row.horizon == value]
            if members:
                yield Group(str(label), members)
    elif group == "department":
        names = {node.row.department_name or "" for node in nodes}
        for name in sorted(names):
            members = [node for node in nodes if (node.row.department_name or "") == name]
            yield Group(name or str(_("The whole organisation")), members)
    else:
        yield Group("", _aligned(nodes))


def _aligned(nodes: Sequence[Node]) -> Sequence[Node]:
    """Return nodes with the depth they have among themselves: what stands above and is left out does not count."""
    shown = {node.pk for node in nodes}
    depths: dict[int, int] = {}
    children = {node.row.parent for node in nodes if node.row.parent in shown}
    placed = []
    for node in nodes:
        depths[node.pk] = depths[node.row.parent] + 1 if node.row.parent in depths else 0
        is_same = node.depth == depths[node.pk] and node.has_children == (node.pk in children)
        placed.append(
            node if is_same else replace(node, depth=depths[node.pk], has_children=node.pk in children)
        )
    return placed
