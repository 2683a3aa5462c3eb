"""The verbs of appointments. Only their own person changes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.events import DomainEvent
from opsloop.activity.models import Undo
from opsloop.calendars import queries
from opsloop.calendars.events import AppointmentAdded, AppointmentChanged, AppointmentRemoved
from opsloop.calendars.models import Appointment
from opsloop.engines import recurrence
from opsloop.organisation.models import Person
from opsloop.records.changes import as_json, set_fields
from opsloop.records.dates import is_plausible
from opsloop.records.refusals import Forbidden, Refused

FIELDS = (
    "title",
    "place",
    "starts_at",
    "ends_at",
    "is_all_day",
    "rule",
    "skipped",
    "time_zone",
    "is_private",
)
# What an event keeps of a private appointment: its times.
OPEN_FIELDS = frozenset({"starts_at", "ends_at", "is_all_day", "rule", "skipped", "time_zone", "is_private"})
# Nobody skips more single days than this; then the rule is to be changed.
MOST_SKIPPED = 200
LONGEST = timedelta(days=31)
# Nobody has more; without a bound, one account could slow every plan it stands in.
MOST = 2000


@transaction.atomic
def add(*, by: Person, at: datetime, title: str, starts_at: datetime, ends_at: datetime, time_zone: str,
        place: str = "", is_all_day: bool = False, rule: str = "",
        skipped: Sequence[str] = (), is_private: bool = False) -> tuple[Appointment, Undo]:  # fmt: skip
    """Enter an appointment of one's own in [starts_at, ends_at); `rule` is an RRULE over days in `time_zone`.

    Raises:
        Refused: it ends before it starts, lasts longer than a month, or repeats before it is over.
    """
    row = Appointment(
        person=by, title=title, place=place, starts_at=starts_at, ends_at=ends_at, is_all_day=is_all_day,
        rule=rule, skipped=list(skipped), time_zone=time_zone, is_private=is_private, changed_at=at,
    )  # fmt: skip
    _check(row)
    if Appointment.objects.filter(person=by, origin_kind="").count() >= MOST:
        raise Refused(_("You have 2000 appointments. Remove old ones first."))
    row.save(force_insert=True)
    activity.record(
        _event(AppointmentAdded, row, by, at, {name: [None, _value(row, name)] for name in FIELDS})
    )
    undo = activity.offer_undo(
        verb="appointment.remove", arguments={"pk": row.pk, "version": row.version}, by=by, at=at
    )
    return row, undo


@transaction.atomic
def change(
    *, appointment: Appointment, values: Mapping[str, Any], by: Person, at: datetime, version: int
) -> Undo | None:
    """Change an appointment that the writer saw at `version`; None if nothing changed. Raises as `add`."""
    check_is_own(appointment, by)
    appointment.bump(version)
    changes = set_fields(appointment, {name: values[name] for name in FIELDS if name in values})
    _check(appointment)
    if not changes:
        return None
    appointment.changed_at = at
    appointment.save(update_fields=[*changes, "changed_at"])
    activity.record(_event(AppointmentChanged, appointment, by, at, changes))
    old = {name: pair[0] for name, pair in changes.items()}
    arguments = {"pk": appointment.pk, "version": appointment.version, "values": old}
    return activity.offer_undo(verb="appointment.change", arguments=arguments, by=by, at=at)


@transaction.atomic
def skip(*, appointment: Appointment, day: date, by: Person, at: datetime, version: int) -> Undo | None:
    """Leave out the occurrence that begins on `day`; None if it was left out already.

    Raises:
        Refused: the appointment does not repeat, or none begins on that day.
    """
    check_is_own(appointment, by)
    if day.isoformat() in appointment.skipped:
        return None
    _check_occurs(appointment, day)
    if len(appointment.skipped) >= MOST_SKIPPED:
        raise Refused(_("200 single days are left out already. Change how it repeats instead."))
    days = sorted({*appointment.skipped, day.isoformat()})
    return change(appointment=appointment, values={"skipped": days}, by=by, at=at, version=version)


@transaction.atomic
def bring_back(*, appointment: Appointment, day: date, by: Person, at: datetime, version: int) -> Undo | None:
    """Take an occurrence in again that was left out; None if it was not."""
    check_is_own(appointment, by)
    days = [text for text in appointment.skipped if text != day.isoformat()]
    return change(appointment=appointment, values={"skipped": days}, by=by, at=at, version=version)


def _check_occurs(row: Appointment, day: date) -> None:
    since = datetime.combine(day, time(), tzinfo=queries.zone_of(row))
    found = queries.occurrences(row, since, most=2) if row.rule else []
    if not any(span[0].date() == day for span, _skipped in found):
        raise Refused(_("It does not take place on this day. Choose a day on which it does."), field="day")


@transaction.atomic
def remove(*, appointment: Appointment, by: Person, at: datetime, version: int) -> Undo:
    """Take an appointment away, with all its repeats."""
    check_is_own(appointment, by)
    appointment.bump(version)
    kept = {name: _value(appointment, name) for name in FIELDS}
    changes = {name: [value, None] for name, value in kept.items()}
    activity.record(_event(AppointmentRemoved, appointment, by, at, changes))
    appointment.delete()
    return activity.offer_undo(verb="appointment.restore", arguments={"values": kept}, by=by, at=at)


@transaction.atomic
def undo_add(*, by: Person, at: datetime, pk: int, version: int) -> None:
    """Take back an appointment that was just entered."""
    row = _found(pk, by)
    if row.version != version:
        raise Refused(_("This cannot be undone: the appointment has been changed since."))
    remove(appointment=row, by=by, at=at, version=version)


@transaction.atomic
def undo_change(*, by: Person, at: datetime, pk: int, version: int, values: Mapping[str, Any]) -> None:
    """Put back what an appointment was before a change."""
    row = _found(pk, by)
    if row.version != version:
        raise Refused(_("This cannot be undone: the appointment has been changed since."))
    change(appointment=row, values=_read(values), by=by, at=at, version=version)


@transaction.atomic
def undo_remove(*, by: Person, at: datetime, values: Mapping[str, Any]) -> None:
    """Bring an appointment back."""
    add(by=by, at=at, **_read(values))


def check_is_own(appointment: Appointment, by: Person) -> None:
    """Raise unless `by` is the person of the appointment, and it is one of their own making."""
    if appointment.person_id != by.pk:
        raise Forbidden(_("Appointments are changed by the person they belong to."))
    if appointment.origin_kind:
        raise Refused(_("This appointment follows a meeting. Open the meeting to answer or change it."))


def _found(pk: int, by: Person) -> Appointment:
    row = Appointment.objects.filter(person=by, pk=pk).first()
    if row is None:
        raise Refused(_("This cannot be undone: the appointment is gone."))
    return row


def _check(row: Appointment) -> None:
    if not (is_plausible(row.starts_at) and is_plausible(row.ends_at)):
        raise Refused(_("Dates lie between the years 2000 and 2100."), field="first_day")
    if row.ends_at <= row.starts_at:
        raise Refused(_("The appointment ends before it starts. Move one of the times."), field="end")
    if row.ends_at - row.starts_at > LONGEST:
        raise Refused(_("An appointment lasts a month at most. Enter leave instead."), field="last_day")
    if row.rule and not recurrence.is_rule(row.rule):
        raise Refused(_("This repeat is not understood. Choose another one."), field="repeats")
    if row.rule and row.ends_at - row.starts_at > timedelta(days=1):
        raise Refused(_("What repeats lasts a day at most."), field="last_day")


def _value(row: Appointment, name: str) -> Any:
    return as_json(getattr(row, name))


def _read(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: parse_datetime(value) if name in ("starts_at", "ends_at") else value
        for name, value in values.items()
    }


def _event(
    kind: type[DomainEvent], row: Appointment, by: Person, at: datetime, changes: Mapping[str, Any]
) -> DomainEvent:
    hidden = row.is_private or True in changes.get("is_private", ())
    kept = {name: pair for name, pair in changes.items() if not hidden or name in OPEN_FIELDS}
    return kind(
        subject_id=row.pk,
        by_id=by.pk,
        at=at,
        department_id=row.person.department_id,
        person_ids=(row.person_id,),
        changes=kept,
    )
