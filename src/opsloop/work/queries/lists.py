"""The list of tasks: what its address says, and the page of rows that follows from it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.db.models import CharField, Count, F, Q, QuerySet, Sum, Value
from django.db.models.expressions import OrderBy
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opsloop.activity import registry
from opsloop.engines import filters as language
from opsloop.engines.filters import Condition, write
from opsloop.organisation.models import Person
from opsloop.search import queries as search
from opsloop.work import permissions
from opsloop.work.models import Responsibility, Task
from opsloop.work.models.tasks import DUE_LAST
from opsloop.work.priorities import QUADRANT_NAMES, assess
from opsloop.work.queries import axes, customs, filters
from opsloop.work.queries.axes import Axis, as_key, titles
from opsloop.work.queries.columns import Column, chosen, loaded, summed
from opsloop.work.queries.fields import BIGGEST_ID, LATE_ACTION, Asking
from opsloop.work.queries.neighbours import veil_and_fetch
from opsloop.work.queries.scopes import SCOPES, in_scope

PAGE_ROWS = 50
CHUNK = 5
# Pages that a list which was scrolled down fetches again at once.
MOST_PAGES = 10
SORTS: Mapping[str, Promise] = {
    "due": _("Due"),
    "new": _("Newest first"),
    "importance": _("Goal relevance"),
    "title": _("Title"),
    "estimate": _("Estimate"),
    "progress": _("Progress"),
    "start": _("Starts"),
    "owner": _("Owner"),
    "project": _("Project"),
}
DUES: Mapping[str, Promise] = {
    "overdue": _("Overdue"),
    "today": _("Due today"),
    "week": _("Due this week"),
    "none": _("Without a due date"),
}
MISSING: Mapping[str, Promise] = {
    "owner": _("Without an owner"),
    "due": _("Without a due date"),
    "estimate": _("Without an estimate"),
    "goal": _("Without a goal"),
    "late_action": _("Due after its task"),
}
STATUSES: Mapping[str, Any] = {**dict(Task.Status.choices), "any": _("Any status")}
# Exactly what a row shows or its permissions ask for: the long texts stay in the database.
ROW_FIELDS = (
    "number", "title", "version", "status", "progress", "importance", "urgency", "quadrant_override",
    "quadrant_reason", "estimate_minutes", "starts_at", "due_at", "recurrence", "is_milestone", "closed_at",
    "deleted_at", "deferred_until", "department_id", "created_by_id", "requester_id", "owner__name",
    "owner__is_active", "project__name", "project__owner_id", "project__department_id",
    "parent__title", "parent__department_id",
)  # fmt: skip
# Only these ask for "nulls last": PostgreSQL would not use an index for it.
NULLABLE = frozenset({
    "owner_id", "project_id", "estimate_minutes", "starts_at", "owner__name", "project__name", "category_id", "goal_id",
    "department_id",
})  # fmt: skip


@dataclass(frozen=True)
class ListState:
    """A view of the tasks, as the address holds it. What is unknown in an address is left out."""

    scope: str = "mine"
    status: tuple[str, ...] = ()
    urgency: tuple[str, ...] = ()
    owner: tuple[int, ...] = ()
    department: tuple[int, ...] = ()
    project: tuple[int, ...] = ()
    goal: tuple[int, ...] = ()
    category: tuple[int, ...] = ()
    tag: tuple[int, ...] = ()
    due: str = ""
    missing: str = ""
    q: str = ""
    sort: str = "due"
    down: bool = False
    # Further sorts, each with "-" before it when turned round.
    then: tuple[str, ...] = ()
    group: str = ""
    # The columns of the list in their order; none for the usual ones.
    cols: tuple[str, ...] = ()
    # The filter in the language of engines.filters, besides the plain filters above.
    f: str = ""
    # The saved view that this one began as.
    view: int = 0
    # What only one layout knows (the columns of a board, the month of a calendar), as it names it in `read`.
    extras: tuple[tuple[str, str], ...] = ()
    page: int = 1

    @classmethod
    def read(cls, query: QueryDict, *, keep: Sequence[str] = ()) -> ListState:
        """Read the view that an address asks for; `keep` names what the layout itself has in it."""
        page = query.get("page", "")
        return cls(
            scope=_one(query, "scope", SCOPES, "mine"),
            status=_several(query, "status", STATUSES),
            urgency=_several(query, "urgency", dict(Task.Urgency.choices)),
            due=_one(query, "due", DUES, ""),
            missing=_one(query, "missing", MISSING, ""),
            q=query.get("q", "").strip()[:200],
            sort=sort if _is_sort(sort := query.get("sort", "")) else "due",
            down=query.get("down") == "1",
            then=tuple(one for one in _words(query, "then") if _is_sort(one.removeprefix("-")))[:4],
            group=one if axes.is_axis(one := query.get("group", "")) else "",
            cols=_words(query, "cols"),
            f=_filter(query.get("f", "")),
            view=next(iter(_ids(query, "view")), 0),
            extras=tuple((name, one[:200]) for name in keep for one in query.getlist(name) if one),
            page=int(page) if page.isascii() and page.isdigit() and 0 < int(page[:6]) < 10_000 else 1,
            **{name: _ids(query, name) for name in ID_FILTERS},
        )

    @classmethod
    def names(cls) -> frozenset[str]:
        """Return what a view is called by in an address."""
        return frozenset(one.name for one in fields(cls)) - {"extras"}

    def address(self, **changes: Any) -> str:
        """Return the query string of this view with `changes`, back on page 1 unless a page is given."""
        state = replace(self, **{"page": 1, **changes})
        pairs: list[tuple[str, Any]] = []
        for one in fields(state):
            value = getattr(state, one.name)
            if value == one.default:
                continue
            if one.name == "extras":
                pairs += value
                continue
            if one.name in WORD_LISTS:
                value = ",".join(value)
            many = value if isinstance(value, tuple) else [1 if value is True else value]
            pairs += [(one.name, single) for single in many]
        return "?" + urlencode(pairs, safe=",()~:'") if pairs else "?"

    def hidden(self, *left_out: str) -> list[tuple[str, Any]]:
        """Return the name and value pairs of this view for hidden inputs, without the fields `left_out`."""
        blank = {one.name: one.default for one in fields(self) if one.name in left_out}
        query = QueryDict(self.address(**blank).removeprefix("?"))
        return [(name, value) for name, values in query.lists() for value in values]

    @property
    def beside_search(self) -> list[tuple[str, Any]]:
        """What the form of the search box carries along: everything but the text."""
        return self.hidden("q", "page")

    @property
    def beside_looks(self) -> list[tuple[str, Any]]:
        """What the form of order and grouping carries along: everything but its own inputs."""
        return self.hidden("sort", "then", "group", "down", "cols", "page")

    @property
    def beside_extras(self) -> list[tuple[str, Any]]:
        """What the form of a layout's own choices carries along."""
        return self.hidden("extras", "page")

    @property
    def carried(self) -> list[tuple[str, Any]]:
        """Everything, for a form that only adds to the address."""
        return self.hidden("page")

    @property
    def scopes(self) -> list[tuple[str, Any, str, bool]]:
        """The scopes to choose from: name, word, address, and whether it is the current one."""
        return [(name, word, self.address(scope=name), name == self.scope) for name, word in SCOPES.items()]

    @property
    def context(self) -> list[tuple[str, Any]]:
        """What a task added on top of this list inherits: the one project or goal that is looked at."""
        return [
            (name, getattr(self, name)[0]) for name in ("project", "goal") if len(getattr(self, name)) == 1
        ]

    @property
    def team_address(self) -> str:
        """The address of the same view over the team."""
        return self.address(scope="team")

    @property
    def status_choices(self) -> Iterable[tuple[str, Any]]:
        """The states a selection can be set to."""
        return Task.Status.choices

    @property
    def urgency_choices(self) -> Iterable[tuple[str, Any]]:
        """The urgencies a selection can be set to."""
        return Task.Urgency.choices

    @property
    def filters(self) -> dict[str, Any]:
        """What narrows the view, without the scope."""
        return {name: getattr(self, name) for name in FILTERS if getattr(self, name)}

    @property
    def tree(self) -> language.Group:
        """Everything that narrows the view as one filter, but for the text that is searched for."""
        parts = [condition for name in FILTERS for condition in _as_conditions(name, getattr(self, name))]
        return language.Group("and", (*parts, filters.read(self.f))) if parts else filters.read(self.f)

    @property
    def only_open(self) -> bool:
        """Whether closed tasks are left out because nothing was said about them."""
        return not self.status and not filters.speaks_of_status(filters.read(self.f))

    def narrowed(self, root: language.Group) -> str:
        """Return the address of this view with `root` in place of all that narrows it."""
        plain: dict[str, Any] = {name: type(getattr(self, name))() for name in FILTERS if name != "q"}
        any_status = ("any",) if "any" in self.status else ()
        return self.address(**plain | {"status": any_status, "f": write(root)})

    def cleared(self) -> str:
        """Return the address without any filter."""
        return self.address(**{name: type(value)() for name, value in self.filters.items()})


