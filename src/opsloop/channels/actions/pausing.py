"""Pausing a channel, letting it go on, removing it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.channels.events import ChannelChanged
from opsloop.channels.models import CHANNEL_LIFECYCLE, Channel
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused


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


def _move(channel: Channel, to: Channel.State, *, by: Person, at: datetime, version: int) -> None:
    before = channel.state
    if before not in CHANNEL_LIFECYCLE.before(to):
        raise Refused(_("Somebody was faster: the channel is not as you saw it. Load the page again."))
    channel.state, channel.paused_by_failures = to, False
    channel.bump(version, ["state", "paused_by_failures"])
    changes = {"state": [before, to.value]}
    activity.record(ChannelChanged(subject_id=channel.pk, by_id=by.pk, at=at, changes=changes))
