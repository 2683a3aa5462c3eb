"""The verbs of work: each one short transaction that also records what happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.engines.graphs import find_path
from opsloop.engines.recurrence import is_rule
from opsloop.organisation.models import Person
from opsloop.organisation.numbering import next_number
from opsloop.records.changes import add_many, as_json, differs, from_json, set_fields, set_many
from opsloop.records.dates import is_plausible
from opsloop.records.refusals import Refused, StaleVersion
from opsloop.search import actions as search
from opsloop.work import permissions
from opsloop.work.events import (
    DependencyChanged,
    TaskBinned,
    TaskChanged,
    TaskClosed,
    TaskCreated,
    TaskReopened,
    TaskRestored,
)
from opsloop.work.models import Dependency, Tag, Task
from opsloop.work.queries.customs import lacking

# A year of work; more is a slip of the pen, and the column must hold it.
LONGEST_LAG = 2_000 * 60
# What `change` may write; everything else has a verb of its own.
FIELDS = frozenset({
    "title", "description", "deliverable", "department", "project", "goal", "parent", "owner", "category",
    "importance", "urgency", "quadrant_override", "quadrant_reason", "status", "progress", "estimate_minutes",
    "starts_at", "due_at", "recurrence", "on_holiday", "is_milestone", "deferred_until", "requester",
    "needs_acceptance", "note",
})  # fmt: skip
MANY_FIELDS = frozenset({"collaborators", "tags"})
# What the search index holds of a task, and what a parent's progress follows from.
SEARCHED = frozenset({"title", "description", "deliverable", "note", "tags"})
# What follows from other fields, or goes with them.
FOLLOWING = ("quadrant_reason", "closed_at", "closed_by", "delivery", "merged_into")
ROLLED_UP = frozenset({"status", "progress", "estimate_minutes", "parent"})


@transaction.atomic
def create(*, by: Person, at: datetime, title: str, **values: Any) -> Task:
    """Create a task (an action, if `parent` is given) and return it.

    `values` are fields of `FIELDS` and `MANY_FIELDS` (lists). Without an owner it belongs to nobody yet;
    without a department it goes to the owner's, else to the creator's. Who creates it has asked for it.

    Raises:
        Refused: the rules do not allow it; `field` names what to mend.
    """
    many = {name: list(values.pop(name, [])) for name in MANY_FIELDS}
    task = Task(title=title, created_by=by, created_at=at, **{"requester": by, **values})
    _fill_from_parent(task)
    task.department = task.department or (task.owner.department if task.owner else by.department)
    permissions.check_can_create(task.department, by)
    permissions.check_can_assign(task, task.owner, by)
    _check_shape(task)
    if task.status in (Task.Status.DONE, Task.Status.CANCELLED):
        task.closed_at, task.closed_by = at, by
    task.number = next_number("project_task" if task.project else "task", at=at)
    task.save(force_insert=True)
    add_many(task, many)
    # New, so it is not in the index yet.
    search.index_many(kind="task", records=[searchable(task)])
    activity.record(TaskCreated(**about(task, by, at)))
    roll_up(task.parent_id)
    return task


@transaction.atomic
def create_undoable(*, by: Person, at: datetime, title: str, **values: Any) -> tuple[Task, Undo]:
    """Create a task like `create`, and offer to take that back."""
    task = create(by=by, at=at, title=title, **values)
    return task, activity.offer_undo(verb="task.create", arguments={"task_ids": [task.pk]}, by=by, at=at)


@transaction.atomic
def change(
    *, task: Task, values: Mapping[str, Any], by: Person, at: datetime, version: int, why: str = ""
) -> Undo | None:
    """Change fields of a task the writer saw at `version`; return the offered undo, None if nothing changed.

    Writing what stands already changes nothing and claims no version. `why` goes into the history.

    Raises:
        StaleVersion: somebody wrote the task since.
        Refused: the rules do not allow it.
    """
    step = write(task, values, by, at, version, why=why)
    return activity.offer_undo(verb="task.change", arguments=step, by=by, at=at) if step else None


@dataclass(frozen=True)
class Together:
    """What came of changing several tasks: those changed, those left as they are and why, one undo for all."""

    changed: list[Task]
    refused: list[tuple[Task, str]]
    undo: Undo | None


@transaction.atomic
def change_many(*, tasks: Iterable[Task], values: Mapping[str, Any], by: Person, at: datetime) -> Together:
    """Change the same fields of several tasks; one that the rules refuse is left out and named."""
    steps: list[dict[str, Any]] = []
    changed: list[Task] = []
    refused: list[tuple[Task, str]] = []
    with activity.together():
        for task in tasks:
            try:
                with transaction.atomic():
                    step = write(task, values, by, at, task.version)
            except Refused as why:
                refused.append((task, why.reason))
                continue
            if step:
                steps.append(step)
                changed.append(task)
    undo = (
        activity.offer_undo(verb="task.change_many", arguments={"steps": steps}, by=by, at=at)
        if steps
        else None
    )
    return Together(changed, refused, undo)


@dataclass(frozen=True)
class Edit:
    """New values for the fields of one task, which the writer saw at `version`."""

    task: Task
    values: Mapping[str, Any]
    version: int


@dataclass(frozen=True)
class Edits:
    """What came of edits of several tasks: those changed, those refused and why, and what takes them back."""

    changed: list[Task]
    refused: list[tuple[Edit, Refused | StaleVersion]]
    steps: list[dict[str, Any]]


@transaction.atomic
def change_each(*, edits: Iterable[Edit], by: Person, at: datetime) -> Edits:
    """Change several tasks, each in its own way; one that is refused or stale is left out and named.

    The caller offers the undo: `steps` are the arguments of `undo_change_many`.
    """
    came = Edits([], [], [])
    for edit in edits:
        try:
            with transaction.atomic():
                step = write(edit.task, edit.values, by, at, edit.version)
        except (Refused, StaleVersion) as why:
            came.refused.append((edit, why))
            continue
        if step:
            came.steps.append(step)
            came.changed.append(edit.task)
    return came


@transaction.atomic
def undo_change_many(*, by: Person, at: datetime, steps: Iterable[Mapping[str, Any]]) -> None:
    """Take a change of several tasks back, all of it or nothing."""
    for step in steps:
        undo_change(by=by, at=at, **step)


def write(
    task: Task,
    values: Mapping[str, Any],
    by: Person,
    at: datetime,
    version: int,
    *,
    why: str = "",
    is_accepted: bool = False,
) -> dict[str, Any] | None:
    """Change a task and return the arguments that take it back, or None; in the caller's transaction.

    `is_accepted`: closing it needs no acceptance any more.
    """
    old_parent = task.parent_id
    changes, many = prepare(task, values, by, at, is_accepted=is_accepted)
    if not changes and not differs(task, many):
        return None
    task.bump(version, [*changes, *FOLLOWING])
    changes |= set_many(task, many)
    if SEARCHED & changes.keys():
        _index(task)
    activity.record(event_for(task, changes, by, at, why))
    if ROLLED_UP & changes.keys():
        for parent_id in {old_parent, task.parent_id}:
            roll_up(parent_id)
    before = {name: pair[0] for name, pair in changes.items()}
    return {"task_id": task.pk, "version": task.version, "before": before}


def prepare(
    task: Task, values: Mapping[str, Any], by: Person, at: datetime, *, is_accepted: bool = False
) -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
    """Check a change and set it on `task` in memory; return what changed, and the lists that shall stand.

    Nothing is written: what comes of many tasks can be shown first.
    """
    permissions.check_can_edit(task, by)
    if "owner" in values and values["owner"] != task.owner:
        permissions.check_can_assign(task, values["owner"], by)
    if values.get("status") == Task.Status.DONE and task.is_open:
        (permissions.check_can_finish if is_accepted else permissions.check_can_close)(task, by)
    is_closing = values.get("status") == Task.Status.DONE and task.is_open and not is_accepted
    changes = set_fields(task, {name: value for name, value in values.items() if name in FIELDS})
    if is_closing:
        check_filled_in(task)
    many = {name: list(values[name]) for name in MANY_FIELDS if name in values}
    if changes or differs(task, many):
        _follow_status(task, changes, by=by, at=at)
        _check_shape(task)
    return changes, many


def check_filled_in(task: Task) -> None:
    """Raise Refused while own fields that must be filled in are not: before a task is done, or handed in."""
    # Of many tasks it was asked together whether there are any (`queries.tasks.editable`).
    missing = lacking(task) if getattr(task, "lacks", True) else []
    if missing:
        names = str(_(", ")).join(f"“{field.name}”" for field in missing)
        raise Refused(
            _("Fill in %(names)s first; the project or category of this task asks for it.")
            % {"names": names},
            field=f"custom_{missing[0].pk}",
        )


@transaction.atomic
def undo_change(*, by: Person, at: datetime, task_id: int, version: int, before: Mapping[str, Any]) -> None:
    """Put the fields of a task back, if nobody has written it since."""
    task = Task.objects.visible_to(by).filter(pk=task_id).first()
    if task is None or task.version != version:
        raise Refused(_("This cannot be undone: somebody has changed the task since."))
    values = {name: from_json(Task, name, value) for name, value in before.items()}
    # What is put back has stood before: if it was closed, it had been accepted.
    write(task, values, by, at, version, is_accepted=True)


def close(*, task: Task, by: Person, at: datetime, version: int) -> Undo | None:
    """Mark a task as done; a recurring one makes its next instance in config/reactions.py."""
    permissions.check_can_close(task, by)
    return change(task=task, values={"status": Task.Status.DONE}, by=by, at=at, version=version)


def reopen(*, task: Task, by: Person, at: datetime, version: int) -> Undo | None:
    """Open a closed task again, as in progress if it had been begun."""
    permissions.check_can_reopen(task, by)
    status = Task.Status.DOING if task.progress else Task.Status.TODO
    return change(task=task, values={"status": status}, by=by, at=at, version=version)


@transaction.atomic
def put_in_bin(*, task: Task, by: Person, at: datetime, version: int) -> Undo:
    """Move a task and its actions to the recycle bin, where it stays for 30 days."""
    _put_in_bin(task, by, at, version)
    return activity.offer_undo(verb="task.restore", arguments={"task_id": task.pk}, by=by, at=at)


@transaction.atomic
def put_many_in_bin(*, tasks: Iterable[Task], by: Person, at: datetime) -> Together:
    """Move several tasks to the recycle bin; one that the rules refuse is left out and named."""
    changed: list[Task] = []
    refused: list[tuple[Task, str]] = []
    for task in tasks:
        try:
            _put_in_bin(task, by, at, task.version)
            changed.append(task)
        except Refused as why:
            refused.append((task, why.reason))
    ids = [task.pk for task in changed]
    undo = (
        activity.offer_undo(verb="task.restore_many", arguments={"task_ids": ids}, by=by, at=at)
        if ids
        else None
    )
    return Together(changed, refused, undo)


@transaction.atomic
def _put_in_bin(task: Task, by: Person, at: datetime, version: int) -> None:
    permissions.check_can_delete(task, by)
    task.bump(version)
    binned = [task.pk, *task.actions.alive().values_list("pk", flat=True)]
    Task.objects.filter(pk__in=binned).update(deleted_at=at, deleted_by=by)
    task.deleted_at, task.deleted_by = at, by
    for pk in binned:
        search.remove(kind="task", object_id=pk)
    activity.record(TaskBinned(**about(task, by, at)))
    roll_up(task.parent_id)


@transaction.atomic
def restore(*, task: Task, by: Person, at: datetime) -> None:
    """Bring a task back from the recycle bin, with the actions that went there with it.

    Raises:
        Refused: it is not in the bin, its task still is, or `by` may not delete it.
    """
    permissions.check_can_restore(task, by)
    together = list(task.actions.filter(deleted_at=task.deleted_at))
    task.bump(task.version)
    back = [task, *together]
    Task.objects.filter(pk__in=[one.pk for one in back]).update(deleted_at=None, deleted_by=None)
    task.deleted_at = task.deleted_by = None
    for one in back:
        _index(one)
    activity.record(TaskRestored(**about(task, by, at)))
    roll_up(task.parent_id)


@transaction.atomic
def undo_bin(*, by: Person, at: datetime, task_id: int) -> None:
    """Bring back the task that `put_in_bin` deleted."""
    task = Task.objects.visible_to(by).filter(pk=task_id).first()
    if task is None:
        raise Refused(_("This task does not exist any more."))
    restore(task=task, by=by, at=at)


@transaction.atomic
def undo_bin_many(*, by: Person, at: datetime, task_ids: Iterable[int]) -> None:
    """Bring back the tasks that `put_many_in_bin` deleted, those that are still in the bin."""
    for task in Task.objects.visible_to(by).filter(pk__in=list(task_ids), deleted_at__isnull=False):
        restore(task=task, by=by, at=at)


@transaction.atomic
def undo_create(*, by: Person, at: datetime, task_ids: Iterable[int]) -> None:
    """Take the creation of tasks back: they go to the recycle bin."""
    for task in Task.objects.visible_to(by).alive().filter(pk__in=list(task_ids)):
        _put_in_bin(task, by, at, task.version)


@transaction.atomic
def add_dependency(
    *, predecessor: Task, successor: Task, by: Person, at: datetime, lag_minutes: int = 0
) -> Undo:
    """Make `successor` wait for `predecessor`.

    Raises:
        Refused: it would close a circle (named in the reason), or stands already.
    """
    permissions.check_can_edit(successor, by)
    check_lag(lag_minutes)
    _queue_for_links()
    cycle = path_between(successor.pk, predecessor.pk)
    if cycle:
        titles = dict(Task.objects.visible_to(by).filter(pk__in=cycle).values_list("pk", "title"))
        hidden = _("A task of another department")
        chain = " → ".join(titles.get(pk, hidden) for pk in [*cycle, successor.pk])
        raise Refused(_("This would make a circle: %(chain)s.") % {"chain": chain}, field="predecessor")
    _link, is_new = Dependency.objects.get_or_create(
        predecessor=predecessor, successor=successor, defaults={"lag_minutes": lag_minutes}
    )
    if not is_new:
        raise Refused(_("This dependency stands already."), field="predecessor")
    changes = {"predecessors": [None, as_json(predecessor)]}
    activity.record(DependencyChanged(**about(successor, by, at), changes=changes))
    arguments = {"predecessor_id": predecessor.pk, "successor_id": successor.pk}
    return activity.offer_undo(verb="task.unlink", arguments=arguments, by=by, at=at)


@transaction.atomic
def remove_dependency(*, dependency: Dependency, by: Person, at: datetime) -> Undo:
    """Let the successor start without waiting for the predecessor."""
    permissions.check_can_edit(dependency.successor, by)
    changes = {"predecessors": [as_json(dependency.predecessor), None]}
    arguments = {
        "predecessor_id": dependency.predecessor_id,
        "successor_id": dependency.successor_id,
        "lag_minutes": dependency.lag_minutes,
    }
    dependency.delete()
    activity.record(DependencyChanged(**about(dependency.successor, by, at), changes=changes))
    return activity.offer_undo(verb="task.link", arguments=arguments, by=by, at=at)


@transaction.atomic
def undo_add_dependency(*, by: Person, at: datetime, predecessor_id: int, successor_id: int) -> None:
    """Take back what `add_dependency` did, if it still stands."""
    ends = {"predecessor_id": predecessor_id, "successor_id": successor_id}
    link = Dependency.objects.select_related("predecessor", "successor").filter(**ends).first()
    if link is None:
        raise Refused(_("This dependency was removed already."))
    remove_dependency(dependency=link, by=by, at=at)


@transaction.atomic
def undo_remove_dependency(
    *, by: Person, at: datetime, predecessor_id: int, successor_id: int, lag_minutes: int
) -> None:
    """Put back what `remove_dependency` took away."""
    tasks = Task.objects.visible_to(by).alive().in_bulk([predecessor_id, successor_id])
    if len(tasks) < 2:
        raise Refused(_("This task does not exist any more."))
    before, after = tasks[predecessor_id], tasks[successor_id]
    add_dependency(predecessor=before, successor=after, lag_minutes=lag_minutes, by=by, at=at)


def _queue_for_links() -> None:
    """Let one link be added at a time: two that are harmless alone can make a circle together.

    SQLite has one writer anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('opsloop.work.dependency'))")


