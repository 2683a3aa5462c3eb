"""Saying whether one comes: yes, perhaps or no, with a reason and another time."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity import submissions
from opsloop.inbox.actions import settle
from opsloop.meetings import permissions
from opsloop.meetings.actions import inviting
from opsloop.meetings.events import MeetingAnswered
from opsloop.meetings.models import Meeting, Seat
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused


@transaction.atomic
def answer(
    *, meeting: Meeting, answer: str, by: Person, at: datetime, sequence: int, reason: str = "",
    proposes_at: datetime | None = None,
) -> bool:  # fmt: skip
    """Say whether `by` comes to the meeting as they saw it; say whether that was news. Who does not come is not busy.

    `sequence` is that of the invitation they saw: an answer to another time is no answer to this one.

    Raises:
        Forbidden, Refused: they are not invited, it waits for no answers, or it was moved since they saw it.
    """
    submissions.claim()
    seat = Seat.objects.filter(meeting=meeting, person=by).first()
    permissions.check_can_answer(meeting, seat)
    if answer not in {Seat.Answer.YES, Seat.Answer.MAYBE, Seat.Answer.NO}:
        raise Refused(_("Choose whether you come."), field="answer")
    assert seat is not None  # just checked
    values = {"answer": answer, "reason": reason.strip(), "proposes_at": proposes_at}
    known = {name: getattr(seat, name) for name in values}
    # Whoever moves the meeting meanwhile bumps its sequence: this statement then finds nothing.
    now = Meeting.objects.filter(pk=meeting.pk, state=Meeting.State.CALLED, sequence=sequence)
    if not Seat.objects.filter(pk=seat.pk, meeting__in=now.values("pk")).update(**values, answered_at=at):
        raise Refused(_("The meeting was changed since you saw it. Load it again and answer anew."))
    settle(person=by, kind="meeting", key=meeting.pk, at=at)
    if known == values:
        return False
    if Seat.Answer.NO in {known["answer"], answer}:
        inviting.put_into_calendars(meeting, by=by, at=at)
    people = (meeting.organiser_id,) if meeting.organiser_id else ()
    asks = "proposal" if proposes_at else answer
    activity.record(
        MeetingAnswered(
            subject_id=meeting.pk, by_id=by.pk, at=at, person_ids=people,
            changes={"answer": [known["answer"], asks]},
        )
    )  # fmt: skip
    return True
