"""The minutes: kept while typed, handed to the host, returned, sent, corrected. What went out stays as it was."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity import submissions
from opsloop.engines.meetingclock import owed
from opsloop.meetings import holding_permissions as permissions
from opsloop.meetings.actions.items import take_on
from opsloop.meetings.actions.written import minutes_of, record_writing
from opsloop.meetings.holding_events import (
    ItemAsked,
    MinutesCorrected,
    MinutesEvent,
    MinutesHandedOver,
    MinutesOpened,
    MinutesReturned,
    MinutesSent,
)
from opsloop.meetings.models import ActionItem, AgendaItem, Decision, Meeting, Minutes, MinutesEdition
from opsloop.meetings.queries.minutes import content_of
from opsloop.meetings.queries.people import leaders, readers
from opsloop.meetings.ruling import rules
from opsloop.notices.queries.clock import clock_of
from opsloop.organisation.models import Person
from opsloop.organisation.numbering import next_number
from opsloop.records.refusals import Refused

State = Minutes.State


@transaction.atomic
def keep_topic(
    *, topic: AgendaItem, conclusion: str, dispute: str, by: Person, at: datetime, version: int
) -> AgendaItem:
    """Keep what is typed beside a topic.

    Raises:
        Forbidden, Refused: `by` does not write the minutes now.
        StaleVersion: somebody else wrote here since.
    """
    permissions.check_can_write(topic.meeting, minutes_of(topic.meeting), by)
    submissions.claim()
    topic.conclusion, topic.dispute = conclusion, dispute
    topic.bump(version, ["conclusion", "dispute"])
    record_writing(topic.meeting, topic, by, at)
    return topic


@transaction.atomic
def keep_remarks(*, minutes: Minutes, remarks: str, by: Person, at: datetime, version: int) -> Minutes:
    """Keep what belongs to no topic. Raises as `keep_topic`."""
    permissions.check_can_write(minutes.meeting, minutes, by)
    submissions.claim()
    minutes.remarks = remarks
    minutes.bump(version, ["remarks"])
    record_writing(minutes.meeting, None, by, at)
    return minutes


@transaction.atomic
def hand_over(*, minutes: Minutes, by: Person, at: datetime, version: int) -> Minutes:
    """Hand the minutes to the host, who is told."""
    meeting = minutes.meeting
    permissions.check_can_hand_over(meeting, minutes, by)
    minutes.state, minutes.returned_why = State.CHECKING, ""
    minutes.bump(version, ["state", "returned_why"])
    host = (meeting.host_id or meeting.organiser_id,)
    _record(MinutesHandedOver, minutes, by, at, host)
    return minutes


@transaction.atomic
def give_back(*, minutes: Minutes, why: str, by: Person, at: datetime, version: int) -> Minutes:
    """Return the minutes to who wrote them, with a remark.

    Raises:
        Refused: there is no remark, or nobody handed them over.
    """
    permissions.check_can_return(minutes.meeting, minutes, by)
    if not why.strip():
        raise Refused(_("Say in a sentence what is to be mended."), field="why")
    minutes.state, minutes.returned_why = State.WRITING, why.strip()[:300]
    minutes.bump(version, ["state", "returned_why"])
    _record(MinutesReturned, minutes, by, at, (minutes.meeting.minute_taker_id,), note=minutes.returned_why)
    return minutes


@transaction.atomic
def send(*, minutes: Minutes, by: Person, at: datetime, version: int, why: str = "") -> MinutesEdition:
    """Send the minutes to everybody in the meeting and those who get a copy; owners of new items are asked.

    A corrected edition says `why`. Decisions get their numbers, and the meeting is closed.

    Raises:
        Refused: the meeting still runs, an item lacks its owner or date, or a correction says no reason.
        StaleVersion: somebody wrote them since.
    """
    meeting = minutes.meeting
    permissions.check_can_send(meeting, minutes, by)
    is_correction = minutes.edition > 0
    if is_correction and not why.strip():
        raise Refused(_("Say in a sentence why the minutes are corrected."), field="why")
    noted = list(meeting.items.filter(state=ActionItem.State.NOTED).select_related("owner"))
    _check_whole(noted)
    minutes.state, minutes.sent_at, minutes.sent_by = State.SENT, at, by
    minutes.edition += 1
    minutes.returned_why = ""
    minutes.bump(version, ["state", "sent_at", "sent_by", "edition", "returned_why"])
    Meeting.objects.filter(pk=meeting.pk).update(state=Meeting.State.CLOSED)
    meeting.state = Meeting.State.CLOSED
    _number_decisions(meeting, at)
    _ask(meeting, noted, by=by, at=at)
    edition = MinutesEdition.objects.create(
        meeting=meeting, number=minutes.edition, content=content_of(meeting), at=at, by=by, why=why.strip()[:300]
    )  # fmt: skip
    _record(
        MinutesCorrected if is_correction else MinutesSent,
        minutes, by, at, readers(meeting), note=edition.why,
    )  # fmt: skip
    return edition


@transaction.atomic
def reopen(*, minutes: Minutes, by: Person, at: datetime, version: int) -> Minutes:
    """Open minutes that are out for a correction; what went out stays readable."""
    permissions.check_can_correct(minutes.meeting, minutes, by)
    minutes.state = State.WRITING
    minutes.bump(version, ["state"])
    _record(MinutesOpened, minutes, by, at, leaders(minutes.meeting))
    return minutes


def _check_whole(items: list[ActionItem]) -> None:
    """Raise Refused while an item lacks who or by when: nobody could confirm it."""
    for item in items:
        if item.owner is None or not item.owner.is_active:
            raise Refused(
                _("“%(what)s” has nobody who does it. Name its owner, or strike it out.")
                % {"what": item.what},
                field=f"item-{item.pk}",
            )
        if item.due_at is None:
            raise Refused(
                _("“%(what)s” has no date. Say by when, or strike it out.") % {"what": item.what},
                field=f"item-{item.pk}",
            )


def _number_decisions(meeting: Meeting, at: datetime) -> None:
    """Put the decisions on the register."""
    local = at.astimezone(ZoneInfo(settings.TIME_ZONE))
    for decision in meeting.decisions.filter(number="").order_by("topic__position", "pk"):
        number = next_number("decision", at=local)
        Decision.objects.filter(pk=decision.pk).update(number=number)


def _ask(meeting: Meeting, items: list[ActionItem], *, by: Person, at: datetime) -> None:
    """Ask the owners of items that go out for the first time; what the sender owns is confirmed with the sending."""
    if not items:
        return
    found = owed(at, rules().confirm_days, clock_of(meeting.department, at))
    for item in items:
        item.asked_at, item.answer_due_at, item.remind_at = at, found.due_at, found.remind_at
        item.state = ActionItem.State.ASKED
        item.bump(item.version, ["state", "asked_at", "answer_due_at", "remind_at"])
        if item.owner_id == by.pk:
            take_on(item, by=by, at=at)
        else:
            activity.record(
                ItemAsked(subject_id=item.pk, by_id=by.pk, at=at, person_ids=(item.owner_id or 0,))
            )


def _record(
    kind: type[MinutesEvent], minutes: Minutes, by: Person, at: datetime, people: Any, note: str = ""
) -> None:
    told = tuple(pk for pk in people if pk)
    activity.record(kind(subject_id=minutes.pk, by_id=by.pk, at=at, person_ids=told, note=note))
