"""The verbs of a run: answer, go to a step, finish, skip. Only the person acts in it.

What stands in `RitualRun.answers`, by name:

- `sorted` {task id: choice}: what became of each leftover, unfinished or long untouched task;
- `picks` {task id: bool}: where the person departs from what was picked for them; `picked` [task ids]: the
  picks as they stood when the day was begun;
- `proposal` key: the proposal of times that was made for the picks;
- `top` [task ids]: the first three of tomorrow;
- `goals` [{"text", "minutes"}]: what next week is for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.events import DomainEvent
from opsloop.activity.models import Undo
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused
from opsloop.rituals.events import RitualFinished, RitualReopened, RitualSkipped
from opsloop.rituals.models import RitualRun

Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Which:
    """Names a run, which may not have been begun yet: whose, of what kind, of which day (a week: its Monday)."""

    person: Person
    kind: str
    on: date

    def of(self) -> dict[str, Any]:
        """Return the condition that finds it, also as the arguments of an undo."""
        return {"kind": self.kind, "on": self.on.isoformat()}


def begin(which: Which, *, at: datetime) -> RitualRun:
    """Return the run for writing, begun at `at` unless it was before; in the caller's transaction.

    Nobody else writes it until that ends, so answers that arrive together are all kept.
    """
    run, is_new = RitualRun.objects.get_or_create(
        person=which.person, kind=which.kind, on=which.on, defaults={"begun_at": at}
    )
    return run if is_new else RitualRun.objects.select_for_update().get(pk=run.pk)


def write(run: RitualRun, *, answers: Answers | None = None, step: str | None = None) -> None:
    """Merge `answers` into the run and move it to `step`, in the caller's transaction."""
    run.answers = {**run.answers, **(answers or {})}
    if step is not None:
        run.step = step
    run.bump(run.version, ["answers", "step"])


@transaction.atomic
def go_to(*, which: Which, step: str, at: datetime) -> None:
    """Let the person stand at a step; a reload comes back to it. A run that had ended is open again."""
    run = begin(which, at=at)
    if not run.is_open:
        _set_state(run, RitualRun.State.OPEN, None)
    write(run, step=step)


@transaction.atomic
def finish(*, which: Which, at: datetime, answers: Answers | None = None) -> Undo:
    """End a ritual; what was answered stays. Finishing it again says the same."""
    return _end(which, RitualRun.State.FINISHED, RitualFinished, at=at, answers=answers)


@transaction.atomic
def skip(*, which: Which, at: datetime) -> Undo:
    """Leave a ritual out for this time; it is offered again the next."""
    return _end(which, RitualRun.State.SKIPPED, RitualSkipped, at=at)


def _end(
    which: Which,
    state: RitualRun.State,
    kind: type[DomainEvent],
    *,
    at: datetime,
    answers: Answers | None = None,
) -> Undo:
    run = begin(which, at=at)
    write(run, answers=answers)
    if run.state != state:
        _set_state(run, state, at)
        activity.record(kind(**_about(run, which.person, at)))
    return activity.offer_undo(verb="ritual.end", arguments=which.of(), by=which.person, at=at)


@transaction.atomic
def undo_end(*, by: Person, at: datetime, kind: str, on: str) -> None:
    """Open a run again that was finished or skipped."""
    run = begin(named(by, kind, on), at=at)
    if run.is_open:
        raise Refused(_("This is open again already."))
    _set_state(run, RitualRun.State.OPEN, None)
    activity.record(RitualReopened(**_about(run, by, at)))


def named(person: Person, kind: str, on: str) -> Which:
    """Return which run an undo speaks of."""
    day = parse_date(on)
    if day is None:
        raise Refused(_("This cannot be undone any more."))
    return Which(person, kind, day)


def _set_state(run: RitualRun, state: RitualRun.State, at: datetime | None) -> None:
    run.state, run.ended_at = state, at
    run.save(update_fields=["state", "ended_at"])


def _about(run: RitualRun, by: Person, at: datetime) -> dict[str, Any]:
    return {
        "subject_id": run.person_id,
        "by_id": by.pk,
        "at": at,
        "department_id": by.department_id,
        "person_ids": (run.person_id,),
        "changes": {"ritual": [None, run.kind], "on": [None, run.on.isoformat()]},
    }


@transaction.atomic
def pick(*, which: Which, task_id: int, is_picked: bool, at: datetime) -> None:
    """Take a task into today, or leave it out of it. The task itself stays as it is."""
    run = begin(which, at=at)
    write(run, answers={"picks": {**run.answers.get("picks", {}), str(task_id): is_picked}})


@transaction.atomic
def keep_proposal(*, which: Which, proposal_id: int, at: datetime) -> None:
    """Remember which proposal of times was made for what is picked."""
    write(begin(which, at=at), answers={"proposal": proposal_id})


@transaction.atomic
def leave_out(*, which: Which, task_ids: Sequence[int], at: datetime) -> Undo:
    """Leave several tasks out of today at once, as was proposed; the tasks stay as they are."""
    run = begin(which, at=at)
    before = run.answers.get("picks", {})
    write(run, answers={"picks": before | {str(pk): False for pk in task_ids}})
    arguments = which.of() | {"answers": {"picks": before}, "step": run.step, "inner": []}
    return activity.offer_undo(verb="ritual.answer", arguments=arguments, by=which.person, at=at)


@transaction.atomic
def set_top(
    *, which: Which, task_id: int, is_top: bool, most: int, shown: Sequence[int], at: datetime
) -> None:
    """Count a task among the first of tomorrow, or not. `shown` are those that counted on the page.

    Raises:
        Refused: `most` are chosen already.
    """
    run = begin(which, at=at)
    top = [pk for pk in run.answers.get("top", shown) if pk != task_id]
    if is_top and len(top) >= most:
        raise Refused(_("Three are enough for a day. Take one out first."))
    write(run, answers={"top": [*top, task_id] if is_top else top})


@transaction.atomic
def set_goals(*, which: Which, goals: Sequence[Mapping[str, Any]], at: datetime) -> None:
    """Keep what the week is for, as it was typed so far."""
    write(begin(which, at=at), answers={"goals": list(goals)})


@transaction.atomic
def undo_answer(
    *, by: Person, at: datetime, kind: str, on: str, answers: Answers, step: str, inner: Sequence[int]
) -> None:
    """Take an answer back: all that was done, the last first, and what the run kept of it."""
    steps = Undo.objects.visible_to(by).in_bulk(inner)
    for pk in reversed(inner):
        activity.take_back(undo=steps[pk], by=by, at=at)
    run = begin(named(by, kind, on), at=at)
    write(run, answers=answers, step=step)
