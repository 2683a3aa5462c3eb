"""What stands in the way: raised, given to somebody, made into a task, cleared, taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.events import DomainEvent
from opsloop.activity.models import Undo
from opsloop.organisation.models import Person
from opsloop.organisation.queries.people import nearest_leads
from opsloop.progress import permissions
from opsloop.progress.events import BlockerCleared, BlockerGiven, BlockerRaised, BlockerTakenBack
from opsloop.progress.models import BLOCKER_LIFECYCLE, Blocker
from opsloop.records.refusals import Forbidden, Refused
from opsloop.rituals.models import DailyNote
from opsloop.work.actions import tasks
from opsloop.work.events import TaskClosed, TaskReopened
from opsloop.work.models import Task

State = Blocker.State
STATE = ("state", "answer", "ended_at", "ended_by", "owner")


def clearer_for(person: Person, task: Task) -> Person | None:
    """Return who clears the way if nobody is named: a lead, else who asked for the task, else nobody."""
    leads = nearest_leads(person)
    if leads:
        return leads[0]
    asker = task.requester
    return asker if asker is not None and asker != person and asker.is_active else None


@transaction.atomic
def report(
    *, task: Task, text: str, owner: Person | None, by: Person, at: datetime, person: Person | None = None,
    note: DailyNote | None = None,
) -> Blocker:  # fmt: skip
    """Say that something stands in the way of a task; `owner` is to clear it, else a lead of who is held up.

    `person` is who is held up if that is not `by`; `note` the note of a day that it is taken from.

    Raises:
        Refused: it has no words, or `owner` may not see the task.
    """
    permissions.check_can_tell(task, by)
    if not text.strip():
        raise Refused(_("Say in a sentence what stands in the way."), field="text")
    held = person or by
    owner = owner or clearer_for(held, task)
    check_sees(task, owner)
    blocker = Blocker.objects.create(
        task=task, text=text.strip()[:300], person=held, owner=owner, raised_at=at, note=note
    )
    _record(BlockerRaised, blocker, by, at, owner)
    return blocker


def follow_problem(*, task: Task, old: str, new: str, owner: Person | None, by: Person, at: datetime) -> None:
    """Let the blocker of a person and task follow what their line of the day says; in the caller's transaction."""
    if old == new and owner is None:
        return
    standing = (
        Blocker.objects.filter(task=task, person=by, state=State.OPEN, text=old).first() if old else None
    )
    if standing is None:
        if new:
            report(task=task, text=new, owner=owner, by=by, at=at)
    elif not new:
        _end(standing, State.WITHDRAWN, "", by, at)
        _record(BlockerTakenBack, standing, by, at)
    else:
        check_sees(task, owner)
        standing.bump(standing.version)
        standing.text, standing.owner = new, owner or standing.owner
        standing.save(update_fields=["text", "owner"])
        _record(BlockerGiven, standing, by, at, standing.owner)


@transaction.atomic
def give(*, blocker: Blocker, owner: Person, by: Person, at: datetime, version: int) -> Undo:
    """Let somebody else clear it; they are told.

    Raises:
        Refused: it is cleared already, or `owner` may not see the task.
    """
    permissions.check_can_clear(blocker, by)
    check_sees(blocker.task, owner)
    before = _state(blocker)
    blocker.bump(version)
    blocker.owner = owner
    blocker.save(update_fields=["owner"])
    _record(BlockerGiven, blocker, by, at, owner)
    return _offer_undo(blocker, before, by, at)


@transaction.atomic
def make_task(
    *, blocker: Blocker, title: str, owner: Person, due_at: datetime | None, by: Person, at: datetime, version: int
) -> Task:  # fmt: skip
    """Make a task of it, owned by `owner`; once that is done, it stands in the way no more.

    Raises:
        Refused: it is cleared, or a task was made of it already.
    """
    permissions.check_can_clear(blocker, by)
    if blocker.made_id is not None:
        raise Refused(_("A task was made of it already: “%(title)s”.") % {"title": blocker.made})
    check_sees(blocker.task, owner)
    blocker.bump(version)
    held = blocker.task
    task = tasks.create(
        by=by, at=at, title=title.strip()[:200] or blocker.text[:200], owner=owner, due_at=due_at,
        project=held.project, department=held.department, requester=blocker.person, urgency=Task.Urgency.HIGH,
        description=_("Clears the way for %(number)s “%(title)s”: %(text)s")
        % {"number": held.number, "title": held.title, "text": blocker.text},
    )  # fmt: skip
    blocker.made, blocker.owner = task, owner
    blocker.save(update_fields=["made", "owner"])
    _record(BlockerGiven, blocker, by, at, owner)
    return task


