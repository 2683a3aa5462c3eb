"""The verbs of goals, their check-ins, and the work modules they are set in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.goals import permissions
from opsloop.goals.events import (
    CheckInTakenBack,
    GoalBinned,
    GoalChanged,
    GoalCreated,
    GoalMeasured,
    GoalRestored,
    ModuleChanged,
)
from opsloop.goals.models import CheckIn, Goal, KeyResult, Module, plain
from opsloop.organisation.models import Person
from opsloop.organisation.numbering import next_number
from opsloop.records.changes import from_json, set_fields
from opsloop.records.dates import is_plausible
from opsloop.records.models import lay_in_bin, take_from_bin
from opsloop.records.refusals import Refused
from opsloop.search import actions as search

FIELDS = frozenset({
    "title", "description", "horizon", "status", "department", "owner", "parent", "module", "starts_on", "due_on",
    "closing_note",
})  # fmt: skip


@transaction.atomic
def create(
    *, by: Person, at: datetime, title: str, key_results: Sequence[Mapping[str, Any]] = (), **values: Any
) -> Goal:
    """Create a goal with its key results ({"name", "unit", "from_value", "to_value"}) and return it.

    Raises:
        Refused: the rules do not allow it; `field` names what to mend.
    """
    goal = Goal(title=title, created_by=by, created_at=at, **values)
    permissions.check_can_create(goal.department, goal.owner, by)
    _check_shape(goal)
    goal.number = next_number("goal", at=at)
    goal.save(force_insert=True)
    set_key_results(goal, key_results)
    _index(goal)
    activity.record(GoalCreated(**_about(goal, by, at)))
    return goal


@transaction.atomic
def change(
    *, goal: Goal, values: Mapping[str, Any], by: Person, at: datetime, version: int,
    key_results: Sequence[Mapping[str, Any]] | None = None,
) -> Undo | None:  # fmt: skip
    """Change a goal the writer saw at `version`; with `key_results`, replace those by the given ones.

    Raises:
        StaleVersion: somebody wrote the goal since.
        Refused: the rules do not allow it.
    """
    permissions.check_can_edit(goal, by)
    changes = set_fields(goal, {name: value for name, value in values.items() if name in FIELDS})
    if "department" in changes:
        permissions.check_can_create(goal.department, goal.owner, by)
    _check_shape(goal)
    if not changes and key_results is None:
        return None
    # Claimed even if nothing changes: the key results are only compared while they are written.
    goal.bump(version)
    if "status" in changes:
        is_over = goal.status != Goal.Status.ACTIVE
        goal.closed_at, goal.closed_by = (at, by) if is_over else (None, None)
    goal.save(update_fields=[*changes, "closed_at", "closed_by"])
    measured = set_key_results(goal, key_results) if key_results is not None else {}
    if not (changes or measured):
        return None
    _index(goal)
    activity.record(GoalChanged(**_about(goal, by, at), changes=changes | measured))
    if measured:
        return None  # key results are replaced as a whole; their history is kept, but not taken back
    before = {name: pair[0] for name, pair in changes.items()}
    arguments = {"goal_id": goal.pk, "version": goal.version, "before": before}
    return activity.offer_undo(verb="goal.change", arguments=arguments, by=by, at=at)


@transaction.atomic
def undo_change(*, by: Person, at: datetime, goal_id: int, version: int, before: Mapping[str, Any]) -> None:
    """Put the fields of a goal back, if nobody has written it since."""
    goal = Goal.objects.visible_to(by).filter(pk=goal_id).first()
    if goal is None or goal.version != version:
        raise Refused(_("This cannot be undone: somebody has changed the goal since."))
    values = {name: from_json(Goal, name, value) for name, value in before.items()}
    change(goal=goal, values=values, by=by, at=at, version=version)


@transaction.atomic
def measure(
    *,
    result: KeyResult,
    value: Decimal,
    confidence: str = "",
    note: str = "",
    by: Person,
    at: datetime,
    version: int,
) -> Undo:
    """Check in where a key result stands now, how sure one is of it ("" keeps what was said), and why.

    Raises:
        StaleVersion: somebody measured it since `version`.
        Refused: the rules do not allow it.
    """
    permissions.check_can_edit(result.goal, by)
    result.bump(version)
    before = {
        "value": str(result.current_value),
        "confidence": result.confidence,
        "checked_at": result.checked_at.isoformat() if result.checked_at else "",
    }
    old, result.current_value = result.current_value, value
    result.confidence, result.checked_at = confidence or result.confidence, at
    result.save(update_fields=["current_value", "confidence", "checked_at"])
    made = CheckIn.objects.create(
        key_result=result, value=value, confidence=result.confidence, note=note, by=by, at=at
    )
    changes = {result.name: [f"{plain(one)} {result.unit}".strip() for one in (old, value)]}
    activity.record(GoalMeasured(**_about(result.goal, by, at), changes=changes, note=note))
    arguments = {"check_in_id": made.pk, "version": result.version, "before": before}
    return activity.offer_undo(verb="goal.measure", arguments=arguments, by=by, at=at)


@transaction.atomic
def undo_measure(
    *, by: Person, at: datetime, check_in_id: int, version: int, before: Mapping[str, Any]
) -> None:
    """Take a check-in back, if nobody has checked in since."""
    made = CheckIn.objects.select_related("key_result__goal").filter(pk=check_in_id).first()
    if made is None or made.key_result.version != version:
        raise Refused(_("This cannot be undone: somebody has changed the key result since."))
    result = made.key_result
    permissions.check_can_edit(result.goal, by)
    result.bump(version)
    old, result.current_value = result.current_value, Decimal(before["value"])
    result.confidence = before["confidence"]
    result.checked_at = datetime.fromisoformat(before["checked_at"]) if before["checked_at"] else None
    result.save(update_fields=["current_value", "confidence", "checked_at"])
    made.delete()
    changes = {result.name: [f"{plain(one)} {result.unit}".strip() for one in (old, result.current_value)]}
    activity.record(CheckInTakenBack(**_about(result.goal, by, at), changes=changes))


@transaction.atomic
def put_in_bin(*, goal: Goal, by: Person, at: datetime, version: int) -> Undo:
    """Move a goal to the recycle bin; its tasks stay and lose sight of it until it is restored."""
    permissions.check_can_edit(goal, by)
    lay_in_bin(goal, by=by, at=at, version=version)
    search.remove(kind="goal", object_id=goal.pk)
    activity.record(GoalBinned(**_about(goal, by, at)))
    return activity.offer_undo(verb="goal.restore", arguments={"goal_id": goal.pk}, by=by, at=at)


@transaction.atomic
def restore(*, goal: Goal, by: Person, at: datetime) -> None:
    """Bring a goal back from the recycle bin.

    Raises:
        Refused: it is not in the bin, or `by` may not change it.
    """
    permissions.check_can_restore(goal, by)
    take_from_bin(goal)
    _index(goal)
    activity.record(GoalRestored(**_about(goal, by, at)))


@transaction.atomic
def undo_bin(*, by: Person, at: datetime, goal_id: int) -> None:
    """Bring back the goal that `put_in_bin` deleted."""
    goal = Goal.objects.visible_to(by).filter(pk=goal_id).first()
    if goal is None:
        raise Refused(_("This goal does not exist any more."))
    restore(goal=goal, by=by, at=at)


@transaction.atomic
def add_module(*, name: str, by: Person, at: datetime) -> Module:
    """Add a work module at the end of the scope map.

    Raises:
        Refused: the name is empty or taken, or `by` may set no goals of others.
    """
    permissions.check_can_arrange(by)
    name = _free_name(name, None)
    last = Module.objects.order_by("-position").values_list("position", flat=True).first()
    made = Module.objects.create(name=name, position=0 if last is None else last + 1)
    activity.record(ModuleChanged(subject_id=made.pk, by_id=by.pk, at=at, changes={"name": ["", name]}))
    return made


@transaction.atomic
def change_module(
    *, module: Module, name: str, position: int, by: Person, at: datetime, version: int
) -> None:
    """Rename a work module, or move it to another place of the scope map.

    Raises:
        StaleVersion: somebody changed it since.
        Refused: the name is empty or taken, or `by` may set no goals of others.
    """
    permissions.check_can_arrange(by)
    name = _free_name(name, module)
    module.bump(version)
    changes = set_fields(module, {"name": name})
    others = list(Module.objects.exclude(pk=module.pk))
    others.insert(max(0, min(position, len(others))), module)
    for place, one in enumerate(others):
        one.position = place
    Module.objects.bulk_update(others, ["position"])
    module.save(update_fields=["name", "position"])
    activity.record(ModuleChanged(subject_id=module.pk, by_id=by.pk, at=at, changes=changes))


@transaction.atomic
def remove_module(*, module: Module, by: Person, at: datetime, version: int) -> None:
    """Remove a work module that no goal is set in.

    Raises:
        Refused: goals are set in it, or `by` may set no goals of others.
    """
    permissions.check_can_arrange(by)
    if Goal.objects.filter(module=module).exists():
        raise Refused(
            _("Goals are set in “%(name)s”. Give them another module first.") % {"name": module.name}
        )
    module.bump(version)
    activity.record(
        ModuleChanged(subject_id=module.pk, by_id=by.pk, at=at, changes={"name": [module.name, ""]})
    )
    module.delete()


def _free_name(name: str, module: Module | None) -> str:
    name = " ".join(name.split())
    if not name:
        raise Refused(_("A module needs a name."), field="name")
    taken = Module.objects.filter(name__iexact=name).exclude(pk=module.pk if module else 0)
    if taken.exists():
        raise Refused(_("There is a module “%(name)s” already.") % {"name": name}, field="name")
    return name


def set_key_results(goal: Goal, rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Make `rows` the key results of `goal` (matched by "id", in this order); return what changed.

    A row without "current_value" keeps where it stands; a new one stands at its start. Runs in the
    caller's transaction.

    Raises:
        Refused: a row has no name, or its target equals its start.
    """
    old = {result.pk: result for result in goal.key_results.all()}
    before = [result.as_json() for result in old.values()]
    kept = [_set_key_result(goal, old.get(row.get("id") or 0), row, at) for at, row in enumerate(rows)]
    goal.key_results.exclude(pk__in=[result.pk for result in kept]).delete()
    after = [result.as_json() for result in kept]
    return {} if before == after else {"key_results": [before, after]}


