"""Telling how a task goes: a line a day, its percentage, and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.organisation.models import Person
from opsloop.progress import permissions
from opsloop.progress.actions import blockers
from opsloop.progress.events import ProgressComplete, ProgressTold
from opsloop.progress.models import Nudge, ProgressUpdate
from opsloop.progress.queries.updates import lines_of
from opsloop.records.refusals import Refused, StaleVersion
from opsloop.work.actions import tasks
from opsloop.work.models import Task

# What an update says, as an undo puts it back.
SAID = ("percent", "percent_before", "said", "problem", "written_at")


@dataclass(frozen=True)
class Word:
    """What a person tells of one task; `version` is that of today's line they saw, 0 if there was none."""

    task: Task
    percent: int
    said: str = ""
    problem: str = ""
    version: int = 0


@dataclass(frozen=True)
class Told:
    """What came of it: the line, what takes it back, and what was raised as standing in the way."""

    update: ProgressUpdate
    undo: Undo


def tell(*, word: Word, day: date, by: Person, at: datetime, clearer: Person | None = None) -> Told:
    """Keep what `by` tells of a task on `day`; the task takes over the percentage, a problem becomes a blocker.

    Telling again on the same day replaces the line. `clearer` is who shall clear the problem, else a lead.

    Raises:
        Refused: the task is closed, or the percentage is none.
        StaleVersion: the line has been written since, in another window.
    """
    try:
        with transaction.atomic():
            return _tell(word, day, by, at, clearer)
    except IntegrityError:
        # Two windows wrote the first line of the day at the same moment.
        row = ProgressUpdate.objects.filter(task=word.task, person=by, day=day).first()
        if row is None:
            raise
        raise StaleVersion(row, expected=word.version) from None


def _tell(word: Word, day: date, by: Person, at: datetime, clearer: Person | None) -> Told:
    task = word.task
    permissions.check_can_tell(task, by)
    if not 0 <= word.percent <= 100:
        raise Refused(_("Progress is a number from 0 to 100."), field="percent")
    row = ProgressUpdate.objects.filter(task=task, person=by, day=day).first()
    if (row.version if row else 0) != word.version:
        raise StaleVersion(row or ProgressUpdate(task=task, person=by, day=day), expected=word.version)
    before = {name: _kept(getattr(row, name)) for name in SAID} if row else None
    old_problem = row.problem if row else ""
    if row is None:
        row = ProgressUpdate(task=task, person=by, day=day, percent_before=task.progress)
    row.percent, row.written_at = word.percent, at
    row.said, row.problem = word.said.strip()[:300], word.problem.strip()[:300]
    if row.pk:
        row.bump(word.version)
    row.save()
    step = _move(task, word.percent, by, at)
    activity.record(_event(row, task, by, at))
    blockers.follow_problem(task=task, old=old_problem, new=row.problem, owner=clearer, by=by, at=at)
    _settle_nudge(by, day, at)
    arguments = {"update_id": row.pk, "version": row.version, "before": before, "step": step}
    return Told(row, activity.offer_undo(verb="progress.tell", arguments=arguments, by=by, at=at))


@transaction.atomic
def tell_many(*, words: Iterable[Word], day: date, by: Person, at: datetime) -> tuple[int, Undo | None]:
    """Keep what `by` tells of several tasks together; return how many, and the one undo."""
    undos = [tell(word=word, day=day, by=by, at=at).undo for word in words]
    if not undos:
        return 0, None
    return len(undos), undos[0] if len(undos) == 1 else activity.join_undo(undos=undos, by=by, at=at)


def _move(task: Task, percent: int, by: Person, at: datetime) -> dict[str, Any] | None:
    """Let the task stand at `percent`, begun if it was not; that of a task with actions follows from these."""
    values: dict[str, Any] = {}
    if percent != task.progress and not task.actions.alive().exists():
        values["progress"] = percent
    if percent and task.status == Task.Status.TODO:
        values["status"] = Task.Status.DOING
    return tasks.write(task, values, by, at, task.version) if values else None


def _event(row: ProgressUpdate, task: Task, by: Person, at: datetime) -> ProgressTold:
    note = " · ".join(part for part in (row.said, row.problem) if part)
    return ProgressTold(**tasks.about(task, by, at), note=f"{row.percent}% {note}".strip())


def _kept(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _settle_nudge(by: Person, day: date, at: datetime) -> None:
    """Take the reminder of the day out of the inbox once everything is told."""
    nudge = Nudge.objects.filter(person=by, day=day).first()
    if nudge is not None and all(line.update for line in lines_of(by, day)):
        activity.record(ProgressComplete(subject_id=nudge.pk, by_id=by.pk, at=at, person_ids=(by.pk,)))


@transaction.atomic
def undo_tell(
    *,
    by: Person,
    at: datetime,
    update_id: int,
    version: int,
    before: Mapping[str, Any] | None,
    step: Mapping[str, Any] | None,
) -> None:
    """Take a line back: the one before it stands again, and the task as it stood."""
    row = ProgressUpdate.objects.visible_to(by).filter(pk=update_id, person=by).select_related("task").first()
    if row is None or row.version != version:
        raise Refused(_("This cannot be undone: the line has been written since."))
    old, task = row.problem, row.task
    if before is None:
        row.delete()
    else:
        row.bump(version)
        for name, value in before.items():
            setattr(row, name, datetime.fromisoformat(value) if name == "written_at" else value)
        row.save(update_fields=list(SAID))
    if step is not None:
        tasks.undo_change(by=by, at=at, **step)
    blockers.follow_problem(
        task=task, old=old, new=(before or {}).get("problem", ""), owner=None, by=by, at=at
    )
