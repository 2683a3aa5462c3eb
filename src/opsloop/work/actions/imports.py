"""Taking in and taking out many tasks at once: what a table import needs, in a few statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from opsloop.activity import actions as activity
from opsloop.organisation.models import Department, Person
from opsloop.organisation.numbering import reserve_numbers
from opsloop.search import actions as search
from opsloop.work import permissions
from opsloop.work.events import TaskBinned, TaskCreated
from opsloop.work.models import Dependency, Tag, Task

BATCH = 500


@dataclass(frozen=True)
class Draft:
    """A task to be created: its plain fields and foreign keys, who helps, and its tags' names."""

    values: dict[str, Any]
    collaborators: tuple[Person, ...] = ()
    tags: tuple[str, ...] = ()


@transaction.atomic
def create_many(*, drafts: Sequence[Draft], by: Person, at: datetime) -> list[Task]:
    """Create a task of each draft and return them in that order; all or none.

    Raises:
        Refused: a department is closed or `by` may only read.
    """
    tasks = [_task(draft, by, at) for draft in drafts]
    for department in {task.department for task in tasks}:
        permissions.check_can_create(department, by)
    _number(tasks, at)
    Task.objects.bulk_create(tasks, batch_size=BATCH)
    _link(tasks, drafts)
    search.index_many(
        kind="task",
        records=[
            search.Searchable(
                task.pk, task.title, [text for text in (task.number, task.note, *draft.tags) if text]
            )
            for task, draft in zip(tasks, drafts, strict=True)
        ],
    )
    activity.record_many(
        [
            TaskCreated(**_about(task, draft.collaborators, by, at))
            for task, draft in zip(tasks, drafts, strict=True)
        ]
    )
    return tasks


@transaction.atomic
def link_many(*, edges: Iterable[tuple[Task, Task]]) -> int:
    """Make each second task of `edges` wait for its first one; return how many links are new.

    The caller has left out edges that would close a circle.
    """
    links = [Dependency(predecessor=first, successor=second) for first, second in edges]
    before = Dependency.objects.count()
    Dependency.objects.bulk_create(links, batch_size=BATCH, ignore_conflicts=True)
    return Dependency.objects.count() - before


@transaction.atomic
def take_out(*, task_ids: Sequence[int], by: Person, at: datetime) -> int:
    """Put the tasks of an undone import into the recycle bin; return how many were still there."""
    count = 0
    for first in range(0, len(task_ids), BATCH):
        rows = Task.objects.visible_to(by).alive().filter(pk__in=task_ids[first : first + BATCH])
        found = list(rows)
        Task.objects.filter(pk__in=[task.pk for task in found]).update(deleted_at=at, deleted_by=by)
        activity.record_many([TaskBinned(**_about(task, (), by, at)) for task in found])
        count += len(found)
    return count


def _task(draft: Draft, by: Person, at: datetime) -> Task:
    task = Task(created_by=by, created_at=at, **draft.values)
    owner: Person | None = task.owner
    department: Department | None = task.department
    task.department = department or (owner.department if owner else by.department)
    if not task.is_open:
        task.closed_at, task.closed_by = at, by
        task.progress = 100 if task.status == Task.Status.DONE else task.progress
    return task


def _number(tasks: Sequence[Task], at: datetime) -> None:
    for kind, wants_project in (("task", False), ("project_task", True)):
        unnumbered = [
            task for task in tasks if not task.number and (task.project_id is not None) == wants_project
        ]
        numbers = reserve_numbers(kind, len(unnumbered), at=at) if unnumbered else []
        for task, number in zip(unnumbered, numbers, strict=True):
            task.number = number


def _link(tasks: Sequence[Task], drafts: Sequence[Draft]) -> None:
    helpers = Task.collaborators.through
    helpers.objects.bulk_create(
        [
            helpers(task_id=task.pk, person_id=person.pk)
            for task, draft in zip(tasks, drafts, strict=True)
            for person in dict.fromkeys(draft.collaborators)
        ],
        batch_size=BATCH,
    )
    labels = Task.tags.through
    names = {name[:40] for draft in drafts for name in draft.tags}
    Tag.objects.bulk_create([Tag(name=name) for name in sorted(names)], ignore_conflicts=True)
    known = dict(Tag.objects.filter(name__in=names).values_list("name", "pk"))
    labels.objects.bulk_create(
        [
            labels(task_id=task.pk, tag_id=known[name[:40]])
            for task, draft in zip(tasks, drafts, strict=True)
            for name in dict.fromkeys(draft.tags)
        ],
        batch_size=BATCH,
        ignore_conflicts=True,
    )


def _about(task: Task, helpers: Iterable[Person], by: Person, at: datetime) -> dict[str, Any]:
    people = [task.owner_id, task.created_by_id, *(helper.pk for helper in helpers)]
    return {
        "subject_id": task.pk,
        "by_id": by.pk,
        "at": at,
        "department_id": task.department_id,
        "person_ids": tuple(dict.fromkeys(pk for pk in people if pk)),
    }