def path_between(start: int, goal: int) -> list[int]:
    """Return the ids of the tasks from `start` along its successors to `goal`, or []."""
    return find_path(start, goal, _successors)


def check_lag(minutes: int) -> None:
    """Raise Refused unless a lag is one that a plan can hold."""
    if not 0 <= minutes <= LONGEST_LAG:
        raise Refused(_("The lag is at most 2,000 working hours."), field="lag")


def tags_named(names: Iterable[str]) -> list[Tag]:
    """Return the tags of these names, making those that are new; in the caller's transaction."""
    cleaned = dict.fromkeys(name.strip()[:40] for name in names if name.strip())
    return [Tag.objects.get_or_create(name=name)[0] for name in cleaned]


def about(task: Task, by: Person, at: datetime, *others: int | None) -> dict[str, Any]:
    """Return what every event of a task says: who did it and when, and whose pages it concerns."""
    helpers = (helper.pk for helper in task.collaborators.all())
    people = [task.owner_id, task.requester_id, task.created_by_id, *helpers, *others]
    return {
        "subject_id": task.pk,
        "by_id": by.pk,
        "at": at,
        "department_id": task.department_id,
        "person_ids": tuple(dict.fromkeys(pk for pk in people if pk)),
    }


def event_for(
    task: Task, changes: dict[str, Any], by: Person, at: datetime, why: str = ""
) -> TaskChanged | TaskClosed | TaskReopened:
    closed = (Task.Status.DONE, Task.Status.CANCELLED)
    old, new = changes.get("status", [task.status, task.status])
    if new in closed and old not in closed:
        return TaskClosed(**about(task, by, at), changes=changes, note=why)
    if old in closed and new not in closed:
        return TaskReopened(**about(task, by, at), changes=changes, note=why)
    return TaskChanged(**about(task, by, at), changes=changes, note=why)


