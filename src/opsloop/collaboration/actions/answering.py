"""The two sides come to terms: accepting, offering something else, declining; agreeing, insisting, withdrawing."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.collaboration import permissions
from opsloop.collaboration.actions import linked
from opsloop.collaboration.actions.moving import add_step, check_date, move, record, said
from opsloop.collaboration.events import (
    RequestAccepted,
    RequestAgreed,
    RequestAskedAgain,
    RequestAssigned,
    RequestCountered,
    RequestDeclined,
    RequestWithdrawn,
)
from opsloop.collaboration.models import CollaborationRequest, Step
from opsloop.collaboration.queries.heads import asking_people, doing_people
from opsloop.collaboration.ruling import answer_due
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused

State = CollaborationRequest.State


@transaction.atomic
def accept(
    *, request: CollaborationRequest, handler: Person | None, by: Person, at: datetime, version: int, note: str = ""
) -> CollaborationRequest:  # fmt: skip
    """Accept what was asked as it stands; `handler` does it (None: who is named, else `by`).

    Both sides get their task, with the same date.

    Raises:
        Refused: the handler does not work there, the date has passed, or it was answered meanwhile.
    """
    permissions.check_can_answer(request, by)
    check_date(request.due_at, at, field="due_at")
    request.handler = check_handler(request, handler or request.handler or by)
    text = said(note, field="note")
    take_on(request, at=at, version=version)
    add_step(request, Step.Kind.ACCEPTED, by=by, at=at, text=text, to=request.handler, due_at=request.due_at)
    record(RequestAccepted, request, by, at, asking_people(request), note=text)
    _tell_handler(request, by, at)
    return request


def take_on(request: CollaborationRequest, *, at: datetime, version: int) -> None:
    """Bring a request to where it is being done, on the terms that stand on it."""
    values = {
        "handler": request.handler, "due_at": request.due_at, "asked": request.asked, "offered_due_at": None,
        "offered_scope": "", "answered_at": request.answered_at or at,
        "agreed_due_at": request.agreed_due_at or request.due_at, "escalated_to": None,
    }  # fmt: skip
    move(request, State.ACCEPTED, at=at, version=version, **values)
    linked.begin_work(request, at=at)
    tasks = {"asking_task": request.asking_task, "doing_task": request.doing_task}
    CollaborationRequest.objects.filter(pk=request.pk).update(**tasks)


def check_handler(request: CollaborationRequest, handler: Person) -> Person:
    """Return `handler`; raise Refused unless they work in the department asked, or below it, or steer it."""
    home, asked = handler.department, request.to_department
    inside = home is not None and asked is not None and home.path.startswith(asked.path)
    if not handler.is_active or not (inside or permissions.steers(request.to_department_id, handler)):
        raise Refused(
            _("%(name)s does not work in %(department)s. Choose somebody who does.")
            % {"name": handler.name, "department": asked},
            field="handler",
        )
    if handler.pk in {request.author_id, request.contact_id}:
        raise Refused(_("Who asks does not do it themselves. Choose somebody else."), field="handler")
    return handler


def _tell_handler(request: CollaborationRequest, by: Person, at: datetime) -> None:
    if request.handler_id and request.handler_id != by.pk:
        record(RequestAssigned, request, by, at, [request.handler_id])


@transaction.atomic
def counter(
    *, request: CollaborationRequest, due: datetime | None, scope: str, why: str, by: Person, at: datetime, version: int
) -> CollaborationRequest:  # fmt: skip
    """Offer another date, another scope, or both, with the reason; who asked agrees or insists.

    Raises:
        Refused: nothing else is offered, no reason is given, or it was answered meanwhile.
    """
    permissions.check_can_counter(request, by)
    why = said(why, field="why", asked=_("Say why, so that who asked can decide."))
    scope = said(scope, field="scope")
    if due is not None:
        check_date(due, at, field="due")
    if not scope and (due is None or due == request.due_at):
        raise Refused(_("Offer another date or another scope; or accept it as it stands."), field="due")
    move(
        request, State.COUNTERED, at=at, version=version, offered_due_at=due or request.due_at, offered_scope=scope,
        answered_at=request.answered_at or at, handler=request.handler or _as_handler(request, by),
    )  # fmt: skip
    add_step(request, Step.Kind.COUNTERED, by=by, at=at, text=why, due_at=request.offered_due_at)
    record(RequestCountered, request, by, at, asking_people(request), note=why)
    return request


def _as_handler(request: CollaborationRequest, by: Person) -> Person | None:
    """Return who speaks for the department as its handler where they work there themselves."""
    try:
        return check_handler(request, by)
    except Refused:
        return None


@transaction.atomic
def decline(
    *, request: CollaborationRequest, why: str, by: Person, at: datetime, version: int
) -> CollaborationRequest:
    """Decline with a reason; who asked may take it to the superior."""
    permissions.check_can_answer(request, by)
    why = said(why, field="why", asked=_("Say why not, and who could help instead."))
    move(request, State.DECLINED, at=at, version=version, answered_at=request.answered_at or at)
    add_step(request, Step.Kind.DECLINED, by=by, at=at, text=why)
    record(RequestDeclined, request, by, at, asking_people(request), note=why)
    return request


@transaction.atomic
def assign(
    *, request: CollaborationRequest, handler: Person, by: Person, at: datetime, version: int, note: str = ""
) -> CollaborationRequest:  # fmt: skip
    """Hand a request to somebody else of the department asked: to answer it, or to do it with its task."""
    permissions.check_can_assign(request, by)
    handler = check_handler(request, handler)
    if handler == request.handler:
        raise Refused(_("%(name)s has it already.") % {"name": handler.name}, field="handler")
    text = said(note, field="note")
    request.handler = handler
    # The clock of the turn goes on: handing it around wins no time.
    request.bump(version, ["handler"])
    linked.bring_to_terms(request, at=at)
    add_step(request, Step.Kind.ASSIGNED, by=by, at=at, text=text, to=handler)
    record(RequestAssigned, request, by, at, [handler.pk], note=text)
    return request


@transaction.atomic
def agree(
    *, request: CollaborationRequest, by: Person, at: datetime, version: int, note: str = ""
) -> CollaborationRequest:
    """Agree to the offer: its date and scope are the terms now, and both tasks move to them."""
    permissions.check_can_agree(request, by)
    check_date(request.offered_due_at, at, field="due")
    request.due_at = request.offered_due_at
    if request.offered_scope:
        request.asked = request.offered_scope
    if request.handler is None:
        request.handler = _first_of(doing_people(request))
    text = said(note, field="note")
    take_on(request, at=at, version=version)
    add_step(request, Step.Kind.AGREED, by=by, at=at, text=text, due_at=request.due_at)
    record(RequestAgreed, request, by, at, doing_people(request), note=text)
    return request


def _first_of(people: tuple[int, ...]) -> Person | None:
    found: Person | None = Person.objects.active().filter(pk__in=people).order_by("pk").first()
    return found


@transaction.atomic
def insist(
    *, request: CollaborationRequest, due: datetime | None, why: str, by: Person, at: datetime, version: int
) -> CollaborationRequest:  # fmt: skip
    """Do not take the offer: ask again, perhaps for a date between; or hold to what was agreed once.

    Where the two had agreed before, it goes on by those terms and nobody has to answer anew.
    """
    permissions.check_can_agree(request, by)
    why = said(why, field="why", asked=_("Say why the offer does not do."))
    was_agreed = request.agreed_due_at is not None and request.doing_task_id is not None
    if was_agreed:
        take_on(request, at=at, version=version)
        add_step(request, Step.Kind.INSISTED, by=by, at=at, text=why, due_at=request.due_at)
        record(RequestAgreed, request, by, at, doing_people(request), note=why)
        return request
    check_date(due or request.due_at, at, field="due")
    request.due_at = due or request.due_at
    move(
        request, State.ASKED, at=at, version=version, due_at=request.due_at, offered_due_at=None, offered_scope="",
        answer_due_at=answer_due(request, at),
    )  # fmt: skip
    add_step(request, Step.Kind.INSISTED, by=by, at=at, text=why, due_at=request.due_at)
    record(RequestAskedAgain, request, by, at, doing_people(request), note=why)
    return request


@transaction.atomic
def withdraw(
    *, request: CollaborationRequest, why: str, by: Person, at: datetime, version: int
) -> CollaborationRequest:
    """Withdraw a request; what is open of its tasks is cancelled, the conversation stays readable."""
    permissions.check_can_withdraw(request, by)
    why = said(why, field="why", asked=_("Say why it is not needed any more."))
    told = doing_people(request)
    move(request, State.WITHDRAWN, at=at, version=version, closed_at=at, closed_by=by)
    linked.cancel(request, by=by, at=at)
    add_step(request, Step.Kind.WITHDRAWN, by=by, at=at, text=why)
    record(RequestWithdrawn, request, by, at, told, note=why)
    return request
