"""What the clock does for requests: reminders, the way to the superior, prompts for progress; each once.

The row of a request is locked, or on SQLite written by the one writer, while its step is taken, and every step is a
guarded UPDATE: whatever was restarted, and however many workers look, nobody hears of a step twice (R9).
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from opsloop.collaboration.actions.escalating import escalate_to
from opsloop.collaboration.actions.moving import add_step, record
from opsloop.collaboration.events import (
    RequestEscalated,
    RequestReminded,
    RequestSyncAsked,
    RequestUnanswered,
)
from opsloop.collaboration.models import CollaborationRequest, Step
from opsloop.collaboration.queries.heads import asking_heads, asking_people, doing_people, superior_of
from opsloop.collaboration.ruling import (
    ASKING,
    DOING,
    TURNS,
    clock_for,
    counted_from,
    next_step,
    next_sync,
    pace_of,
    rules,
)
from opsloop.engines.chasing import take

State = CollaborationRequest.State
_WITH = ("from_department", "to_department", "handler", "contact", "author", "escalated_to")


def chase_due(*, at: datetime) -> int:
    """Take the steps that are due at `at`; return how many. Any number of workers may look at once."""
    due = CollaborationRequest.objects.open().filter(next_step_at__lte=at)
    return sum(
        _chase(pk, at=at) for pk in list(due.order_by("next_step_at", "pk").values_list("pk", flat=True))
    )


def prompt_due(*, at: datetime) -> int:
    """Ask those for progress who have not told it since the last time; return how many."""
    due = CollaborationRequest.objects.filter(state=State.ACCEPTED, next_sync_at__lte=at)
    return sum(
        _prompt(pk, at=at) for pk in list(due.order_by("next_sync_at", "pk").values_list("pk", flat=True))
    )


def _locked(pk: int, **due: datetime) -> CollaborationRequest | None:
    """Return the request if it is still due and nobody else is at it."""
    rows = CollaborationRequest.objects.filter(pk=pk, **due).select_related(*_WITH)
    return rows.select_for_update(skip_locked=True, of=("self",)).first()


@transaction.atomic
def _chase(pk: int, *, at: datetime) -> bool:
    request = _locked(pk, next_step_at__lte=at)
    if request is None:
        return False
    found, clock = rules(), clock_for(request, at)
    pace, since = pace_of(found, request.state), counted_from(request)
    taken = take(pace, request.steps_done, since, at, clock) if pace and since else None
    if taken is None:
        # The rules or the date were changed since: it is due at another moment, or never.
        _claim(request, request.steps_done, next_step(found, request, clock))
        return False
    if taken.step == "remind":
        if _claim(request, taken.done, taken.next_at):
            _remind(request, at=at)
            return True
        return False
    return _call_above(request, taken.done, at=at)


def _claim(request: CollaborationRequest, done: int, next_at: datetime | None) -> bool:
    """Write how far the clock is, if it still stands where it was read; say whether it did.

    No version is claimed: what the clock says makes nobody's page stale.
    """
    rows = CollaborationRequest.objects.filter(
        pk=request.pk, state=request.state, version=request.version, steps_done=request.steps_done,
        next_step_at=request.next_step_at,
    )  # fmt: skip
    return bool(rows.update(steps_done=done, next_step_at=next_at))


def whose_turn(request: CollaborationRequest) -> tuple[int, ...]:
    """Return the people whose turn it is."""
    turn = TURNS.get(State(request.state), "")
    if turn == DOING:
        return doing_people(request)
    if turn == ASKING:
        return asking_people(request)
    return (request.escalated_to_id,) if request.escalated_to_id else ()


def _remind(request: CollaborationRequest, *, at: datetime) -> None:
    people = whose_turn(request)
    add_step(request, Step.Kind.REMINDED, by=None, at=at)
    record(RequestReminded, request, None, at, people)


def _call_above(request: CollaborationRequest, done: int, *, at: datetime) -> bool:
    """Nobody answered: the superior hears of it, or the head of who asked, or the next one up."""
    if TURNS.get(State(request.state)) == ASKING:
        if not _claim(request, done, None):
            return False
        add_step(request, Step.Kind.REMINDED, by=None, at=at)
        record(RequestUnanswered, request, None, at, asking_heads(request))
        return True
    if request.state == State.ESCALATED:
        return _further_up(request, done, at=at)
    person = superior_of(request)
    if person is None:
        # Nobody stands above both: who owes it is called once more, and then it rests with them.
        if not _claim(request, done, None):
            return False
        _remind(request, at=at)
        return True
    # The page says in the reader's language why the clock did it.
    escalate_to(request, person, why="", by=None, at=at, version=request.version)
    return True


def _further_up(request: CollaborationRequest, done: int, *, at: datetime) -> bool:
    passing = {request.escalated_to_id} if request.escalated_to_id else set()
    asked = request.steps.filter(kind=Step.Kind.ESCALATED, to__isnull=False, at__gte=request.escalated_at)
    person = superior_of(request, passing={*passing, *asked.values_list("to_id", flat=True)})
    if person is None:
        if not _claim(request, done, None):
            return False
        _remind(request, at=at)
        return True
    clock = clock_for(request, at)
    rows = CollaborationRequest.objects.filter(pk=request.pk, state=State.ESCALATED, version=request.version)
    request.escalated_to, request.turn_at, request.steps_done = person, at, 0
    values = {"escalated_to": person, "turn_at": at, "steps_done": 0, "version": request.version + 1}
    if not rows.update(**values, next_step_at=next_step(rules(), request, clock)):
        return False
    add_step(request, Step.Kind.ESCALATED, by=None, at=at, to=person)
    record(RequestEscalated, request, None, at, [person.pk])
    return True


@transaction.atomic
def _prompt(pk: int, *, at: datetime) -> bool:
    request = _locked(pk, next_sync_at__lte=at)
    if request is None or request.state != State.ACCEPTED:
        return False
    next_at = next_sync(request, at, rules().sync_at, clock_for(request, at))
    rows = CollaborationRequest.objects.filter(pk=pk, state=State.ACCEPTED, next_sync_at=request.next_sync_at)
    if not rows.update(next_sync_at=next_at):
        return False
    record(RequestSyncAsked, request, None, at, doing_people(request))
    return True
