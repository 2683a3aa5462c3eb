"""What many tasks say in one own field, changed together: previewed, written in few statements, one undo for all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused
from opsloop.work import permissions
from opsloop.work.actions import customs, tasks
from opsloop.work.actions.bulk import Outcome, Step, claim, outcome, selection
from opsloop.work.events import CustomValueChanged
from opsloop.work.models import CustomField, CustomValue, Task


@dataclass(frozen=True)
class Saying:
    """What is to be said in an own field; None for nothing."""

    field: CustomField
    value: Any


def preview(*, tasks: Iterable[Task], edit: Saying, by: Person) -> Outcome:
    """Say what `change_together` would do. Nothing is written."""
    return outcome(_steps(list(tasks), edit, by, {}))


@transaction.atomic
def change_together(
    *, tasks: Iterable[Task], edit: Saying, by: Person, at: datetime, seen: Mapping[int, int] | None = None
) -> Outcome:
    """Let many tasks say the same in a field; one that has no such field or may not be changed is left out.

    `seen` holds the versions that a preview showed: what has been written since is left out too.

    Raises:
        Refused: the field does not take the value, or a task was written in the same moment.
    """
    chosen = list(tasks)
    before = _stored(edit.field, chosen)
    came = outcome(_steps(chosen, edit, by, seen or {}))
    if not came.changed:
        return came
    value = customs.checked(edit.field, edit.value)
    _write(came.changed, edit.field, [value] * len(came.changed), by, at)
    steps = [
        {
            "task_id": step.task.pk,
            "version": step.task.version,
            "before": customs.as_json(before.get(step.task.pk)),
        }
        for step in came.changed
    ]
    arguments = {"field_id": edit.field.pk, "steps": steps}
    return replace(came, undo=activity.offer_undo(verb="task.sayings", arguments=arguments, by=by, at=at))


@transaction.atomic
def undo_together(*, by: Person, at: datetime, field_id: int, steps: Sequence[Mapping[str, Any]]) -> None:
    """Let the tasks say again what they said, all of them or none.

    Raises:
        Refused: somebody has changed one of them since, or the field is gone.
    """
    field = customs.field_of(field_id, by)
    found = {task.pk: task for task in selection(by, (step["task_id"] for step in steps))}
    back, values = [], []
    for step in steps:
        task = found.get(step["task_id"])
        if task is None or task.version != step["version"]:
            raise Refused(_("This cannot be undone: somebody has changed one of the tasks since."))
        permissions.check_can_edit(task, by)
        back.append(task)
        values.append(customs.from_json(field, step["before"]))
    stood = _stored(field, back)
    made = [
        Step(task, _changes(field, stood.get(task.pk), value), {}, task.version)
        for task, value in zip(back, values, strict=True)
    ]
    _write(made, field, values, by, at)


def _steps(chosen: Sequence[Task], edit: Saying, by: Person, seen: Mapping[int, int]) -> list[Step]:
    value = customs.checked(edit.field, edit.value)
    if value is None and edit.field.required:
        raise Refused(_("Fill in “%(name)s”.") % {"name": edit.field.name}, field="value")
    before = _stored(edit.field, chosen)
    return [_step(task, edit.field, before.get(task.pk), value, by, seen) for task in chosen]


def _step(task: Task, field: CustomField, old: Any, new: Any, by: Person, seen: Mapping[int, int]) -> Step:
    if seen.get(task.pk, task.version) != task.version:
        return Step(task, {}, {}, task.version, _("Somebody has changed this task since the preview."))
    try:
        permissions.check_can_edit(task, by)
        customs.check_has(task, field)
    except Refused as refused:
        return Step(task, {}, {}, task.version, refused.reason)
    return Step(task, _changes(field, old, new) if old != new else {}, {}, task.version)


def _changes(field: CustomField, old: Any, new: Any) -> dict[str, list[Any]]:
    return {f"“{field.name}”": [customs.shown(old), customs.shown(new)]}


def _stored(field: CustomField, chosen: Sequence[Task]) -> dict[int, Any]:
    """Return what these tasks say in the field. One query."""
    rows = CustomValue.objects.filter(field=field, task__in=[task.pk for task in chosen])
    return {row.task_id: customs.stored(field, row) for row in rows.select_related("person")}


def _write(
    steps: Sequence[Step], field: CustomField, values: Sequence[Any], by: Person, at: datetime
) -> None:
    claim(steps)
    column = customs.COLUMNS[CustomField.Kind(field.kind)]
    said, silent = [], []
    for step, value in zip(steps, values, strict=True):
        if value is None:
            silent.append(step.task.pk)
        else:
            stored = int(value) if field.kind == CustomField.Kind.CHECK else value
            said.append(CustomValue(task=step.task, field=field, **{column: stored}))
    CustomValue.objects.filter(field=field, task_id__in=silent).delete()
    CustomValue.objects.bulk_create(
        said, batch_size=250, update_conflicts=True, unique_fields=["task", "field"], update_fields=[column]
    )
    activity.record_many(
        [CustomValueChanged(**tasks.about(step.task, by, at), changes=dict(step.changes)) for step in steps]
    )
