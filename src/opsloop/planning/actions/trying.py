"""Carrying out what was tried: by the verbs that do it anyway, and a proposal for the week that follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.organisation.actions.blocks import extend_day
from opsloop.organisation.models import Person
from opsloop.planning import whatif
from opsloop.planning.actions.decisions import propose
from opsloop.planning.actions.splitting import set_in_one_go
from opsloop.planning.models import Proposal
from opsloop.planning.permissions import check_can_plan
from opsloop.planning.recent import Read
from opsloop.planning.whatif import Changes
from opsloop.records.refusals import Refused
from opsloop.work.actions import tasks
from opsloop.work.models import Task


@dataclass(frozen=True)
class CarriedOut:
    """The proposal for the week as it is now, and one undo for all that was changed."""

    proposal: Proposal
    undo: Undo


def carry_out(*, read: Read, changes: Changes, by: Person, at: datetime, version: int) -> CarriedOut:
    """Make `changes` true and propose the week that was shown for them; nothing of the week moves yet.

    `version` is that of the task which the writer saw.

    Raises:
        Refused: nothing was changed, or a rule of the task or of the time blocks forbids it.
        StaleVersion: somebody wrote the task since.
    """
    person = read.week.person
    check_can_plan(person, by)
    shown = whatif.tried(read, changes).plan
    undo = _write(person, changes, by=by, at=at, version=version)
    proposal = propose(person=person, week_start=read.week.starts.date(), by=by, at=at, near=shown.placements)
    return CarriedOut(proposal, undo)


@transaction.atomic
def _write(person: Person, changes: Changes, *, by: Person, at: datetime, version: int) -> Undo:
    undos = []
    if changes.day is not None and changes.adds_time:
        undos.append(extend_day(person=person, day=changes.day, minutes=changes.minutes, by=by, at=at))
    values: dict[str, Any] = {
        name: value
        for name, value in (
            ("due_at", changes.due),
            ("owner", changes.owner),
            ("estimate_minutes", changes.estimate),
            ("deferred_until", changes.until),
        )
        if value
    }
    # What was read a moment ago is for looking at only.
    task = Task.objects.get(pk=changes.task.pk) if changes.task is not None else None
    if task is not None and changes.in_one_go is not None:
        said = set_in_one_go(task=task, in_one_go=changes.in_one_go, by=by, at=at)
        undos += [said] if said else []
    if task is not None and values:
        undo = tasks.change(task=task, values=values, by=by, at=at, version=version)
        undos += [undo] if undo else []
    if not undos:
        raise Refused(_("Change something first, then it can be carried out."))
    return undos[0] if len(undos) == 1 else activity.join_undo(undos=undos, by=by, at=at)
