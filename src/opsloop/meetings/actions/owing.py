"""Minutes and answers that are owed: reminded once at half the time, told to the host once when it is over (R9).

Each step is a guarded UPDATE that only one worker wins, in the transaction that tells. A run that comes late, after a
downtime, reminds first and tells the host at the next run.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from opsloop.activity import actions as activity
from opsloop.meetings.holding_events import ItemReminded, ItemUnanswered, MinutesDue, MinutesLate
from opsloop.meetings.models import ActionItem, Minutes
from opsloop.meetings.queries.people import leaders


def remind_due(*, at: datetime) -> int:
    """Take the steps that are due at `at`; return how many. Any number of workers may look at once."""
    return _minutes(at) + _items(at)


def _minutes(at: datetime) -> int:
    owed = Minutes.objects.filter(sent_at__isnull=True, meeting__state="held").select_related("meeting")
    done = 0
    for row in owed.filter(due_at__lte=at, late_told_at=None, reminded_at__lt=at):
        done += _tell_late(row, at)
    for row in owed.filter(remind_at__lte=at, reminded_at=None):
        done += _remind_writer(row, at)
    return done


@transaction.atomic
def _remind_writer(row: Minutes, at: datetime) -> int:
    if not Minutes.objects.filter(pk=row.pk, reminded_at=None, sent_at=None).update(reminded_at=at):
        return 0
    meeting = row.meeting
    writer = meeting.minute_taker_id if row.state == Minutes.State.WRITING else None
    people = (writer or meeting.host_id or meeting.organiser_id,)
    activity.record(MinutesDue(subject_id=row.pk, by_id=None, at=at, person_ids=tuple(filter(None, people))))
    return 1


@transaction.atomic
def _tell_late(row: Minutes, at: datetime) -> int:
    if not Minutes.objects.filter(pk=row.pk, late_told_at=None, sent_at=None).update(late_told_at=at):
        return 0
    activity.record(MinutesLate(subject_id=row.pk, by_id=None, at=at, person_ids=leaders(row.meeting)))
    return 1


def _asked() -> QuerySet[ActionItem]:
    return ActionItem.objects.filter(state=ActionItem.State.ASKED)


def _items(at: datetime) -> int:
    done = 0
    for item in _asked().filter(answer_due_at__lte=at, host_told_at=None, reminded_at__lt=at):
        done += _tell_host(item, at)
    for item in _asked().filter(remind_at__lte=at, reminded_at=None):
        done += _remind_owner(item, at)
    return done


@transaction.atomic
def _remind_owner(item: ActionItem, at: datetime) -> int:
    if not _asked().filter(pk=item.pk, reminded_at=None).update(reminded_at=at):
        return 0
    people = tuple(filter(None, (item.owner_id,)))
    activity.record(ItemReminded(subject_id=item.pk, by_id=None, at=at, person_ids=people))
    return 1


@transaction.atomic
def _tell_host(item: ActionItem, at: datetime) -> int:
    if not _asked().filter(pk=item.pk, host_told_at=None).update(host_told_at=at):
        return 0
    meeting = item.meeting
    people = tuple(filter(None, (meeting.host_id or meeting.organiser_id,)))
    activity.record(ItemUnanswered(subject_id=item.pk, by_id=None, at=at, person_ids=people))
    return 1
