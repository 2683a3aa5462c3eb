"""Starting a template: everything it describes is made by the verbs of work, in one transaction, with one undo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.engines.playbook import Layout, Outline, Placed, parents
from opsloop.organisation.models import Department, Person
from opsloop.playbooks import permissions
from opsloop.playbooks.events import PlaybookStarted
from opsloop.playbooks.models import Playbook, PlaybookStart
from opsloop.playbooks.queries.outlines import outline_of, place
from opsloop.records.refusals import Refused
from opsloop.work.actions import checklist, projects, tasks
from opsloop.work.models import Category, Project, Task

START_OF_DAY, END_OF_DAY = time(9), time(18)


@dataclass(frozen=True)
class Started:
    """What came of starting a template: a project or none, the tasks, and the undo of it all."""

    project: Project | None
    tasks: list[Task]
    undo: Undo


@transaction.atomic
def start(
    *, playbook: Playbook, name: str, start: date, due: date | None, department: Department,
    people: Mapping[str, Person], by: Person, at: datetime,
) -> Started:  # fmt: skip
    """Make what the template describes. `people` maps roles to persons; a role left out owns nothing yet.

    `playbook` has its parts loaded (`queries.outlines.with_parts`).

    Raises:
        Refused: the rules of work do not allow it; `field` names what to mend.
    """
    permissions.check_can_start(playbook, by)
    outline = outline_of(playbook)
    layout = place(outline, start, due)
    lead = people.get(outline.roles[0], by) if outline.roles else by
    project = None
    if playbook.is_project:
        project = projects.create(
            by=by, at=at, name=name, department=department, owner=lead, starts_on=layout.start, due_on=layout.due,
            description=playbook.description, members=[one for one in _once(people.values()) if one != lead],
        )  # fmt: skip
    made = _make_tasks(outline, layout, project, department, people, name, by, at)
    chosen = {role: person.pk for role, person in people.items()}
    PlaybookStart.objects.create(playbook=playbook, person=by, started_at=at, people=chosen)
    if project is not None:
        _announce(outline, layout, project, people, by, at)
    arguments = {
        "project_id": project.pk if project else None,
        "task_ids": [task.pk for task in made if task.parent_id is None],
    }
    undo = activity.offer_undo(verb="playbook.start", arguments=arguments, by=by, at=at)
    return Started(project, made, undo)


@transaction.atomic
def undo_start(*, by: Person, at: datetime, project_id: int | None, task_ids: list[int]) -> None:
    """Move everything that a template made to the recycle bin."""
    tasks.undo_create(by=by, at=at, task_ids=task_ids)
    if project_id is None:
        return
    project = Project.objects.visible_to(by).alive().filter(pk=project_id).first()
    if project is None:
        raise Refused(_("This project does not exist any more."))
    projects.put_in_bin(project=project, by=by, at=at, version=project.version)


def _make_tasks(
    outline: Outline, layout: Layout, project: Project | None, department: Department,
    people: Mapping[str, Person], name: str, by: Person, at: datetime,
) -> list[Task]:  # fmt: skip
    above = parents([step.level for step in outline.steps])
    categories = {row.name: row for row in Category.objects.all()}
    made: dict[int, Task] = {}
    for number, (step, placed) in enumerate(zip(outline.steps, layout.steps, strict=True)):
        if step.level > 2:
            continue  # lines of a checklist, see _lines
        parent = made.get(above[number]) if above[number] is not None else None  # type: ignore[arg-type]
        is_root = project is None and number == 0
        made[number] = tasks.create(
            by=by, at=at, title=name if is_root and name else step.title, project=project, parent=parent,
            owner=people.get(step.role) or (by if project is None else None), department=department,
            category=categories.get(step.category), tags=tasks.tags_named(step.tags),
            deliverable=step.deliverable, importance=step.importance, urgency=step.urgency,
            estimate_minutes=step.minutes, is_milestone=step.is_milestone, **_moments(placed),
        )  # fmt: skip
        lines = [*step.checklist, *_lines(outline, number)]
        if lines:
            checklist.add(task=made[number], texts=lines, by=by, at=at)
    _link(outline, made, by, at)
    return list(made.values())


def _lines(outline: Outline, number: int) -> list[str]:
    """Return the steps of the third level under an action: they become lines of its checklist."""
    above = parents([step.level for step in outline.steps])
    return [
        step.title for place, step in enumerate(outline.steps) if step.level > 2 and above[place] == number
    ]


def _moments(placed: Placed) -> dict[str, datetime]:
    zone = ZoneInfo(settings.TIME_ZONE)
    return {
        "starts_at": datetime.combine(placed.start, START_OF_DAY, tzinfo=zone),
        "due_at": datetime.combine(placed.due, END_OF_DAY, tzinfo=zone),
    }


def _link(outline: Outline, made: Mapping[int, Task], by: Person, at: datetime) -> None:
    for number, step in enumerate(outline.steps):
        for before in step.after:
            if number in made and before in made:
                tasks.add_dependency(predecessor=made[before], successor=made[number], by=by, at=at)


def _announce(
    outline: Outline, layout: Layout, project: Project, people: Mapping[str, Person], by: Person, at: datetime
) -> None:
    """Say that a project has started, with the key nodes it is to get; `portfolio` hears of it."""
    zone = ZoneInfo(settings.TIME_ZONE)
    rows: list[dict[str, Any]] = []
    for node, day in zip(outline.nodes, layout.nodes, strict=True):
        row: dict[str, Any] = {
            "title": node.title, "output": node.output, "owner": people.get(node.role),
            "limit_minutes": node.hours * 60, "follows": node.follows,
            "starts_at": datetime.combine(day, START_OF_DAY, tzinfo=zone),
        }  # fmt: skip
        rows.append(row)
    activity.record(
        PlaybookStarted(
            subject_id=project.pk, by_id=by.pk, at=at, department_id=project.department_id,
            person_ids=tuple(pk for pk in (project.owner_id, by.pk) if pk), nodes=rows,
            changes={"about": {"kind": "template", "text": outline.name}},
        )
    )  # fmt: skip


def _once(people: Any) -> list[Person]:
    return list({person.pk: person for person in people}.values())