def _set_key_result(goal: Goal, old: KeyResult | None, row: Mapping[str, Any], position: int) -> KeyResult:
    _check_key_result(row)
    result = old or KeyResult(goal=goal, current_value=row["from_value"], version=0)
    for name in ("name", "unit", "from_value", "to_value"):
        setattr(result, name, row[name])
    if row.get("current_value") is not None:
        result.current_value = row["current_value"]
    result.position = position
    # The goal's version guards the set; the row's own goes on so that an open check-in notices.
    result.version += 1
    result.save()
    return result


def _check_key_result(row: Mapping[str, Any]) -> None:
    if not str(row["name"]).strip():
        raise Refused(_("A key result needs a name: what is measured?"), field="key_results")
    if row["from_value"] == row["to_value"]:
        raise Refused(
            _("The target of “%(name)s” equals its start. Give the value to reach.") % {"name": row["name"]},
            field="key_results",
        )


def _about(goal: Goal, by: Person, at: datetime) -> dict[str, Any]:
    people = tuple(pk for pk in (goal.owner_id, goal.created_by_id) if pk)
    return {
        "subject_id": goal.pk,
        "by_id": by.pk,
        "at": at,
        "department_id": goal.department_id,
        "person_ids": people,
    }


def _check_shape(goal: Goal) -> None:
    if not goal.title.strip():
        raise Refused(_("A goal needs a title."), field="title")
    for name in ("starts_on", "due_on"):
        if not is_plausible(getattr(goal, name)):
            raise Refused(_("Choose a date between 2000 and 2100."), field=name)
    if goal.starts_on and goal.due_on and goal.due_on < goal.starts_on:
        raise Refused(_("The goal ends before it starts. Move one of the dates."), field="due_on")
    above = goal.parent
    while above is not None:
        if above.pk == goal.pk:
            raise Refused(_("A goal cannot be aligned to itself or to a goal below it."), field="parent")
        above = above.parent


def _index(goal: Goal) -> None:
    search.index(kind="goal", object_id=goal.pk, title=goal.title, texts=[goal.number, goal.description])