WORD_LISTS = frozenset({"then", "cols"})
ID_FILTERS = ("owner", "department", "project", "goal", "category", "tag")
FILTERS = ("status", "urgency", "due", "missing", "q", *ID_FILTERS, "f")


def _one(query: QueryDict, name: str, known: Mapping[str, Any], otherwise: str) -> str:
    value = query.get(name, "")
    return value if value in known else otherwise


def _is_sort(name: str) -> bool:
    return name in SORTS or customs.is_name(name)


def _several(query: QueryDict, name: str, known: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in query.getlist(name) if value in known))


def _ids(query: QueryDict, name: str) -> tuple[int, ...]:
    values = [
        value for value in query.getlist(name) if value.isascii() and value.isdigit() and len(value) < 19
    ]
    return tuple(dict.fromkeys(min(int(value), BIGGEST_ID) for value in values))


def _words(query: QueryDict, name: str) -> tuple[str, ...]:
    """Read names that stand in an address with commas between them."""
    known = (
        one
        for one in ",".join(query.getlist(name))[:400].split(",")
        if one.isascii() and one.strip("-_").isalnum()
    )
    return tuple(dict.fromkeys(known))


def _filter(text: str) -> str:
    """Return a filter as it is always written; one that cannot be read stays, so that its chip tells."""
    root = filters.read(text)
    return write(root) if root is not filters.UNREADABLE else text[:200]


