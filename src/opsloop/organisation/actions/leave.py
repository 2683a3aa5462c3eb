"""Entering, changing and cancelling leave."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.organisation import permissions
from opsloop.organisation.events import LeaveChanged
from opsloop.organisation.models import Leave, Person
from opsloop.records.changes import as_json, set_fields
from opsloop.records.refusals import Refused

FIELDS = frozenset({"kind", "starts_at", "ends_at", "note"})
LONGEST = timedelta(days=366)


@transaction.atomic
def enter(
    *, person: Person, kind: str, starts_at: datetime, ends_at: datetime, by: Person, at: datetime,
    note: str = "",
) -> Leave:  # fmt: skip
    """Enter leave of `person` in [starts_at, ends_at).

    Raises:
        Forbidden: `by` neither is nor leads the person.
        Refused: it ends before it starts, or other leave overlaps.
    """
    permissions.check_can_enter_leave(person, by)
    leave = Leave(person=person, kind=kind, starts_at=starts_at, ends_at=ends_at, note=note)
    _check_span(leave)
    leave.save(force_insert=True)
    changes = {name: [None, as_json(getattr(leave, name))] for name in sorted(FIELDS)}
    activity.record(LeaveChanged(**_about(leave, by, at), changes=changes))
    return leave


@transaction.atomic
def change(*, leave: Leave, values: Mapping[str, Any], by: Person, at: datetime, version: int) -> None:
    """Change leave that the writer saw at `version`. Raises as `enter`, and StaleVersion."""
    permissions.check_can_enter_leave(leave.person, by)
    leave.bump(version)
    changes = set_fields(leave, {name: value for name, value in values.items() if name in FIELDS})
    _check_span(leave)
    leave.save(update_fields=list(changes))
    if changes:
        activity.record(LeaveChanged(**_about(leave, by, at), changes=changes))


@transaction.atomic
def cancel(*, leave: Leave, by: Person, at: datetime, version: int) -> None:
    """Take leave back: the person works in that time after all."""
    permissions.check_can_enter_leave(leave.person, by)
    leave.bump(version)
    changes = {name: [as_json(getattr(leave, name)), None] for name in sorted(FIELDS)}
    activity.record(LeaveChanged(**_about(leave, by, at), changes=changes))
    leave.delete()


def _check_span(leave: Leave) -> None:
    if leave.ends_at <= leave.starts_at:
        raise Refused(_("The leave ends before it starts. Move one of the dates."), field="last_day")
    if leave.ends_at - leave.starts_at > LONGEST:
        raise Refused(_("Leave of more than a year is entered year by year."), field="last_day")
    # Two entries at once must not both pass the check; SQLite writes one after the other anyway.
    Person.objects.select_for_update().filter(pk=leave.person_id).first()
    others = Leave.objects.filter(
        person=leave.person, starts_at__lt=leave.ends_at, ends_at__gt=leave.starts_at
    ).exclude(pk=leave.pk)
    if others.exists():
        raise Refused(_("There is other leave in this time already. Change that one."), field="first_day")


def _about(leave: Leave, by: Person, at: datetime) -> dict[str, Any]:
    return {
        "subject_id": leave.pk,
        "by_id": by.pk,
        "at": at,
        "department_id": leave.person.department_id,
        "person_ids": (leave.person_id,),
    }
