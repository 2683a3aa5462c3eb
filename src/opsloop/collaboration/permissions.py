"""Who may do what with a request; `check_x` raises with a reason, `can` answers yes or no.

Three parties: who asks (author, contact, who steers the requests of the asking department), who does it (the handler,
who steers those of the department asked), and the superior it was taken to. Nobody sits on both sides: who asks does
not answer their own request because they lead the other department as well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from opsloop.collaboration.models import CollaborationRequest
from opsloop.organisation.models import Department, Person
from opsloop.organisation.roles import Permission
from opsloop.records.refusals import Forbidden, Refused

State = CollaborationRequest.State


def can(check: Callable[..., None], *arguments: Any) -> bool:
    """Whether `check` raises no refusal."""
    try:
        check(*arguments)
    except Refused:
        return False
    return True


def steers(department_id: int | None, person: Person) -> bool:
    """Whether the person answers and hands out the requests to a department, and builds its forms."""
    held = person.reaches.departments(Permission.REQUEST_STEER)
    return held is None or department_id in held


def asks(request: CollaborationRequest, person: Person) -> bool:
    """Whether the person speaks for the side that asks."""
    if person.pk in {request.author_id, request.contact_id}:
        return True
    return person.pk != request.handler_id and steers(request.from_department_id, person)


def does(request: CollaborationRequest, person: Person) -> bool:
    """Whether the person speaks for the side that was asked."""
    if person.pk == request.handler_id:
        return True
    return person.pk not in {request.author_id, request.contact_id} and steers(
        request.to_department_id, person
    )


def decides(request: CollaborationRequest, person: Person) -> bool:
    """Whether the person decides what the two sides could not: the superior, or who steers both and is no party."""
    if request.escalated_to_id == person.pk:
        return True
    parties = {request.author_id, request.contact_id, request.handler_id}
    both = steers(request.from_department_id, person) and steers(request.to_department_id, person)
    return both and person.pk not in parties


def check_may_ask(person: Person) -> None:
    """Raise Forbidden unless the person may ask other departments for something."""
    if not person.may(Permission.WORK_CREATE):
        raise Forbidden(_("Your role only allows reading."))


def check_can_write(request: CollaborationRequest, person: Person) -> None:
    """Raise unless the person may change the text of a draft."""
    check_may_ask(person)
    if request.author_id != person.pk:
        raise Forbidden(_("A draft is written by its author."))
    if not request.is_draft:
        raise Refused(_("This request was sent already."))


def check_can_answer(request: CollaborationRequest, person: Person) -> None:
    """Raise unless the person may accept or decline what was asked."""
    _check_does(request, person)
    _check_state(request, State.ASKED)


def check_can_counter(request: CollaborationRequest, person: Person) -> None:
    """Raise unless the person may offer another date or scope: instead of an answer, or before it is late."""
    _check_does(request, person)
    _check_state(request, State.ASKED, State.ACCEPTED)


def check_can_assign(request: CollaborationRequest, person: Person) -> None:
    """Raise unless the person may hand the request to somebody else."""
    _check_does(request, person)
    _check_state(request, State.ASKED, State.ACCEPTED)


def check_can_agree(request: CollaborationRequest, person: Person) -> None:
    """Raise unless the person may agree to an offer, or insist."""
    _check_asks(request, person)
    _check_state(request, State.COUNTERED)


def check_can_withdraw(request: CollaborationRequest, person: Person) -> None:
    """Raise unless the person may withdraw the request."""
    _check_asks(request, person)
    _check_state(request, State.ASKED, State.COUNTERED, State.ACCEPTED)


def check_can_appeal(request: CollaborationRequest, person: Person) -> None:
    """Raise unless the person may take the request to the superior: declined, or no agreement."""
    _check_asks(request, person)
    _check_state(request, State.DECLINED, State.COUNTERED)


def check_can_give_up(request: CollaborationRequest, person: Person) -> None:
    """Raise unless the person may say that it cannot be delivered on time."""
    _check_does(request, person)
    _check_state(request, State.ACCEPTED)


def check_can_tell(request: CollaborationRequest, person: Person) -> None:
    """Raise unless the person may tell how it goes."""
    _check_does(request, person)
    _check_state(request, State.ACCEPTED)


def check_can_deliver(request: CollaborationRequest, person: Person) -> None:
    """Raise unless the person may hand over what was asked."""
    _check_does(request, person)
    _check_state(request, State.ACCEPTED)


def check_can_receive(request: CollaborationRequest, person: Person) -> None:
    """Raise unless the person may accept or return what was delivered."""
    _check_asks(request, person)
    _check_state(request, State.DELIVERED)


def check_can_decide(request: CollaborationRequest, person: Person) -> None:
    """Raise unless the person may decide what the two sides could not."""
    if not decides(request, person):
        name = request.escalated_to.name if request.escalated_to else _("The superior")
        raise Forbidden(_("Only %(name)s decides this.") % {"name": name})
    _check_writes(person)
    _check_state(request, State.ESCALATED)


def check_can_enclose(request: CollaborationRequest, person: Person) -> None:
    """Raise unless the person may add attachments to what is asked: its author, then who asks while it is open."""
    if request.is_draft:
        check_can_write(request, person)
        return
    _check_asks(request, person)
    if not request.is_open:
        raise Refused(already(request))


def check_can_copy(request: CollaborationRequest, person: Person) -> None:
    """Raise unless the person may begin a draft with the text of a request that they see."""
    check_may_ask(person)
    if request.is_draft and request.author_id != person.pk:
        raise Forbidden(_("A draft is written by its author."))


def check_can_steer(department: Department | None, person: Person) -> None:
    """Raise unless the person builds the forms of a department and hands out what comes in."""
    if department is None or not steers(department.pk, person):
        raise Forbidden(_("This is done by who leads the department."))


def check_can_set_rules(person: Person) -> None:
    """Raise unless the person may change the rules of collaboration."""
    if not person.may(Permission.SETTINGS_MANAGE):
        raise Forbidden(_("The rules of collaboration are set by administrators."))


def _check_writes(person: Person) -> None:
    if not person.may(Permission.WORK_CREATE):
        raise Forbidden(_("Your role only allows reading."))


def _check_asks(request: CollaborationRequest, person: Person) -> None:
    _check_writes(person)
    if not asks(request, person):
        raise Forbidden(_("This is for who asked: the author, the contact, and who leads their department."))


def _check_does(request: CollaborationRequest, person: Person) -> None:
    _check_writes(person)
    if not does(request, person):
        raise Forbidden(_("This is for the department asked: the handler, and who leads the department."))


def _check_state(request: CollaborationRequest, *states: State) -> None:
    if request.state not in states:
        raise Refused(already(request))


def already(request: CollaborationRequest) -> str:
    """Say how a request stands, to who comes too late or too early."""
    return _("This cannot be done now: the request stands at “%(state)s”. Load the page again.") % {
        "state": request.get_state_display()
    }
