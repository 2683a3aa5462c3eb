"""The rows of a view for a file: plain values in the order of the columns, one batch after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils import timezone

from opsloop.organisation.models import Person
from opsloop.work.models import Task
from opsloop.work.queries import axes, customs
from opsloop.work.queries.axes import AXES
from opsloop.work.queries.columns import Column, loaded
from opsloop.work.queries.fields import Asking
from opsloop.work.queries.lists import ListState, grouped_order, keyed, matching
from opsloop.work.queries.neighbours import named

# Rows are fetched like this; each batch asks once for each column that is a list.
BATCH = 1000
# How a column is asked for as a plain value, where it is no field of the same name.
_PATHS: Mapping[str, str] = {
    "owner": "owner__name", "due": "due_at", "estimate": "estimate_minutes", "start": "starts_at",
    "project": "project__name", "goal": "goal__title", "category": "category__name", "department": "department__name",
    "requester": "requester__name", "created": "created_at", "closed": "closed_at",
}  # fmt: skip


def rows(
    person: Person, state: ListState, columns: Sequence[Column], *, now: datetime
) -> Iterator[Sequence[Any]]:
    """Yield the values of every task of the view. Values, not records: ten thousand of them are quick."""
    found = matching(person, state, now=now)
    axis = axes.find(state.group, person)
    if axis is not None:
        found = keyed(found, axis, Asking(person, now))
    local = timezone.localtime(now)
    quadrant = AXES["quadrant"].key(Asking(person, local))
    paths = []
    for column in columns:
        if column.name == "quadrant":
            found = found.annotate(quadrant_key=quadrant)
            paths.append("quadrant_key")
        else:
            paths.append("pk" if column.many or column.is_loaded else _PATHS.get(column.name, column.name))
    for kind in ("project", "goal"):
        if _PATHS[kind] in paths:
            found = found.annotate(**{f"{kind}_named": named(kind, person)})
            paths[paths.index(_PATHS[kind])] = f"{kind}_named"
    words = [_words(column) for column in columns]
    beside = [(at, column) for at, column in enumerate(columns) if column.many or column.is_loaded]
    batch: list[tuple[Any, ...]] = []
    for row in (
        found.order_by(*grouped_order(state, axis, columns)).values_list(*paths).iterator(chunk_size=BATCH)
    ):
        batch.append(row)
        if len(batch) == BATCH:
            yield from _said(batch, words, beside)
            batch = []
    yield from _said(batch, words, beside)


def _words(column: Column) -> Mapping[Any, str] | None:
    """Return the words for the codes that a column holds, None where it holds no codes."""
    codes: Mapping[str, Any] = {
        "status": Task.Status.choices, "urgency": Task.Urgency.choices, "quadrant": Task.Quadrant.choices,
    }  # fmt: skip
    choices = codes.get(column.name)
    return {value: str(label) for value, label in choices} if choices else None


def _said(
    batch: list[tuple[Any, ...]],
    words: Sequence[Mapping[Any, str] | None],
    beside: Sequence[tuple[int, Column]],
) -> Iterator[Sequence[Any]]:
    """Put words for codes, and what is fetched for the whole batch at once in place of the keys."""
    fetched = _fetched(batch, beside)
    coded = [(at, one) for at, one in enumerate(words) if one]
    for row in batch:
        values = list(row)
        for at, one in coded:
            values[at] = one.get(values[at], values[at])
        for at, by_key in fetched:
            values[at] = by_key.get(values[at])
        yield values


def _fetched(
    batch: list[tuple[Any, ...]], beside: Sequence[tuple[int, Column]]
) -> list[tuple[int, Mapping[int, Any]]]:
    if not beside or not batch:
        return []
    keys = [row[beside[0][0]] for row in batch]
    found = loaded([column for _at, column in beside], keys)
    return [
        (at, _names(column.many, keys) if column.many else _plain(column, found[column.name]))
        for at, column in beside
    ]


def _plain(column: Column, values: Mapping[int, Any]) -> Mapping[int, Any]:
    """Return what own fields say as cells hold it: people by name, a tick in words."""
    return values if column.custom is None else {key: customs.plain(value) for key, value in values.items()}


def _names(name: str, keys: Sequence[int]) -> dict[int, str]:
    """Return task -> the names of what stands in one of its lists. One query."""
    target = "tag" if name == "tags" else "person"
    through = getattr(Task, name).through.objects.filter(task_id__in=keys)
    found: dict[int, list[str]] = {}
    for pk, text in through.order_by("task_id", f"{target}__name").values_list(
        "task_id", F(f"{target}__name")
    ):
        found.setdefault(pk, []).append(text)
    return {pk: "、".join(texts) for pk, texts in found.items()}
