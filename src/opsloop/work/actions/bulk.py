"""Many tasks changed together: what would come of it, the change in few statements, and one undo for all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Field, Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.engines.workcalendar import NoWorkdayError, WorkCalendar
from opsloop.organisation.models import Person
from opsloop.organisation.queries.calendar import working_calendar
from opsloop.records.changes import as_json, differs, from_json
from opsloop.records.refusals import Refused
from opsloop.search import actions as search
from opsloop.work.actions.tasks import (
    FOLLOWING,
    ROLLED_UP,
    SEARCHED,
    event_for,
    prepare,
    roll_up,
    searchable,
)
from opsloop.work.models import Task
from opsloop.work.queries.customs import with_lack
from opsloop.work.queries.tasks import editable

# Beyond so many different rows, one statement with a case for each is quicker than one for each kind.
MANY_KINDS = 30


@dataclass(frozen=True)
class Shift:
    """Move a date by days, counted as working days (调休 included) or as days of the calendar."""

    field: str
    days: int
    workdays: bool


@dataclass(frozen=True)
class Edit:
    """What is done to each task: fields that are set, a date that moves, records put into or out of a list."""

    values: Mapping[str, Any] = field(default_factory=dict)
    shift: Shift | None = None
    added: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    removed: Mapping[str, Sequence[Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """What comes of one task: its changes as the history stores them, or why it is left as it is."""

    task: Task
    changes: Mapping[str, list[Any]]
    lists: Mapping[str, list[Any]]
    version: int
    refused: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of changing many tasks, or would come of it."""

    changed: Sequence[Step]
    refused: Sequence[Step]
    same: int
    undo: Undo | None = None


def selection(person: Person, ids: Iterable[int]) -> QuerySet[Task]:
    """Return the tasks to change, with all that the rules and the history ask for: no query a task follows."""
    actions = Task.objects.alive().filter(closed_at__isnull=True).order_by("pk")
    found = editable(person).filter(pk__in=list(ids)).prefetch_related(Prefetch("actions", queryset=actions))
    return with_lack(found)


def preview(*, tasks: Iterable[Task], edit: Edit, by: Person, at: datetime) -> Outcome:
    """Say what `change_together` would do. Nothing is written; the tasks in memory are changed."""
    steps = _steps(tasks, edit, by, at, {})
    return outcome(steps)


@transaction.atomic
def change_together(
    *, tasks: Iterable[Task], edit: Edit, by: Person, at: datetime, seen: Mapping[int, int] | None = None
) -> Outcome:
    """Change many tasks; one that the rules refuse is left out and named.

    `seen` holds the versions that a preview showed: what has been written since is left out too.

    Raises:
        Refused: a task was written in the same moment; nothing is changed.
    """
    came = outcome(_steps(tasks, edit, by, at, seen or {}))
    if not came.changed:
        return came
    _write(came.changed, by, at)
    steps = [
        {
            "task_id": step.task.pk,
            "version": step.version + 1,
            "before": {name: pair[0] for name, pair in step.changes.items()},
        }
        for step in came.changed
    ]
    undo = activity.offer_undo(verb="task.bulk", arguments={"steps": steps}, by=by, at=at)
    return Outcome(came.changed, came.refused, came.same, undo)


@transaction.atomic
def undo_together(*, by: Person, at: datetime, steps: Sequence[Mapping[str, Any]]) -> None:
    """Take a change of many tasks back, all of it or nothing.

    Raises:
        Refused: somebody has changed one of them since.
    """
    found = {task.pk: task for task in selection(by, (step["task_id"] for step in steps))}
    known: dict[tuple[str, str], Any] = {}

    def value(name: str, stored: Any) -> Any:
        key = (name, repr(stored))
        if key not in known:
            known[key] = from_json(Task, name, stored)
        return known[key]

    made = []
    for step in steps:
        task = found.get(step["task_id"])
        if task is None or task.version != step["version"]:
            raise Refused(_("This cannot be undone: somebody has changed one of the tasks since."))
        values = {name: value(name, stored) for name, stored in step["before"].items()}
        made.append(_step(task, values, by, at, is_accepted=True))
    refused = next((step for step in made if step.refused), None)
    if refused:
        raise Refused(refused.refused)
    _write([step for step in made if step.changes], by, at)


def outcome(steps: Sequence[Step]) -> Outcome:
    """Divide steps into what changes, what is refused and what stands like this already."""
    changed = [step for step in steps if step.changes and not step.refused]
    refused = [step for step in steps if step.refused]
    return Outcome(changed, refused, len(steps) - len(changed) - len(refused))


def _steps(
    tasks: Iterable[Task], edit: Edit, by: Person, at: datetime, seen: Mapping[int, int]
) -> list[Step]:
    shifted = _shifter(edit.shift, at)
    made = []
    for task in tasks:
        if seen.get(task.pk, task.version) != task.version:
            changed_since = _("Somebody has changed this task since the preview.")
            made.append(Step(task, {}, {}, task.version, changed_since))
        else:
            made.append(_step(task, lambda one: _wanted(one, edit, shifted), by, at))
    return made


