"""Rooms: added, changed and taken away by administrators."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.meetings import permissions
from opsloop.meetings.events import RoomChanged
from opsloop.meetings.models import Booking, Room
from opsloop.organisation.models import Person
from opsloop.records.changes import as_json, set_fields
from opsloop.records.refusals import Refused

FIELDS = ("name", "place", "seats", "equipment", "department")


@transaction.atomic
def add(*, values: Mapping[str, Any], by: Person, at: datetime) -> Room:
    """Add a room. `values` are those of FIELDS.

    Raises:
        Forbidden: `by` keeps no rooms.
        Refused: there is a room of that name.
    """
    permissions.check_can_manage_rooms(by)
    room = Room(**{name: values[name] for name in FIELDS}, created_at=at)
    _save(room)
    _record(room, by, at, {name: [None, as_json(values[name])] for name in FIELDS})
    return room


@transaction.atomic
def change(*, room: Room, values: Mapping[str, Any], by: Person, at: datetime, version: int) -> Room:
    """Change a room that the writer saw at `version`. Raises as `add`, and StaleVersion."""
    permissions.check_can_manage_rooms(by)
    room.bump(version)
    changes = set_fields(room, {name: values[name] for name in FIELDS if name in values})
    if changes:
        _save(room, list(changes))
        _record(room, by, at, changes)
    return room


@transaction.atomic
def remove(*, room: Room, by: Person, at: datetime, version: int) -> None:
    """Take a room away: nobody can book it any more. Who has it booked is asked to move first.

    Raises:
        Refused: meetings to come have it.
    """
    permissions.check_can_manage_rooms(by)
    room.bump(version)
    ahead = Booking.objects.filter(room=room, ends_at__gt=at).count()
    if ahead:
        said = _("%(count)s meetings to come have this room. Move them to another one first.")
        raise Refused(said % {"count": ahead})
    room.removed_at = at
    room.save(update_fields=["removed_at"])
    _record(room, by, at, {"removed_at": [None, at.isoformat()]})


def _save(room: Room, fields: list[str] | None = None) -> None:
    try:
        with transaction.atomic():
            room.save(update_fields=fields) if fields else room.save(force_insert=True)
    except IntegrityError:
        raise Refused(_("There is a room of this name. Choose another name."), field="name") from None


def _record(room: Room, by: Person, at: datetime, changes: Mapping[str, Any]) -> None:
    activity.record(RoomChanged(subject_id=room.pk, by_id=by.pk, at=at, changes=changes))
