"""What happens to reviews."""

from __future__ import annotations

from dataclasses import dataclass

from opsloop.activity.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class ReviewWritten(DomainEvent):
    kind = "review.written"
    subject_kind = "review"


@dataclass(frozen=True, kw_only=True)
class ReviewSubmitted(DomainEvent):
    kind = "review.submitted"
    subject_kind = "review"


@dataclass(frozen=True, kw_only=True)
class ReviewTakenBack(DomainEvent):
    kind = "review.taken_back"
    subject_kind = "review"


@dataclass(frozen=True, kw_only=True)
class CauseFound(DomainEvent):
    kind = "review.cause_found"
    subject_kind = "review"


@dataclass(frozen=True, kw_only=True)
class CauseRemoved(DomainEvent):
    kind = "review.cause_removed"
    subject_kind = "review"


@dataclass(frozen=True, kw_only=True)
class MeasureTaken(DomainEvent):
    kind = "review.measure_taken"
    subject_kind = "review"
