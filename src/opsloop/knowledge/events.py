"""What happens to lessons."""

from __future__ import annotations

from dataclasses import dataclass

from opsloop.activity.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class LessonWritten(DomainEvent):
    kind = "lesson.written"
    subject_kind = "lesson"


@dataclass(frozen=True, kw_only=True)
class LessonChanged(DomainEvent):
    kind = "lesson.changed"
    subject_kind = "lesson"


@dataclass(frozen=True, kw_only=True)
class LessonConfirmed(DomainEvent):
    kind = "lesson.confirmed"
    subject_kind = "lesson"


@dataclass(frozen=True, kw_only=True)
class LessonArchived(DomainEvent):
    kind = "lesson.archived"
    subject_kind = "lesson"


@dataclass(frozen=True, kw_only=True)
class LessonBroughtBack(DomainEvent):
    kind = "lesson.brought_back"
    subject_kind = "lesson"


@dataclass(frozen=True, kw_only=True)
class LessonRated(DomainEvent):
    kind = "lesson.rated"
    subject_kind = "lesson"
