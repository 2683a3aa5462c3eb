"""What happens to notices. Those of one batch of recipients name them; no event names a department.

Open pages hear of an event by department as well (activity/live.py), and who is no recipient must not learn even that
there is a notice.
"""

from __future__ import annotations

from dataclasses import dataclass

from opsloop.activity.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class NoticeEvent(DomainEvent):
    """Something that happened to a notice; `kind` says what, `person_ids` whom it is told."""

    subject_kind = "notice"


@dataclass(frozen=True, kw_only=True)
class NoticeScheduled(NoticeEvent):
    kind = "notice.scheduled"


@dataclass(frozen=True, kw_only=True)
class NoticeRecalled(NoticeEvent):
    kind = "notice.recalled"


@dataclass(frozen=True, kw_only=True)
class NoticeReleased(NoticeEvent):
    """It is being sent; who gets it is told batch by batch."""

    kind = "notice.released"


@dataclass(frozen=True, kw_only=True)
class NoticeSent(NoticeEvent):
    """A batch of recipients has it."""

    kind = "notice.sent"


@dataclass(frozen=True, kw_only=True)
class NoticeDelivered(NoticeEvent):
    """Everybody has it, or its correction; groups hear of that once, and not of every batch."""

    kind = "notice.delivered"


@dataclass(frozen=True, kw_only=True)
class NoticeCopied(NoticeEvent):
    """Heads of departments have a copy."""

    kind = "notice.copied"


@dataclass(frozen=True, kw_only=True)
class NoticeConfirmed(NoticeEvent):
    kind = "notice.confirmed"


@dataclass(frozen=True, kw_only=True)
class NoticeComplete(NoticeEvent):
    """Everybody has confirmed it."""

    kind = "notice.complete"


@dataclass(frozen=True, kw_only=True)
class NoticeReminded(NoticeEvent):
    kind = "notice.reminded"


@dataclass(frozen=True, kw_only=True)
class NoticeOverdue(NoticeEvent):
    """Heads hear of their people who have not confirmed it."""

    kind = "notice.overdue"


@dataclass(frozen=True, kw_only=True)
class NoticeChanged(NoticeEvent):
    """A correction was written."""

    kind = "notice.changed"


@dataclass(frozen=True, kw_only=True)
class NoticeCorrected(NoticeEvent):
    """A batch of recipients has the correction."""

    kind = "notice.corrected"


@dataclass(frozen=True, kw_only=True)
class NoticeWithdrawn(NoticeEvent):
    kind = "notice.withdrawn"


@dataclass(frozen=True, kw_only=True)
class NoticeTakenBack(NoticeEvent):
    """A batch of recipients hears that it was withdrawn."""

    kind = "notice.taken_back"


@dataclass(frozen=True, kw_only=True)
class NoticeClosed(NoticeEvent):
    kind = "notice.closed"


@dataclass(frozen=True, kw_only=True)
class QuestionAsked(NoticeEvent):
    kind = "notice.asked"


@dataclass(frozen=True, kw_only=True)
class QuestionAnswered(NoticeEvent):
    kind = "notice.answered"


@dataclass(frozen=True, kw_only=True)
class RulesChanged(DomainEvent):
    kind = "notice_rules.changed"
    subject_kind = "notice_rules"


@dataclass(frozen=True, kw_only=True)
class LibraryChanged(DomainEvent):
    """A template or a group of recipients was made, changed or removed."""

    kind = "notice_library.changed"
    subject_kind = "notice_library"
