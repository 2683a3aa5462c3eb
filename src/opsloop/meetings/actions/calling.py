"""Calling a meeting, changing it and cancelling it: its number, its room, calendars, news and letters together."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.meetings import permissions
from opsloop.meetings.actions import booking, inviting
from opsloop.meetings.actions.inviting import Outgoing
from opsloop.meetings.actions.signing import new_code
from opsloop.meetings.actions.writing import Roles, end_of, roles_of, seat
from opsloop.meetings.events import (
    MeetingCalled,
    MeetingCancelled,
    MeetingChanged,
    MeetingEvent,
    MeetingLeft,
    MeetingMoved,
)
from opsloop.meetings.models import Meeting, Seat
from opsloop.organisation.models import Person
from opsloop.organisation.numbering import next_number
from opsloop.records.changes import set_fields
from opsloop.records.refusals import Refused
from opsloop.search import actions as search

# What of a called meeting can be changed; with these of them everybody is asked again.
FIELDS = (
    "title", "objective", "host", "minute_taker", "department", "starts_at", "lasts", "room", "place", "link",
    "is_confidential",
)  # fmt: skip
ASKING = frozenset({"starts_at", "lasts", "room", "place", "link"})


@transaction.atomic
def call(*, meeting: Meeting, by: Person, at: datetime, version: int) -> Meeting:
    """Invite the people of a draft: it gets its number, its room, and a place in everybody's calendar.

    A draft that says how it comes round is the first of a series (`actions.series`, which calls this).

    Raises:
        Refused: something is missing, its time is past, or its room is taken meanwhile; nothing is changed then.
        StaleVersion: it was written in another window since.
    """
    permissions.check_can_write(meeting, by)
    out = Outgoing()
    invite(meeting, out, by=by, at=at, version=version)
    out.post(at=at)
    return meeting


def invite(meeting: Meeting, out: Outgoing, *, by: Person, at: datetime, version: int) -> None:
    """Call a draft as `call` does, in the caller's transaction; the letters go into `out`."""
    check_ready(meeting, at)
    _name(meeting, at)
    meeting.state = Meeting.State.CALLED
    meeting.bump(version, ["state", "number", "called_at", "sign_in_code", "time_zone", "ends_at"])
    if meeting.room:
        assert meeting.starts_at is not None and meeting.ends_at is not None  # noqa: PT018  (just checked)
        booking.book(
            meeting=meeting, room=meeting.room, by=by, starts_at=meeting.starts_at, ends_at=meeting.ends_at
        )
    seat(meeting, roles_of(meeting))
    spread(meeting, by=by, at=at)
    people = invited(meeting)
    _tell(MeetingCalled, meeting, people, by, at, {"starts_at": [None, _text(meeting.starts_at)]})
    out.ask(meeting, people)


def check_ready(meeting: Meeting, at: datetime) -> None:
    """Raise Refused unless a draft says all that people must know who are invited."""
    if not meeting.title.strip():
        raise Refused(_("A meeting needs a title."), field="title")
    if meeting.starts_at is None:
        raise Refused(_("Choose when it begins; the suggested times help."), field="starts_at")
    if meeting.starts_at <= at:
        raise Refused(
            _("It would begin in the past. Choose a time that is still to come."), field="starts_at"
        )
    others = Seat.objects.filter(meeting=meeting, person__is_active=True).exclude(person=meeting.organiser)
    if not others.exclude(role=Seat.Role.COPY).exists():
        raise Refused(_("Choose who takes part; so far nobody is invited."), field="takes_part")


def _name(meeting: Meeting, at: datetime) -> None:
    """Give a meeting what it has from the day it is called: number, code to sign in, when it ends."""
    local = at.astimezone(ZoneInfo(settings.TIME_ZONE))
    meeting.number = meeting.number or next_number("meeting", at=local)
    meeting.called_at = at
    meeting.sign_in_code = new_code()
    meeting.ends_at = end_of(meeting)


def spread(meeting: Meeting, *, by: Person | None, at: datetime) -> None:
    """Bring calendars and search up to date with a meeting."""
    inviting.put_into_calendars(meeting, by=by, at=at)
    texts = [] if meeting.is_confidential else [meeting.objective, meeting.place]
    search.index(
        kind="meeting",
        object_id=meeting.pk,
        title=meeting.title,
        texts=[meeting.number, *filter(None, texts)],
    )


@transaction.atomic
def change(
    *,
    meeting: Meeting,
    values: Mapping[str, Any],
    roles: Roles | None = None,
    by: Person,
    at: datetime,
    version: int,
) -> Meeting:
    """Change a meeting that was called; `values` are some of FIELDS, `roles` None leaves its people as they are.

    Another time or place asks everybody again. People added are invited, people taken out get a cancellation, and
    the others an update; each has one letter.

    Raises:
        Refused: it can be changed no more, its time would be past, or its room is taken.
        StaleVersion: somebody changed it meanwhile.
    """
    permissions.check_can_change(meeting, by)
    out = Outgoing()
    alter(meeting, values, roles, out, by=by, at=at, version=version)
    out.post(at=at)
    return meeting


