"""Appointments that packages above put into people's calendars: they follow what put them there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from opsloop.activity import actions as activity
from opsloop.activity.events import DomainEvent
from opsloop.calendars.actions.appointments import OPEN_FIELDS
from opsloop.calendars.events import AppointmentAdded, AppointmentChanged, AppointmentRemoved
from opsloop.calendars.models import Appointment
from opsloop.organisation.models import Person
from opsloop.records.changes import as_json, set_fields
from opsloop.records.many import insert_many


@dataclass(frozen=True)
class Entry:
    """What stands in the calendars of everybody concerned, in [starts_at, ends_at)."""

    title: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    place: str = ""
    is_private: bool = False


@transaction.atomic
def put(
    *, kind: str, origin_id: int, entry: Entry, people: Collection[int], by: Person | None, at: datetime
) -> None:
    """Let `entry` stand in the calendars of exactly these people, once in each, however often this is called.

    `kind` is a key of ORIGINS in config/reactions.py. A handful of queries, however many people they are.
    """
    rows = {row.person_id: row for row in _rows(kind, origin_id)}
    _remove([row for pk, row in rows.items() if pk not in people], by, at)
    events: list[DomainEvent] = []
    values = asdict(entry)
    for pk, row in rows.items():
        changes = set_fields(row, values) if pk in people else {}
        if changes:
            new = {name: getattr(row, name) for name in changes}
            Appointment.objects.filter(pk=row.pk).update(**new, changed_at=at, version=F("version") + 1)
            events.append(_event(AppointmentChanged, row, by, at, changes))
    people_missing = Person.objects.filter(pk__in=[pk for pk in people if pk not in rows]).order_by("pk")
    made = [
        Appointment(person=one, **values, changed_at=at, origin_kind=kind, origin_id=origin_id)
        for one in people_missing
    ]
    insert_many(made)
    for row in made:
        told = {name: [None, as_json(value)] for name, value in values.items()}
        events.append(_event(AppointmentAdded, row, by, at, told))
    activity.record_many(events)


@transaction.atomic
def take_away(*, kind: str, origin_id: int, by: Person | None, at: datetime) -> None:
    """Take what an origin put there out of all calendars."""
    _remove(list(_rows(kind, origin_id)), by, at)


def _rows(kind: str, origin_id: int) -> Collection[Appointment]:
    rows = Appointment.objects.filter(origin_kind=kind, origin_id=origin_id)
    return list(rows.select_related("person").order_by("pk"))


def _remove(rows: Sequence[Appointment], by: Person | None, at: datetime) -> None:
    if not rows:
        return
    gone = [
        _event(AppointmentRemoved, row, by, at, {"starts_at": [as_json(row.starts_at), None]}) for row in rows
    ]
    Appointment.objects.filter(pk__in=[row.pk for row in rows]).delete()
    activity.record_many(gone)


def _event(
    kind: type[DomainEvent],
    row: Appointment,
    by: Person | None,
    at: datetime,
    changes: dict[str, list[object]],
) -> DomainEvent:
    kept = {name: pair for name, pair in changes.items() if not row.is_private or name in OPEN_FIELDS}
    return kind(
        subject_id=row.pk, by_id=by.pk if by else None, at=at, department_id=row.person.department_id,
        person_ids=(row.person_id,), changes=kept,
    )  # fmt: skip
