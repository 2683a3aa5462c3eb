"""Looks up what follows from an event, an undo verb or a job kind in the one table of `config/reactions.py`.

Named in settings and loaded once, so that lower packages never import upper ones.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib import import_module
from typing import Any

from django.conf import settings
from django.db.models import CharField, Subquery, Value
from django.db.models.functions import Cast, Concat

from opsloop.activity.events import DomainEvent
from opsloop.activity.models import Event


@dataclass(frozen=True)
class PlannedSpan:
    """A piece of a plan as plain values, for packages below those that plan."""

    person_id: int
    task_id: int
    starts_at: datetime
    ends_at: datetime


@cache
def _table() -> Any:
    return import_module(settings.OPSLOOP_REACTIONS)


def reactions(event: DomainEvent) -> Sequence[Callable[[DomainEvent], None]]:
    """Return what reacts to `event`, in order, inside its transaction."""
    table: Mapping[type[DomainEvent], Sequence[Callable[[Any], None]]] = _table().REACTIONS
    return table.get(type(event), ())


def followers() -> Sequence[Callable[[Sequence[Event]], None]]:
    """Return what looks at every event, whatever its kind: called with those of one change together."""
    found: Sequence[Callable[[Sequence[Event]], None]] = getattr(_table(), "FOLLOWERS", ())
    return found


def undo_verb(name: str) -> Callable[..., None]:
    """Return the verb that takes an action back; called as verb(by=, at=, **arguments).

    Raises:
        KeyError: no such verb (a step offered by an older version).
    """
    verb: Callable[..., None] = _table().UNDO[name]
    return verb


def job_work(kind: str) -> Callable[..., dict[str, Any]]:
    """Return the work of a job kind; called as work(job=, progress=), returns its JSON result.

    Raises:
        KeyError: no such kind.
    """
    work: Callable[..., dict[str, Any]] = _table().JOBS[kind]
    return work


def planned_tasks(person: Any, day: date) -> Sequence[int]:
    """Return the ids of the tasks that stand in a person's plan of a day; plans are kept above whom it concerns."""
    planned: Callable[[Any, date], Sequence[int]] = _table().PLANNED_TASKS
    return planned(person, day)


def planned_spans(people: Sequence[Any], since: datetime, until: datetime) -> Sequence[PlannedSpan]:
    """Return what stands in the accepted plans of `people` in a span, in the order of time. One query."""
    planned: Callable[..., Sequence[PlannedSpan]] = _table().PLANNED_SPANS
    return planned(people, since, until)


def task_fields() -> Sequence[Callable[[Any], Sequence[Any]]]:
    """Return what packages above work add to the fields that tasks can be filtered by; called with who asks."""
    sources: Sequence[Callable[[Any], Sequence[Any]]] = _table().TASK_FIELDS
    return sources


def task_columns() -> Mapping[str, Any]:
    """Return what packages above work add to the columns that a list of tasks can have, by name."""
    columns: Sequence[Any] = _table().TASK_COLUMNS
    return {one.name: one for one in columns}


@dataclass(frozen=True)
class TaskSign:
    """A mark that a package above work puts beside the title of a task: words, tone and icon of a badge."""

    text: str
    tone: str
    icon: str


@dataclass(frozen=True)
class TaskSigns:
    """Which tasks carry a mark: `rows` of some ids as (task id, text that is never empty), to be asked for together
    with something else, and the mark that such a text stands for.
    """

    rows: Callable[[Collection[int]], Any]
    mark: Callable[[str], TaskSign]


def task_signs() -> TaskSigns:
    """Return the marks that a package above work puts beside the titles of tasks."""
    signs: TaskSigns = _table().TASK_SIGNS
    return signs


@dataclass(frozen=True)
class Origin:
    """The record of a package above work that a task was made from: its words, icon and page."""

    text: str
    icon: str
    url: str


@dataclass(frozen=True)
class Origins:
    """A kind of record that tasks are made from: its icon and the page of one.

    `rows` (person) returns those the person may see that the task of an outer query was made from, as values of key,
    number and title.
    """

    rows: Callable[[Any], Any]
    icon: str
    page: Callable[[int], str]

    def column(self, person: Any) -> Any:
        """Return the first of `rows` as one text, to be asked for with the task itself."""
        key, number, title = (rows := self.rows(person).order_by()).query.values_select
        text = Concat(Cast(key, CharField()), Value("|"), number, Value("|"), title)
        return Subquery(rows.values(said=text)[:1])


def _origins() -> Mapping[str, Origins]:
    kinds: Mapping[str, Origins] = getattr(_table(), "TASK_ORIGINS", {})
    return kinds


def origin_columns(person: Any) -> Mapping[str, Any]:
    """Return the columns by which a query of tasks brings along what each was made from; `origins_of` reads them."""
    return {f"from_{kind}": one.column(person) for kind, one in _origins().items()}


