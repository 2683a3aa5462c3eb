"""What the sheet shows: the keys of all its rows in order, the rows themselves a page at a time, its lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from opsloop.boards.columns import COLUMNS
from opsloop.engines.language.readings import alphabetical
from opsloop.engines.language.tokens import index_tokens
from opsloop.organisation.models import Person
from opsloop.work import permissions
from opsloop.work.models import Category, Project, Task
from opsloop.work.queries import lists
from opsloop.work.queries import tasks as work
from opsloop.work.queries.lists import ListState
from opsloop.work.queries.neighbours import veil

# The page says so when more match; 20,000 keys are 60 kB of the page before compression.
MOST = 20_000
FIRST_ROWS = 60
MOST_ROWS = 200
# Longer lists are not sent along: their names are typed.
MOST_CHOICES = 1_000
FIELDS = (
    "number", "title", "version", "status", "progress", "importance", "urgency", "estimate_minutes",
    "starts_at", "due_at", "deliverable", "note", "closed_at", "deleted_at", "department_id", "created_by_id",
    "requester_id",
    "owner__name", "owner__is_active", "project__name", "project__owner_id", "project__department_id", "category__name",
)  # fmt: skip


def keys(person: Person, state: ListState, *, now: datetime) -> tuple[list[int], bool]:
    """Return the keys of the view's tasks in its order, and whether there are more. One query."""
    found = list(
        lists.ordered(lists.matching(person, state, now=now), state).values_list("pk", flat=True)[: MOST + 1]
    )
    return found[:MOST], len(found) > MOST


def visible(person: Person) -> QuerySet[Task]:
    """Return the tasks that a sheet of `person` may hold, loaded with what its cells show."""
    return work.visible(person).select_related("owner", "project", "category").prefetch_related("tags")


def rows(person: Person, pks: Sequence[int]) -> list[list[Any]]:
    """Return these rows in this order, those that are gone or hidden left out. Three queries."""
    tasks = veil(list(visible(person).filter(pk__in=pks).only(*FIELDS)), person)
    found = {one.pk: one for one in tasks}
    links = Task.collaborators.through.objects.filter(person=person, task__in=found)
    helped = set(links.values_list("task_id", flat=True)) if found else set()
    return [as_row(found[pk], person, helps=pk in helped) for pk in pks if pk in found]


def subset(person: Person, pks: Sequence[int], names: Sequence[str]) -> dict[str, Any]:
    """Return the data of a sheet with only the columns `names` and the rows `pks`, which takes no new rows.

    Rows come with the cells of all columns, as the addresses of every sheet answer; `order` names them.
    """
    by_name = {one.name: one for one in COLUMNS}
    return {
        "keys": list(pks),
        "rows": rows(person, pks[:FIRST_ROWS]),
        "order": [one.name for one in COLUMNS],
        "columns": [by_name[name].as_data() for name in names],
        "choices": choices(person),
        "mayCreate": False,
        "project": None,
        "most": MOST_ROWS,
    }


def as_row(task: Task, person: Person, *, helps: bool) -> list[Any]:
    """Return a row as the script reads it: key, version, whether it may be changed, then its cells."""
    may_edit = permissions.can_edit(task, person, helps=helps)
    return [task.pk, task.version, int(may_edit), *(column.shown(task) for column in COLUMNS)]


def choices(person: Person) -> dict[str, list[list[str]]]:
    """Return what cells of the columns with a list can hold, each with the keys it is found by. Three queries."""
    people = Person.objects.visible_to(person).active().values_list("name", flat=True)[:MOST_CHOICES]
    projects = Project.objects.visible_to(person).alive().exclude(status=Project.Status.CLOSED)
    return {
        "owner": _found_by(sorted(people, key=alphabetical)),
        "project": _found_by(projects.values_list("name", flat=True)[:MOST_CHOICES]),
        "category": _found_by(Category.objects.values_list("name", flat=True)),
        "status": _found_by(str(label) for label in Task.Status.labels),
        "urgency": _found_by(str(label) for label in Task.Urgency.labels),
    }


def _found_by(names: Iterable[str]) -> list[list[str]]:
    return [[name, _spoken(name)] for name in dict.fromkeys(names)]


@lru_cache(maxsize=4096)
def _spoken(name: str) -> str:
    """Return what may be typed for a name, in pinyin and by initials, from its first character on."""
    tokens = index_tokens(name)
    # The second and later places of a long name would only make the page longer.
    return " ".join(dict.fromkeys([*tokens.pinyin[:4], *tokens.initials[:3]]))
