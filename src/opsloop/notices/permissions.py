"""Who may do what with a notice; `check_x` raises with a reason, `can_x` answers yes or no."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from opsloop.notices.models import Notice, NoticeTemplate, Question, RecipientGroup
from opsloop.notices.ruling import sending_reach
from opsloop.organisation.models import Person
from opsloop.organisation.roles import Permission
from opsloop.records.refusals import Forbidden, Refused


def can(check: Callable[..., None], *arguments: Any) -> bool:
    """Whether `check` raises no refusal."""
    try:
        check(*arguments)
    except Refused:
        return False
    return True


def may_send(person: Person) -> bool:
    """Whether `person` may send notices at all, by the organisation's rules. Two queries."""
    reach = sending_reach(person)
    return reach is None or bool(reach)


def check_may_send(person: Person) -> None:
    """Raise Forbidden unless `person` may send notices at all."""
    if not may_send(person):
        raise Forbidden(_("Your role sends no notices. Ask your lead, or an administrator for another rule."))


def steers(notice: Notice, person: Person) -> bool:
    """Whether the notice is the person's own, or of a department whose notices they may steer."""
    if notice.author_id == person.pk:
        return True
    held = person.reaches.departments(Permission.NOTICE_STEER)
    return not notice.is_draft and (held is None or notice.department_id in held)


def oversees(notice: Notice, person: Person) -> bool:
    """Whether the person sees everybody's receipts of a notice: who steers it, and who audits."""
    held = person.reaches.departments(Permission.NOTICE_VIEW)
    return steers(notice, person) or held is None or notice.department_id in held


def check_can_write(notice: Notice, person: Person) -> None:
    """Raise unless the person may change the text of a draft."""
    if notice.author_id != person.pk:
        raise Forbidden(_("A draft is written by its author."))
    if not notice.is_draft:
        raise Refused(_("This notice is no draft any more. Recall it, or send a correction."))


def check_can_recall(notice: Notice, person: Person) -> None:
    """Raise unless the person may take a scheduled notice back before it goes."""
    _check_steers(notice, person)
    if notice.state != Notice.State.SCHEDULED:
        raise Refused(_("It is not waiting to be sent. What went out can be corrected or withdrawn."))


def check_can_correct(notice: Notice, person: Person) -> None:
    """Raise unless the person may send a correction."""
    _check_steers(notice, person)
    if notice.state not in {Notice.State.SENT, Notice.State.CORRECTED}:
        raise Refused(_("Only a notice that went out and is not over can be corrected."))


def check_can_end(notice: Notice, person: Person) -> None:
    """Raise unless the person may withdraw or close it."""
    _check_steers(notice, person)
    if not notice.is_going:
        raise Refused(_("Only a notice that went out and is not over can be withdrawn or closed."))


def check_can_remind(notice: Notice, person: Person) -> None:
    """Raise unless the person may remind those who have not confirmed."""
    _check_steers(notice, person)
    if not notice.is_going:
        raise Refused(_("This notice is over; nobody has to confirm it any more."))


def check_can_ask(notice: Notice, person: Person) -> None:
    """Raise unless the person may ask something under a notice."""
    if notice.state in {Notice.State.DRAFT, Notice.State.SCHEDULED, Notice.State.WITHDRAWN}:
        raise Refused(_("Questions are asked under a notice that went out."))
    if not person.may(Permission.WORK_CREATE):
        raise Forbidden(_("Your role only allows reading."))


def check_can_take_on(notice: Notice, person: Person) -> None:
    """Raise unless the person may make a task for themselves from a notice that they see."""
    if not notice.is_going:
        raise Refused(_("This notice is over, or has not gone out yet."))
    if not person.may(Permission.WORK_CREATE):
        raise Forbidden(_("Your role only allows reading."))


def check_can_hand_out(notice: Notice, person: Person) -> None:
    """Raise unless the person may give each responsible department its task."""
    _check_steers(notice, person)
    check_can_take_on(notice, person)


def check_can_answer(question: Question, notice: Notice, person: Person) -> None:
    """Raise unless the person may answer a question."""
    _check_steers(notice, person)
    if question.answered_at:
        raise Refused(_("This question has been answered already."))


def check_can_keep(row: NoticeTemplate | RecipientGroup, person: Person) -> None:
    """Raise unless a template or group is the person's own, or they administer the settings."""
    if row.owner_id != person.pk and not person.may(Permission.SETTINGS_MANAGE):
        raise Forbidden(_("It is changed by who made it, and by administrators."))


def check_can_set_rules(person: Person) -> None:
    """Raise unless the person may change the rules of notices."""
    if not person.may(Permission.SETTINGS_MANAGE):
        raise Forbidden(_("The rules of notices are set by administrators."))


def _check_steers(notice: Notice, person: Person) -> None:
    if not steers(notice, person):
        raise Forbidden(_("A notice is steered by its author, and by who leads the department that sent it."))