@transaction.atomic
def clear(*, blocker: Blocker, answer: str, by: Person, at: datetime, version: int) -> Undo:
    """Say that nothing stands in the way any more, and what was done; who was held up is told.

    Raises:
        Refused: there is no answer, or it has been cleared already.
    """
    permissions.check_can_clear(blocker, by)
    if not answer.strip() and by.pk != blocker.person_id:
        raise Refused(_("Write what is done about it."), field="answer")
    before = _state(blocker)
    _end(blocker, State.CLEARED, answer.strip()[:300], by, at, version)
    _record(BlockerCleared, blocker, by, at, blocker.person)
    return _offer_undo(blocker, before, by, at)


@transaction.atomic
def undo_state(*, by: Person, at: datetime, blocker_id: int, version: int, before: dict[str, Any]) -> None:
    """Let a blocker stand as it stood, unless it has been changed since."""
    blocker = Blocker.objects.visible_to(by).select_related("task", "person").filter(pk=blocker_id).first()
    if blocker is None or blocker.version != version:
        raise Refused(_("This cannot be undone: it has been changed since."))
    blocker.bump(version)
    blocker.state, blocker.answer = State.OPEN, ""
    blocker.ended_at = blocker.ended_by = None
    blocker.owner = Person.objects.filter(pk=before["owner"]).first()
    blocker.save(update_fields=list(STATE))
    _record(BlockerRaised, blocker, by, at, blocker.owner)


@transaction.atomic
def take_up(*, note: DailyNote, task: Task, owner: Person | None, by: Person, at: datetime) -> Blocker:
    """Make the obstacle of somebody's day into one that a person owns.

    Raises:
        Refused: nothing stands in it, or it was taken up already.
    """
    if not note.is_blocked:
        raise Refused(_("This has been answered already, or nothing stands in the way any more."))
    if Blocker.objects.filter(note=note).exists():
        raise Refused(_("This was taken up already."))
    return report(task=task, text=note.blocker, owner=owner, by=by, at=at, person=note.person, note=note)


def follow_closing(event: TaskClosed) -> None:
    """Clear what a task was made to clear, and what held up a task that is done without it."""
    rows = Blocker.objects.filter(state=State.OPEN, made=event.subject_id).select_related(
        "task", "person", "made"
    )
    by = Person.objects.filter(pk=event.by_id).first()
    for blocker in rows:
        answer = _("Done: %(title)s") % {"title": blocker.made}
        _end(blocker, State.CLEARED, answer[:300], by, event.at)
        _record(BlockerCleared, blocker, by, event.at, blocker.person)


def follow_reopening(event: TaskReopened) -> None:
    """Let what a task was made to clear stand in the way again when that task is opened again."""
    rows = Blocker.objects.filter(state=State.CLEARED, made=event.subject_id).select_related("task", "owner")
    by = Person.objects.filter(pk=event.by_id).first()
    for blocker in rows:
        blocker.bump(blocker.version)
        blocker.state, blocker.answer, blocker.ended_at, blocker.ended_by = State.OPEN, "", None, None
        blocker.save(update_fields=list(STATE))
        _record(BlockerRaised, blocker, by, event.at, blocker.owner)


def check_sees(task: Task, owner: Person | None) -> None:
    """Raise Refused unless who shall clear it may see the task it stands in the way of."""
    if owner is None:
        return
    if not Task.objects.visible_to(owner).filter(pk=task.pk).exists():
        raise Refused(
            _("%(name)s may not see this task. Choose somebody who takes part, or take them in first.")
            % {"name": owner.name},
            field="owner",
        )


def _end(
    blocker: Blocker, state: str, answer: str, by: Person | None, at: datetime, version: int | None = None
) -> None:
    if blocker.state not in BLOCKER_LIFECYCLE.before(state):
        raise Forbidden(_("This has been cleared already."))
    blocker.bump(blocker.version if version is None else version)
    blocker.state, blocker.answer, blocker.ended_at, blocker.ended_by = state, answer, at, by
    blocker.save(update_fields=list(STATE))


def _state(blocker: Blocker) -> dict[str, Any]:
    return {"owner": blocker.owner_id}


def _offer_undo(blocker: Blocker, before: dict[str, Any], by: Person, at: datetime) -> Undo:
    arguments = {"blocker_id": blocker.pk, "version": blocker.version, "before": before}
    return activity.offer_undo(verb="blocker.state", arguments=arguments, by=by, at=at)


def _record(
    kind: type[DomainEvent], blocker: Blocker, by: Person | None, at: datetime, *told: Person | None
) -> None:
    activity.record(
        kind(
            subject_id=blocker.pk,
            by_id=by.pk if by else None,
            at=at,
            department_id=blocker.task.department_id,
            person_ids=tuple(dict.fromkeys(one.pk for one in told if one)),
            changes={"state": [None, blocker.state]},
            note=blocker.answer,
        )
    )