def origins_of(task: Any) -> Sequence[Origin]:
    """Return what a task with `origin_columns` was made from, as far as the person may see it."""
    found = []
    for kind, one in _origins().items():
        if said := getattr(task, f"from_{kind}"):
            key, number, title = said.split("|", 2)
            found.append(Origin(f"{number} {title}".strip(), one.icon, one.page(int(key))))
    return found


def opening(person: Any, layout: str) -> str:
    """Return the query string with which a layout opens for `person` when its address says nothing."""
    query: str = _table().OPENING(person, layout)
    return query


def origin_page(kind: str) -> str:
    """Return the name of the page of what put an appointment into calendars; "" for one's own appointments."""
    pages: Mapping[str, str] = _table().ORIGINS
    return pages.get(kind, "")


def carriers() -> Sequence[Callable[[Sequence[Any]], None]]:
    """Return what carries news out of the inbox: called with its new lines, in the transaction that makes them."""
    found: Sequence[Callable[[Sequence[Any]], None]] = getattr(_table(), "CARRIERS", ())
    return found


@dataclass(frozen=True)
class Tap:
    """What can be done about a line of the inbox with one press: words, icon, and where it posts to."""

    label: str
    icon: str
    url: str


@dataclass(frozen=True)
class Carriage:
    """How news of a record must go out, whatever people chose.

    News for the reasons `mailed` go by mail at once; the channels `groups` hear of those in `spoken`, in these words
    and without names. `at_once`: neither waits for the end of quiet hours.
    """

    mailed: frozenset[str]
    groups: frozenset[int]
    spoken: Mapping[str, str]
    at_once: bool

    def is_urgent(self, reason: str) -> bool:
        """Whether news for this reason wait for no quiet hours."""
        return self.at_once and (reason in self.mailed or reason in self.spoken)


@dataclass(frozen=True)
class Told:
    """A kind of record above the inbox that people are told of: its model, and the page of one.

    `tap` (record, person id, reason) offers what one press does, `taps` several of them; `apart` are reasons for which
    the package writes mail of its own, so that news of them go by no other; `door` (as `tap`, and when) is a page that
    needs no log-in, for mail; `enclosures` (record, reason) are files that mail names with their links and never brings
    along; `carriage` (keys) says for which records rules decide how news of them go out.
    """

    model: Any
    page: str
    tap: Callable[[Any, int, str], Tap | None] | None = None
    taps: Callable[[Any, int, str], Sequence[Tap]] | None = None
    apart: frozenset[str] = frozenset()
    door: Callable[[Any, int, str, datetime], Tap | None] | None = None
    enclosures: Callable[[Any, str], Sequence[Tap]] | None = None
    carriage: Callable[[Collection[int]], Mapping[int, Carriage]] | None = None


def told_kinds() -> Mapping[str, Told]:
    """Return what packages above the inbox let it speak of, by the name that their events give it."""
    kinds: Mapping[str, Told] = _table().TOLD
    return kinds


@dataclass(frozen=True)
class FileHolder:
    """A kind of record above `discussion` that files lie beside (docs/adr/0036); `model` has `visible_to` and `alive`.

    Who sees a record sees its files; `seen` (person) is for who sees them by another rule. `check_add` (record, person)
    raises unless the person may add files and take away their own, `check_remove` unless they may take away any;
    without it, who may add may do that too. `page` (record) is the address of the page where the files are. `shown`
    (record, rows) leaves out what is kept and no longer listed; `people` (record) names who hears of a change at once.
    """

    model: Any
    page: Callable[[Any], str]
    check_add: Callable[[Any, Any], None]
    check_remove: Callable[[Any, Any], None] | None = None
    title: Any = ""
    seen: Callable[[Any], Any] | None = None
    shown: Callable[[Any, Any], Any] | None = None
    people: Callable[[Any], Collection[int]] | None = None

    def seen_by(self, person: Any) -> Any:
        """Return the records whose files `person` sees."""
        return self.seen(person) if self.seen else self.model.objects.visible_to(person)


def file_holders() -> Mapping[str, FileHolder]:
    """Return what packages above `discussion` keep files beside, by the name that stands in addresses."""
    holders: Mapping[str, FileHolder] = getattr(_table(), "FILE_HOLDERS", {})
    return holders


def is_quiet(person: Any, *, at: datetime) -> bool:
    """Whether nothing shall call for `person` now: they have closed their day, and the next has not begun."""
    quiet: Callable[..., bool] = _table().QUIET
    return quiet(person, at=at)


def quiet_people(people: Sequence[Any], *, at: datetime) -> frozenset[int]:
    """Return the ids of those of `people` for whom `is_quiet` holds. Two queries however many they are."""
    quiet: Callable[..., frozenset[int]] = _table().QUIET_PEOPLE
    return quiet(people, at=at)
