"""Who may tell, clear, ask and decide. Each rule is a pair as everywhere: `check_x` raises, `can_x` answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from opsloop.organisation.models import Person
from opsloop.organisation.queries.people import leading
from opsloop.organisation.roles import Permission
from opsloop.progress.models import Blocker, DelayRequest
from opsloop.records.refusals import Forbidden, Refused
from opsloop.work.models import Responsibility, Task
from opsloop.work.permissions import check_can_edit


def _allowed(check: Any, *args: Any) -> bool:
    try:
        check(*args)
    except Refused:
        return False
    return True


def check_can_tell(task: Task, by: Person) -> None:
    """Raise Refused unless `by` works on the task and it still wants work."""
    check_can_edit(task, by)
    if not task.is_open:
        raise Refused(_("This task is closed already."))


def can_tell(task: Task, by: Person) -> bool:
    """Whether `by` may tell how the task goes."""
    return _allowed(check_can_tell, task, by)


def check_can_clear(blocker: Blocker, by: Person) -> None:
    """Raise Refused unless `by` may say that nothing stands in the way any more."""
    if not blocker.is_open:
        raise Refused(_("This has been cleared already."))
    if by.pk in {blocker.owner_id, blocker.person_id}:
        return
    check_can_edit(blocker.task, by)


def can_clear(blocker: Blocker, by: Person) -> bool:
    """Whether `by` may clear it."""
    return _allowed(check_can_clear, blocker, by)


def check_can_ask(task: Task, by: Person) -> None:
    """Raise Refused unless `by` may ask for another due date of the task."""
    check_can_edit(task, by)
    if not task.is_open:
        raise Refused(_("This task is closed already."))
    if task.due_at is None:
        raise Refused(
            _("This task has no due date. Set one; there is nothing to ask for."), field="due_wanted"
        )


def can_ask(task: Task, by: Person) -> bool:
    """Whether `by` may ask for another due date."""
    return _allowed(check_can_ask, task, by)


@dataclass(frozen=True)
class Decider:
    """Who decides about the due date of a task, and as what: "A", "project", "lead" or "self"."""

    person: Person
    role: str


def decider_of(task: Task, asker: Person) -> Decider:
    """Return who decides when `asker` wants another date: A of RACI, else the owner of the project, else a lead.

    Nobody decides about their own request while there is somebody else. Two queries at most.
    """
    roles = Responsibility.objects.filter(task=task, role="A", person__is_active=True)
    answers = next((one.person for one in roles.select_related("person")), None)
    if answers is not None and answers != asker:
        return Decider(answers, "A")
    owner = task.project.owner if task.project else None
    if owner is not None and owner.is_active and owner != asker:
        return Decider(owner, "project")
    leads = [lead for _distance, lead in leading(task.owner or asker) if lead != asker]
    return Decider(leads[0], "lead") if leads else Decider(asker, "self")


def check_can_decide(request: DelayRequest, by: Person) -> None:
    """Raise Refused unless `by` may approve, reject or counter the request now.

    Who was asked may; whoever hands out the work of the department may in their place, but not for themselves.
    """
    if request.state != DelayRequest.State.WAITING:
        raise Refused(already(request))
    if by.pk == request.decider_id:
        return
    reach = by.reaches.departments(Permission.WORK_ASSIGN)
    leads = reach is None or request.task.department_id in reach
    if by.pk == request.asked_by_id or not leads:
        name = request.decider.name if request.decider else _("The team lead")
        raise Forbidden(
            _("Only %(name)s and those who lead the department may decide this.") % {"name": name}
        )


def can_decide(request: DelayRequest, by: Person) -> bool:
    """Whether `by` may decide the request."""
    return _allowed(check_can_decide, request, by)


def check_can_answer(request: DelayRequest, by: Person) -> None:
    """Raise Refused unless `by` asked and may withdraw, or take the date that was offered."""
    if by.pk != request.asked_by_id:
        raise Forbidden(_("Only %(name)s, who asked, may do this.") % {"name": request.asked_by.name})
    if not request.is_undecided:
        raise Refused(already(request))


def can_answer(request: DelayRequest, by: Person) -> bool:
    """Whether `by` may withdraw the request or take the offered date."""
    return _allowed(check_can_answer, request, by)


def already(request: DelayRequest) -> str:
    """Say how a request stands that waits for nobody any more."""
    name = request.decided_by.name if request.decided_by else _("Somebody else")
    return _("%(name)s has decided already: %(state)s.") % {
        "name": name, "state": request.get_state_display(),
    }  # fmt: skip


def check_can_set_rules(by: Person) -> None:
    """Raise Forbidden unless `by` may change what the organisation expects."""
    if not by.may(Permission.SETTINGS_MANAGE):
        raise Forbidden(_("Only administrators may change the rules of progress."))
