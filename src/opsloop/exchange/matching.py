"""From the words of a sheet to our records: who, which project, which task is meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from opsloop.engines.graphs import find_path
from opsloop.engines.sheets import TaskRow
from opsloop.goals.models import Goal
from opsloop.organisation.models import Department, Person
from opsloop.work.actions.imports import Draft
from opsloop.work.models import Category, Project, Task

# A due date without a clock time means the end of the working day, as in quick-add.
END_OF_DAY = time(18)
STATUSES = {"not_started": "todo", "in_progress": "doing"}
LONGEST_TITLE = 200


@dataclass(frozen=True)
class Known:
    """What `by` may refer to, by name; loaded once for a whole sheet."""

    people: dict[str, Person]
    departments: dict[str, Department]
    projects: dict[str, Project]
    goals: dict[str, Goal]
    categories: dict[str, Category]
    tasks: dict[str, Task]


@dataclass
class Matched:
    """A sheet as it would be taken in: what is new, what changes, and what nobody answers to."""

    new: list[tuple[TaskRow, Draft]] = field(default_factory=list)
    changed: list[tuple[TaskRow, Task, dict[str, Any]]] = field(default_factory=list)
    same: list[tuple[TaskRow, Task]] = field(default_factory=list)
    unknown_people: list[str] = field(default_factory=list)
    unknown_projects: list[str] = field(default_factory=list)
    too_long: list[TaskRow] = field(default_factory=list)


def load(rows: Sequence[TaskRow], by: Person) -> Known:
    """Return what the names in `rows` may mean for `by`. Six queries, however many rows."""
    numbers = [row.number for row in rows if row.number]
    wanted = {name for row in rows for name in row.depends_on}
    visible = Task.objects.visible_to(by).alive()
    by_number = {
        task.number: task
        for first in range(0, len(numbers), 500)
        for task in visible.filter(number__in=numbers[first : first + 500])
        .select_related("owner", "project", "goal", "category", "department")
        .prefetch_related("collaborators", "tags")
    }
    by_title = {task.title: task for task in visible.filter(title__in=list(wanted)[:900])}
    return Known(
        people=_people(by),
        departments={
            department.name: department for department in Department.objects.filter(closed_at__isnull=True)
        },
        projects={
            key: project
            for project in Project.objects.visible_to(by).alive()
            for key in (project.name, project.number)
        },
        goals={goal.title: goal for goal in Goal.objects.visible_to(by).alive()},
        categories={category.name: category for category in Category.objects.all()},
        tasks=by_title | by_number,
    )


def _people(by: Person) -> dict[str, Person]:
    """Return people by name and user name; of two with one name, the one in `by`'s department counts."""
    found: dict[str, Person] = {}
    rows = Person.objects.visible_to(by).active().select_related("department")
    for person in sorted(rows, key=lambda person: person.department_id == by.department_id):
        found[person.username] = person
        found[person.name] = person
    return found


def match(
    rows: Sequence[TaskRow], by: Person, *, progress: Callable[[int, int], None] | None = None
) -> Matched:
    """Return how `rows` would be taken in by `by`; writes nothing."""
    known = load(rows, by)
    matched = Matched()
    zone = ZoneInfo(by.time_zone)
    for done, row in enumerate(rows):
        if progress and done % 500 == 0:
            progress(done, len(rows))
        _match_row(row, known, zone, matched)
    matched.unknown_people = list(dict.fromkeys(matched.unknown_people))
    matched.unknown_projects = list(dict.fromkeys(matched.unknown_projects))
    return matched


def _match_row(row: TaskRow, known: Known, zone: tzinfo, matched: Matched) -> None:
    if len(row.title) > LONGEST_TITLE:
        matched.too_long.append(row)
        return
    names = [name for name in (row.owner, *row.collaborators) if name]
    matched.unknown_people += [name for name in names if name not in known.people]
    if row.project and row.project not in known.projects:
        matched.unknown_projects.append(row.project)
    values = _values(row, known, zone)
    task = known.tasks.get(row.number or "")
    if task is None or task.number != row.number:
        helpers = tuple(known.people[name] for name in row.collaborators if name in known.people)
        matched.new.append(
            (row, Draft({"urgency": "medium", "importance": 3, **values}, helpers, _tags(row, known)))
        )
        return
    changes = {name: value for name, value in values.items() if getattr(task, name) != value}
    if changes:
        matched.changed.append((row, task, changes))
    else:
        matched.same.append((row, task))


def _values(row: TaskRow, known: Known, zone: tzinfo) -> dict[str, Any]:
    """Return the fields that the row states; what it leaves empty is left alone."""
    status = STATUSES.get(row.status or "", row.status)
    starts_at = row.fixed_start or row.earliest
    starts, due = _instant(starts_at, zone, time(9)), _instant(row.due, zone, END_OF_DAY)
    if starts and due and due < starts:
        starts = None  # the due date is what people mean when the two disagree
    stated = {
        "title": row.title,
        "owner": known.people.get(row.owner or ""),
        "department": known.departments.get(row.department or ""),
        "project": known.projects.get(row.project or ""),
        "goal": known.goals.get(row.goal or ""),
        "category": known.categories.get(row.category or ""),
        "importance": row.relevance,
        "urgency": row.urgency,
        "status": status if status in Task.Status.values else None,
        "progress": row.progress,
        "estimate_minutes": row.estimate_minutes,
        "starts_at": starts,
        "due_at": due,
        "deliverable": row.deliverable_standard,
        "note": row.note,
    }
    return {name: value for name, value in stated.items() if value is not None}


def _instant(moment: date | datetime | None, zone: tzinfo, clock: time) -> datetime | None:
    if moment is None:
        return None
    if isinstance(moment, datetime):
        return moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return datetime.combine(moment, clock, tzinfo=zone)


def _tags(row: TaskRow, known: Known) -> tuple[str, ...]:
    """Return the row's tags; a category that the organisation does not have becomes one."""
    unknown = (row.category,) if row.category and row.category not in known.categories else ()
    return tuple(dict.fromkeys((*row.tags, *unknown)))


def edges(
    rows: Iterable[tuple[TaskRow, Task]], known: dict[str, Task]
) -> tuple[list[tuple[Task, Task]], list[TaskRow]]:
    """Return (predecessor, successor) links that the rows name, and the rows whose link would close a circle."""
    placed = list(rows)
    by_title = known | {row.title: task for row, task in placed}
    following: dict[int, list[int]] = {}
    links: list[tuple[Task, Task]] = []
    circular: list[TaskRow] = []

    def successors(level: list[int]) -> Iterable[tuple[int, int]]:
        return ((node, after) for node in level for after in following.get(node, ()))

    for row, task in placed:
        for name in row.depends_on:
            before = by_title.get(name)
            if before is None or before.pk == task.pk:
                continue
            if find_path(task.pk, before.pk, successors):
                circular.append(row)
                continue
            following.setdefault(before.pk, []).append(task.pk)
            links.append((before, task))
    return links, circular
