"""The columns that a list of tasks can have: what each shows, in a row and in a file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F
from django.db.models.expressions import Combinable
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opsloop.activity import registry
from opsloop.organisation.models import Person
from opsloop.work.models import CustomField, Task
from opsloop.work.queries import customs

Value = str | int | float | datetime | None


@dataclass(frozen=True)
class Column:
    """One column: its name in addresses, its words, how a file holds it, and what must be loaded for it.

    `css` places the cell, `sort` is the name of the order that a click on the head asks for, `kind` how a
    workbook shows the value: text, long, number, minutes, moment or day. What does not stand in the task's own
    row is fetched for many tasks at once: by `load` (ids to values), or as what they say in `custom`. `total` is
    the number of a task that sums are made of.
    """

    name: str
    label: Promise | str
    css: str
    value: Callable[[Task], Value] = lambda _task: None
    kind: str = "text"
    sort: str = ""
    fields: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    many: str = ""
    load: Callable[[Collection[int]], Mapping[int, Any]] | None = None
    custom: CustomField | None = None
    total: Callable[[], Combinable] | None = None

    @property
    def is_loaded(self) -> bool:
        """Whether its values are fetched beside the tasks."""
        return self.load is not None or self.custom is not None


def _named(name: str) -> Callable[[Task], Value]:
    def value(task: Task) -> Value:
        record = getattr(task, name)
        return str(record) if record is not None else None

    return value


def _names(name: str) -> Callable[[Task], Value]:
    return lambda task: "、".join(str(one) for one in getattr(task, name).all()) or None


COLUMNS: Mapping[str, Column] = {
    one.name: one
    for one in (
        Column("number", _("Number"), "fit num-of record-number", lambda task: task.number),
        Column("title", _("Task"), "title", lambda task: task.title, "long", "title"),
        Column("status", _("Status"), "fit status", lambda task: str(task.get_status_display())),
        Column("owner", _("Owner"), "fit owner", _named("owner"), sort="owner"),
        Column("due", _("Due"), "fit due", lambda task: task.due_at, "moment", "due"),
        Column("urgency", _("Urgency"), "fit urgency", lambda task: str(task.get_urgency_display())),
        Column("quadrant", _("Quadrant"), "fit quadrant", lambda _task: None),
        Column("estimate", _("Estimate"), "num fit estimate", lambda task: task.estimate_minutes, "minutes",
               "estimate", total=lambda: F("estimate_minutes")),
        Column("progress", _("Progress"), "num fit progress-of", lambda task: task.progress, "number", "progress"),
        Column("start", _("Starts"), "fit more-of", lambda task: task.starts_at, "moment", "start"),
        Column("project", _("Project"), "fit more-of", _named("project"), sort="project"),
        Column("goal", _("Goal"), "fit more-of", _named("goal"), fields=("goal__title",), related=("goal",)),
        Column("category", _("Category"), "fit more-of", _named("category"), fields=("category__name",),
               related=("category",)),
        Column("department", _("Department"), "fit more-of", _named("department"), fields=("department__name",),
               related=("department",)),
        Column("tags", _("Tags"), "fit more-of", _names("tags"), many="tags"),
        Column("collaborators", _("Collaborators"), "fit more-of", _names("collaborators"), many="collaborators"),
        Column("importance", _("Goal relevance"), "num fit more-of", lambda task: task.importance, "number",
               "importance"),
        Column("requester", _("Asked by"), "fit more-of", _named("requester"), fields=("requester__name",),
               related=("requester",)),
        Column("created", _("Created"), "fit more-of", lambda task: task.created_at, "moment", "new",
               fields=("created_at",)),
        Column("closed", _("Closed"), "fit more-of", lambda task: task.closed_at, "moment"),
        Column("note", _("Note"), "fit more-of", lambda task: task.note or None, "long", fields=("note",)),
        Column("deliverable", _("Deliverable standard"), "fit more-of", lambda task: task.deliverable or None, "long",
               fields=("deliverable",)),
    )
}  # fmt: skip
USUAL = ("number", "title", "status", "owner", "due", "urgency", "quadrant", "estimate", "progress")


_KINDS = {CustomField.Kind.NUMBER: "number", CustomField.Kind.DATE: "day"}


def own(fields: Iterable[CustomField]) -> dict[str, Column]:
    """Return a column for each own field, by its name in addresses."""
    return {one.name: one for one in map(_own, fields)}


def _own(field: CustomField) -> Column:
    is_number = field.kind == CustomField.Kind.NUMBER
    return Column(
        customs.name_of(field),
        field.name,
        "num fit more-of" if is_number else "fit more-of",
        kind=_KINDS.get(CustomField.Kind(field.kind), "text"),
        sort=customs.name_of(field),
        custom=field,
        total=(lambda: customs.number_in(field)) if is_number else None,
    )


def chosen(names: Iterable[str], person: Person) -> list[Column]:
    """Return the columns of these names in their order, the usual ones when there are none; always a title.

    One query when an own field is among them.
    """
    wanted = list(dict.fromkeys(names))
    known = {**COLUMNS, **registry.task_columns()}
    if any(customs.is_name(name) for name in wanted):
        known |= own(customs.fields_for(person))
    found = [known[name] for name in wanted if name in known]
    if not found:
        found = [COLUMNS[name] for name in USUAL]
    return found if COLUMNS["title"] in found else [COLUMNS["title"], *found]


def offered(columns: Sequence[Column], fields: Iterable[CustomField]) -> list[tuple[Column, bool]]:
    """Return every column, those of own `fields` too, with whether it is shown: shown ones first, in order."""
    every = {**COLUMNS, **registry.task_columns(), **own(fields)}
    shown = {one.name for one in columns}
    return [(one, True) for one in columns] + [
        (one, False) for one in every.values() if one.name not in shown
    ]


def loaded(columns: Iterable[Column], keys: Collection[int]) -> dict[str, Mapping[int, Any]]:
    """Return what stands in the columns that are fetched beside the tasks: column -> task id -> value.

    One query for all own fields together, and one for each further column of that kind.
    """
    beside = [one for one in columns if one.is_loaded]
    said = customs.values_for(keys, [one.custom for one in beside if one.custom])
    found: dict[str, Mapping[int, Any]] = {}
    for one in beside:
        if one.custom is not None:
            pk = one.custom.pk
            found[one.name] = {key: values[pk] for key, values in said.items() if pk in values}
        elif one.load is not None:
            found[one.name] = one.load(keys) if keys else {}
    return found


def summed(columns: Iterable[Column]) -> list[Column]:
    """Return what is summed over groups and lists: the estimate, and what else is shown and can be."""
    estimate = COLUMNS["estimate"]
    return [estimate, *(one for one in columns if one.total is not None and one.name != estimate.name)]
