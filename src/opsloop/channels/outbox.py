"""What goes out: queued in the transaction that fills the inbox, one row per recipient, event and channel (R6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction

from opsloop.activity import registry
from opsloop.activity.models import Event
from opsloop.channels.models import Channel, Delivery, Wish
from opsloop.channels.words import GROUP_KINDS, default_mode
from opsloop.inbox.models import Notification
from opsloop.inbox.reasons import reason_of
from opsloop.organisation.models import Department, Person

Wishes = Mapping[tuple[int, str, str], str]
Carriages = Mapping[tuple[str, int], registry.Carriage]


@transaction.atomic
def deliver(events: Sequence[int]) -> None:
    """Write a row for each recipient of each channel that shall hear of these events; those there are stay (R6)."""
    told = list(Notification.objects.filter(event__in=events).select_related("event").order_by("pk"))
    wishes = wishes_of({one.person_id for one in told})
    ruled = carriages((one.subject_kind, one.subject_id) for one in told)
    rows: list[Delivery] = []
    for channel in Channel.objects.alive().select_related("department"):
        to = _to_people if channel.is_mail else _to_group
        rows += to(channel, told, wishes, ruled)
    Delivery.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)


def carriages(subjects: Iterable[tuple[str, int]]) -> Carriages:
    """Return for which records rules decide how news of them go out. As many queries as their packages need."""
    wanted: dict[str, set[int]] = {}
    kinds = registry.told_kinds()
    for kind, key in subjects:
        if kind in kinds and kinds[kind].carriage is not None:
            wanted.setdefault(kind, set()).add(key)
    found: dict[tuple[str, int], registry.Carriage] = {}
    for kind, keys in wanted.items():
        carriage = kinds[kind].carriage
        assert carriage is not None
        found |= {(kind, key): one for key, one in carriage(keys).items()}
    return found


def wishes_of(people: Iterable[int]) -> Wishes:
    """Return what people chose, by person, topic and way. One query."""
    rows = Wish.objects.filter(person__in=list(people)).values_list("person_id", "topic", "way", "mode")
    return {(person, topic, way): mode for person, topic, way, mode in rows}


def wanted(wishes: Wishes, person_id: int, topic: str, way: str) -> str:
    """Return how somebody wants to hear of a topic this way."""
    return wishes.get((person_id, topic, way)) or default_mode(topic, way)


def _to_people(
    channel: Channel, told: Sequence[Notification], wishes: Wishes, ruled: Carriages
) -> list[Delivery]:
    """Return the rows of a mail channel: everybody who has an address and wants it, or has to have it."""
    reachable = set(
        Person.objects.filter(pk__in={one.person_id for one in told})
        .exclude(email="")
        .values_list("pk", flat=True)
    )
    rows = []
    for one in told:
        kind = registry.told_kinds().get(one.subject_kind)
        if kind is not None and one.reason in kind.apart:
            continue
        mode = wanted(wishes, one.person_id, reason_of(one.reason).topic, Wish.Way.MAIL)
        rule = ruled.get((one.subject_kind, one.subject_id))
        if rule is not None and one.reason in rule.mailed:
            mode = Delivery.Mode.NOW
        if one.person_id in reachable and mode != Delivery.Mode.OFF:
            rows.append(_row(channel, one, mode, person_id=one.person_id, rule=rule))
    return rows


def _to_group(
    channel: Channel, told: Sequence[Notification], wishes: Wishes, ruled: Carriages
) -> list[Delivery]:
    """Return the rows of a group or program: once for each event, if it may carry the record and somebody agrees."""
    inside = _departments(channel)
    rows: dict[tuple[int, int], Delivery] = {}
    for one in told:
        topic = reason_of(one.reason).topic
        if rule := ruled.get((one.subject_kind, one.subject_id)):
            if channel.pk in rule.groups and one.reason in rule.spoken:
                row = _row(channel, one, Delivery.Mode.NOW, rule=rule)
                rows.setdefault((one.event_id, one.subject_id), row)
            continue
        if topic not in channel.topics or one.subject_kind not in GROUP_KINDS:
            continue
        if not _carries(one.event, inside):
            continue
        if wanted(wishes, one.person_id, topic, Wish.Way.GROUP) != Delivery.Mode.OFF:
            rows.setdefault((one.event_id, one.subject_id), _row(channel, one, Delivery.Mode.NOW))
    return list(rows.values())


def _departments(channel: Channel) -> set[int] | None:
    """Return the departments whose records a channel carries; None for all."""
    if channel.department is None:
        return None
    return set(Department.objects.below([channel.department.path]).values_list("pk", flat=True))


def _carries(event: Event, inside: set[int] | None) -> bool:
    """Whether a group may hear of an event: what belongs to no department is somebody's own."""
    return event.department_id is not None and (inside is None or event.department_id in inside)


def _row(
    channel: Channel,
    one: Notification,
    mode: str,
    *,
    person_id: int | None = None,
    rule: registry.Carriage | None = None,
) -> Delivery:
    return Delivery(
        channel=channel,
        person_id=person_id,
        event_id=one.event_id,
        reason=one.reason,
        subject_kind=one.subject_kind,
        subject_id=one.subject_id,
        mode=mode,
        at=one.at,
        due_at=one.at,
        # What may not wait has its moment already.
        is_scheduled=rule is not None and rule.is_urgent(one.reason),
    )
