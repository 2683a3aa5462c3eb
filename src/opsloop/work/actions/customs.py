"""Own fields of projects and categories, and what tasks say in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.organisation.models import Person
from opsloop.records.dates import is_plausible
from opsloop.records.refusals import Refused
from opsloop.work import permissions
from opsloop.work.actions import projects, tasks
from opsloop.work.events import CustomValueChanged, ProjectFieldsChanged
from opsloop.work.models import Category, CustomField, CustomValue, Project, Task

Kind = CustomField.Kind
# More columns than a form should have.
MOST_FIELDS = 30
# The column of CustomValue that holds a kind.
COLUMNS = {
    Kind.TEXT: "text", Kind.CHOICE: "text", Kind.NUMBER: "number", Kind.CHECK: "number", Kind.DATE: "day",
    Kind.PERSON: "person",
}  # fmt: skip


@transaction.atomic
def add_field(
    *,
    owner: Project | Category,
    name: str,
    kind: str,
    options: Sequence[str] = (),
    required: bool = False,
    by: Person,
    at: datetime,
) -> tuple[CustomField, Undo]:
    """Give the tasks of a project or category a field of its own.

    Raises:
        Refused: there is one of this name, a list has no choices, or there are too many fields.
    """
    permissions.check_can_edit_fields(owner, by)
    own = _of(owner)
    current = CustomField.objects.current().filter(**own)
    if current.count() >= MOST_FIELDS:
        raise Refused(_("There are %(most)s fields already. Remove one first.") % {"most": MOST_FIELDS})
    last = current.aggregate(last=Max("position"))["last"]
    field = CustomField(**own, name=name.strip(), kind=kind, required=required, position=(last or 0) + 1)
    field.options = _options(kind, options)
    _check_field(field)
    field.save(force_insert=True)
    _record_field(field, by, at, None, field.name)
    arguments = {"field_id": field.pk}
    return field, activity.offer_undo(verb="field.remove", arguments=arguments, by=by, at=at)


@transaction.atomic
def change_field(
    *,
    field: CustomField,
    name: str,
    options: Sequence[str],
    required: bool,
    by: Person,
    at: datetime,
    version: int,
) -> Undo | None:
    """Rename a field, change its choices or whether it must be filled in; its kind stays.

    A choice that is taken off the list stays where tasks have it.
    """
    permissions.check_can_edit_fields(owner_of(field), by)
    before = {"name": field.name, "options": field.options, "required": field.required}
    field.name, field.required = name.strip(), required
    field.options = _options(field.kind, options)
    if before == {"name": field.name, "options": field.options, "required": field.required}:
        return None
    _check_field(field)
    field.bump(version)
    field.save(update_fields=["name", "options", "required"])
    _record_field(field, by, at, before["name"], field.name)
    arguments = {"field_id": field.pk, "version": field.version, "before": before}
    return activity.offer_undo(verb="field.change", arguments=arguments, by=by, at=at)


@transaction.atomic
def remove_field(*, field: CustomField, by: Person, at: datetime) -> Undo:
    """Take a field away; what the tasks say in it is kept for its return."""
    permissions.check_can_edit_fields(owner_of(field), by)
    field.bump(field.version)
    field.removed_at = at
    field.save(update_fields=["removed_at"])
    _record_field(field, by, at, field.name, None)
    return activity.offer_undo(verb="field.restore", arguments={"field_id": field.pk}, by=by, at=at)


@transaction.atomic
def move_field(*, field: CustomField, place: int, by: Person, at: datetime) -> None:
    """Put a field at `place` among its neighbours, counted from 0."""
    owner = owner_of(field)
    permissions.check_can_edit_fields(owner, by)
    order = [one for one in CustomField.objects.current().filter(**_of(owner)) if one.pk != field.pk]
    order.insert(max(0, min(place, len(order))), field)
    for position, one in enumerate(order, start=1):
        one.position = position
    CustomField.objects.bulk_update(order, ["position"])
    _record_field(field, by, at, None, field.name)


@transaction.atomic
def undo_add_field(*, by: Person, at: datetime, field_id: int) -> None:
    """Take a new field away again."""
    remove_field(field=field_of(field_id, by), by=by, at=at)


@transaction.atomic
def undo_change_field(
    *, by: Person, at: datetime, field_id: int, version: int, before: Mapping[str, Any]
) -> None:
    """Put a field back, if nobody has changed it since."""
    field = field_of(field_id, by)
    if field.version != version:
        raise Refused(_("This cannot be undone: somebody has changed the field since."))
    change_field(field=field, by=by, at=at, version=version, **before)


@transaction.atomic
def undo_remove_field(*, by: Person, at: datetime, field_id: int) -> None:
    """Bring a removed field back, with what the tasks said in it."""
    field = field_of(field_id, by)
    permissions.check_can_edit_fields(owner_of(field), by)
    if field.removed_at is None:
        raise Refused(_("This was undone already."))
    field.removed_at = None
    _check_field(field)
    field.bump(field.version)
    field.save(update_fields=["removed_at"])
    _record_field(field, by, at, None, field.name)


@transaction.atomic
def change_task(
    *,
    task: Task,
    values: Mapping[str, Any],
    customs: Mapping[CustomField, Any],
    by: Person,
    at: datetime,
    version: int,
    why: str = "",
) -> Undo | None:
    """Change fields of a task and what it says in own fields, as one step with one undo.

    Raises:
        StaleVersion: somebody wrote the task since.
        Refused: the rules do not allow it; `field` names what to mend.
    """
    # Said first: what must be filled in may be filled in by the very step that closes the task.
    before = _write_values(task, customs, by, at, version=version)
    step = tasks.write(task, values, by, at, task.version if before else version, why=why)
    if not before:
        return activity.offer_undo(verb="task.change", arguments=step, by=by, at=at) if step else None
    arguments = {"task_id": task.pk, "version": task.version, "step": step, "before": before}
    return activity.offer_undo(verb="task.customs", arguments=arguments, by=by, at=at)


@transaction.atomic
def create_saying(
    *, title: str, values: Mapping[str, Any], customs: Mapping[CustomField, Any], by: Person, at: datetime
) -> tuple[Task, Undo]:
    """Create a task that says something in own fields; it comes into the project or category they are of.

    Raises:
        Refused: the rules do not allow it.
    """
    belongs = {name: owner for field in customs for name, owner in _of(owner_of(field)).items()}
    task, undo = tasks.create_undoable(by=by, at=at, title=title, **{**values, **belongs})
    _write_values(task, customs, by, at, version=None)
    return task, undo


def check_has(task: Task, field: CustomField) -> None:
    """Raise Refused where a task has no such field, since it stands elsewhere."""
    if field.project_id is not None and task.project_id != field.project_id:
        raise Refused(
            _("“%(name)s” is a field of the project “%(owner)s”. Move the task there first.")
            % {"name": field.name, "owner": owner_of(field)}
        )
    if field.category_id is not None and task.category_id != field.category_id:
        raise Refused(
            _("“%(name)s” is a field of the category “%(owner)s”. Give the task that category first.")
            % {"name": field.name, "owner": owner_of(field)}
        )


@transaction.atomic
def undo_change_task(
    *,
    by: Person,
    at: datetime,
    task_id: int,
    version: int,
    step: Mapping[str, Any] | None,
    before: Mapping[str, Any],
) -> None:
    """Put everything that `change_task` changed back, if nobody has written the task since."""
    task = Task.objects.visible_to(by).alive().filter(pk=task_id).first()
    if task is None or task.version != version:
        raise Refused(_("This cannot be undone: somebody has changed the task since."))
    permissions.check_can_edit(task, by)
    fields = CustomField.objects.in_bulk([int(pk) for pk in before])
    values = {fields[int(pk)]: from_json(fields[int(pk)], old) for pk, old in before.items()}
    _write_values(task, values, by, at, version=task.version)
    if step is not None:
        tasks.undo_change(by=by, at=at, **{**step, "version": task.version})


def stored(field: CustomField, row: CustomValue | None) -> Any:
    """Return what a task says in `field`, as a Python value; None for nothing."""
    if row is None:
        return None
    value = getattr(row, COLUMNS[Kind(field.kind)])
    if field.kind == Kind.CHECK:
        return bool(value)
    return value if value != "" else None


def owner_of(field: CustomField) -> Project | Category:
    """Return the project or category whose tasks have this field."""
    owner = field.project or field.category
    assert owner is not None
    return owner


def _write_values(
    task: Task, customs: Mapping[CustomField, Any], by: Person, at: datetime, *, version: int | None
) -> dict[str, Any]:
    """Store what a task says in its own fields; return what it said before, by the field's id.

    `version`, which the writer saw, is claimed when something changes; None if that is done already.
    """
    rows = {row.field_id: row for row in task.custom_values.select_related("person").all()} if customs else {}
    before: dict[str, Any] = {}
    changes: dict[str, list[Any]] = {}
    for field, value in customs.items():
        old, new = stored(field, rows.get(field.pk)), checked(field, value)
        if old == new:
            continue
        before[str(field.pk)] = as_json(old)
        changes[f"“{field.name}”"] = [shown(old), shown(new)]
        if new is None:
            CustomValue.objects.filter(task=task, field=field).delete()
        else:
            column = {COLUMNS[Kind(field.kind)]: int(new) if field.kind == Kind.CHECK else new}
            CustomValue.objects.update_or_create(task=task, field=field, defaults=column)
    if changes:
        if version is not None:
            task.bump(version)
        activity.record(CustomValueChanged(**tasks.about(task, by, at), changes=changes))
    return before


def checked(field: CustomField, value: Any) -> Any:
    """Return the value as it is stored; "" and a box without its tick are nothing.

    Raises:
        Refused: it is not on the list of the field, or no day of our time.
    """
    if value in ("", None) or (field.kind == Kind.CHECK and not value):
        return None
    if field.kind == Kind.CHOICE and value not in field.options:
        stands = CustomValue.objects.filter(field=field, text=value).exists()
        if not stands:
            raise Refused(
                _("“%(value)s” is not on the list of “%(name)s”.") % {"value": value, "name": field.name},
                field=f"custom_{field.pk}",
            )
    if field.kind == Kind.DATE and not is_plausible(value):
        raise Refused(_("Choose a date between 2000 and 2100."), field=f"custom_{field.pk}")
    return value


def as_json(value: Any) -> Any:
    """Return what a task says as JSON, to be put back by `from_json`."""
    if isinstance(value, Person):
        return value.pk
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def from_json(field: CustomField, value: Any) -> Any:
    """Return what `as_json` wrote of what is said in `field`."""
    if value is None:
        return None
    if field.kind == Kind.PERSON:
        return Person.objects.filter(pk=value).first()
    if field.kind == Kind.DATE:
        return date.fromisoformat(value)
    return Decimal(value) if field.kind == Kind.NUMBER else value


def shown(value: Any) -> Any:
    """Return what a task says as its history shows it."""
    if isinstance(value, Person):
        return value.name
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return as_json(value)


def _of(owner: Project | Category) -> dict[str, Any]:
    return {"project": owner} if isinstance(owner, Project) else {"category": owner}


def _options(kind: str, options: Sequence[str]) -> list[str]:
    cleaned = [" ".join(option.split())[:100] for option in options]
    return list(dict.fromkeys(option for option in cleaned if option)) if kind == Kind.CHOICE else []


def _check_field(field: CustomField) -> None:
    if not field.name:
        raise Refused(_("A field needs a name."), field="name")
    if field.kind == Kind.CHOICE and len(field.options) < 2:
        raise Refused(_("A list needs at least two choices, one line each."), field="options")
    same = CustomField.objects.current().filter(**_of(owner_of(field)), name=field.name).exclude(pk=field.pk)
    if same.exists():
        raise Refused(_("There is a field of this name already."), field="name")


def field_of(field_id: int, by: Person) -> CustomField:
    """Return a field that `by` may know of; Refused where there is none."""
    found: CustomField | None = (
        CustomField.objects.visible_to(by).select_related("project", "category").filter(pk=field_id).first()
    )
    if found is None:
        raise Refused(_("This field does not exist any more."))
    return found


def _record_field(field: CustomField, by: Person, at: datetime, old: str | None, new: str | None) -> None:
    """Tell it in the history of the project; categories have none, their list is the record."""
    if field.project is not None:
        about = projects.about(field.project, by, at)
        activity.record(ProjectFieldsChanged(**about, changes={"custom_fields": [old, new]}))
