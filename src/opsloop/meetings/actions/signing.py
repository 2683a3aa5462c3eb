"""Signing in: by link, code or QR within the time, or ticked by who leads. Whatever comes at once, once."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity import submissions
from opsloop.meetings import holding_permissions as permissions
from opsloop.meetings.holding_events import SignedIn
from opsloop.meetings.models import Meeting, Seat
from opsloop.meetings.queries.people import inside
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused

DIGITS = 6


def new_code() -> str:
    """Return the six digits that people type to sign in to one meeting."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


@transaction.atomic
def sign_in(*, meeting: Meeting, by: Person, at: datetime, way: str, code: str = "") -> bool:
    """Note that `by` is there; say whether that was news. By code and QR they show the code of the room.

    Raises:
        Forbidden, Refused: they are not invited, it is not the time, or the code is another one.
    """
    submissions.claim()
    seat = Seat.objects.filter(meeting=meeting, person=by).first()
    permissions.check_can_sign_in(meeting, seat, at)
    if way != Seat.Way.LINK and not _fits(meeting, code):
        raise Refused(_("This is not the code of the meeting. Look at the screen in the room."), field="code")
    return _note(meeting, by.pk, way, by=by, at=at)


def meeting_of_code(code: str, person: Person, at: datetime) -> Meeting:
    """Return the meeting of `person` that begins or runs now and has this code.

    Raises:
        Refused: there is none; nothing is said about meetings of others.
    """
    rows = Meeting.objects.coming().filter(seats__person=person).exclude(seats__role=Seat.Role.COPY)
    for meeting in rows.filter(sign_in_code=code) if code else ():
        seat = Seat.objects.filter(meeting=meeting, person=person).first()
        if permissions.can(permissions.check_can_sign_in, meeting, seat, at):
            return meeting
    raise Refused(_("No meeting of yours that is on now has this code. Look at the screen."), field="code")


@transaction.atomic
def tick(*, meeting: Meeting, person_id: int, by: Person, at: datetime) -> bool:
    """Note for somebody else that they are there; say whether that was news.

    Raises:
        Forbidden, Refused: `by` may not, or the minutes are out.
    """
    submissions.claim()
    permissions.check_can_tick(meeting, by)
    if not Seat.objects.filter(meeting=meeting, person=person_id).exclude(role=Seat.Role.COPY).exists():
        raise Refused(_("Only who is invited to a meeting signs in."))
    # Who is noted afterwards was there from the beginning, as far as anybody knows.
    moment = meeting.began_at if meeting.over_at is not None and meeting.began_at else at
    return _note(meeting, person_id, Seat.Way.HOST, by=by, at=at, moment=moment)


@transaction.atomic
def untick(*, meeting: Meeting, person_id: int, by: Person, at: datetime) -> bool:
    """Take back that somebody was there; say whether that was news. Raises as `tick`."""
    submissions.claim()
    permissions.check_can_tick(meeting, by)
    rows = Seat.objects.filter(meeting=meeting, person=person_id, signed_in_at__isnull=False)
    if not rows.update(signed_in_at=None, signed_in_by=""):
        return False
    activity.record(SignedIn(subject_id=meeting.pk, by_id=by.pk, at=at, person_ids=inside(meeting)))
    return True


def _note(
    meeting: Meeting, person_id: int, way: str, *, by: Person, at: datetime, moment: datetime | None = None
) -> bool:
    rows = Seat.objects.filter(meeting=meeting, person=person_id, signed_in_at__isnull=True)
    if not rows.update(signed_in_at=moment or at, signed_in_by=way):
        return False
    activity.record(SignedIn(subject_id=meeting.pk, by_id=by.pk, at=at, person_ids=inside(meeting)))
    return True


def _fits(meeting: Meeting, code: str) -> bool:
    """Whether the code is that of the meeting; a meeting without one has none that fits."""
    own = meeting.sign_in_code
    return bool(own) and secrets.compare_digest(own.encode(), code.strip().encode())
