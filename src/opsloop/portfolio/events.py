"""What happens around a project. Each is an event of the project, so its page and its history hear of it."""

from __future__ import annotations

from dataclasses import dataclass

from opsloop.activity.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class AroundEvent(DomainEvent):
    subject_kind = "project"


@dataclass(frozen=True, kw_only=True)
class RecordAdded(AroundEvent):
    kind = "portfolio.added"


@dataclass(frozen=True, kw_only=True)
class RecordChanged(AroundEvent):
    kind = "portfolio.changed"


@dataclass(frozen=True, kw_only=True)
class RecordRemoved(AroundEvent):
    kind = "portfolio.removed"


@dataclass(frozen=True, kw_only=True)
class RecordRestored(AroundEvent):
    kind = "portfolio.restored"


@dataclass(frozen=True, kw_only=True)
class NodeReached(AroundEvent):
    kind = "portfolio.node_reached"


@dataclass(frozen=True, kw_only=True)
class NodeReopened(AroundEvent):
    kind = "portfolio.node_reopened"


@dataclass(frozen=True, kw_only=True)
class HealthCalled(AroundEvent):
    kind = "portfolio.health_called"


@dataclass(frozen=True, kw_only=True)
class HealthCallWithdrawn(AroundEvent):
    kind = "portfolio.health_withdrawn"


@dataclass(frozen=True, kw_only=True)
class BudgetChanged(AroundEvent):
    kind = "portfolio.budget_changed"
