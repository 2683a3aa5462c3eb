"""What happens in rituals."""

from __future__ import annotations

from dataclasses import dataclass

from opsloop.activity.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class RitualFinished(DomainEvent):
    kind = "ritual.finished"
    subject_kind = "person"


@dataclass(frozen=True, kw_only=True)
class RitualSkipped(DomainEvent):
    kind = "ritual.skipped"
    subject_kind = "person"


@dataclass(frozen=True, kw_only=True)
class RitualReopened(DomainEvent):
    kind = "ritual.reopened"
    subject_kind = "person"


@dataclass(frozen=True, kw_only=True)
class NoteWritten(DomainEvent):
    kind = "note.written"
    subject_kind = "note"


@dataclass(frozen=True, kw_only=True)
class BlockerReported(DomainEvent):
    kind = "note.blocked"
    subject_kind = "note"


@dataclass(frozen=True, kw_only=True)
class BlockerWithdrawn(DomainEvent):
    kind = "note.cleared"
    subject_kind = "note"


@dataclass(frozen=True, kw_only=True)
class BlockerAnswered(DomainEvent):
    kind = "note.answered"
    subject_kind = "note"


@dataclass(frozen=True, kw_only=True)
class BlockerEscalated(DomainEvent):
    kind = "note.escalated"
    subject_kind = "note"
