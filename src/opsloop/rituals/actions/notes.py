"""The verbs of a day's note: write it, answer its blocker, escalate it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.organisation.models import Person
from opsloop.organisation.queries.people import nearest_leads
from opsloop.organisation.roles import Permission
from opsloop.records.refusals import Forbidden, Refused, StaleVersion
from opsloop.rituals.events import (
    BlockerAnswered,
    BlockerEscalated,
    BlockerReported,
    BlockerWithdrawn,
    NoteWritten,
)
from opsloop.rituals.models import DailyNote
from opsloop.work.models import Task

STATE = ("blocker_state", "reply", "replied_at", "replied_by", "escalated_to")


@transaction.atomic
def write(
    *,
    person: Person,
    day: date,
    gain: str,
    blocker: str,
    task: Task | None,
    at: datetime,
    version: int,
) -> DailyNote:
    """Keep a person's sentences of a day; `version` 0 when none were seen. A new blocker is open.

    A blocker that is taken away takes its answer along. Writing what stands changes nothing.

    Raises:
        StaleVersion: the note has been written since, in another window.
    """
    note = DailyNote.objects.filter(person=person, day=day).first()
    if note is None:
        note = DailyNote(person=person, day=day, written_at=at)
    elif note.version != version:
        raise StaleVersion(note, expected=version)
    gain, blocker = gain.strip(), blocker.strip()
    task = task if blocker else None
    if note.pk and (note.gain, note.blocker, note.task) == (gain, blocker, task):
        return note
    is_new = blocker != note.blocker
    note.gain, note.blocker, note.task, note.written_at = gain, blocker, task, at
    if is_new:
        note.blocker_state = DailyNote.Blocker.OPEN if blocker else ""
        note.reply, note.replied_at, note.replied_by, note.escalated_to = "", None, None, None
    if note.pk:
        note.bump(version)
    note.save()
    kind = (BlockerReported if blocker else BlockerWithdrawn) if is_new else NoteWritten
    activity.record(
        kind(**_about(note, person, at, nearest_leads(note.person) if kind is BlockerReported else ()))
    )
    return note


def check_can_answer(note: DailyNote, by: Person) -> None:
    """Raise unless `by` leads the person, and a blocker waits for an answer."""
    if note.person_id == by.pk or not by.may(Permission.PLAN_TEAM, note.person.department_id):
        raise Forbidden(_("Only those who lead this person may answer what stands in their way."))
    if not note.is_blocked:
        raise Refused(_("This has been answered already, or nothing stands in the way any more."))


@transaction.atomic
def answer(*, note: DailyNote, reply: str, by: Person, at: datetime, version: int) -> Undo:
    """Answer a blocker; whoever wrote it is told.

    Raises:
        Refused: there is no answer, or it waits for none any more.
        StaleVersion: it has been written or answered since.
    """
    check_can_answer(note, by)
    if not reply.strip():
        raise Refused(_("Write what is done about it."), field="reply")
    before = _state(note)
    note.bump(version)
    note.blocker_state = DailyNote.Blocker.ANSWERED
    note.reply, note.replied_at, note.replied_by = reply.strip()[:500], at, by
    note.save(update_fields=list(STATE))
    activity.record(BlockerAnswered(**_about(note, by, at, [note.person])))
    return _offer_undo(note, before, by, at)


@transaction.atomic
def escalate(*, note: DailyNote, to: Person, by: Person, at: datetime, version: int) -> Undo:
    """Hand a blocker on to somebody who may clear it; it stays unanswered, and both are told.

    Raises:
        Refused: `to` is the person or the one who escalates, or may not answer it either.
    """
    check_can_answer(note, by)
    if to.pk in (by.pk, note.person_id) or not to.may(Permission.PLAN_TEAM, note.person.department_id):
        raise Refused(_("Choose somebody else who leads this department."), field="to")
    before = _state(note)
    note.bump(version)
    note.blocker_state, note.escalated_to = DailyNote.Blocker.ESCALATED, to
    note.save(update_fields=list(STATE))
    activity.record(BlockerEscalated(**_about(note, by, at, [to])))
    return _offer_undo(note, before, by, at)


@transaction.atomic
def undo_state(*, by: Person, at: datetime, note_id: int, version: int, before: dict[str, Any]) -> None:
    """Take an answer or an escalation back, unless the note has been written since."""
    note = DailyNote.objects.visible_to(by).select_related("person").filter(pk=note_id).first()
    if note is None or note.version != version:
        raise Refused(_("This cannot be undone: the note has been changed since."))
    note.bump(version)
    note.blocker_state, note.reply = before["blocker_state"], before["reply"]
    # What can be undone came from an unanswered state, so there was no answer before.
    note.replied_at = note.replied_by = None
    note.escalated_to = Person.objects.filter(pk=before["escalated_to"]).first()
    note.save(update_fields=list(STATE))
    told = [note.escalated_to] if note.escalated_to else nearest_leads(note.person)
    activity.record(BlockerReported(**_about(note, by, at, told)))


def _state(note: DailyNote) -> dict[str, Any]:
    return {
        "blocker_state": note.blocker_state,
        "reply": note.reply,
        "escalated_to": note.escalated_to_id,
    }


def _offer_undo(note: DailyNote, before: dict[str, Any], by: Person, at: datetime) -> Undo:
    arguments = {"note_id": note.pk, "version": note.version, "before": before}
    return activity.offer_undo(verb="note.state", arguments=arguments, by=by, at=at)


def _about(note: DailyNote, by: Person, at: datetime, told: Iterable[Person] = ()) -> dict[str, Any]:
    return {
        "subject_id": note.pk,
        "by_id": by.pk,
        "at": at,
        "department_id": note.person.department_id,
        "person_ids": tuple(person.pk for person in told),
        "changes": {"state": [None, note.blocker_state]},
    }
