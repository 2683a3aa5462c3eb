"""Who may do what while a meeting is held and after it; `check_x` raises with a reason, `can` answers yes or no."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from opsloop.engines.meetingclock import is_open
from opsloop.meetings.models import ActionItem, Decision, Meeting, Minutes, Seat
from opsloop.organisation.models import Person
from opsloop.organisation.roles import Permission
from opsloop.records.refusals import Forbidden, Refused

State = Meeting.State


def can(check: Callable[..., None], *arguments: Any) -> bool:
    """Whether `check` raises no refusal."""
    try:
        check(*arguments)
    except Refused:
        return False
    return True


def leads(meeting: Meeting, person: Person) -> bool:
    """Whether the person called the meeting or leads through it."""
    return person.pk in {meeting.organiser_id, meeting.host_id}


def writes(meeting: Meeting, person: Person) -> bool:
    """Whether the person writes the minutes: who takes them, and who leads the meeting."""
    return person.pk == meeting.minute_taker_id or leads(meeting, person)


def check_can_begin(meeting: Meeting, person: Person, at: datetime) -> None:
    """Raise unless the person may begin the meeting, or take it up again on the same day."""
    _check_leads(meeting, person)
    if meeting.state == State.CALLED:
        if meeting.starts_at is not None and at < meeting.starts_at and not _is_near(meeting, at):
            raise Refused(_("It can be begun half an hour before its time at the earliest."))
        return
    if meeting.state != State.HELD:
        raise Refused(_("Only a meeting that has been called and is not over can be begun."))
    if meeting.over_at is None or at.date() != meeting.over_at.astimezone(at.tzinfo).date():
        raise Refused(_("A meeting can be taken up again on the same day only. Call another one."))


def check_can_run(meeting: Meeting, person: Person) -> None:
    """Raise unless the person may set topics going and end the meeting."""
    if not writes(meeting, person):
        raise Forbidden(_("A meeting is led by its host, and by who called it or takes the minutes."))
    if meeting.state != State.RUNNING:
        raise Refused(_("The meeting is not running. Begin it first."))


def check_can_hold(meeting: Meeting, person: Person, at: datetime) -> None:
    """Raise unless the person may write the minutes of a meeting that nobody began here."""
    if not writes(meeting, person):
        raise Forbidden(_("Minutes are written by who takes them, and by who leads the meeting."))
    if meeting.state != State.CALLED or meeting.starts_at is None or at < meeting.starts_at:
        raise Refused(_("Minutes are written once a meeting has begun."))


def check_can_sign_in(meeting: Meeting, seat: Seat | None, at: datetime) -> None:
    """Raise unless whoever has this seat may sign in now."""
    if seat is None or seat.role == Seat.Role.COPY:
        raise Forbidden(_("Only who is invited to a meeting signs in."))
    if meeting.state == State.RUNNING:
        return
    if meeting.state != State.CALLED or meeting.starts_at is None or meeting.ends_at is None:
        raise Refused(_("This meeting is over or was cancelled. The host can still note who was there."))
    if not _is_near(meeting, at):
        raise Refused(_("One signs in from half an hour before a meeting until half an hour after it."))


def check_can_tick(meeting: Meeting, person: Person) -> None:
    """Raise unless the person may note for others whether they were there."""
    if not writes(meeting, person):
        raise Forbidden(_("Who was there is noted by the host, and by who takes the minutes."))
    if meeting.state not in {State.CALLED, State.RUNNING, State.HELD}:
        raise Refused(_("The minutes are out; who was there stands in them."))


def check_can_write(meeting: Meeting, minutes: Minutes | None, person: Person) -> None:
    """Raise unless the person may write the minutes now."""
    if not writes(meeting, person):
        raise Forbidden(_("Minutes are written by who takes them, and by who leads the meeting."))
    if minutes is None:
        raise Refused(_("Minutes are written once a meeting has begun."))
    if minutes.state == Minutes.State.SENT:
        raise Refused(_("The minutes are out. Open them for a correction first."))
    if minutes.state == Minutes.State.CHECKING and not leads(meeting, person):
        raise Refused(_("The minutes are with the host now, who sends them or returns them to you."))


def check_can_hand_over(meeting: Meeting, minutes: Minutes, person: Person) -> None:
    """Raise unless the person may hand the minutes to the host."""
    check_can_write(meeting, minutes, person)
    if minutes.state != Minutes.State.WRITING:
        raise Refused(_("The minutes are with the host already."))
    _check_is_over(meeting)


def check_can_return(meeting: Meeting, minutes: Minutes, person: Person) -> None:
    """Raise unless the person may return the minutes to who wrote them."""
    _check_leads(meeting, person)
    if minutes.state != Minutes.State.CHECKING:
        raise Refused(_("Nobody has handed these minutes over."))


def check_can_send(meeting: Meeting, minutes: Minutes, person: Person) -> None:
    """Raise unless the person may send the minutes."""
    _check_leads(meeting, person)
    if minutes.state == Minutes.State.SENT:
        raise Refused(_("The minutes are out already."))
    _check_is_over(meeting)


def check_can_correct(meeting: Meeting, minutes: Minutes, person: Person) -> None:
    """Raise unless the person may open minutes that are out for a correction."""
    _check_leads(meeting, person)
    if minutes.state != Minutes.State.SENT:
        raise Refused(_("Only minutes that are out can be corrected."))


def check_can_answer_item(item: ActionItem, person: Person) -> None:
    """Raise unless the person may confirm or dispute an item."""
    if item.owner_id != person.pk:
        raise Forbidden(_("It is confirmed or disputed by whom it was given to."))
    if item.state != ActionItem.State.ASKED:
        raise Refused(_("This has been answered already, or is not asked any more."))


def check_can_settle_item(item: ActionItem, meeting: Meeting, person: Person) -> None:
    """Raise unless the person may change a disputed item and ask again."""
    _check_leads(meeting, person)
    if item.state not in {ActionItem.State.DISPUTED, ActionItem.State.ASKED}:
        raise Refused(_("Only what is disputed, or waits for an answer, can be changed and asked again."))


def check_can_drop_item(item: ActionItem, meeting: Meeting, person: Person) -> None:
    """Raise unless the person may give an item up."""
    _check_leads(meeting, person)
    if item.state not in {ActionItem.State.DISPUTED, ActionItem.State.CONFIRMED, ActionItem.State.ASKED}:
        raise Refused(_("Only what was sent and is not done can be given up."))


def check_can_replace(decision: Decision, meeting: Meeting, person: Person) -> None:
    """Raise unless the person may say that a later decision takes this one's place."""
    over = person.reaches.departments(Permission.SETTINGS_MANAGE)
    if not leads(meeting, person) and over is not None:
        raise Forbidden(_("A decision is replaced by who led its meeting, and by administrators."))
    if not decision.number:
        raise Refused(_("It is on the register once the minutes are out."))


def _check_leads(meeting: Meeting, person: Person) -> None:
    if not leads(meeting, person):
        raise Forbidden(_("This is done by the host of the meeting, and by who called it."))


def _check_is_over(meeting: Meeting) -> None:
    if meeting.state not in {State.HELD, State.CLOSED}:
        raise Refused(_("End the meeting first."))


def _is_near(meeting: Meeting, at: datetime) -> bool:
    assert meeting.starts_at is not None
    assert meeting.ends_at is not None
    return is_open(at, starts_at=meeting.starts_at, ends_at=meeting.ends_at)
