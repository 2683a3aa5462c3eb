"""What happens to targets and subscriptions."""

from __future__ import annotations

from dataclasses import dataclass

from opsloop.activity.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class TargetSet(DomainEvent):
    """Somebody said what a number shall be, or that it has no target of its own any more."""

    kind = "target.set"
    subject_kind = "target"


@dataclass(frozen=True, kw_only=True)
class SubscriptionChanged(DomainEvent):
    """Somebody subscribed to a dashboard, changed, paused, resumed or ended that."""

    kind = "subscription.changed"
    subject_kind = "subscription"