def _as_conditions(name: str, value: Any) -> list[Condition]:
    """Return what a plain filter of an address asks for, in the filter language."""
    if not value or name in ("q", "f"):
        return []
    if name == "due":
        return [Condition("due", "empty") if value == "none" else Condition("due", "within", (value,))]
    if name == "missing":
        flags = {"late_action": Condition("late_action", "yes")}
        if value == "goal":
            return [Condition("goal", "empty"), Condition("action", "no")]
        return [flags.get(value, Condition(value, "empty"))]
    values = tuple(str(one) for one in value if one != "any")
    return [Condition(name, "any", values)] if values else []


def matching(person: Person, state: ListState, *, now: datetime) -> QuerySet[Task]:
    """Return the tasks of the view, unordered and without the row's neighbours."""
    rows = _by_status(in_scope(person, state.scope), state)
    for name in ID_FILTERS:
        wanted = getattr(state, name)
        if wanted and name != "tag":
            rows = rows.filter(**{f"{name}_id__in": wanted})
    if state.tag:
        # Not joined: a task with two of the tags would be counted and summed twice.
        tagged = Task.tags.through.objects.filter(tag_id__in=state.tag).order_by()
        rows = rows.filter(pk__in=tagged.values("task_id"))
    if state.urgency:
        rows = rows.filter(urgency__in=state.urgency)
    if state.due:
        rows = rows.filter(_due(state.due, now))
    if state.missing:
        rows = rows.filter(_MISSING[state.missing])
    rows = _without_deferred(rows, state, now)
    if state.f:
        rows = rows.filter(filters.asked(filters.read(state.f), Asking(person, now)))
    if state.q:
        # Numbers are in the index too.
        rows = rows.filter(pk__in=search.matching("task", state.q))
    return rows


def _by_status(rows: QuerySet[Task], state: ListState) -> QuerySet[Task]:
    if "any" in state.status:
        return rows
    if not state.status:
        return rows.filter(closed_at__isnull=True) if state.only_open else rows
    rows = rows.filter(status__in=state.status)
    only_open = set(state.status) <= set(Task.OPEN_STATUSES)
    return rows.filter(closed_at__isnull=True) if only_open else rows


