"""What happens to goals."""

from __future__ import annotations

from dataclasses import dataclass

from opsloop.activity.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class GoalCreated(DomainEvent):
    kind = "goal.created"
    subject_kind = "goal"


@dataclass(frozen=True, kw_only=True)
class GoalChanged(DomainEvent):
    kind = "goal.changed"
    subject_kind = "goal"


@dataclass(frozen=True, kw_only=True)
class GoalMeasured(DomainEvent):
    kind = "goal.measured"
    subject_kind = "goal"


@dataclass(frozen=True, kw_only=True)
class GoalBinned(DomainEvent):
    kind = "goal.binned"
    subject_kind = "goal"


@dataclass(frozen=True, kw_only=True)
class GoalRestored(DomainEvent):
    kind = "goal.restored"
    subject_kind = "goal"


@dataclass(frozen=True, kw_only=True)
class CheckInTakenBack(DomainEvent):
    kind = "goal.unmeasured"
    subject_kind = "goal"


@dataclass(frozen=True, kw_only=True)
class ModuleChanged(DomainEvent):
    """A column of the scope map was added, renamed, moved or removed."""

    kind = "module.changed"
    subject_kind = "module"
