"""A meeting as it runs: begun, topic by topic, ended. One topic runs at a time, whoever presses what at once.

The verbs of topics name what they find: pausing one that rests, or ending one that is over, changes nothing. They keep
away from the version of the topic, which guards its minutes: who types is not disturbed by who leads.
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity import submissions
from opsloop.engines.meetingclock import Topic, owed
from opsloop.meetings import holding_permissions as permissions
from opsloop.meetings.actions import following, signing
from opsloop.meetings.holding_events import HoldingEvent, MeetingBegun, MeetingHeld, TopicMoved
from opsloop.meetings.models import AgendaItem, Meeting, Minutes
from opsloop.meetings.queries.people import inside
from opsloop.meetings.ruling import rules
from opsloop.notices.queries.clock import clock_of
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused

State = Meeting.State


@transaction.atomic
def begin(*, meeting: Meeting, by: Person, at: datetime, version: int) -> Meeting:
    """Begin a meeting, or take it up again on the same day; its first open topic runs, and open items come up.

    Raises:
        Forbidden, Refused: `by` does not lead it, or it cannot be begun now.
        StaleVersion: it was changed since.
    """
    permissions.check_can_begin(meeting, by, at)
    meeting.state, meeting.over_at = State.RUNNING, None
    meeting.began_at = meeting.began_at or at
    meeting.sign_in_code = meeting.sign_in_code or signing.new_code()
    meeting.bump(version, ["state", "over_at", "began_at", "sign_in_code"])
    Minutes.objects.get_or_create(meeting=meeting)
    following.look_back(meeting=meeting)
    first = meeting.agenda.filter(done_at__isnull=True).order_by("position", "pk").first()
    if first is not None:
        _set_going(first, at)
    _record(MeetingBegun, meeting, by, at)
    return meeting


@transaction.atomic
def hold(*, meeting: Meeting, by: Person, at: datetime, version: int) -> Meeting:
    """Say that a meeting was held though nobody began it here: its minutes can be written. Raises as `begin`."""
    permissions.check_can_hold(meeting, by, at)
    assert meeting.ends_at is not None
    meeting.state, meeting.began_at = State.HELD, meeting.starts_at
    meeting.over_at = min(meeting.ends_at, at)
    meeting.bump(version, ["state", "began_at", "over_at"])
    following.look_back(meeting=meeting)
    _owe_minutes(meeting)
    _record(MeetingHeld, meeting, by, at)
    return meeting


@transaction.atomic
def end(*, meeting: Meeting, by: Person, at: datetime, version: int) -> Meeting:
    """End a meeting: every clock stops, and its minutes are owed from now on. Raises as `begin`."""
    permissions.check_can_run(meeting, by)
    _stop_all(meeting, at)
    meeting.state, meeting.over_at = State.HELD, at
    meeting.bump(version, ["state", "over_at"])
    _owe_minutes(meeting)
    _record(MeetingHeld, meeting, by, at)
    return meeting


@transaction.atomic
def start_topic(*, topic: AgendaItem, by: Person, at: datetime) -> None:
    """Let a topic run; the one that ran before rests. One that is over is open again.

    Raises:
        Forbidden, Refused: `by` may not, the meeting does not run, or somebody set another one going just now.
    """
    meeting = topic.meeting
    permissions.check_can_run(meeting, by)
    submissions.claim()
    if AgendaItem.objects.filter(pk=topic.pk, running_since__isnull=False).exists():
        return
    _stop_all(meeting, at)
    _set_going(topic, at)
    _record(TopicMoved, meeting, by, at)


@transaction.atomic
def pause_topic(*, topic: AgendaItem, by: Person, at: datetime) -> None:
    """Let a topic rest; it stays open. Raises as `start_topic`."""
    permissions.check_can_run(topic.meeting, by)
    submissions.claim()
    if _stop(topic, at):
        _record(TopicMoved, topic.meeting, by, at)


@transaction.atomic
def end_topic(*, topic: AgendaItem, by: Person, at: datetime) -> AgendaItem | None:
    """End a topic and let the next open one run, which is returned; pressed twice, it ends one topic only.

    Raises as `start_topic`.
    """
    meeting = topic.meeting
    permissions.check_can_run(meeting, by)
    submissions.claim()
    ran = _stop(topic, at)
    if not AgendaItem.objects.filter(pk=topic.pk, done_at__isnull=True).update(done_at=at):
        return None
    following_one = None
    if ran:
        rest = meeting.agenda.filter(done_at__isnull=True).exclude(pk=topic.pk)
        after = [one for one in rest.order_by("position", "pk") if _place(one) > _place(topic)]
        following_one = after[0] if after else None
        if following_one is not None:
            _set_going(following_one, at)
    _record(TopicMoved, meeting, by, at)
    return following_one


def _place(topic: AgendaItem) -> tuple[int, int]:
    return topic.position, topic.pk


def _set_going(topic: AgendaItem, at: datetime) -> None:
    try:
        with transaction.atomic():
            AgendaItem.objects.filter(pk=topic.pk, running_since__isnull=True).update(
                running_since=at, done_at=None
            )
    except IntegrityError as error:
        raise Refused(_("Somebody set another topic going just now.")) from error


def _stop_all(meeting: Meeting, at: datetime) -> None:
    for topic in AgendaItem.objects.filter(meeting=meeting, running_since__isnull=False):
        _stop(topic, at)


def _stop(topic: AgendaItem, at: datetime) -> bool:
    """Stop the clock of a topic; whether it ran. The UPDATE names the stretch, so that none is counted twice."""
    now = AgendaItem.objects.filter(pk=topic.pk, running_since__isnull=False).first()
    if now is None:
        return False
    spent = Topic(now.minutes, now.spent_seconds, now.running_since).elapsed(at)
    mine = AgendaItem.objects.filter(pk=now.pk, running_since=now.running_since)
    return bool(mine.update(running_since=None, spent_seconds=spent))


def _owe_minutes(meeting: Meeting) -> None:
    """Work out by when the minutes are out; what is being written keeps its words."""
    assert meeting.over_at is not None
    clock = clock_of(meeting.department, meeting.over_at)
    found = owed(meeting.over_at, rules().minutes_days, clock)
    row, _made = Minutes.objects.get_or_create(meeting=meeting)
    Minutes.objects.filter(pk=row.pk, sent_at__isnull=True).update(
        due_at=found.due_at, remind_at=found.remind_at, reminded_at=None, late_told_at=None
    )


def _record(kind: type[HoldingEvent], meeting: Meeting, by: Person, at: datetime) -> None:
    activity.record(kind(subject_id=meeting.pk, by_id=by.pk, at=at, person_ids=inside(meeting)))