def _without_deferred(rows: QuerySet[Task], state: ListState, now: datetime) -> QuerySet[Task]:
    """Leave out of one's own list what was put off until a day to come.

    Who searches, wants every status, or asks for what is put off, means everything that fits.
    """
    asks = any(one.field == "deferred" for one in language.conditions(filters.read(state.f)))
    if state.scope != "mine" or state.q or "any" in state.status or asks:
        return rows
    return rows.exclude(deferred_until__gt=timezone.localtime(now).date())


def _due(name: str, now: datetime) -> Q:
    start = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    monday = start - timedelta(days=start.weekday())
    return {
        "overdue": Q(due_at__lt=now, closed_at__isnull=True),
        "today": Q(due_at__gte=start, due_at__lt=start + timedelta(days=1)),
        "week": Q(due_at__gte=monday, due_at__lt=monday + timedelta(days=7)),
        "none": Q(due_at__isnull=True),
    }[name]


_MISSING = {
    "owner": Q(owner__isnull=True),
    "due": Q(due_at__isnull=True),
    "estimate": Q(estimate_minutes__isnull=True),
    "goal": Q(goal__isnull=True, parent__isnull=True),
    "late_action": LATE_ACTION,
}


def ordered(found: QuerySet[Task], state: ListState) -> QuerySet[Task]:
    """Return the tasks of the view in its order."""
    return found.order_by(*order(state))


def order(state: ListState, columns: Iterable[Column] = ()) -> list[OrderBy]:
    """Return the order of rows: by the sorts; it ends in the key, so pages never overlap.

    By an own field only where it is among the `columns` shown: a list says why it stands as it does.
    """
    own = {one.name: one.custom for one in columns if one.custom is not None}
    found: list[OrderBy] = []
    column, down = "", False
    for one in _sorts(state, own):
        name = one.removeprefix("-")
        column = _SORT_COLUMNS.get(name, name)
        # Newest and most important first unless turned round.
        down = one.startswith("-") is not (name in {"new", "importance"})
        if name in own:
            found.append(OrderBy(customs.order_in(own[name]), descending=down, nulls_last=True))
        else:
            found += _sorted(column, down=down)
    return found if column == "pk" else [*found, *_sorted("pk", down=down)]


def _sorts(state: ListState, own: Collection[str]) -> Sequence[str]:
    """Return the sorts that can be followed, "-" before those turned round; by the due date when none can."""
    asked = (("-" if state.down else "") + state.sort, *state.then)
    known = [one for one in asked if one.removeprefix("-") in SORTS or one.removeprefix("-") in own]
    return known or ("due",)


def sort_choices(columns: Iterable[Column]) -> list[tuple[str, Any]]:
    """Return the orders to choose from for a list with these columns: their names in addresses and in words."""
    return [*SORTS.items(), *((one.name, one.label) for one in columns if one.custom is not None)]


_SORT_COLUMNS = {
    "due": "due_at", "new": "pk", "estimate": "estimate_minutes", "start": "starts_at", "owner": "owner__name",
    "project": "project__name",
}  # fmt: skip


def keyed(found: QuerySet[Task], axis: Axis, asking: Asking) -> Any:
    """Annotate tasks with the key of their group, and with its place where that is not the key's own."""
    annotated: Any = found.annotate(group_key=axis.key(asking))
    return annotated if axis.rank is None else annotated.annotate(group_rank=axis.rank)


def grouped_order(state: ListState, axis: Axis | None, columns: Iterable[Column]) -> list[OrderBy]:
    """Return the order of a grouped list (see `keyed`): by the key of the group first."""
    inside = order(state, columns)
    if axis is None or (axis.name == "due" and state.sort == "due" and not state.down):
        return inside
    if axis.name in _GROUP_COLUMNS:
        return [*_sorted(_GROUP_COLUMNS[axis.name], down=False), *inside]
    return [*_by_key(axis), *inside]


