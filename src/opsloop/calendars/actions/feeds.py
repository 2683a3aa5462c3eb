"""The verbs of the feed's link: make it (anew), revoke it, note that it was read."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from opsloop.activity import actions as activity
from opsloop.calendars.events import FeedLinkMade, FeedLinkRevoked
from opsloop.calendars.models import FeedLink
from opsloop.organisation.models import Person

# Programs ask every few minutes; when they last did need not be known to the minute.
NOTED_EVERY = timedelta(minutes=10)


@transaction.atomic
def make_link(*, by: Person, at: datetime) -> str:
    """Return the token of a new link for `by`: 256 random bits, shown this once. An older link ends."""
    token = secrets.token_urlsafe(32)
    values = {"token_hash": token_hash(token), "made_at": at, "read_at": None}
    row, _is_new = FeedLink.objects.update_or_create(person=by, defaults=values)
    activity.record(FeedLinkMade(subject_id=row.pk, by_id=by.pk, at=at, person_ids=(by.pk,)))
    return token


@transaction.atomic
def revoke_link(*, by: Person, at: datetime) -> None:
    """End the link of `by`, if there is one: whoever knows it finds nothing any more."""
    row = FeedLink.objects.filter(person=by).first()
    if row is not None:
        activity.record(FeedLinkRevoked(subject_id=row.pk, by_id=by.pk, at=at, person_ids=(by.pk,)))
        row.delete()


def link_of(token: str) -> FeedLink | None:
    """Return the link of a token if its person may still log in."""
    rows = FeedLink.objects.filter(token_hash=token_hash(token), person__is_active=True)
    return rows.select_related("person").first()


def note_read(link: FeedLink, *, at: datetime) -> None:
    """Keep when the link was last read."""
    if link.read_at is None or link.read_at <= at - NOTED_EVERY:
        FeedLink.objects.filter(pk=link.pk).update(read_at=at)


def token_hash(token: str) -> str:
    """Return what is kept of a token. 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
