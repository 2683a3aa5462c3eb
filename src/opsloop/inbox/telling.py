"""Fills the inbox: called with the events of a transaction, inside it (FOLLOWERS in config/reactions.py).

Who made an event is never told of it. Whether people may still see the record is asked when the inbox is
read, so nothing is asked for each of them here; the queries are a handful, however many events come together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import CharField, Value

from opsloop.activity import registry
from opsloop.activity.models import Event
from opsloop.discussion.events import ENDING
from opsloop.inbox.models import UNDONE, Lane, Notification, Preference, kinds
from opsloop.inbox.reasons import REASONS
from opsloop.inbox.recipients import Recipients
from opsloop.inbox.rules import OVERTAKEN, RULES, SETTLES, SETTLING, Rule
from opsloop.organisation.models import Person
from opsloop.records.many import insert_many

# (person, key of the record) -> reason. The record is the event's own, but for a task that another one freed.
Told = dict[tuple[int, int], str]


def tell(events: Sequence[Event]) -> None:
    """Tell everybody whom these events concern, each person once for each event."""
    known = [event for event in events if subject_of(event) and (event.kind in RULES or _settles(event))]
    if not known:
        return
    _settle(known)
    recipients = Recipients(known)
    told = {event.pk: _told(event, recipients) for event in known}
    _leave_out_unwilling(told)
    rows = [
        _row(event, person_id, key, reason)
        for event in known
        for (person_id, key), reason in sorted(told[event.pk].items())
    ]
    if not rows:
        return
    insert_many(rows, passing_over=True)
    for carry in registry.carriers():
        carry(rows)
    _let_them_hear(known, told)


def subject_of(event: Event) -> tuple[str, int] | None:
    """Return the kind and key of what an event is about, or None when the inbox knows no such thing."""
    kind = event.subject_kind.removesuffix(ENDING)
    return (kind, event.subject_id) if kind in kinds() else None


def applies(rule: Rule, event: Event) -> bool:
    """Whether the change that a rule asks for is among those of the event."""
    if not rule.field:
        return True
    pair = event.changes.get(rule.field)
    return pair is not None and (not rule.value or pair[1] == rule.value)


def _told(event: Event, recipients: Recipients) -> Told:
    told: Told = {}
    for rule in RULES.get(event.kind, ()):
        if applies(rule, event):
            for person_id, key in recipients.of(rule.who, event):
                told.setdefault((person_id, key), rule.reason)
    return {who: reason for who, reason in told.items() if who[0] != event.actor_id}


def _leave_out_unwilling(told: Mapping[int, Told]) -> None:
    """Take out who has left the organisation, and who does not want to hear of a topic. One query."""
    everybody = {person_id for one in told.values() for person_id, _key in one}
    if not everybody:
        return
    nothing = Value("", output_field=CharField())
    staying = Person.objects.active().filter(pk__in=everybody).order_by().values_list("pk", nothing)
    off = Preference.objects.filter(person__in=everybody, channel="inbox", is_on=False)
    facts = set(staying.union(off.order_by().values_list("person_id", "topic"), all=True))
    active = {person_id for person_id, topic in facts if not topic}
    unwanted = {(person_id, topic) for person_id, topic in facts if topic}
    for one in told.values():
        for who, reason in list(one.items()):
            is_unwanted = (who[0], REASONS[reason].topic) in unwanted and not REASONS[reason].is_duty
            if who[0] not in active or is_unwanted:
                del one[who]


def _row(event: Event, person_id: int, key: int, reason: str) -> Notification:
    kind, _own = subject_of(event) or ("", 0)
    return Notification(
        person_id=person_id,
        event_id=event.pk,
        reason=reason,
        lane=REASONS[reason].lane,
        subject_kind=kind,
        subject_id=key,
        at=event.at,
    )


def _let_them_hear(events: Sequence[Event], told: Mapping[int, Told]) -> None:
    """Name whom an event tells in the event itself, so that their open pages hear of it (activity/live.py)."""
    wider = []
    for event in events:
        missing = {person_id for person_id, _key in told[event.pk]} - set(event.person_ids)
        if missing:
            event.person_ids = [*event.person_ids, *sorted(missing)]
            wider.append(event)
    if wider:
        Event.objects.bulk_update(wider, ["person_ids"], batch_size=200)


def _settles(event: Event) -> bool:
    return event.kind in SETTLING or event.kind in SETTLES or bool(OVERTAKEN.keys() & event.changes.keys())


@transaction.atomic
def _settle(events: Iterable[Event]) -> None:
    """Take what nobody has to act on any more out of 需要我处理: closed, deleted, handed on, answered."""
    over: dict[tuple[str, Any], set[int]] = {}
    for event in events:
        kind, key = subject_of(event) or ("", 0)
        if event.kind in SETTLING:
            over.setdefault((kind, event.at), set()).add(key)
        for reason in SETTLES.get(event.kind, ()):
            _open(kind, [key]).filter(reason=reason).update(done_at=event.at)
        for reasons in (reasons for field, reasons in OVERTAKEN.items() if field in event.changes):
            _open(kind, [key]).filter(reason__in=reasons).update(done_at=event.at)
    for (kind, at), keys in over.items():
        _open(kind, keys).filter(lane=Lane.ACT).update(done_at=at)


def _open(kind: str, keys: Iterable[int]) -> Any:
    return Notification.objects.of(kind, keys).filter(UNDONE)
