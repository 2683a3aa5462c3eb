"""Action items after the minutes went out: confirmed or disputed by their owner, asked again or given up, done.

An answer is one guarded UPDATE that names the version that was read: of two at once one wins, and the other is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.engines.meetingclock import owed
from opsloop.inbox.actions import settle
from opsloop.meetings import holding_permissions as permissions
from opsloop.meetings.actions import noting
from opsloop.meetings.holding_events import (
    ItemAsked,
    ItemConfirmed,
    ItemDisputed,
    ItemDone,
    ItemDropped,
    ItemEvent,
    ItemReopened,
)
from opsloop.meetings.models import ActionItem
from opsloop.meetings.queries.people import leaders
from opsloop.meetings.ruling import rules
from opsloop.notices.queries.clock import clock_of
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused
from opsloop.work.actions import tasks
from opsloop.work.events import TaskClosed, TaskReopened
from opsloop.work.models import Task

State = ActionItem.State
# What the form of the host writes when a disputed item is asked again.
ASKING = (
    *noting.FIELDS, "state", "asked_at", "answer_due_at", "remind_at", "reminded_at", "host_told_at", "answered_at",
)  # fmt: skip


@transaction.atomic
def confirm(*, item: ActionItem, by: Person, at: datetime, version: int) -> Task:
    """Take an item on: it is a task of `by` from now on.

    Raises:
        Forbidden, Refused: it is not theirs, or was answered already.
        StaleVersion: it was answered or changed at the same moment.
    """
    permissions.check_can_answer_item(item, by)
    return take_on(item, by=by, at=at, version=version)


def take_on(item: ActionItem, *, by: Person, at: datetime, version: int | None = None) -> Task:
    """Make the task of an item that its owner confirms; in the caller's transaction."""
    meeting = item.meeting
    item.state, item.answered_at = State.CONFIRMED, at
    item.bump(item.version if version is None else version, ["state", "answered_at"])
    host = meeting.host or meeting.organiser
    said = _("From the minutes of %(number)s “%(title)s”.") % {"number": meeting.number, "title": meeting}
    item.task = tasks.create(
        by=by, at=at, title=item.what, owner=by, due_at=item.due_at, deliverable=item.standard, description=said,
        requester=host if host is not None and host.is_active else by,
    )  # fmt: skip
    item.save(update_fields=["task"])
    settle(person=by, kind="item", key=item.pk, at=at)
    _record(ItemConfirmed, item, by, at, leaders(meeting))
    return item.task


@transaction.atomic
def dispute(*, item: ActionItem, why: str, by: Person, at: datetime, version: int) -> ActionItem:
    """Say why one cannot or should not do it; the host is told. Raises as `confirm`, and without a reason."""
    permissions.check_can_answer_item(item, by)
    if not why.strip():
        raise Refused(
            _("Say in a sentence what is wrong with it: the work, the date, or who does it."), field="why"
        )
    item.state, item.answered_at, item.dispute = State.DISPUTED, at, why.strip()[:300]
    item.bump(version, ["state", "answered_at", "dispute"])
    settle(person=by, kind="item", key=item.pk, at=at)
    _record(ItemDisputed, item, by, at, leaders(item.meeting), note=item.dispute)
    return item


@transaction.atomic
def ask_again(
    *, item: ActionItem, values: Mapping[str, Any], by: Person, at: datetime, version: int
) -> ActionItem:
    """Change what, who or when of an item that is disputed or not answered, and ask its owner anew.

    Raises:
        Forbidden, Refused: `by` does not lead the meeting, it was confirmed, or owner or date are missing.
        StaleVersion: it was answered or changed since.
    """
    meeting = item.meeting
    permissions.check_can_settle_item(item, meeting, by)
    noting.apply(item, values)
    if item.owner is None:
        raise Refused(_("Name somebody who does it."), field="owner")
    if item.due_at is None:
        raise Refused(_("Say by when it is to be done."), field="due_at")
    found = owed(at, rules().confirm_days, clock_of(meeting.department, at))
    item.state, item.asked_at, item.answered_at = State.ASKED, at, None
    item.answer_due_at, item.remind_at = found.due_at, found.remind_at
    item.reminded_at = item.host_told_at = None
    item.bump(version, ASKING)
    if item.owner_id == by.pk:
        take_on(item, by=by, at=at)
    else:
        _record(ItemAsked, item, by, at, (item.owner_id or 0,))
    return item


@transaction.atomic
def drop(*, item: ActionItem, why: str, by: Person, at: datetime, version: int) -> ActionItem:
    """Give an item up; its owner is told. A task that was made of it stays theirs. Raises as `ask_again`."""
    permissions.check_can_drop_item(item, item.meeting, by)
    item.state, item.dropped_why = State.DROPPED, why.strip()[:300]
    item.bump(version, ["state", "dropped_why"])
    _record(ItemDropped, item, by, at, (item.owner_id,), note=item.dropped_why)
    return item


def follow_closing(event: TaskClosed) -> None:
    """Let the item of a task be done when the task is; one that was cancelled is given up."""
    item = _of_task(event.subject_id, State.CONFIRMED)
    if item is None:
        return
    is_done = event.changes.get("status", ["", ""])[1] == Task.Status.DONE
    item.state, item.done_at = (State.DONE, event.at) if is_done else (State.DROPPED, None)
    item.dropped_why = "" if is_done else str(event.note or _("Its task was cancelled."))[:300]
    item.bump(item.version, ["state", "done_at", "dropped_why"])
    by = Person.objects.filter(pk=event.by_id).first()
    _record(ItemDone if is_done else ItemDropped, item, by, event.at, leaders(item.meeting))


def follow_reopening(event: TaskReopened) -> None:
    """Let the item of a task be open again when the task is."""
    item = _of_task(event.subject_id, State.DONE) or _of_task(event.subject_id, State.DROPPED)
    if item is None:
        return
    item.state, item.done_at, item.dropped_why = State.CONFIRMED, None, ""
    item.bump(item.version, ["state", "done_at", "dropped_why"])
    by = Person.objects.filter(pk=event.by_id).first()
    _record(ItemReopened, item, by, event.at, leaders(item.meeting))


def _of_task(task_id: int, state: str) -> ActionItem | None:
    rows = ActionItem.objects.select_related("meeting__host", "meeting__organiser")
    return rows.filter(task=task_id, state=state).first()


def _record(
    kind: type[ItemEvent], item: ActionItem, by: Person | None, at: datetime, people: Any, note: str = ""
) -> None:
    told = tuple(pk for pk in people if pk)
    by_id = by.pk if by else None
    activity.record(kind(subject_id=item.pk, by_id=by_id, at=at, person_ids=told, note=note))
