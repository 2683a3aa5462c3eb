"""What happens to tasks and projects."""

from __future__ import annotations

from dataclasses import dataclass

from opsloop.activity.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class TaskCreated(DomainEvent):
    kind = "task.created"
    subject_kind = "task"


@dataclass(frozen=True, kw_only=True)
class TaskChanged(DomainEvent):
    kind = "task.changed"
    subject_kind = "task"


@dataclass(frozen=True, kw_only=True)
class TaskClosed(DomainEvent):
    kind = "task.closed"
    subject_kind = "task"


@dataclass(frozen=True, kw_only=True)
class TaskReopened(DomainEvent):
    kind = "task.reopened"
    subject_kind = "task"


@dataclass(frozen=True, kw_only=True)
class TaskBinned(DomainEvent):
    kind = "task.binned"
    subject_kind = "task"


@dataclass(frozen=True, kw_only=True)
class TaskRestored(DomainEvent):
    kind = "task.restored"
    subject_kind = "task"


@dataclass(frozen=True, kw_only=True)
class DependencyChanged(DomainEvent):
    kind = "task.dependency"
    subject_kind = "task"


@dataclass(frozen=True, kw_only=True)
class ProjectCreated(DomainEvent):
    kind = "project.created"
    subject_kind = "project"


@dataclass(frozen=True, kw_only=True)
class ProjectChanged(DomainEvent):
    kind = "project.changed"
    subject_kind = "project"


@dataclass(frozen=True, kw_only=True)
class ProjectBinned(DomainEvent):
    kind = "project.binned"
    subject_kind = "project"


@dataclass(frozen=True, kw_only=True)
class ProjectRestored(DomainEvent):
    kind = "project.restored"
    subject_kind = "project"


@dataclass(frozen=True, kw_only=True)
class ChecklistChanged(DomainEvent):
    kind = "task.checklist"
    subject_kind = "task"


@dataclass(frozen=True, kw_only=True)
class DeliveryHandedIn(DomainEvent):
    """A result waits for who asked for the task."""

    kind = "task.handed_in"
    subject_kind = "task"


@dataclass(frozen=True, kw_only=True)
class DeliveryAccepted(DomainEvent):
    kind = "task.accepted"
    subject_kind = "task"


@dataclass(frozen=True, kw_only=True)
class DeliveryReturned(DomainEvent):
    """A result was sent back; `note` says why."""

    kind = "task.returned"
    subject_kind = "task"


@dataclass(frozen=True, kw_only=True)
class DeliveryWithdrawn(DomainEvent):
    kind = "task.withdrawn"
    subject_kind = "task"


@dataclass(frozen=True, kw_only=True)
class DecisionUndone(DomainEvent):
    """What was accepted or returned waits again."""

    kind = "task.undecided"
    subject_kind = "task"


@dataclass(frozen=True, kw_only=True)
class RoleChanged(DomainEvent):
    """Somebody got another role of a task (RACI), or none; `person_id` and `role` ("" for none) say so."""

    kind = "task.role"
    subject_kind = "task"
    person_id: int
    role: str


@dataclass(frozen=True, kw_only=True)
class ProjectRoleChanged(DomainEvent):
    """The same for a project."""

    kind = "project.role"
    subject_kind = "project"
    person_id: int
    role: str


@dataclass(frozen=True, kw_only=True)
class TaskCopied(DomainEvent):
    kind = "task.copied"
    subject_kind = "task"


@dataclass(frozen=True, kw_only=True)
class TaskMerged(DomainEvent):
    """The subject went into the task `into_id`; what upper packages keep about it may follow."""

    kind = "task.merged"
    subject_kind = "task"
    into_id: int


@dataclass(frozen=True, kw_only=True)
class TaskMergeUndone(DomainEvent):
    """A merge was taken back: the subject stands for itself again, no more in `into_id`."""

    kind = "task.unmerged"
    subject_kind = "task"
    into_id: int


@dataclass(frozen=True, kw_only=True)
class TaskConverted(DomainEvent):
    """A task became something else, or something else became it; `changes` says what."""

    kind = "task.converted"
    subject_kind = "task"


@dataclass(frozen=True, kw_only=True)
class CustomValueChanged(DomainEvent):
    kind = "task.custom"
    subject_kind = "task"


@dataclass(frozen=True, kw_only=True)
class ProjectFieldsChanged(DomainEvent):
    kind = "project.fields"
    subject_kind = "project"
