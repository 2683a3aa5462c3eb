"""Recording what happened, and taking it back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from opsloop.activity import registry, submissions
from opsloop.activity.events import DomainEvent
from opsloop.activity.models import Event, Undo
from opsloop.records.many import insert_many
from opsloop.records.refusals import Refused

# PostgreSQL channel on which every process hears of new events.
CHANNEL = "opsloop_events"


def record(event: DomainEvent) -> Event:
    """Store `event` and run what reacts to it, in the caller's transaction.

    Raises:
        RuntimeError: called outside a transaction; an event without its change would be a lie.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an event is recorded in the transaction of its change")
    submissions.claim()
    row = _row(event)
    row.save(force_insert=True)
    _announce(row.pk)
    for react in registry.reactions(event):
        react(event)
    _follow([row])
    return row


# The events of a change of many records, until it is complete.
_gathering: ContextVar[list[Event] | None] = ContextVar("opsloop_gathering", default=None)


@contextmanager
def together() -> Iterator[None]:
    """Let what follows every event look at those of this block at once: for changes of many records.

    Inside the transaction of the change; a block inside another adds to the outer one.
    """
    if _gathering.get() is not None:
        yield
        return
    gathered: list[Event] = []
    token = _gathering.set(gathered)
    try:
        yield
    finally:
        _gathering.reset(token)
    # One of the changes may have been taken back by its own savepoint.
    kept = set(Event.objects.filter(pk__in=[row.pk for row in gathered]).values_list("pk", flat=True))
    _follow([row for row in gathered if row.pk in kept])


def _follow(rows: Sequence[Event]) -> None:
    gathering = _gathering.get()
    if gathering is not None:
        gathering.extend(rows)
    elif rows:
        for follow in registry.followers():
            follow(rows)


def _row(event: DomainEvent) -> Event:
    row = Event(
        kind=event.kind,
        subject_kind=event.subject_kind,
        subject_id=event.subject_id,
        actor_id=event.by_id,
        at=event.at,
        department_id=event.department_id,
        person_ids=list(event.person_ids),
        changes=dict(event.changes),
        note=event.note,
    )
    row.origin = event
    return row


def _announce(pk: int) -> None:
    """Tell every process of a new event; PostgreSQL does so at commit, and drops it on rollback."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(pk)])


def offer_undo(*, verb: str, arguments: dict[str, Any], by: Any, at: datetime) -> Undo:
    """Offer `by` to take an action back with `verb`, a key of UNDO in config/reactions.py."""
    return Undo.objects.create(person_id=by.pk, verb=verb, arguments=arguments, offered_at=at)


def join_undo(*, undos: Sequence[Undo], by: Any, at: datetime) -> Undo:
    """Make one offer of several that one action was offered: they are taken back together, the last one first."""
    steps = [{"verb": undo.verb, "arguments": undo.arguments} for undo in undos]
    Undo.objects.filter(pk__in=[undo.pk for undo in undos]).delete()
    return offer_undo(verb="joined", arguments={"steps": steps}, by=by, at=at)


@transaction.atomic
def undo_joined(*, by: Any, at: datetime, steps: Sequence[Mapping[str, Any]]) -> None:
    """Take back all that `join_undo` put together, or nothing."""
    for step in reversed(steps):
        registry.undo_verb(step["verb"])(by=by, at=at, **step["arguments"])


@transaction.atomic
def take_back(*, undo: Undo, by: Any, at: datetime) -> None:
    """Take back the action that `undo` stands for, once.

    Raises:
        Refused: it was taken back already, or what it touched has changed since.
    """
    claimed = Undo.objects.filter(pk=undo.pk, used_at__isnull=True).update(used_at=at)
    if not claimed:
        raise Refused(_("This was undone already."))
    registry.undo_verb(undo.verb)(by=by, at=at, **undo.arguments)


def record_many(events: Sequence[DomainEvent]) -> None:
    """Store many events at once and run what reacts to each; for imports. Same promises as `record`."""
    if not connection.in_atomic_block:
        raise RuntimeError("an event is recorded in the transaction of its change")
    submissions.claim()
    rows = [_row(event) for event in events]
    insert_many(rows)
    if rows:
        _announce(rows[-1].pk)
    for event in events:
        for react in registry.reactions(event):
            react(event)
    _follow(rows)
