"""What happens with channels. Neither address nor secret ever stands in an event."""

from __future__ import annotations

from dataclasses import dataclass

from opsloop.activity.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class ChannelAdded(DomainEvent):
    """An administrator added a channel."""

    kind = "channel.added"
    subject_kind = "channel"


@dataclass(frozen=True, kw_only=True)
class ChannelChanged(DomainEvent):
    """An administrator changed, paused, resumed or removed it."""

    kind = "channel.changed"
    subject_kind = "channel"


@dataclass(frozen=True, kw_only=True)
class ChannelPaused(DomainEvent):
    """It failed too often and paused itself; `person_ids` are the administrators."""

    kind = "channel.paused"
    subject_kind = "channel"
