"""Who may do what with a meeting; `check_x` raises with a reason, `can_x` answers yes or no."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from opsloop.meetings.models import Meeting, Room, Seat
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


def leads(meeting: Meeting, person: Person) -> bool:
    """Whether the person called the meeting or leads through it."""
    return person.pk in {meeting.organiser_id, meeting.host_id}


def check_may_call(person: Person) -> None:
    """Raise Forbidden unless the person may call meetings at all."""
    if not person.may(Permission.WORK_CREATE):
        raise Forbidden(_("Your role only allows reading."))


def check_can_write(meeting: Meeting, person: Person) -> None:
    """Raise unless the person may write a draft."""
    if meeting.organiser_id != person.pk:
        raise Forbidden(_("A draft is written by who began it."))
    if not meeting.is_draft:
        raise Refused(_("People were invited already. Change the meeting instead."))


def check_can_change(meeting: Meeting, person: Person) -> None:
    """Raise unless the person may change a meeting that was called: its time, people, agenda."""
    _check_leads(meeting, person)
    if meeting.state != Meeting.State.CALLED:
        raise Refused(_("Only a meeting that has been called and not begun can be changed."))


def check_can_cancel(meeting: Meeting, person: Person) -> None:
    """Raise unless the person may cancel a meeting."""
    _check_leads(meeting, person)
    if meeting.state != Meeting.State.CALLED:
        raise Refused(_("Only a meeting that has been called and not begun can be cancelled."))


def check_can_answer(meeting: Meeting, seat: Seat | None) -> None:
    """Raise unless whoever has this seat may say whether they come."""
    if seat is None or seat.role == Seat.Role.COPY:
        raise Forbidden(_("Only who is invited to a meeting answers."))
    if meeting.state != Meeting.State.CALLED:
        raise Refused(_("This meeting waits for no answers: it has begun, is over, or was cancelled."))


def check_can_prepare(meeting: Meeting, person: Person, owner_id: int | None) -> None:
    """Raise unless the person may tick what `owner_id` is to prepare."""
    if person.pk != owner_id and not leads(meeting, person):
        raise Forbidden(_("It is ticked by who prepares it, and by who leads the meeting."))
    if meeting.state == Meeting.State.CANCELLED:
        raise Refused(_("This meeting was cancelled."))


def may_use(room: Room, person: Person) -> bool:
    """Whether the person may book a room: some are only for one department and those below."""
    if room.department_id is None or person.may(Permission.ROOMS_MANAGE):
        return True
    own = person.department
    return bool(own and room.department and own.path.startswith(room.department.path))


def check_may_use(room: Room, person: Person) -> None:
    """Raise Refused unless the person may book the room."""
    if room.removed_at is not None:
        raise Refused(_("There is no such room any more. Choose another one."), field="room")
    if not may_use(room, person):
        said = _("%(room)s is only for %(department)s. Choose another room.")
        raise Refused(said % {"room": room.name, "department": room.department}, field="room")


def check_can_manage_rooms(person: Person) -> None:
    """Raise Forbidden unless the person may add, change and remove rooms."""
    if not person.may(Permission.ROOMS_MANAGE):
        raise Forbidden(_("Rooms are kept by administrators."))


def check_can_set_rules(person: Person) -> None:
    """Raise Forbidden unless the person may change the rules of meetings."""
    if not person.may(Permission.SETTINGS_MANAGE):
        raise Forbidden(_("The rules of meetings are set by administrators."))


def _check_leads(meeting: Meeting, person: Person) -> None:
    if not leads(meeting, person):
        raise Forbidden(_("A meeting is changed by who called it, and by its host."))
