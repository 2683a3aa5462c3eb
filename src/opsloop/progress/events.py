"""What happens to progress, blockers, risks and delays."""

from __future__ import annotations

from dataclasses import dataclass

from opsloop.activity.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class ProgressTold(DomainEvent):
    """Somebody said how a task goes; `note` is what they said."""

    kind = "progress.told"
    subject_kind = "task"


@dataclass(frozen=True, kw_only=True)
class ProgressAsked(DomainEvent):
    """A person was reminded that a day's progress is not told yet."""

    kind = "progress.asked"
    subject_kind = "nudge"


@dataclass(frozen=True, kw_only=True)
class ProgressComplete(DomainEvent):
    """Who had been reminded has told the progress of the day."""

    kind = "progress.complete"
    subject_kind = "nudge"


@dataclass(frozen=True, kw_only=True)
class BlockerRaised(DomainEvent):
    kind = "blocker.raised"
    subject_kind = "blocker"


@dataclass(frozen=True, kw_only=True)
class BlockerGiven(DomainEvent):
    """Somebody else is to clear it, or a task was made of it."""

    kind = "blocker.given"
    subject_kind = "blocker"


@dataclass(frozen=True, kw_only=True)
class BlockerCleared(DomainEvent):
    kind = "blocker.cleared"
    subject_kind = "blocker"


@dataclass(frozen=True, kw_only=True)
class BlockerTakenBack(DomainEvent):
    """Nothing stands in the way after all."""

    kind = "blocker.withdrawn"
    subject_kind = "blocker"


@dataclass(frozen=True, kw_only=True)
class TaskAtRisk(DomainEvent):
    """Signs speak against a task being done in time."""

    kind = "task.at_risk"
    subject_kind = "task"


@dataclass(frozen=True, kw_only=True)
class TaskDueSoon(DomainEvent):
    """Nothing speaks against a task but that its day comes near."""

    kind = "task.due_soon"
    subject_kind = "task"


@dataclass(frozen=True, kw_only=True)
class TaskAtEase(DomainEvent):
    """Nothing speaks against a task any more."""

    kind = "task.at_ease"
    subject_kind = "task"


@dataclass(frozen=True, kw_only=True)
class DelayAsked(DomainEvent):
    """A new date is asked for, or a decision about one was undone; it waits for who decides."""

    kind = "delay.asked"
    subject_kind = "delay"


@dataclass(frozen=True, kw_only=True)
class DelayApproved(DomainEvent):
    kind = "delay.approved"
    subject_kind = "delay"


@dataclass(frozen=True, kw_only=True)
class DelayRejected(DomainEvent):
    kind = "delay.rejected"
    subject_kind = "delay"


@dataclass(frozen=True, kw_only=True)
class DelayCountered(DomainEvent):
    """Another date is offered; who asked takes it or not."""

    kind = "delay.countered"
    subject_kind = "delay"


@dataclass(frozen=True, kw_only=True)
class DelayWithdrawn(DomainEvent):
    kind = "delay.withdrawn"
    subject_kind = "delay"


@dataclass(frozen=True, kw_only=True)
class RulesChanged(DomainEvent):
    """The organisation changed what it expects of progress, or why tasks are late."""

    kind = "progress.rules"
    subject_kind = "organisation"
