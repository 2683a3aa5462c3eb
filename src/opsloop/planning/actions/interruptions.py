"""Taking in something urgent: it becomes a task of whoever was interrupted, and room is looked for it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.engines.scheduling.model import DEFAULT_MINUTES
from opsloop.organisation.models import Person
from opsloop.planning.actions.decisions import interrupt
from opsloop.planning.models import Proposal
from opsloop.planning.permissions import check_can_plan
from opsloop.planning.weeks import monday
from opsloop.records.refusals import Refused
from opsloop.work import capture
from opsloop.work.actions import tasks
from opsloop.work.models import Task

# By when an interruption is done if nobody says so.
END_OF_DAY = time(18)


def end_of_day(person: Person, at: datetime) -> datetime:
    """Return the end of today's work of `person`, or of tomorrow's when that is past."""
    now = at.astimezone(ZoneInfo(person.time_zone))
    end = datetime.combine(now.date(), END_OF_DAY, tzinfo=now.tzinfo)
    return end if end > now else end + timedelta(days=1)


@transaction.atomic
def take_in(
    *,
    reading: capture.Reading,
    minutes: int | None = None,
    due: datetime | None = None,
    by: Person,
    at: datetime,
) -> Task:
    """Make an urgent task of one line as it was read; it waits in the tray until a proposal is accepted.

    What the line says of length and date counts where the arguments say nothing; at last an hour and the end of
    the day.

    Raises:
        Refused: the line has no words but marks.
        Forbidden: it belongs to somebody whose week `by` may not plan.
    """
    if not reading.title:
        raise Refused(_("Write in a few words what came in."), field="text")
    values: dict[str, Any] = {"urgency": Task.Urgency.HIGH, **reading.values()}
    values["owner"] = values["owner"] or by
    # A task that was made and finds no proposal afterwards would be a surprise.
    check_can_plan(values["owner"], by)
    values["estimate_minutes"] = minutes or values["estimate_minutes"] or DEFAULT_MINUTES
    # A start without an end is an appointment: it has no other due date than its own.
    if values["starts_at"] is None:
        values["due_at"] = due or values["due_at"] or end_of_day(by, at)
    return tasks.create(by=by, at=at, title=reading.title, **values)


def find_room(*, task: Task, by: Person, at: datetime, sacrifice: Collection[int] | None = None) -> Proposal:
    """Propose room for an urgent task in its owner's week, in the next one too if it need not be done in this.

    With `sacrifice` only these tasks may give way.

    Raises:
        Refused: nobody owns the task, or it is closed.
    """
    if task.owner is None:
        raise Refused(_("Nobody owns this task yet. Choose an owner, and it can be put into their week."))
    start = monday(at.astimezone(ZoneInfo(task.owner.time_zone)).date())
    is_soon = task.due_at is not None and task.due_at < at + timedelta(days=7)
    proposal = interrupt(task=task, week_start=start, by=by, at=at, sacrifice=sacrifice)
    if proposal.content["placements"] or is_soon:
        return proposal
    return interrupt(task=task, week_start=start + timedelta(days=7), by=by, at=at, sacrifice=sacrifice)
