"""The verbs of sorting work: into a quadrant, out of sight until a day, onto today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.organisation.models import Person
from opsloop.records.changes import as_json, from_json
from opsloop.records.dates import is_plausible
from opsloop.records.refusals import Refused, StaleVersion
from opsloop.work import priorities
from opsloop.work.actions.tasks import Edit, Together, change, change_each
from opsloop.work.models import Task

# A task and the version of it that was seen.
Seen = tuple[Task, int]
# Work put on today without a due date is due when the day ends.
END_OF_DAY = time(18)


@transaction.atomic
def move(*, seen: Sequence[Seen], quadrant: int | None, reason: str, by: Person, at: datetime) -> Together:
    """Put tasks into a quadrant for a reason; None, or the quadrant suggested anyway, lifts the choice.

    A task that stands there already gets the reason alone: that is an afterthought of the move, whose
    undo stays good, so none is offered for it.
    """
    now = at.astimezone(ZoneInfo(by.time_zone))
    edits = [Edit(task, _placing(task, quadrant, reason, now), version) for task, version in seen]
    return _together(edits, keys=("quadrant_override",), by=by, at=at)


def _placing(task: Task, quadrant: int | None, reason: str, now: datetime) -> dict[str, Any]:
    if quadrant is None or priorities.suggestion(task, now=now).quadrant == quadrant:
        return {"quadrant_override": None, "quadrant_reason": ""}
    return {"quadrant_override": quadrant, "quadrant_reason": reason.strip()[:200]}


@transaction.atomic
def put_off(*, seen: Sequence[Seen], until: date | None, by: Person, at: datetime) -> Together:
    """Take tasks out of sight until a day to come; None brings them back.

    Raises:
        Refused: the day is over already, or lies in a year nobody plans in.
    """
    if until is not None:
        if until <= at.astimezone(ZoneInfo(by.time_zone)).date():
            raise Refused(_("Choose a day after today for it to come back."), field="until")
        if not is_plausible(until):
            raise Refused(_("Choose a date between 2000 and 2100."), field="until")
    edits = [Edit(task, {"deferred_until": until}, version) for task, version in seen]
    return _together(edits, keys=("deferred_until",), by=by, at=at)


@transaction.atomic
def put_on_today(*, task: Task, by: Person, at: datetime, version: int) -> Undo | None:
    """Begin a task today: it starts now, is in progress, and is due tonight if it had no due date.

    A due date that stands is kept, so that nothing promised moves. What was put off comes back.
    """
    now = at.astimezone(ZoneInfo(by.time_zone)).replace(second=0, microsecond=0)
    values: dict[str, Any] = {"deferred_until": None, "status": Task.Status.DOING}
    starts_today = task.starts_at and task.starts_at.astimezone(now.tzinfo).date() == now.date()
    if task.due_at is None and not starts_today:
        values["due_at"] = max(now, datetime.combine(now.date(), END_OF_DAY, tzinfo=now.tzinfo))
    if not starts_today and (task.due_at is None or task.due_at >= now):
        values["starts_at"] = now
    return change(task=task, values=values, by=by, at=at, version=version)


def _together(edits: Iterable[Edit], *, keys: Sequence[str], by: Person, at: datetime) -> Together:
    """Change the tasks and offer an undo that asks only whether the fields `keys` still stand."""
    each = change_each(edits=edits, by=by, at=at)
    steps = [
        {
            "task_id": task.pk,
            "before": step["before"],
            "held": {name: as_json(getattr(task, name)) for name in keys},
        }
        for task, step in zip(each.changed, each.steps, strict=True)
        if step["before"].keys() & set(keys)
    ]
    undo = (
        activity.offer_undo(verb="task.triage", arguments={"steps": steps}, by=by, at=at) if steps else None
    )
    refused = [(edit.task, _why(refusal)) for edit, refusal in each.refused]
    return Together(each.changed, refused, undo)


def _why(refusal: Refused | StaleVersion) -> str:
    if isinstance(refusal, Refused):
        return refusal.reason
    return _("Somebody has changed it in the meantime. Look again and repeat.")


@transaction.atomic
def undo_triage(*, by: Person, at: datetime, steps: Iterable[Mapping[str, Any]]) -> None:
    """Take a sorting back, all of it or nothing, unless somebody has sorted one of the tasks anew."""
    for step in steps:
        task = Task.objects.visible_to(by).filter(pk=step["task_id"]).first()
        if task is None or any(as_json(getattr(task, name)) != held for name, held in step["held"].items()):
            raise Refused(_("This cannot be undone: somebody has changed the task since."))
        values = {name: from_json(Task, name, value) for name, value in step["before"].items()}
        change(task=task, values=values, by=by, at=at, version=task.version)
