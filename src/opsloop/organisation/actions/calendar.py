"""Correcting the working calendar: single days, and the yearly notice."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.engines.holidaynotice import Notice
from opsloop.organisation import permissions
from opsloop.organisation.events import CalendarChanged
from opsloop.organisation.models import CalendarDay, CalendarNotice, Person
from opsloop.organisation.roles import Permission
from opsloop.records.refusals import Refused, StaleVersion


@transaction.atomic
def set_day(*, day: date, kind: str, name: str, by: Person, at: datetime, version: int | None) -> CalendarDay:
    """Say what `day` is, whatever the library says. `version` is None for a day that has no row yet.

    Raises:
        StaleVersion: somebody set the day since.
    """
    permissions.check_can(Permission.CALENDAR_MANAGE, by)
    row = CalendarDay.objects.filter(day=day).first()
    before = [row.kind, row.name] if row else None
    if row is None:
        row = CalendarDay.objects.create(day=day, kind=kind, name=name)
    else:
        if version is None:
            raise StaleVersion(row, expected=0)
        row.bump(version)
        row.kind, row.name = kind, name
        row.save(update_fields=["kind", "name"])
    changes = {day.isoformat(): [before, [kind, name]]}
    activity.record(CalendarChanged(subject_id=row.pk, by_id=by.pk, at=at, changes=changes))
    return row


@transaction.atomic
def remove_day(*, row: CalendarDay, by: Person, at: datetime, version: int) -> None:
    """Let `row.day` be what the library says again."""
    permissions.check_can(Permission.CALENDAR_MANAGE, by)
    row.bump(version)
    changes = {row.day.isoformat(): [[row.kind, row.name], None]}
    activity.record(CalendarChanged(subject_id=row.pk, by_id=by.pk, at=at, changes=changes))
    row.delete()


@transaction.atomic
def accept_notice(*, notice: Notice, text: str, by: Person, at: datetime) -> int:
    """Take over every day of a notice; a complete one makes its year final. Return the number of days.

    Raises:
        Refused: the notice has problems or no days.
    """
    permissions.check_can(Permission.CALENDAR_MANAGE, by)
    if notice.problems or not notice.days:
        raise Refused(_("Mend the notice first: not every line could be read."))
    rows = {row.day: row for row in CalendarDay.objects.filter(day__in=[day.date for day in notice.days])}
    changes = {}
    for day in notice.days:
        row = rows.get(day.date) or CalendarDay(day=day.date, version=0)
        if row.pk and (row.kind, row.name) == (day.kind, day.name):
            continue
        changes[day.date.isoformat()] = [[row.kind, row.name] if row.pk else None, [day.kind, day.name]]
        row.kind, row.name, row.version = day.kind, day.name, row.version + 1
        row.save()
    if notice.is_complete:
        CalendarNotice.objects.update_or_create(
            year=notice.year, defaults={"text": text, "accepted_at": at, "accepted_by_id": by.pk}
        )
    activity.record(CalendarChanged(subject_id=notice.year, by_id=by.pk, at=at, changes=changes))
    return len(changes)
