"""Routine work: closing one instance of a repeating task makes the next, reopening it takes that back.

There is always one open instance, which carries the rule. What was missed while it was late is not made up
for: the next instance is the first that lies ahead, and the history of the late one says since when.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity.models import Undo
from opsloop.engines import recurrence
from opsloop.engines.recurrence import Occurrence, OnHoliday
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused
from opsloop.work import permissions
from opsloop.work.actions import checklist, tasks
from opsloop.work.events import TaskClosed, TaskReopened
from opsloop.work.models import Task
from opsloop.work.queries.routine import calendar_from, zone_of

# What an instance takes over from the one before it, besides its dates and its rule.
CARRIED = (
    "title", "description", "deliverable", "department", "project", "goal", "category", "importance", "urgency",
    "estimate_minutes", "on_holiday", "requester", "needs_acceptance",
)  # fmt: skip


def repeat(event: TaskClosed) -> None:
    """Make the next instance of a repeating task that was done or cancelled, if its rule goes on.

    Runs in the transaction of the closing. The rule moves to the new instance, so that reopening and
    closing the old one again does not make a second. A task closed late goes on from the day of closing:
    instances that are over already would only be noise. A department that was closed repeats nothing.
    """
    task = (
        Task.objects.select_related("owner", "department")
        .prefetch_related("collaborators", "tags")
        .get(pk=event.subject_id)
    )
    if task.recurrence:
        _go_on(task, by=Person.objects.get(pk=event.by_id), at=event.at)


def _go_on(task: Task, *, by: Person, at: datetime) -> Task | None:
    """Hand the rule on to the next instance and return that; None when the rule has ended."""
    base = task.starts_at or task.due_at
    if base is None or (task.department and task.department.closed_at):
        return None
    found = _following(task, base, after=max(base, at))
    if found is None:
        return None
    one, rule = found
    Task.objects.filter(pk=task.pk).update(recurrence="")
    task.recurrence = ""
    return _copy(task, _shift(task, base, one), rule, by=by, at=at)


def _following(task: Task, base: datetime, *, after: datetime) -> tuple[Occurrence, str] | None:
    """Return the first occurrence after the moment `after`, and the rule from there on."""
    zone = zone_of(task)
    first, clock = base.astimezone(zone).date(), base.astimezone(zone).time()
    moment = after.astimezone(zone)
    # An instance later on the same day still lies ahead.
    day = moment.date() if moment.time() >= clock else moment.date() - timedelta(days=1)
    return recurrence.following(
        task.recurrence,
        first=first,
        after=max(first, day),
        calendar=calendar_from(moment.date()),
        on_holiday=OnHoliday(task.on_holiday),
    )


def _shift(task: Task, base: datetime, one: Occurrence) -> timedelta:
    """Return by how many days the instance `one` lies after the present one."""
    day = one.day or one.nominal
    return timedelta(days=(day - base.astimezone(zone_of(task)).date()).days)


def _moved(moment: datetime | None, shift: timedelta, zone: ZoneInfo) -> datetime | None:
    """Return a moment some days later at the same time by the clock, whatever summer time does."""
    if moment is None:
        return None
    local = moment.astimezone(zone)
    return datetime.combine(local.date() + shift, local.time(), tzinfo=zone)


def _copy(task: Task, shift: timedelta, rule: str, *, by: Person, at: datetime) -> Task:
    """Create the next instance, everything moved by `shift`; history says which task it follows.

    This is the one place that knows what an instance brings along.
    """
    zone = zone_of(task)
    made = tasks.create(
        by=by,
        previous=task,
        at=at,
        owner=task.owner if task.owner and task.owner.is_active else None,
        starts_at=_moved(task.starts_at, shift, zone),
        due_at=_moved(task.due_at, shift, zone),
        recurrence=rule,
        collaborators=list(task.collaborators.all()),
        tags=list(task.tags.all()),
        **{name: getattr(task, name) for name in CARRIED},
    )
    # The list begins anew: what was ticked off this time is to be done again.
    lines = [item.text for item in task.checklist.all()]
    if lines:
        checklist.add(task=made, texts=lines, by=by, at=at)
    return made


def take_back(event: TaskReopened) -> None:
    """Take the next instance back when the closing that made it is undone, unless somebody has touched it.

    Runs in the transaction of the reopening; the rule returns to the reopened task.
    """
    following = Task.objects.alive().filter(previous_id=event.subject_id, version=1).first()
    if following is None or not following.is_open or not following.recurrence:
        return
    reopened = Task.objects.select_related("owner").get(pk=event.subject_id)
    Task.objects.filter(pk=reopened.pk).update(recurrence=_rule_before(reopened, following))
    by = Person.objects.get(pk=event.by_id)
    tasks.put_in_bin(task=following, by=by, at=event.at, version=following.version)


def _rule_before(task: Task, following: Task) -> str:
    """Return the rule as it stood before it went on from `task` to `following`: with as many times left."""
    parts = recurrence.parts_of(following.recurrence)
    parts.pop("X-ON", None)
    if "COUNT" not in parts:
        return recurrence.text_of(parts)
    first, later = (one.starts_at or one.due_at for one in (task, following))
    if first is None or later is None:
        return recurrence.text_of(parts)
    zone = zone_of(task)
    span = (first.astimezone(zone).date(), later.astimezone(zone).date())
    bare = {name: value for name, value in parts.items() if name != "COUNT"}
    named = recurrence.occurrences(recurrence.text_of(bare), first=span[0], calendar=calendar_from(span[0]))
    between = sum(1 for _one in _until(named, span[1]))
    return recurrence.text_of({**parts, "COUNT": str(int(parts["COUNT"]) + max(1, between - 1))})


def _until(found: Any, last: date) -> Sequence[Occurrence]:
    kept = []
    for one in found:
        if one.nominal > last:
            break
        kept.append(one)
    return kept


@transaction.atomic
def only_this(*, task: Task, by: Person, at: datetime) -> Task | None:
    """Let what is changed next concern this instance alone: the next one is made now, as it was to be.

    Returns that one; None if the rule ends with this instance.
    """
    permissions.check_can_edit(task, by)
    return _go_on(task, by=by, at=at)


def skip(*, task: Task, by: Person, at: datetime, version: int) -> Undo | None:
    """Leave this instance out: it counts as cancelled, and the next one is made.

    Raises:
        Refused: it does not repeat.
    """
    _check_repeats(task)
    return tasks.change(task=task, values={"status": Task.Status.CANCELLED}, by=by, at=at, version=version)


def pause(*, task: Task, until: date, by: Person, at: datetime, version: int) -> Undo | None:
    """Let routine work rest: its next instance is the first one on or after the day `until`.

    Raises:
        Refused: it does not repeat, or does not come round again from that day on.
    """
    _check_repeats(task)
    base = task.starts_at or task.due_at
    zone = zone_of(task)
    today = at.astimezone(zone).date()
    if base is None or until <= max(today, base.astimezone(zone).date()):
        raise Refused(_("Choose a day after this instance, from which the work goes on."), field="until")
    found = recurrence.following(
        task.recurrence,
        first=base.astimezone(zone).date(),
        after=until - timedelta(days=1),
        calendar=calendar_from(until),
        on_holiday=OnHoliday(task.on_holiday),
    )
    if found is None:
        raise Refused(
            _("This work does not come round again from that day on. Stop it instead."), field="until"
        )
    one, rule = found
    shift = _shift(task, base, one)
    values = {
        "starts_at": _moved(task.starts_at, shift, zone),
        "due_at": _moved(task.due_at, shift, zone),
        "recurrence": rule,
    }
    return tasks.change(task=task, values=values, by=by, at=at, version=version)


def stop(*, task: Task, by: Person, at: datetime, version: int) -> Undo | None:
    """Let this instance be the last."""
    _check_repeats(task)
    return tasks.change(task=task, values={"recurrence": ""}, by=by, at=at, version=version)


def _check_repeats(task: Task) -> None:
    if not task.recurrence or not task.is_open:
        raise Refused(_("This task does not repeat."))
