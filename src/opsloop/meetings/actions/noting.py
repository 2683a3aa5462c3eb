"""What is noted beside a topic while the minutes are written: action items and decisions, one line each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity import submissions
from opsloop.activity.models import Undo
from opsloop.meetings import holding_permissions as permissions
from opsloop.meetings.actions.written import minutes_of, record_writing
from opsloop.meetings.models import ActionItem, AgendaItem, Decision, Meeting
from opsloop.meetings.queries.people import inside
from opsloop.organisation.models import Person
from opsloop.records.dates import is_plausible
from opsloop.records.refusals import Refused
from opsloop.work.capture import read

State = ActionItem.State
# What can be said of an item, by whoever writes the minutes.
FIELDS = ("what", "standard", "owner", "due_at")


@transaction.atomic
def note(
    *, meeting: Meeting, topic: AgendaItem | None, lines: str, by: Person, at: datetime
) -> list[ActionItem]:
    """Note action items, one a line such as “@小张 周五前 提交方案”; a name means first of all who is in the meeting.

    What a line does not say, who or by when, stays open and is asked for before the minutes go out.

    Raises:
        Forbidden, Refused: `by` does not write the minutes now, or a line says nothing that is to be done.
    """
    _check(meeting, by)
    people = inside(meeting)
    made = []
    for line in lines.splitlines():
        if not line.strip():
            continue
        reading = read(line.strip(), by=by, at=at, first=people)
        # “9月9日 18:00” is when something begins elsewhere; here it can only be by when it is done.
        due_at = reading.parsed.due or reading.parsed.start
        what = " ".join([reading.title, *(f"@{one.name}" for one in reading.collaborators)]).strip()[:200]
        if not reading.title:
            raise Refused(
                _("Write what is to be done, such as “@name by Friday hand in the plan”."), field="text"
            )
        made.append(
            ActionItem(
                meeting=meeting, topic=topic, what=what, owner=reading.owner, due_at=due_at, created_at=at
            )
        )  # fmt: skip
    if not made:
        raise Refused(
            _("Write what is to be done, such as “@name by Friday hand in the plan”."), field="text"
        )
    submissions.claim()
    for item in made:
        item.save(force_insert=True)
    record_writing(meeting, topic, by, at)
    return made


@transaction.atomic
def change(
    *, item: ActionItem, values: Mapping[str, Any], by: Person, at: datetime, version: int
) -> ActionItem:
    """Change an item that is only noted; `values` are some of FIELDS.

    Raises:
        Forbidden, Refused: it was sent already, or says nothing that is to be done.
        StaleVersion: somebody wrote it since.
    """
    _check(item.meeting, by)
    if item.state != State.NOTED:
        raise Refused(_("This was sent. Its owner answers, or disputes it."))
    apply(item, values)
    item.bump(version, FIELDS)
    record_writing(item.meeting, item.topic, by, at)
    return item


def apply(item: ActionItem, values: Mapping[str, Any]) -> None:
    """Set fields of an item in memory.

    Raises:
        Refused: it would say nothing, or its date cannot be meant.
    """
    for name in FIELDS:
        if name in values:
            setattr(item, name, values[name])
    if not item.what.strip():
        raise Refused(_("Write what is to be done."), field="what")
    if item.due_at is not None and not is_plausible(item.due_at):
        raise Refused(_("Choose a date within the next years."), field="due_at")
    if item.owner is not None and not item.owner.is_active:
        raise Refused(_("This person has left. Choose somebody else."), field="owner")


@transaction.atomic
def strike(*, item: ActionItem, by: Person, at: datetime, version: int) -> Undo:
    """Strike out an item that is only noted; the toast brings it back."""
    _check(item.meeting, by)
    if item.state != State.NOTED:
        raise Refused(_("This was sent. Its owner answers, or disputes it."))
    item.state = State.DROPPED
    item.bump(version, ["state"])
    record_writing(item.meeting, item.topic, by, at)
    return activity.offer_undo(verb="meeting.note", arguments={"item_id": item.pk}, by=by, at=at)


@transaction.atomic
def bring_back(*, by: Person, at: datetime, item_id: int) -> None:
    """Bring back an item that was struck out, while the minutes are still written."""
    item = ActionItem.objects.visible_to(by).filter(pk=item_id, state=State.DROPPED, asked_at=None).first()
    if item is None:
        raise Refused(_("This cannot be undone: it has been changed since."))
    _check(item.meeting, by)
    item.state = State.NOTED
    item.bump(item.version, ["state"])
    record_writing(item.meeting, item.topic, by, at)


@transaction.atomic
def decide(
    *, meeting: Meeting, topic: AgendaItem | None, lines: str, by: Person, at: datetime
) -> list[Decision]:
    """Note decisions, one a line; they get their numbers when the minutes go out. Raises as `note`."""
    _check(meeting, by)
    said = [line.strip()[:2000] for line in lines.splitlines() if line.strip()]
    if not said:
        raise Refused(_("Write what was decided."), field="text")
    submissions.claim()
    day = (meeting.began_at or at).astimezone(_zone(meeting, by)).date()
    made = [Decision.objects.create(meeting=meeting, topic=topic, text=text, decided_on=day) for text in said]
    record_writing(meeting, topic, by, at)
    return made


@transaction.atomic
def change_decision(*, decision: Decision, text: str, by: Person, at: datetime, version: int) -> Decision:
    """Write a decision anew while the minutes are written; empty, it is taken out unless it has a number.

    Raises as `change`.
    """
    _check(decision.meeting, by)
    if not text.strip():
        if decision.number:
            raise Refused(_("It is on the register. Replace it by a later decision instead."), field="text")
        decision.bump(version)
        decision.delete()
    else:
        decision.text = text.strip()[:2000]
        decision.bump(version, ["text"])
    record_writing(decision.meeting, decision.topic, by, at)
    return decision


def _zone(meeting: Meeting, by: Person) -> ZoneInfo:
    return ZoneInfo(meeting.time_zone or by.time_zone)


def _check(meeting: Meeting, by: Person) -> None:
    permissions.check_can_write(meeting, minutes_of(meeting), by)