def _by_key(axis: Axis) -> list[OrderBy]:
    last = OrderBy(F("group_key"), nulls_last=True)
    if axis.rank is None:
        return [last]
    # What says nothing ranks behind every choice, and so behind what was taken off the list.
    return [OrderBy(F("group_rank")), last]


# Columns that are keys themselves: the database finds their order in an index.
_GROUP_COLUMNS = {"status": "status", "owner": "owner_id", "project": "project_id", "urgency": "urgency",
                  "category": "category_id", "goal": "goal_id", "department": "department_id"}  # fmt: skip


def _sorted(column: str, *, down: bool) -> list[OrderBy]:
    """Return the order by one column, what is empty last, in the form that the indexes are in."""
    if column == "due_at":
        return [OrderBy(DUE_LAST), OrderBy(F(column), descending=down)]
    nulls_last = True if column in NULLABLE else None
    return [OrderBy(F(column), descending=down, nulls_last=nulls_last)]


@dataclass(frozen=True)
class Heading:
    """The head of one column: the address that sorts by it ("" if nothing does), and how it is sorted now."""

    column: Column
    url: str = ""
    sorted: str = ""

    @property
    def name(self) -> str:
        """Which column it is."""
        return self.column.name

    @property
    def css(self) -> str:
        """How its cells stand."""
        return self.column.css

    @property
    def label(self) -> Promise | str:
        """What it is called."""
        return self.column.label


def headings(state: ListState, columns: Iterable[Column]) -> list[Heading]:
    """Return the columns of a list with what a click on their heads does."""
    return [_heading(state, one) for one in columns]


def _heading(state: ListState, column: Column) -> Heading:
    name = column.sort
    if not name:
        return Heading(column)
    is_current = state.sort == name
    down = state.down is not (name in {"new", "importance"})
    sorted_as = ("descending" if down else "ascending") if is_current else ""
    url = state.address(sort=name, down=not state.down if is_current else False)
    return Heading(column, url, sorted_as)


@dataclass(frozen=True)
class Row:
    """A task as a row shows it."""

    task: Task
    quadrant: str
    is_late: bool
    may_edit: bool
    url: str
    # What stands in the columns that are fetched beside the tasks, by column.
    beside: Mapping[str, Any] = field(default_factory=dict)
    # What a package above says of it in a badge beside the title.
    sign: registry.TaskSign | None = None

    @property
    def anchor(self) -> str:
        """Where the row stands on the page."""
        return f"#task-{self.task.pk}"


@dataclass(frozen=True)
class Total:
    """The sum of one column."""

    column: Column
    value: Any

    @property
    def is_time(self) -> bool:
        """Whether it is minutes."""
        return self.column.kind == "minutes"

    @property
    def text(self) -> str:
        """The sum in words, where it is no time."""
        return customs.in_words(self.value)


@dataclass(frozen=True)
class Group:
    """Rows of this page under one heading; count and totals are of the whole group, on whatever pages."""

    kind: str
    key: str
    title: Any
    rows: Sequence[Row]
    count: int = 0
    totals: Sequence[Total] = ()
    is_folded: bool = False
    fold_url: str = ""

    @property
    def chunks(self) -> list[Sequence[Row]]:
        """The rows in small parts, of which the browser holds only those near what is seen."""
        return [self.rows[n : n + CHUNK] for n in range(0, len(self.rows), CHUNK)]


@dataclass(frozen=True)
class TaskPage:
    """One page of a list. `count` and `totals` are of the whole list, on whatever pages."""

    groups: Sequence[Group]
    count: int
    totals: Sequence[Total]
    number: int
    has_next: bool
    rows: Sequence[Row] = field(default=())

    @property
    def first(self) -> int:
        """The number of the first row."""
        return (self.number - 1) * PAGE_ROWS + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """The number of the last row."""
        return (self.number - 1) * PAGE_ROWS + len(self.rows)


