"""What one does with one's own inbox: open, finish, put off, bring back, and choose what to be told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity import submissions
from opsloop.activity.models import Undo
from opsloop.inbox.models import UNDONE, Notification, NotificationQuerySet, Preference
from opsloop.inbox.reasons import TOPICS
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused

# So many rows go at once: a sweep must not hold the lock for long.
BATCH = 1000


def _mine(person: Person, ids: Iterable[int]) -> NotificationQuerySet:
    return Notification.objects.filter(person=person, pk__in=list(ids))


@transaction.atomic
def read(*, rows: NotificationQuerySet, by: Person, at: datetime) -> Undo | None:
    """Mark what is unread of `rows` as read; return the undo, None if there was nothing unread.

    The moment itself marks which rows were meant: no list of thousands of keys has to be kept.
    """
    submissions.claim()
    mine = Notification.objects.filter(person=by, pk__in=rows.unread().values("pk"))
    if not mine.update(read_at=at):
        return None
    return activity.offer_undo(verb="inbox.read", arguments={"read_at": at.isoformat()}, by=by, at=at)


@transaction.atomic
def undo_read(*, by: Person, at: datetime, read_at: str) -> None:  # noqa: ARG001 (as all undo verbs)
    """Mark as unread again what was read at that moment."""
    Notification.objects.filter(person=by, read_at=parse_datetime(read_at)).update(read_at=None)


def unread(*, row: Notification, by: Person) -> None:
    """Mark one row as unread, to come back to it."""
    Notification.objects.filter(pk=row.pk, person=by).update(read_at=None)


def settle(*, person: Person, kind: str, key: int, at: datetime) -> None:
    """Take what waits for one person about a record out of their inbox: they have done it elsewhere.

    In the transaction of what they did.
    """
    Notification.objects.of(kind, [key]).filter(UNDONE, person=person).update(
        done_at=at, read_at=Coalesce("read_at", at)
    )


@transaction.atomic
def finish(*, ids: Sequence[int], by: Person, at: datetime) -> Undo | None:
    """Take rows out of the inbox; return the undo, None if they were out already."""
    submissions.claim()
    mine = _mine(by, ids).filter(done_at__isnull=True)
    before = list(mine.values_list("pk", flat=True))
    if not before:
        return None
    mine.update(done_at=at)
    _mine(by, before).unread().update(read_at=at)
    return activity.offer_undo(verb="inbox.done", arguments={"ids": before}, by=by, at=at)


@transaction.atomic
def undo_done(*, by: Person, at: datetime, ids: Sequence[int]) -> None:  # noqa: ARG001
    """Put rows back into the inbox."""
    _mine(by, ids).update(done_at=None)


@transaction.atomic
def snooze(*, ids: Sequence[int], until: datetime, by: Person, at: datetime) -> Undo | None:
    """Put rows off until a moment; they come back as unread.

    Raises:
        Refused: the moment lies in the past.
    """
    submissions.claim()
    if until <= at:
        raise Refused(_("Choose a time that is still to come."), field="until")
    rows = _mine(by, ids).filter(done_at__isnull=True)
    before = [
        {"id": pk, "until": old.isoformat() if old else None, "read_at": read.isoformat() if read else None}
        for pk, old, read in rows.values_list("pk", "snoozed_until", "read_at")
    ]
    if not before:
        return None
    rows.update(snoozed_until=until, read_at=None)
    return activity.offer_undo(verb="inbox.snooze", arguments={"before": before}, by=by, at=at)


@transaction.atomic
def undo_snooze(*, by: Person, at: datetime, before: Sequence[Mapping[str, Any]]) -> None:  # noqa: ARG001
    """Bring back what was put off, as it was."""
    for one in before:
        _mine(by, [one["id"]]).update(
            snoozed_until=parse_datetime(one["until"]) if one["until"] else None,
            read_at=parse_datetime(one["read_at"]) if one["read_at"] else None,
        )


@transaction.atomic
def prefer(*, person: Person, wanted: Iterable[str]) -> None:
    """Tell `person` of exactly these topics in the inbox from now on."""
    submissions.claim()
    chosen = set(wanted)
    for topic in TOPICS:
        Preference.objects.update_or_create(
            person=person, topic=topic, channel="inbox", defaults={"is_on": topic in chosen}
        )


def sweep(*, at: datetime) -> int:
    """Remove what was read or done long ago, in batches; return how many rows. Can be run again at any time."""
    removed = 0
    while ids := list(Notification.objects.old(at=at).values_list("pk", flat=True)[:BATCH]):
        Notification.objects.filter(pk__in=ids).delete()
        removed += len(ids)
    return removed