def _step(
    task: Task,
    values: Mapping[str, Any] | Callable[[Task], Mapping[str, Any]],
    by: Person,
    at: datetime,
    *,
    is_accepted: bool = False,
) -> Step:
    """Work out what comes of one task, which is changed in memory."""
    try:
        wanted = values(task) if callable(values) else values
        old = {name: list(getattr(task, name).all()) for name in ("tags", "collaborators") if name in wanted}
        changes, lists = prepare(task, wanted, by, at, is_accepted=is_accepted)
    except Refused as refused:
        return Step(task, {}, {}, task.version, refused.reason)
    lists = {name: rows for name, rows in lists.items() if differs(task, {name: rows})}
    changes |= {name: [as_json(old[name]), as_json(rows)] for name, rows in lists.items()}
    return Step(task, changes, lists, task.version)


def _wanted(task: Task, edit: Edit, shifted: Callable[[datetime], datetime]) -> dict[str, Any]:
    values = dict(edit.values)
    if edit.shift is not None:
        moment = getattr(task, edit.shift.field)
        if moment is None:
            raise Refused(_("It has no such date that could be moved."), field=edit.shift.field)
        values[edit.shift.field] = shifted(moment)
    for name in {*edit.added, *edit.removed}:
        gone = {one.pk for one in edit.removed.get(name, ())}
        kept = [one for one in getattr(task, name).all() if one.pk not in gone]
        have = {one.pk for one in kept}
        values[name] = kept + [one for one in edit.added.get(name, ()) if one.pk not in have]
    return values


def _shifter(shift: Shift | None, at: datetime) -> Callable[[datetime], datetime]:
    """Return what moves a moment; the time of day stays."""
    if shift is None:
        return lambda moment: moment
    year = timezone.localtime(at).year
    calendar = working_calendar(range(year - 1, year + 3)) if shift.workdays else WorkCalendar()

    def moved(moment: datetime) -> datetime:
        local = timezone.localtime(moment)
        try:
            if not shift.workdays:
                return local + timedelta(days=shift.days)
            day = calendar.add_workdays(local.date(), shift.days)
        except (OverflowError, NoWorkdayError) as trouble:
            raise Refused(_("Choose a date between 2000 and 2100."), field=shift.field) from trouble
        return timezone.make_aware(datetime.combine(day, local.time()))

    return moved


# --- writing ------------------------------------------------------------------------------------------------


def _write(steps: Sequence[Step], by: Person, at: datetime) -> None:
    """Write what was worked out: versions, fields, lists, index, events, progress of parents."""
    claim(steps)
    _write_fields(steps)
    _write_lists(steps)
    searched = [step.task for step in steps if SEARCHED & step.changes.keys()]
    if searched:
        search.index_many(kind="task", records=[searchable(task) for task in searched])
    activity.record_many([event_for(step.task, dict(step.changes), by, at) for step in steps])
    parents = {step.task.parent_id for step in steps if ROLLED_UP & step.changes.keys()}
    parents |= {
        step.changes["parent"][0]["id"] for step in steps if (step.changes.get("parent") or [None])[0]
    }
    for parent_id in sorted(pk for pk in parents if pk):
        roll_up(parent_id)


def claim(steps: Sequence[Step]) -> None:
    """Claim the right to write all of these tasks, a guarded UPDATE for each version that was seen.

    Raises:
        Refused: one was written in the same moment.
    """
    by_version: dict[int, list[int]] = {}
    for step in steps:
        by_version.setdefault(step.version, []).append(step.task.pk)
    for version, ids in sorted(by_version.items()):
        claimed = Task.objects.filter(pk__in=ids, version=version).update(version=F("version") + 1)
        if claimed != len(ids):
            raise Refused(_("Somebody has changed some of these tasks in this moment. Try again."))
    for step in steps:
        step.task.version = step.version + 1


def _write_fields(steps: Sequence[Step]) -> None:
    plain = [step for step in steps if step.changes.keys() - step.lists.keys()]
    names = sorted(
        {name for step in plain for name in step.changes if name not in step.lists} | set(FOLLOWING)
    )
    columns = [_column(name) for name in names]
    kinds: dict[tuple[Any, ...], list[int]] = {}
    for step in plain:
        kinds.setdefault(tuple(getattr(step.task, one) for one in columns), []).append(step.task.pk)
    if len(kinds) > MANY_KINDS:
        Task.objects.bulk_update([step.task for step in plain], names, batch_size=250)
        return
    for values, ids in kinds.items():
        Task.objects.filter(pk__in=ids).update(**dict(zip(columns, values, strict=True)))


def _column(name: str) -> str:
    field = Task._meta.get_field(name)
    assert isinstance(field, Field)
    return field.attname


def _write_lists(steps: Sequence[Step]) -> None:
    for name in ("tags", "collaborators"):
        through = getattr(Task, name).through
        target = "tag_id" if name == "tags" else "person_id"
        gone: dict[int, list[int]] = {}
        new = []
        for step in steps:
            if name not in step.lists:
                continue
            before = {one["id"] for one in step.changes[name][0]}
            after = {one.pk for one in step.lists[name]}
            for pk in before - after:
                gone.setdefault(pk, []).append(step.task.pk)
            new += [through(task_id=step.task.pk, **{target: pk}) for pk in sorted(after - before)]
            _remember(step.task, name, step.lists[name])
        for pk, ids in gone.items():
            through.objects.filter(task_id__in=ids, **{target: pk}).delete()
        through.objects.bulk_create(new, batch_size=500, ignore_conflicts=True)


def _remember(task: Task, name: str, rows: list[Any]) -> None:
    """Let the list in memory be what stands now, for the index and the events."""
    cache: dict[str, Any] = task.__dict__.setdefault("_prefetched_objects_cache", {})
    known = getattr(task, name).get_queryset()
    known._result_cache, known._prefetch_done = list(rows), True
    cache[name] = known