def page(
    person: Person,
    state: ListState,
    *,
    now: datetime,
    pages: int = 1,
    columns: Sequence[Column] | None = None,
    is_continued: bool = False,
) -> TaskPage:
    """Return the page of the list that `state` asks for, with the `pages` - 1 that follow it.

    Four queries, however many rows there are; six when they are grouped. A page that only continues one on the
    screen is not counted.
    """
    columns = chosen(state.cols, person) if columns is None else columns
    asking = Asking(person, now)
    found = matching(person, state, now=now)
    axis = axes.find(state.group, person)
    sums: list[Group] = []
    if axis is not None:
        found = keyed(found, axis, asking)
        sums = _sums(found, state, axis, person, columns)
        folded = [one.key for one in sums if one.is_folded]
        if folded:
            annotated: Any = found  # with `group_key`, which the types do not know
            found = annotated.exclude(_keyed(folded))
    start, length = (state.page - 1) * PAGE_ROWS, PAGE_ROWS * pages
    ordered = found.order_by(*grouped_order(state, axis, columns)).values_list("pk", flat=True)
    keys = [*ordered[start : start + length + 1]]
    rows = as_rows(in_order(keys[:length], columns), person, now=now, columns=columns)
    has_next = len(keys) > length
    if sums:
        count, totals = sum(one.count for one in sums), _added(sums)
    elif state.page == 1 and not has_next:
        # A first page that is not full counts itself.
        count, totals = len(rows), _totals_of(rows, columns)
    else:
        count, totals = (0, []) if is_continued else _counted(found, person, columns)
    groups = _grouped(rows, sums, start, state, has_next=has_next) if axis else [Group("", "", "", rows)]
    return TaskPage(groups, count, totals, state.page, has_next=has_next, rows=rows)


def _counted(found: QuerySet[Task], person: Person, columns: Sequence[Column]) -> tuple[int, list[Total]]:
    """Count and sum all of a list, exactly. One query."""
    numbers = summed(columns)
    tasks: Any = found  # a TaskQuerySet, which the types have lost on the way
    sums = tasks.by_index(person).order_by().aggregate(count=Count("pk"), **_summing(numbers))
    return sums["count"], _totals(numbers, [sums[f"sum_{one.name}"] for one in numbers])


def _summing(numbers: Sequence[Column]) -> dict[str, Sum]:
    return {f"sum_{one.name}": Sum(one.total()) for one in numbers if one.total is not None}


def _totals(numbers: Sequence[Column], values: Iterable[Any]) -> list[Total]:
    return [Total(one, value) for one, value in zip(numbers, values, strict=True) if value]


def _totals_of(rows: Sequence[Row], columns: Sequence[Column]) -> list[Total]:
    numbers = summed(columns)
    return _totals(numbers, [sum(_number(one, row) for row in rows) for one in numbers])


def _number(column: Column, row: Row) -> Any:
    return (row.beside.get(column.name) if column.is_loaded else column.value(row.task)) or 0


def _added(groups: Sequence[Group]) -> list[Total]:
    sums: dict[str, Total] = {}
    for one in groups:
        for total in one.totals:
            known = sums.get(total.column.name)
            sums[total.column.name] = Total(total.column, total.value + (known.value if known else 0))
    return list(sums.values())


def _keyed(keys: Sequence[str]) -> Q:
    named = Q(group_key__in=[key for key in keys if key])
    return named | Q(group_key__isnull=True) if "" in keys else named


def _sums(
    found: QuerySet[Task], state: ListState, axis: Axis, person: Person, columns: Sequence[Column]
) -> list[Group]:
    """Return the groups of the whole list with their sums, in the order of the rows."""
    annotated: Any = found  # with `group_key`, which the types do not know
    numbers = summed(columns)
    keys = ("group_key",) if axis.rank is None else ("group_key", "group_rank")
    # The database puts the groups into the order in which it puts their rows.
    sums = (
        annotated.order_by(*_by_key(axis))
        .values(*keys)
        .annotate(group_count=Count("pk"), **_summing(numbers))
    )
    by_key = {
        as_key(row["group_key"]): (
            row["group_count"], _totals(numbers, [row[f"sum_{one.name}"] for one in numbers])
        )
        for row in sums
    }  # fmt: skip
    words, folded = titles(axis, by_key, person), _folded(state)
    return [
        Group(axis.name, key, words.get(key, key), (), count, totals, axes.short(key) in folded)
        for key, (count, totals) in by_key.items()
    ]


def _folded(state: ListState) -> frozenset[str]:
    """Return the short names of the groups that are folded."""
    return frozenset(dict(state.extras).get("fold", "").split("."))


