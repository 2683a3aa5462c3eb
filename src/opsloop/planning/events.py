"""What happens to plans."""

from __future__ import annotations

from dataclasses import dataclass

from opsloop.activity.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class WeekPlanned(DomainEvent):
    kind = "week.planned"
    subject_kind = "person"


@dataclass(frozen=True, kw_only=True)
class PlacementPinned(DomainEvent):
    kind = "placement.pinned"
    subject_kind = "task"


@dataclass(frozen=True, kw_only=True)
class PlacementRemoved(DomainEvent):
    kind = "placement.removed"
    subject_kind = "task"


@dataclass(frozen=True, kw_only=True)
class PlacementMade(DomainEvent):
    kind = "placement.made"
    subject_kind = "task"


@dataclass(frozen=True, kw_only=True)
class PlacementMoved(DomainEvent):
    kind = "placement.moved"
    subject_kind = "task"


@dataclass(frozen=True, kw_only=True)
class PlacementSplit(DomainEvent):
    kind = "placement.split"
    subject_kind = "task"


@dataclass(frozen=True, kw_only=True)
class PlanStyleChanged(DomainEvent):
    kind = "plan_style.changed"
    subject_kind = "plan_style"


@dataclass(frozen=True, kw_only=True)
class TaskSplittingChanged(DomainEvent):
    kind = "task.splitting_changed"
    subject_kind = "task"
