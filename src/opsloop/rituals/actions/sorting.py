"""What becomes of a task in a ritual: today, another day, the backlog, nobody's any more. One verb, one undo."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.planning.actions import placements
from opsloop.planning.models import Placement
from opsloop.records.dates import is_plausible
from opsloop.records.refusals import Refused
from opsloop.rituals.actions import runs
from opsloop.rituals.actions.runs import Which
from opsloop.work.actions import tasks, triage
from opsloop.work.models import Task

Choice = Literal["today", "tomorrow", "backlog", "cancel", "date", "keep"]
# Work that gets another date is due when that day ends, unless it has a time of its own.
END_OF_DAY = time(18)


@dataclass(frozen=True)
class Sorting:
    """One task that is sorted: the version seen of it, and the day for "tomorrow" and "date"."""

    task: Task
    version: int
    day: date | None = None


@transaction.atomic
def sort(*, which: Which, choice: Choice, sorting: Sorting, at: datetime) -> Undo:
    """Do to a task what the person chose, and keep the answer in the run.

    Raises:
        Refused: the task's own rules do not allow it, or "date" came without a day ahead.
        StaleVersion: somebody has written the task since.
    """
    inner = [*_take_out(which, choice, sorting, at), _WAYS[choice](which, sorting, at)]
    run = runs.begin(which, at=at)
    before = {name: run.answers.get(name, {}) for name in ("sorted", "picks")}
    key = str(sorting.task.pk)
    runs.write(
        run,
        answers={
            "sorted": before["sorted"] | {key: choice},
            # Whatever was ticked before, this word is newer.
            "picks": before["picks"] | {key: choice == "today"},
        },
    )
    arguments = which.of() | {"answers": before, "step": run.step, "inner": [one.pk for one in inner if one]}
    return activity.offer_undo(verb="ritual.answer", arguments=arguments, by=which.person, at=at)


def _take_out(which: Which, choice: Choice, sorting: Sorting, at: datetime) -> list[Undo]:
    """Free the time in which the task stands and will not be done now; what is pinned was meant, and stays."""
    if choice in ("today", "keep"):
        return []
    rows = Placement.objects.filter(
        person=which.person, task=sorting.task, starts_at__gte=at, is_pinned=False
    ).select_related("person", "task")
    if sorting.day is not None:
        zone = ZoneInfo(which.person.time_zone)
        rows = rows.filter(starts_at__lt=datetime.combine(sorting.day, time(), tzinfo=zone))
    pieces = {row: row.version for row in rows}
    return [placements.take_out(placements=pieces, by=which.person, at=at)] if pieces else []


def _nothing(_which: Which, _sorting: Sorting, _at: datetime) -> Undo | None:
    return None


def _put_off(which: Which, sorting: Sorting, at: datetime) -> Undo | None:
    came = triage.put_off(seen=[(sorting.task, sorting.version)], until=sorting.day, by=which.person, at=at)
    if came.refused:
        raise Refused(came.refused[0][1])
    return came.undo


def _to_backlog(which: Which, sorting: Sorting, at: datetime) -> Undo | None:
    values = {"starts_at": None, "due_at": None, "deferred_until": None}
    return _change(which, sorting, values, at, why=_("Put back into the backlog; it has no date any more."))


def _cancel(which: Which, sorting: Sorting, at: datetime) -> Undo | None:
    return _change(which, sorting, {"status": Task.Status.CANCELLED}, at)


def _give_date(which: Which, sorting: Sorting, at: datetime) -> Undo | None:
    zone = ZoneInfo(which.person.time_zone)
    task, day = sorting.task, sorting.day
    if day is None or day <= at.astimezone(zone).date():
        raise Refused(_("Choose a day after today."), field="day")
    if not is_plausible(day):
        raise Refused(_("Choose a date between 2000 and 2100."), field="day")
    clock = task.due_at.astimezone(zone).time() if task.due_at else END_OF_DAY
    values: dict[str, Any] = {"deferred_until": None}
    if task.starts_at and not task.due_at:  # an appointment keeps its hour
        clock = task.starts_at.astimezone(zone).time()
        values["starts_at"] = datetime.combine(day, clock, tzinfo=zone)
    else:
        values["due_at"] = datetime.combine(day, clock, tzinfo=zone)
    return _change(which, sorting, values, at)


def _change(
    which: Which, sorting: Sorting, values: Mapping[str, Any], at: datetime, why: str = ""
) -> Undo | None:
    return tasks.change(
        task=sorting.task, values=values, by=which.person, at=at, version=sorting.version, why=why
    )


_WAYS: Mapping[Choice, Callable[[Which, Sorting, datetime], Undo | None]] = {
    "today": _nothing,
    "keep": _nothing,
    "tomorrow": _put_off,
    "backlog": _to_backlog,
    "cancel": _cancel,
    "date": _give_date,
}
