"""What the two sides cannot settle goes to the nearest superior of both, who decides."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.collaboration import permissions
from opsloop.collaboration.actions import linked
from opsloop.collaboration.actions.answering import check_handler, take_on
from opsloop.collaboration.actions.moving import add_step, check_date, move, record, said
from opsloop.collaboration.events import RequestDecided, RequestEscalated, RequestTakenUp
from opsloop.collaboration.models import CollaborationRequest, Step
from opsloop.collaboration.queries.heads import asking_people, doing_people, superior_of
from opsloop.collaboration.ruling import answer_due
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused

State = CollaborationRequest.State
# What a superior can decide.
BY_DATE, AGAIN, ENDED = "accepted", "asked", "ended"


@transaction.atomic
def appeal(
    *, request: CollaborationRequest, why: str, by: Person, at: datetime, version: int
) -> CollaborationRequest:
    """Take a request to the superior of both departments: it was declined, or the two cannot agree.

    Raises:
        Refused: no reason is given, or nobody stands above both departments.
    """
    permissions.check_can_appeal(request, by)
    why = said(why, field="why", asked=_("Say why it should be decided by your superior."))
    return _escalate(request, why=why, by=by, at=at, version=version)


@transaction.atomic
def give_up(
    *, request: CollaborationRequest, why: str, by: Person, at: datetime, version: int
) -> CollaborationRequest:
    """Say that it cannot be delivered on time; the superior of both departments decides what becomes of it."""
    permissions.check_can_give_up(request, by)
    why = said(why, field="why", asked=_("Say what stands in the way, and what would help."))
    return _escalate(request, why=why, by=by, at=at, version=version)


def _escalate(
    request: CollaborationRequest, *, why: str, by: Person, at: datetime, version: int
) -> CollaborationRequest:  # fmt: skip
    person = superior_of(request, passing={by.pk})
    if person is None:
        raise Refused(
            _("Nobody stands above both departments who is not a party. Talk to each other, or withdraw it.")
        )
    escalate_to(request, person, why=why, by=by, at=at, version=version)
    return request


def escalate_to(
    request: CollaborationRequest, person: Person, *, why: str, by: Person | None, at: datetime, version: int
) -> None:  # fmt: skip
    """Bring a request before `person`, in the caller's transaction; `by` None: the clock did it."""
    move(
        request, State.ESCALATED, at=at, version=version, escalated_at=at, escalated_to=person, escalated_why=why,
        offered_due_at=request.offered_due_at,
    )  # fmt: skip
    add_step(request, Step.Kind.ESCALATED, by=by, at=at, text=why, to=person)
    record(RequestEscalated, request, by, at, [person.pk], note=why)
    sides = [pk for pk in (*asking_people(request), *doing_people(request)) if pk != person.pk]
    record(RequestTakenUp, request, by, at, sides, note=why)


@transaction.atomic
def decide(
    *,
    request: CollaborationRequest,
    decision: str,
    due: datetime | None,
    why: str,
    by: Person,
    at: datetime,
    version: int,
    handler: Person | None = None,
) -> CollaborationRequest:
    """Decide as the superior: it is done by `due` (BY_DATE), answered again (AGAIN), or ended (ENDED).

    Raises:
        Refused: no reason or date is given, nobody is named who does it, or somebody decided meanwhile.
    """
    permissions.check_can_decide(request, by)
    why = said(why, field="why", asked=_("Say in a sentence what you decide and why."))
    told = [*asking_people(request), *doing_people(request)]
    if decision == BY_DATE:
        _let_do(request, due, handler, at=at, version=version)
    elif decision == AGAIN:
        _let_answer(request, due, at=at, version=version)
    elif decision == ENDED:
        move(request, State.ENDED, at=at, version=version, closed_at=at, closed_by=by)
        linked.cancel(request, by=by, at=at)
    else:
        raise Refused(_("Choose what you decide."), field="decision")
    told += doing_people(request)
    add_step(
        request,
        Step.Kind.DECIDED,
        by=by,
        at=at,
        text=why,
        due_at=None if decision == ENDED else request.due_at,
    )
    record(RequestDecided, request, by, at, told, note=why, state=[State.ESCALATED, request.state])
    return request


def _let_do(
    request: CollaborationRequest, due: datetime | None, handler: Person | None, *, at: datetime, version: int
) -> None:  # fmt: skip
    request.due_at = due or request.due_at
    check_date(request.due_at, at, field="due")
    if handler is None and request.handler is None:
        people = doing_people(request)
        handler = Person.objects.active().filter(pk__in=people).order_by("pk").first()
        if handler is None:
            raise Refused(_("Say who does it on the side of the department asked."), field="handler")
    request.handler = check_handler(request, handler) if handler else request.handler
    take_on(request, at=at, version=version)


def _let_answer(request: CollaborationRequest, due: datetime | None, *, at: datetime, version: int) -> None:
    """Let the department answer again, perhaps by another date."""
    request.due_at = due or request.due_at
    check_date(request.due_at, at, field="due")
    move(
        request, State.ASKED, at=at, version=version, due_at=request.due_at, offered_due_at=None, offered_scope="",
        escalated_to=None, answer_due_at=answer_due(request, at),
    )  # fmt: skip