def alter(
    meeting: Meeting, values: Mapping[str, Any], roles: Roles | None, out: Outgoing, *, by: Person, at: datetime,
    version: int,
) -> None:  # fmt: skip
    """Change a called meeting as `change` does, in the caller's transaction; the letters go into `out`."""
    changes = set_fields(meeting, {name: values[name] for name in FIELDS if name in values})
    meeting.ends_at = end_of(meeting)
    moved = bool(ASKING & changes.keys())
    if "starts_at" in changes or "lasts" in changes:
        check_ready(meeting, at)
        meeting.reminded_at = None
    if changes:
        meeting.sequence += 1
    meeting.bump(version, [*FIELDS, "ends_at", "sequence", "reminded_at"])
    _rebook(meeting, changes, by)
    known = roles_of(meeting)
    new, left = seat(meeting, roles if roles is not None else known)
    if moved:
        ask_again(meeting)
    if changes or new or left:
        spread(meeting, by=by, at=at)
    _tell_changes(meeting, changes, out, moved=moved, new=new, left=left, by=by, at=at)


def _rebook(meeting: Meeting, changes: Mapping[str, Any], by: Person) -> None:
    if meeting.room is None:
        booking.free(meeting=meeting)
    elif {"room", "starts_at", "lasts"} & changes.keys():
        assert meeting.starts_at is not None and meeting.ends_at is not None  # noqa: PT018  (it is called)
        booking.book(
            meeting=meeting, room=meeting.room, by=by, starts_at=meeting.starts_at, ends_at=meeting.ends_at
        )


def ask_again(meeting: Meeting) -> None:
    """Forget who had said that they come: it is another time or place."""
    rows = Seat.objects.filter(meeting=meeting).exclude(person=meeting.organiser)
    rows.update(answer=Seat.Answer.NONE, answered_at=None, reason="", proposes_at=None)


def _tell_changes(
    meeting: Meeting, changes: Mapping[str, Any], out: Outgoing, *, moved: bool, new: Collection[int],
    left: Collection[int], by: Person, at: datetime,
) -> None:  # fmt: skip
    stay = [pk for pk in invited(meeting) if pk not in new]
    if changes:
        told = {name: pair for name, pair in changes.items() if not meeting.is_confidential or name in ASKING}
        _tell(MeetingMoved if moved else MeetingChanged, meeting, stay, by, at, told)
        out.ask(meeting, stay)
    if new:
        _tell(MeetingCalled, meeting, new, by, at, {"starts_at": [None, _text(meeting.starts_at)]})
        out.ask(meeting, new)
    if left:
        _tell(MeetingLeft, meeting, left, by, at, {})
        out.cancel(meeting, left)


@transaction.atomic
def cancel(*, meeting: Meeting, why: str, by: Person, at: datetime, version: int) -> Meeting:
    """Cancel a meeting: its room becomes free, it leaves all calendars, and everybody is told why.

    Raises:
        Refused: no reason is given, or it can be cancelled no more.
        StaleVersion: somebody changed it meanwhile.
    """
    permissions.check_can_cancel(meeting, by)
    if not why.strip():
        raise Refused(_("Say why it is cancelled; everybody reads it."), field="why")
    out = Outgoing()
    call_off(meeting, out, why=why, by=by, at=at, version=version)
    out.post(at=at)
    return meeting


def call_off(meeting: Meeting, out: Outgoing, *, why: str, by: Person, at: datetime, version: int) -> None:
    """Cancel a meeting as `cancel` does, in the caller's transaction; the letters go into `out`."""
    meeting.state, meeting.cancelled_at, meeting.cancelled_by = Meeting.State.CANCELLED, at, by
    meeting.cancelled_why, meeting.sequence = why.strip()[:300], meeting.sequence + 1
    meeting.bump(version, ["state", "cancelled_at", "cancelled_by", "cancelled_why", "sequence"])
    booking.free(meeting=meeting)
    inviting.take_out_of_calendars(meeting, by=by, at=at)
    people = invited(meeting)
    _tell(MeetingCancelled, meeting, people, by, at, {})
    out.cancel(meeting, people)


def invited(meeting: Meeting) -> list[int]:
    """Return everybody who sits in a meeting, in order. One query."""
    return list(Seat.objects.filter(meeting=meeting).order_by("person").values_list("person", flat=True))


def _tell(
    kind: type[MeetingEvent], meeting: Meeting, people: Collection[int], by: Person, at: datetime,
    changes: Mapping[str, Any],
) -> None:  # fmt: skip
    activity.record(
        kind(subject_id=meeting.pk, by_id=by.pk, at=at, person_ids=tuple(sorted(people)), changes=changes)
    )


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
