"""Copying, moving, merging and converting: what changes the shape of the work rather than one field of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.organisation.models import Person
from opsloop.records.changes import as_json
from opsloop.records.refusals import Refused
from opsloop.work import permissions
from opsloop.work.actions import checklist, projects, tasks
from opsloop.work.events import TaskConverted, TaskCopied, TaskMerged, TaskMergeUndone
from opsloop.work.models import ChecklistItem, Dependency, Project, Task

# What a copy takes over. Its state, its number, its routine and who made it are its own.
COPIED = (
    "description", "deliverable", "department", "project", "goal", "parent", "owner", "category", "importance",
    "urgency", "estimate_minutes", "starts_at", "due_at", "is_milestone", "needs_acceptance", "note",
)  # fmt: skip


@transaction.atomic
def copy(
    *,
    task: Task,
    title: str,
    by: Person,
    at: datetime,
    with_actions: bool = True,
    with_checklist: bool = True,
    with_tags: bool = True,
) -> tuple[Task, Undo]:
    """Make a task like `task`, not begun, and say so in the history of both."""
    made = _copy_of(task, title, task.parent, by, at, with_tags=with_tags)
    if with_checklist:
        _copy_checklist(task, made)
    copies = [made]
    if with_actions:
        for action in task.actions.alive().select_related("owner", "category", "department"):
            twin = _copy_of(action, action.title, made, by, at, with_tags=with_tags)
            copies.append(twin)
            if with_checklist:
                _copy_checklist(action, twin)
    activity.record(TaskCopied(**tasks.about(made, by, at), changes={"copied_from": [None, as_json(task)]}))
    ids = [one.pk for one in reversed(copies)]
    return made, activity.offer_undo(verb="task.create", arguments={"task_ids": ids}, by=by, at=at)


def _copy_of(
    task: Task, title: str, parent: Task | None, by: Person, at: datetime, *, with_tags: bool
) -> Task:
    values = {name: getattr(task, name) for name in COPIED}
    owner: Person | None = values["owner"]
    values["owner"] = owner if owner is not None and owner.is_active else None
    values["collaborators"] = [helper for helper in task.collaborators.all() if helper.is_active]
    values["tags"] = list(task.tags.all()) if with_tags else []
    return tasks.create(by=by, at=at, title=title, **{**values, "parent": parent})


def _copy_checklist(task: Task, made: Task) -> None:
    items = task.checklist.all()
    ChecklistItem.objects.bulk_create(
        [ChecklistItem(task=made, text=item.text, position=item.position) for item in items]
    )


@transaction.atomic
def move(
    *, task: Task, values: Mapping[str, Any], by: Person, at: datetime, version: int, why: str = ""
) -> Undo | None:
    """Move a task to another project, goal, department or task; its actions go along.

    Actions follow where they stood beside their task; one that was elsewhere on purpose stays there.
    """
    old = {name: getattr(task, f"{name}_id") for name in ("project", "goal", "department")}
    actions = list(task.actions.alive().select_related("owner", "project", "goal", "department"))
    step = tasks.write(task, values, by, at, version, why=why)
    if step is None:
        return None
    steps = [step]
    for action in actions:
        along = {
            name: getattr(task, name)
            for name in old
            if name in values and getattr(action, f"{name}_id") == old[name]
        }
        followed = tasks.write(action, along, by, at, action.version, why=why) if along else None
        steps += [followed] if followed else []
    return activity.offer_undo(verb="task.change_many", arguments={"steps": steps}, by=by, at=at)


@transaction.atomic
def merge(*, task: Task, into: Task, by: Person, at: datetime, version: int) -> Undo:
    """Let `task` go into `into`: its actions, checklist, links, helpers and labels move there.

    `task` is cancelled and points to where it went; hours, talk, files and watchers follow it there
    (config/reactions.py).

    Raises:
        Refused: it is the same task, one is part of the other, or an action would get actions.
    """
    _check_can_merge(task, into, by)
    undone: dict[str, Any] = {"task_id": task.pk, "into_id": into.pk, "status": task.status}
    undone["action_ids"] = _move_actions(task, into, by, at)
    undone["items"] = _move_checklist(task, into)
    undone["links"] = _move_links(task, into)
    helpers = [*into.collaborators.all(), *task.collaborators.all(), *([task.owner] if task.owner else [])]
    together = {
        "collaborators": list(dict.fromkeys(one for one in helpers if one != into.owner and one.is_active)),
        "tags": list(dict.fromkeys([*into.tags.all(), *task.tags.all()])),
    }
    undone["step"] = tasks.write(into, together, by, at, into.version)
    why = _("Merged into %(number)s.") % {"number": into.number}
    tasks.write(task, {"status": Task.Status.CANCELLED}, by, at, version, why=why)
    task.merged_into = into
    task.save(update_fields=["merged_into"])
    changes = {"merged_into": [None, as_json(into)]}
    activity.record(TaskMerged(**tasks.about(task, by, at, into.owner_id), changes=changes, into_id=into.pk))
    return activity.offer_undo(verb="task.merge", arguments=undone, by=by, at=at)


@transaction.atomic
def undo_merge(
    *,
    by: Person,
    at: datetime,
    task_id: int,
    into_id: int,
    status: str,
    action_ids: Sequence[int],
    items: Sequence[int],
    links: Sequence[Sequence[Any]],
    step: Mapping[str, Any] | None,
) -> None:
    """Part two merged tasks again: what came from the one goes back to it, what was done since stays done."""
    found = Task.objects.visible_to(by).alive().in_bulk([task_id, into_id])
    if len(found) < 2 or found[task_id].merged_into_id != into_id:
        raise Refused(_("This cannot be undone: one of the two tasks was changed or deleted since."))
    task, into = found[task_id], found[into_id]
    tasks.write(task, {"status": status}, by, at, task.version)
    for action in into.actions.alive().filter(pk__in=list(action_ids)):
        tasks.write(action, {"parent": task}, by, at, action.version)
    into.checklist.filter(pk__in=list(items)).update(task=task)
    for link_id, role, old_id in links:
        Dependency.objects.filter(pk=link_id).update(**{f"{role}_id": old_id})
    if step is not None and into.version == step["version"]:
        tasks.undo_change(by=by, at=at, **step)
    changes = {"merged_into": [as_json(into), None]}
    activity.record(TaskMergeUndone(**tasks.about(task, by, at), changes=changes, into_id=into.pk))


def _check_can_merge(task: Task, into: Task, by: Person) -> None:
    permissions.check_can_edit(task, by)
    permissions.check_can_edit(into, by)
    if task.pk == into.pk:
        raise Refused(_("A task cannot be merged into itself. Choose another one."), field="into")
    if into.parent_id == task.pk:
        raise Refused(_("This is an action of the task. Choose another task."), field="into")
    if not task.is_open or not into.is_open:
        raise Refused(_("Only open tasks can be merged. Open them again first."), field="into")
    if into.parent_id is not None and task.actions.alive().exists():
        raise Refused(
            _("An action cannot take over actions. Choose a task, or move the actions first."), field="into"
        )


def _move_actions(task: Task, into: Task, by: Person, at: datetime) -> list[int]:
    moved = []
    for action in task.actions.alive():
        tasks.write(action, {"parent": into}, by, at, action.version)
        moved.append(action.pk)
    return moved


def _move_checklist(task: Task, into: Task) -> list[int]:
    last = into.checklist.aggregate(last=Max("position"))["last"]
    keys = list(task.checklist.values_list("pk", flat=True))
    task.checklist.update(task=into, position=F("position") + (0 if last is None else last + 1))
    return keys


def _move_links(task: Task, into: Task) -> list[tuple[int, str, int]]:
    """Point the dependencies of `task` to `into`, but those that stand there already or would make a circle."""
    moved: list[tuple[int, str, int]] = []
    for role, other in (("predecessor", "successor"), ("successor", "predecessor")):
        known = set(Dependency.objects.filter(**{role: into}).values_list(f"{other}_id", flat=True))
        for link in Dependency.objects.filter(**{role: task}):
            end = getattr(link, f"{other}_id")
            first, last = (into.pk, end) if role == "predecessor" else (end, into.pk)
            if end == into.pk or end in known or tasks.path_between(last, first):
                continue
            Dependency.objects.filter(pk=link.pk).update(**{f"{role}_id": into.pk})
            moved.append((link.pk, role, task.pk))
    return moved


@transaction.atomic
def make_item(*, task: Task, of: Task, by: Person, at: datetime) -> Undo:
    """Turn an action or a small task into a line of the checklist of `of`; the task goes to the bin."""
    permissions.check_can_edit(of, by)
    if of.pk == task.pk:
        raise Refused(_("A task cannot stand in its own checklist. Choose another one."), field="of")
    if task.actions.alive().exists():
        raise Refused(_("This task has actions. Move or close them first."), field="of")
    checklist.add(task=of, texts=[task.title], by=by, at=at)
    item = of.checklist.latest("pk")
    if not task.is_open:
        checklist.tick(item=item, done=True, by=by, at=at)
    changes = {"converted_into": [None, as_json(of)]}
    activity.record(TaskConverted(**tasks.about(task, by, at), changes=changes))
    tasks.put_in_bin(task=task, by=by, at=at, version=task.version)
    arguments = {"task_id": task.pk, "of_id": of.pk, "item_id": item.pk}
    return activity.offer_undo(verb="task.make_item", arguments=arguments, by=by, at=at)


@transaction.atomic
def undo_make_item(*, by: Person, at: datetime, task_id: int, of_id: int, item_id: int) -> None:
    """Bring the task back and take its line off the checklist."""
    tasks.undo_bin(by=by, at=at, task_id=task_id)
    checklist.undo_add(by=by, at=at, task_id=of_id, item_ids=[item_id])


@transaction.atomic
def make_project(*, task: Task, by: Person, at: datetime, version: int) -> tuple[Project, Undo]:
    """Turn a task into a project: its actions become the tasks, itself the first of them.

    Raises:
        Refused: it is an action, or stands in a project already.
    """
    permissions.check_can_edit(task, by)
    if task.parent_id is not None:
        raise Refused(_("An action cannot become a project. Make it a task first."))
    if task.project_id is not None:
        raise Refused(_("This task stands in a project already. Take it out first."))
    project = projects.create(
        by=by, at=at, name=task.title[:120], department=task.department, owner=task.owner,
        members=list(task.collaborators.all()), goal=task.goal, description=task.description,
        due_on=task.due_at.date() if task.due_at else None,
    )  # fmt: skip
    steps = []
    for action in task.actions.alive().select_related("owner"):
        values = {"parent": None, "project": project}
        steps.append(tasks.write(action, values, by, at, action.version))
    steps.append(tasks.write(task, {"project": project}, by, at, version))
    changes = {"converted_into": [None, as_json(project)]}
    activity.record(TaskConverted(**tasks.about(task, by, at), changes=changes))
    arguments = {"project_id": project.pk, "steps": [step for step in reversed(steps) if step]}
    return project, activity.offer_undo(verb="task.make_project", arguments=arguments, by=by, at=at)


@transaction.atomic
def undo_make_project(
    *, by: Person, at: datetime, project_id: int, steps: Iterable[Mapping[str, Any]]
) -> None:
    """Put the actions back under their task, and the project into the bin."""
    tasks.undo_change_many(by=by, at=at, steps=steps)
    project = Project.objects.visible_to(by).alive().filter(pk=project_id).first()
    if project is not None:
        projects.put_in_bin(project=project, by=by, at=at, version=project.version)
