"""Asking for another due date, and deciding about it. Of several decisions at the same moment, one wins (R11)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.events import DomainEvent
from opsloop.activity.models import Undo
from opsloop.organisation.models import Person
from opsloop.progress import permissions
from opsloop.progress.events import (
    DelayApproved,
    DelayAsked,
    DelayCountered,
    DelayRejected,
    DelayWithdrawn,
)
from opsloop.progress.models import DELAY_LIFECYCLE, DelayRequest
from opsloop.progress.queries.rules import causes
from opsloop.records.dates import is_plausible
from opsloop.records.refusals import Refused, StaleVersion
from opsloop.work.actions import tasks
from opsloop.work.actions.tasks import Edit
from opsloop.work.models import Task

State = DelayRequest.State


def ask(
    *, task: Task, cause: str, reason: str, remedy: str, help: str, due_wanted: datetime, by: Person, at: datetime,  # noqa: A002
) -> DelayRequest:  # fmt: skip
    """Ask for another due date of a task; who answers for it decides.

    Raises:
        Refused: a request waits already, the date is no later one, or no cause or reason is given.
    """
    try:
        with transaction.atomic():
            return _ask(task, cause, reason, remedy, help, due_wanted, by, at)
    except IntegrityError:
        raise Refused(_("A request about this task waits already.")) from None


def _ask(
    task: Task, cause: str, reason: str, remedy: str, wanted_help: str, due_wanted: datetime, by: Person, at: datetime
) -> DelayRequest:  # fmt: skip
    permissions.check_can_ask(task, by)
    if cause not in {one.code for one in causes() if one.is_active}:
        raise Refused(_("Choose why it is late."), field="cause")
    if not reason.strip():
        raise Refused(_("Say in a sentence why it is late, so that it can be decided."), field="reason")
    check_date(task, due_wanted, at, field="due_wanted")
    if DelayRequest.objects.undecided().filter(task=task).exists():
        raise Refused(_("A request about this task waits already."))
    decider = permissions.decider_of(task, by)
    assert task.due_at is not None  # check_can_ask
    made = DelayRequest.objects.create(
        task=task, asked_by=by, asked_at=at, cause=cause, reason=reason.strip()[:500], remedy=remedy.strip()[:500],
        help=wanted_help.strip()[:500], due_before=task.due_at, due_wanted=due_wanted, decider=decider.person,
    )  # fmt: skip
    _record(DelayAsked, made, by, at, decider.person)
    return made


def check_date(task: Task, wanted: datetime, at: datetime, *, field: str) -> None:
    """Raise Refused unless `wanted` is a date one can ask for: to come, and later than now stands."""
    if not is_plausible(wanted):
        raise Refused(_("Choose a date between 2000 and 2100."), field=field)
    if task.due_at is not None and wanted <= task.due_at:
        raise Refused(_("The new date lies no later than the one that stands."), field=field)
    if wanted <= at:
        raise Refused(_("The new date has passed already. Choose one to come."), field=field)


@transaction.atomic
def approve(
    *, request: DelayRequest, by: Person, at: datetime, version: int, answer: str = "", along: Sequence[Edit] = ()
) -> Undo:  # fmt: skip
    """Agree: the due date moves, and with it those tasks behind it that were shown (`along`), all or none.

    `version` is that of the task as who decides saw it.

    Raises:
        Refused: somebody has decided already.
        StaleVersion: the task, or one behind it, was changed since its consequences were shown.
    """
    permissions.check_can_decide(request, by)
    return _approve(request, request.due_wanted, by, at, version, answer, along)


def _approve(
    request: DelayRequest, due: datetime, by: Person, at: datetime, version: int, answer: str, along: Sequence[Edit],
) -> Undo:  # fmt: skip
    _claim(request, State.APPROVED, by=by, at=at, answer=answer)
    step = tasks.write(request.task, {"due_at": due}, by, at, version, why=request.reason[:300])
    steps = [step] if step else []
    came = tasks.change_each(edits=along, by=by, at=at)
    for edit, why in came.refused:
        if isinstance(why, StaleVersion):
            raise why
        raise Refused(
            _("“%(title)s” cannot be moved along: %(reason)s")
            % {"title": edit.task.title, "reason": why.reason}
        )
    _record(DelayApproved, request, by, at, request.asked_by, request.decider)
    return _offer_undo(request, [*steps, *came.steps], by, at)


@transaction.atomic
def reject(*, request: DelayRequest, reason: str, by: Person, at: datetime) -> Undo:
    """Say no, with the reason; the due date stands."""
    permissions.check_can_decide(request, by)
    if not reason.strip():
        raise Refused(_("Say why not, and what should happen instead."), field="answer")
    _claim(request, State.REJECTED, by=by, at=at, answer=reason)
    _record(DelayRejected, request, by, at, request.asked_by)
    return _offer_undo(request, [], by, at)


@transaction.atomic
def counter(*, request: DelayRequest, due: datetime, answer: str, by: Person, at: datetime) -> None:
    """Offer another date; who asked takes it or withdraws."""
    permissions.check_can_decide(request, by)
    check_date(request.task, due, at, field="due_offered")
    if due == request.due_wanted:
        raise Refused(_("This is the date that was asked for: approve it."), field="due_offered")
    _claim(request, State.COUNTERED, by=by, at=at, answer=answer, due_offered=due)
    _record(DelayCountered, request, by, at, request.asked_by)


@transaction.atomic
def take_offer(*, request: DelayRequest, by: Person, at: datetime, version: int) -> Undo:
    """Take the date that was offered: the due date moves to it."""
    permissions.check_can_answer(request, by)
    if request.state != State.COUNTERED or request.due_offered is None:
        raise Refused(_("No other date is offered."))
    return _approve(request, request.due_offered, by, at, version, request.answer, ())


@transaction.atomic
def withdraw(*, request: DelayRequest, by: Person, at: datetime) -> None:
    """Take a request back that nobody has decided, or whose offered date is not taken."""
    permissions.check_can_answer(request, by)
    _claim(request, State.WITHDRAWN, by=by, at=at, answer=request.answer)
    _record(DelayWithdrawn, request, by, at, request.decider)


@transaction.atomic
def undo_decision(
    *, by: Person, at: datetime, request_id: int, decided_at: str, steps: Sequence[dict[str, Any]]
) -> None:
    """Let a request wait again, and the dates stand as they stood."""
    found = DelayRequest.objects.visible_to(by).select_related("task", "decider", "asked_by", "decided_by")
    request = found.filter(
        pk=request_id, decided_by=by, decided_at=datetime.fromisoformat(decided_at)
    ).first()
    if request is None or request.state not in DELAY_LIFECYCLE.before(State.WAITING):
        raise Refused(_("This cannot be undone: it has been decided anew since."))
    values: dict[str, Any] = {"state": State.WAITING, "decided_at": None, "decided_by": None, "answer": ""}
    try:
        with transaction.atomic():
            rows = DelayRequest.objects.filter(
                pk=request.pk, state=request.state, decided_at=request.decided_at
            )
            if not rows.update(**values):
                raise Refused(_("This cannot be undone: it has been decided anew since."))
    except IntegrityError:
        raise Refused(_("This cannot be undone: another request about this task waits.")) from None
    if steps:
        tasks.undo_change_many(by=by, at=at, steps=steps)
    request.refresh_from_db()
    _record(DelayAsked, request, by, at, request.decider)


def _claim(request: DelayRequest, state: str, *, by: Person, at: datetime, answer: str, **more: Any) -> None:
    """Move a request to `state` unless somebody else was faster."""
    rows = DelayRequest.objects.filter(pk=request.pk, state=request.state)
    rows = rows.filter(state__in=DELAY_LIFECYCLE.before(state))
    if not rows.update(state=state, decided_at=at, decided_by=by, answer=answer.strip()[:500], **more):
        request.refresh_from_db()
        raise Refused(permissions.already(request))
    request.state, request.decided_at, request.decided_by = state, at, by
    request.answer = answer.strip()[:500]
    for name, value in more.items():
        setattr(request, name, value)


def _offer_undo(request: DelayRequest, steps: Sequence[dict[str, Any]], by: Person, at: datetime) -> Undo:
    arguments = {"request_id": request.pk, "decided_at": at.isoformat(), "steps": list(steps)}
    return activity.offer_undo(verb="delay.decide", arguments=arguments, by=by, at=at)


def _record(
    kind: type[DomainEvent], request: DelayRequest, by: Person, at: datetime, *told: Person | None
) -> None:
    wanted = request.due_offered or request.due_wanted
    activity.record(
        kind(
            subject_id=request.pk,
            by_id=by.pk,
            at=at,
            department_id=request.task.department_id,
            person_ids=tuple(dict.fromkeys(one.pk for one in told if one)),
            changes={"due_at": [request.due_before.isoformat(), wanted.isoformat()]},
            note=request.answer or request.reason,
        )
    )


def end_of_day(task: Task, day: Any) -> datetime:
    """Return `day` at the hour at which the task has been due so far, in the current zone."""
    hour = timezone.localtime(task.due_at).time() if task.due_at else datetime.max.time()
    return timezone.make_aware(datetime.combine(day, hour))
