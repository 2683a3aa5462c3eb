"""What happens to records of talks and to request forms."""

from __future__ import annotations

from dataclasses import dataclass

from opsloop.activity.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class RecordEvent(DomainEvent):
    """Something that happened to the record of a talk between departments."""

    subject_kind = "record"


@dataclass(frozen=True, kw_only=True)
class RecordWritten(RecordEvent):
    kind = "communication.written"


@dataclass(frozen=True, kw_only=True)
class RecordChanged(RecordEvent):
    kind = "communication.changed"


@dataclass(frozen=True, kw_only=True)
class RecordFilled(RecordEvent):
    """What was resolved has been written down; nobody is asked for it any more."""

    kind = "communication.filled"


@dataclass(frozen=True, kw_only=True)
class RecordGiven(RecordEvent):
    """Somebody is to follow up what was resolved."""

    kind = "communication.given"


@dataclass(frozen=True, kw_only=True)
class RecordDone(RecordEvent):
    """What was actually done has been written down."""

    kind = "communication.done"


@dataclass(frozen=True, kw_only=True)
class RecordOwed(RecordEvent):
    """The hours of the rule are over, and nobody has written down what was resolved."""

    kind = "communication.owed"


@dataclass(frozen=True, kw_only=True)
class RecordBinned(RecordEvent):
    kind = "communication.binned"


@dataclass(frozen=True, kw_only=True)
class RecordRestored(RecordEvent):
    kind = "communication.restored"


@dataclass(frozen=True, kw_only=True)
class FormChanged(DomainEvent):
    """A form by which a department is asked was made, changed, removed or brought back."""

    kind = "request_form.changed"
    subject_kind = "request_form"
