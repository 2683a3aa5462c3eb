"""What happens to saved views and to remembered plans; the latter are lines in the history of their project."""

from __future__ import annotations

from dataclasses import dataclass

from opsloop.activity.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class ViewSaved(DomainEvent):
    kind = "view.saved"
    subject_kind = "view"


@dataclass(frozen=True, kw_only=True)
class ViewChanged(DomainEvent):
    kind = "view.changed"
    subject_kind = "view"


@dataclass(frozen=True, kw_only=True)
class ViewDeleted(DomainEvent):
    kind = "view.deleted"
    subject_kind = "view"


@dataclass(frozen=True, kw_only=True)
class BaselineTaken(DomainEvent):
    kind = "project.baseline_taken"
    subject_kind = "project"


@dataclass(frozen=True, kw_only=True)
class BaselineForgotten(DomainEvent):
    kind = "project.baseline_forgotten"
    subject_kind = "project"
