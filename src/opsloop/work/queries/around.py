"""What stands around one task in small rows: helpers, labels, roles, checklist. One query for all four."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, IntegerField, QuerySet, Value
from django.db.models.functions import Cast

from opsloop.organisation.models import Person
from opsloop.records.changes import remember
from opsloop.work.models import ChecklistItem, Responsibility, Tag, Task

COLUMNS = ("sort", "key", "words", "place", "version_of", "at", "who", "who_name")


@dataclass(frozen=True)
class Around:
    """The small rows around a task."""

    checklist: Sequence[ChecklistItem] = ()
    roles: Sequence[Responsibility] = ()
    collaborators: Sequence[Person] = ()
    tags: Sequence[Tag] = ()


def around(task: Task) -> Around:
    """Return what stands around `task`, and let the task remember it: its relations need no query any more."""
    rows: dict[str, list[tuple[Any, ...]]] = {"item": [], "role": [], "helper": [], "tag": []}
    for sort, *row in _items(task).union(_roles(task), _helpers(task), _tags(task), all=True):
        rows[sort].append(tuple(row))
    items = [_item(task, row) for row in sorted(rows["item"], key=lambda row: (row[2], row[0]))]
    roles = [_role(task, row) for row in sorted(rows["role"])]
    helpers = [Person(pk=row[0], name=row[1]) for row in sorted(rows["helper"], key=lambda row: row[1])]
    tags = [Tag(pk=row[0], name=row[1]) for row in sorted(rows["tag"], key=lambda row: row[1])]
    for name, known in (
        ("checklist", items),
        ("responsibilities", roles),
        ("collaborators", helpers),
        ("tags", tags),
    ):
        remember(task, name, known)
    return Around(items, roles, helpers, tags)


# The first part holds every kind of value: PostgreSQL takes the types of the columns from it.
def _items(task: Task) -> QuerySet[Any, tuple[Any, ...]]:
    rows = ChecklistItem.objects.filter(task=task).order_by()
    return rows.annotate(
        sort=Value("item", CharField()), key=F("pk"), words=Cast("text", CharField()), place=F("position"),
        version_of=F("version"), at=F("done_at"), who=F("done_by_id"), who_name=Cast("done_by__name", CharField()),
    ).values_list(*COLUMNS)  # fmt: skip


def _plain(rows: QuerySet[Any], sort: str, *, words: Any, key: Any, who: Any, who_name: Any) -> Any:
    nothing = Value(None, ChecklistItem._meta.get_field("done_at"))
    return (
        rows.order_by()
        .annotate(
            sort=Value(sort, CharField()), key=key, words=Cast(words, CharField()),
            place=Value(0, IntegerField()), version_of=Value(0, IntegerField()), at=nothing, who=who,
            who_name=Cast(who_name, CharField()),
        )
        .values_list(*COLUMNS)
    )  # fmt: skip


def _roles(task: Task) -> Any:
    rows = Responsibility.objects.filter(task=task)
    return _plain(rows, "role", words="role", key=F("pk"), who=F("person_id"), who_name="person__name")


def _helpers(task: Task) -> Any:
    rows = Task.collaborators.through.objects.filter(task=task)
    return _plain(
        rows, "helper", words="person__name", key=F("person_id"), who=F("person_id"), who_name="person__name"
    )


def _tags(task: Task) -> Any:
    rows = Task.tags.through.objects.filter(task=task)
    nobody = Value(None, IntegerField())
    return _plain(rows, "tag", words="tag__name", key=F("tag_id"), who=nobody, who_name="tag__name")


def _item(task: Task, row: tuple[Any, ...]) -> ChecklistItem:
    key, words, place, version, at, who, who_name = row
    item = ChecklistItem(pk=key, task=task, text=words, position=place, version=version, done_at=at)
    item.done_by = Person(pk=who, name=who_name) if who else None
    return item


def _role(task: Task, row: tuple[Any, ...]) -> Responsibility:
    key, role, *_rest, who, who_name = row
    return Responsibility(pk=key, task=task, role=role, person=Person(pk=who, name=who_name))
