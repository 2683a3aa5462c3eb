"""The running timer: start, stop, discard, correct, and the answers to what is asked about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.engines import hours
from opsloop.engines.hours import Question
from opsloop.organisation.models import Person
from opsloop.organisation.queries.blocks import zone_of
from opsloop.records.dates import is_plausible
from opsloop.records.refusals import Refused
from opsloop.timekeeping.actions.entries import (
    LONGEST_MINUTES,
    Change,
    Overlapping,
    check_task,
    hold,
    record_span,
)
from opsloop.timekeeping.events import TimerChanged
from opsloop.timekeeping.models import Timer
from opsloop.work.models import Task


class Unanswered(Refused):
    """The timer may not be recorded before its person has said when they stopped."""

    def __init__(self, question: Question) -> None:
        reasons = {
            Question.OVERNIGHT: _("The timer has been running since another day. Say first when you stopped."),
            Question.LONG: _("The timer has been running for more than ten hours. Say first when you stopped."),
            Question.CLOCK: _("The server’s clock was put back behind the start of the timer. Say when you started."),
        }  # fmt: skip
        super().__init__(reasons[question])
        self.question = question


@dataclass(frozen=True)
class Stopped:
    """How a timer ended: what was recorded (nothing below a minute), and on what."""

    name: str
    change: Change | None
    # Part of the time was recorded already and has been left out.
    was_trimmed: bool = False


def running(person: Person) -> Timer | None:
    """Return the timer of `person`, with its task. One query."""
    return Timer.objects.filter(person=person).select_related("task").first()


@transaction.atomic
def start(
    *, by: Person, at: datetime, task: Task | None = None, note: str = ""
) -> tuple[Timer, Stopped | None]:
    """Start the timer on `task` (or on a mere note); what ran before is stopped and recorded.

    Starting what runs already changes nothing, so a double click and two tabs make one timer.

    Raises:
        Unanswered: the former one is to be asked about first.
        Forbidden: `by` does not work on the task.
    """
    hold(by)
    check_task(task, by)
    if task is not None and not task.is_open:
        raise Refused(_("This task is closed. Open it again to work on it."))
    former = running(by)
    if former and former.task_id == (task.pk if task else None) and former.note == note:
        return former, None
    stopped = _finish(former, by=by, at=at) if former else None
    timer = Timer.objects.create(person=by, task=task, note=note[:200], started_at=at)
    _tell(by, at)
    return timer, stopped


@transaction.atomic
def stop(
    *,
    by: Person,
    at: datetime,
    timer_id: int | None = None,
    ended_at: datetime | None = None,
    sure: bool = False,
) -> Stopped | None:
    """Stop and record the timer; None when none runs, or another one than `timer_id` that was seen.

    `ended_at` answers when one really stopped; `sure` says that one worked until now.

    Raises:
        Unanswered: neither is given and it is to be asked about.
        Refused: `ended_at` lies before the start or after now, or the time is longer than an entry may be.
    """
    hold(by)
    timer = running(by)
    if timer is None or (timer_id is not None and timer.pk != timer_id):
        return None
    return _finish(timer, by=by, at=at, ended_at=ended_at, sure=sure)


def _finish(
    timer: Timer, *, by: Person, at: datetime, ended_at: datetime | None = None, sure: bool = False
) -> Stopped:
    asked = hours.question(timer.started_at, at, zone_of(by))
    if asked and ended_at is None and not (sure and asked is not Question.CLOCK):
        raise Unanswered(asked)
    end = hours.whole(ended_at or at)
    begin = hours.whole(timer.started_at)
    if ended_at is not None and not timer.started_at <= ended_at <= at + timedelta(minutes=1):
        raise Refused(_("Choose a time between the start of the timer and now."), field="ended_at")
    if hours.length(begin, end) > LONGEST_MINUTES:
        raise Refused(_("An entry is between 1 minute and 16 hours long."), field="ended_at")
    timer.delete()
    _tell(by, at)
    if timer.started_at + hours.MINUTE > (ended_at or at) or hours.length(begin, end) < 1:
        return Stopped(timer.name, None)
    return _recorded(timer, (begin, end), by=by, at=at)


def _recorded(timer: Timer, span: hours.Span, *, by: Person, at: datetime) -> Stopped:
    """Record a stopped timer where nothing is recorded yet: the next task cannot wait for an argument."""
    try:
        change = record_span(span, task=timer.task, by=by, at=at, note=timer.note, overlap="trim_this")
    except Overlapping:
        return Stopped(timer.name, None, was_trimmed=True)
    return Stopped(timer.name, change, was_trimmed=change.minutes < hours.length(*span))


@transaction.atomic
def discard(*, by: Person, at: datetime, timer_id: int | None = None) -> bool:
    """Throw the timer away without recording anything; False when it is gone already."""
    hold(by)
    timer = running(by)
    if timer is None or (timer_id is not None and timer.pk != timer_id):
        return False
    timer.delete()
    _tell(by, at)
    return True


@transaction.atomic
def correct(*, by: Person, at: datetime, version: int, started_at: datetime) -> Timer | None:
    """Correct when the timer began; None when none runs any more.

    Raises:
        Refused: the time lies ahead, or longer ago than an entry may be long.
        StaleVersion: it has been changed since.
    """
    hold(by)
    timer = running(by)
    if timer is None:
        return None
    is_recent = is_plausible(started_at) and started_at <= at
    if not is_recent or at - started_at > timedelta(minutes=LONGEST_MINUTES):
        raise Refused(_("Choose a start within the last 16 hours."), field="started_at")
    timer.started_at = started_at
    timer.bump(version, ["started_at"])
    _tell(by, at)
    return timer


@transaction.atomic
def cut(
    *, by: Person, at: datetime, timer_id: int | None, since: datetime, go_on: bool
) -> tuple[Timer | None, Stopped | None]:
    """Record the timer up to `since`, when somebody was last seen; `go_on` starts it anew from now."""
    hold(by)
    timer = running(by)
    if timer is None or (timer_id is not None and timer.pk != timer_id):
        return timer, None
    stopped = _finish(timer, by=by, at=at, ended_at=min(max(timer.started_at, since), at))
    if not go_on:
        return None, stopped
    return Timer.objects.create(person=by, task=timer.task, note=timer.note, started_at=at), stopped


def _tell(by: Person, at: datetime) -> None:
    activity.record(TimerChanged(subject_id=by.pk, by_id=by.pk, at=at, person_ids=(by.pk,)))