def _fill_from_parent(task: Task) -> None:
    if task.parent is not None:
        task.project = task.project or task.parent.project
        task.goal = task.goal or task.parent.goal
        task.department = task.department or task.parent.department
        task.owner = task.owner or task.parent.owner


def _follow_status(task: Task, changes: dict[str, list[Any]], *, by: Person, at: datetime) -> None:
    """Keep closing time and progress in step with the status."""
    if "status" not in changes:
        return
    if task.is_open:
        if task.closed_at is not None:
            # Opened again: what comes of it is handed in anew.
            task.delivery = task.merged_into = None
        task.closed_at = task.closed_by = None
        if task.progress == 100:
            changes |= set_fields(task, {"progress": 90})
    else:
        task.closed_at, task.closed_by = at, by
        if task.status == Task.Status.DONE:
            changes |= set_fields(task, {"progress": 100})


def _check_shape(task: Task) -> None:
    if not task.title.strip():
        raise Refused(_("A task needs a title."), field="title")
    for name in ("starts_at", "due_at"):
        if not is_plausible(getattr(task, name)):
            raise Refused(_("Choose a date between 2000 and 2100."), field=name)
    if task.starts_at and task.due_at and task.due_at < task.starts_at:
        raise Refused(_("The due time lies before the start. Move one of them."), field="due_at")
    _check_quadrant(task)
    _check_repeats(task)
    if task.parent is not None:
        _check_parent(task, task.parent)


