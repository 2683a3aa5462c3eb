"""Pausing a channel, letting it go on, removing it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from opsloop.activity import actions as activity
from opsloop.channels.events import ChannelChanged
from opsloop.channels.models import CHANNEL_LIFECYCLE, Channel
from opsloop.organisation.models import Person


@transaction.atomic
def pause(*, channel: Channel, by: Person, at: datetime, version: int) -> None:
    """Carry nothing for the time being; what comes meanwhile waits for a day."""
    _move(channel, Channel.State.PAUSED, by=by, at=at, version=version)


@transaction.atomic
def resume(*, channel: Channel, by: Person, at: datetime, version: int) -> None:
    """Carry news again; former failures are forgiven."""
    channel.failures.all().delete()
    _move(channel, Channel.State.ACTIVE, by=by, at=at, version=version)


@transaction.atomic
def remove(*, channel: Channel, by: Person, at: datetime, version: int) -> None:
    """Remove a channel for good: its address and secret are forgotten, its log stays."""
    channel.address_locked = channel.secret_locked = ""
    channel.save(update_fields=["address_locked", "secret_locked"])
    _move(channel, Channel.State.REMOVED, by=by, at=at, version=version)


def _move(channel: Channel, to: str, *, by: Person, at: datetime, version: int) -> None:
    channel.paused_by_failures = False
    changes = CHANNEL_LIFECYCLE.move(channel, to, version=version, fields=["paused_by_failures"])
    activity.record(ChannelChanged(subject_id=channel.pk, by_id=by.pk, at=at, changes=changes))
