"""Handing in a result, accepting it, returning it. Of two decisions at the same moment, one wins."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.events import DomainEvent
from opsloop.activity.models import Undo
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused
from opsloop.work import permissions
from opsloop.work.actions import tasks
from opsloop.work.events import (
    DecisionUndone,
    DeliveryAccepted,
    DeliveryHandedIn,
    DeliveryReturned,
    DeliveryWithdrawn,
)
from opsloop.work.models import DELIVERY_LIFECYCLE, Delivery, Task

State = Delivery.State


@transaction.atomic
def hand_in(
    *, task: Task, note: str, link: str = "", by: Person, at: datetime, version: int
) -> tuple[Delivery, Undo]:
    """Hand in the result of a task the writer saw at `version`; who asked for it decides.

    Raises:
        Refused: something is left to do or to fill in, it waits already, or it says neither what nor where.
    """
    permissions.check_can_hand_in(task, by)
    tasks.check_filled_in(task)
    if not note.strip() and not link:
        raise Refused(_("Say in a sentence what you hand in, or give a link."), field="note")
    task.bump(version)
    delivery = Delivery.objects.create(
        task=task, note=note.strip(), link=link, handed_in_at=at, handed_in_by=by
    )
    task.delivery = delivery
    task.save(update_fields=["delivery"])
    _record(DeliveryHandedIn, task, delivery, by, at, note.strip() or link)
    arguments = {"task_id": task.pk, "delivery_id": delivery.pk}
    return delivery, activity.offer_undo(verb="delivery.withdraw", arguments=arguments, by=by, at=at)


@transaction.atomic
def accept(*, task: Task, by: Person, at: datetime, note: str = "") -> Undo:
    """Accept what was handed in: the task is done."""
    permissions.check_can_decide(task, by)
    delivery = _decide(task, State.ACCEPTED, by=by, at=at, reason=note.strip())
    _record(DeliveryAccepted, task, delivery, by, at, note.strip())
    tasks.write(task, {"status": Task.Status.DONE}, by, at, task.version, is_accepted=True)
    arguments = {"task_id": task.pk, "delivery_id": delivery.pk}
    return activity.offer_undo(verb="delivery.decide", arguments=arguments, by=by, at=at)


@transaction.atomic
def send_back(*, task: Task, reason: str, by: Person, at: datetime) -> Undo:
    """Return what was handed in, with the reason; the owner works on and hands in again."""
    permissions.check_can_decide(task, by)
    if not reason.strip():
        raise Refused(_("Say what is missing, so that the owner can mend it."), field="reason")
    delivery = _decide(task, State.RETURNED, by=by, at=at, reason=reason.strip())
    _record(DeliveryReturned, task, delivery, by, at, reason.strip())
    arguments = {"task_id": task.pk, "delivery_id": delivery.pk}
    return activity.offer_undo(verb="delivery.decide", arguments=arguments, by=by, at=at)


@transaction.atomic
def withdraw(*, task: Task, by: Person, at: datetime) -> None:
    """Take back what was handed in and not decided yet."""
    permissions.check_can_edit(task, by)
    if task.delivery is None:
        raise Refused(_("Nothing waits for acceptance here."))
    delivery = _decide(task, State.WITHDRAWN, by=by, at=at, reason="")
    _record(DeliveryWithdrawn, task, delivery, by, at, "")


@transaction.atomic
def undo_hand_in(*, by: Person, at: datetime, task_id: int, delivery_id: int) -> None:
    """Take a hand-in back, if it is not decided yet."""
    withdraw(task=_task(by, task_id, delivery_id), by=by, at=at)


@transaction.atomic
def undo_decision(*, by: Person, at: datetime, task_id: int, delivery_id: int) -> None:
    """Let what was accepted or returned wait again; a task closed by that is open again."""
    task = _task(by, task_id, delivery_id)
    delivery = task.delivery
    assert delivery is not None
    before = DELIVERY_LIFECYCLE.before(State.WAITING)
    values: dict[str, Any] = {"state": State.WAITING, "decided_at": None, "decided_by": None, "reason": ""}
    if not Delivery.objects.filter(pk=delivery.pk, state__in=before, decided_by=by).update(**values):
        raise Refused(_("This cannot be undone: somebody else has decided since."))
    delivery.refresh_from_db()
    _record(DecisionUndone, task, delivery, by, at, "")
    if not task.is_open:
        tasks.write(task, {"status": Task.Status.DOING}, by, at, task.version)
        # Opening it again had let go of the delivery, which waits once more.
        task.delivery = delivery
        task.save(update_fields=["delivery"])


def _decide(task: Task, state: str, *, by: Person, at: datetime, reason: str) -> Delivery:
    """Move the delivery of a task to `state` unless somebody else was faster."""
    delivery = task.delivery
    assert delivery is not None
    rows = Delivery.objects.filter(pk=delivery.pk, state__in=DELIVERY_LIFECYCLE.before(state))
    if not rows.update(state=state, decided_at=at, decided_by=by, reason=reason):
        delivery.refresh_from_db()
        raise Refused(
            _("%(name)s has decided already: %(state)s.")
            % {"name": delivery.decided_by or _("Somebody else"), "state": delivery.get_state_display()}
        )
    delivery.refresh_from_db()
    return delivery


def _task(by: Person, task_id: int, delivery_id: int) -> Task:
    found = Task.objects.visible_to(by).alive().select_related("delivery", "requester")
    task: Task | None = found.filter(pk=task_id, delivery_id=delivery_id).first()
    if task is None:
        raise Refused(_("This cannot be undone: something else was handed in since."))
    return task


def _record(
    kind: type[DomainEvent], task: Task, delivery: Delivery, by: Person, at: datetime, note: str
) -> None:
    roles = [one.person_id for one in task.responsibilities.all() if one.role in "AI"]
    activity.record(kind(**tasks.about(task, by, at, delivery.handed_in_by_id, *roles), note=note))