def _check_quadrant(task: Task) -> None:
    if task.quadrant_override is None:
        task.quadrant_reason = ""
    elif not task.quadrant_reason.strip():
        raise Refused(
            _("Say in a few words why this quadrant is right, so that others can follow it."),
            field="quadrant_reason",
        )


def _check_repeats(task: Task) -> None:
    if not task.recurrence:
        return
    if not is_rule(task.recurrence):
        raise Refused(
            _("This rule of repetition is not understood. Choose one of the list."), field="recurrence"
        )
    if task.starts_at is None and task.due_at is None:
        raise Refused(_("A repeating task needs a start or a due date to count from."), field="recurrence")


def _check_parent(task: Task, parent: Task) -> None:
    if parent.parent_id is not None:
        raise Refused(_("An action cannot have actions of its own. Choose a task."), field="parent")
    if parent.is_binned:
        raise Refused(_("That task is in the recycle bin. Restore it first."), field="parent")
    if task.pk and (task.parent_id == task.pk or task.actions.exists()):
        raise Refused(_("A task that has actions cannot become an action itself."), field="parent")


def roll_up(parent_id: int | None) -> None:
    """Let a task's progress follow its actions, weighted by their estimates."""
    if parent_id is None:
        return
    rows = Task.objects.alive().filter(parent_id=parent_id).exclude(status=Task.Status.CANCELLED)
    weighted = [
        (row["estimate_minutes"] or 60, row["progress"])
        for row in rows.values("estimate_minutes", "progress")
    ]
    total = sum(weight for weight, _progress in weighted)
    if total:
        mean = sum(weight * progress for weight, progress in weighted) // total
        # No bump: the value is derived, a reader's edit of the parent must not conflict with it.
        Task.objects.filter(pk=parent_id, status__in=Task.OPEN_STATUSES).update(progress=mean)


def _successors(ids: list[int]) -> Iterable[tuple[int, int]]:
    return Dependency.objects.filter(predecessor_id__in=ids).values_list("predecessor_id", "successor_id")


def _index(task: Task) -> None:
    record = searchable(task)
    search.index(kind="task", object_id=task.pk, title=record.title, texts=record.texts)


def searchable(task: Task) -> search.Searchable:
    tags = (tag.name for tag in task.tags.all())
    texts = [task.number, task.description, task.deliverable, task.note, *tags]
    return search.Searchable(task.pk, task.title, [text for text in texts if text])