def _fold_url(key: str, state: ListState) -> str:
    """Return the address of this view with the group folded, or unfolded if it is."""
    fold = ".".join(sorted((_folded(state) ^ {axes.short(key)}) - {""}))
    return state.address(extras=(("fold", fold),) if fold else ())


def _grouped(
    rows: Sequence[Row], sums: Sequence[Group], start: int, state: ListState, *, has_next: bool
) -> list[Group]:
    """Lay the rows of a page under their groups; a folded group stands where its rows would begin."""
    shown, at, stop = [], 0, start + len(rows)
    for one in sums:
        if one.is_folded:
            if start <= at < stop or (at == stop and not has_next):
                shown.append(replace(one, fold_url=_fold_url(one.key, state)))
            continue
        first, last = max(at, start), min(at + one.count, stop)
        if first < last:
            under = rows[first - start : last - start]
            shown.append(replace(one, rows=under, fold_url=_fold_url(one.key, state)))
        at += one.count
    return shown


def in_order(keys: Sequence[int], columns: Sequence[Column] = ()) -> list[Task]:
    """Return tasks with their neighbours in the order of their keys.

    The keys come first: sorting thousands of whole rows with their joins costs three times as much.
    """
    rows = with_neighbours(Task.objects.filter(pk__in=keys).order_by(), columns)
    found = {task.pk: task for task in rows}
    return [found[key] for key in keys if key in found]


def with_neighbours(tasks: QuerySet[Task], columns: Sequence[Column] = ()) -> QuerySet[Task]:
    """Load what a row shows besides the task itself, with what further columns show."""
    related = {name for one in columns for name in one.related}
    fields = {name for one in columns for name in one.fields}
    many = {one.many for one in columns if one.many}
    rows = tasks.select_related("owner", "project", "parent", *related).only(*ROW_FIELDS, *fields)
    return rows.prefetch_related(*many)


def as_rows(
    tasks: Sequence[Task], person: Person, *, now: datetime, columns: Sequence[Column] = ()
) -> list[Row]:
    """Return `tasks` as rows for `person`.

    One query: with which the person helps, which carry a mark, what is hidden; more where columns are fetched
    beside them.
    """
    keys = [task.pk for task in tasks]
    beside = loaded(columns, keys)
    helped, signs = _helped_and_signs(tasks, keys, person)
    local = timezone.localtime(now)
    return [
        Row(
            task=task,
            quadrant=QUADRANT_NAMES[assess(task, now=local).quadrant],
            is_late=task.is_overdue(now),
            may_edit=permissions.can_edit(task, person, helps=task.pk in helped),
            # Asking the URL table for each link of each row would cost a fifth of the page.
            url=f"{_base()}{task.pk}/",
            beside={name: values[task.pk] for name, values in beside.items() if task.pk in values},
            sign=signs.get(task.pk),
        )
        for task in tasks
    ]


def _helped_and_signs(
    tasks: Sequence[Task], keys: Sequence[int], person: Person
) -> tuple[set[int], dict[int, registry.TaskSign]]:
    """Return with which of some tasks a person helps, and which carry a mark of a package above.

    The names of neighbours that are hidden from the person are taken off the tasks. One query for all of it.
    """
    if not keys:
        return set(), {}
    said, none = registry.task_signs(), Value("", output_field=CharField())
    links = Task.collaborators.through.objects.filter(person=person, task__in=keys)
    roles = Responsibility.objects.filter(person=person, task__in=keys, role__in="RA").order_by()
    beside = (links.values_list("task_id", none), roles.values_list("task_id", none), said.rows(keys))
    rows = veil_and_fetch(tasks, person, beside)
    return {pk for pk, text in rows if not text}, {pk: said.mark(text) for pk, text in rows if text}


def helped_by(person: Person) -> Q:
    """Return what an annotation `helps` holds: whether the person helps with a task, does it (R) or answers for it."""
    links = Task.collaborators.through.objects.filter(person=person).values("task_id")
    roles = Responsibility.objects.filter(person=person, task__isnull=False, role__in="RA").order_by()
    return Q(pk__in=links) | Q(pk__in=roles.values("task_id"))


@cache
def _base() -> str:
    return reverse("work:tasks")
