"""What happens to reports and to the schedules by which they are sent."""

from __future__ import annotations

from dataclasses import dataclass

from opsloop.activity.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class ReportWritten(DomainEvent):
    kind = "report.written"
    subject_kind = "report"


@dataclass(frozen=True, kw_only=True)
class ReportSubmitted(DomainEvent):
    kind = "report.submitted"
    subject_kind = "report"


@dataclass(frozen=True, kw_only=True)
class ReportTakenBack(DomainEvent):
    kind = "report.taken_back"
    subject_kind = "report"


@dataclass(frozen=True, kw_only=True)
class ReportMerged(DomainEvent):
    kind = "report.merged"
    subject_kind = "report"


@dataclass(frozen=True, kw_only=True)
class ReportAsked(DomainEvent):
    kind = "report.asked"
    subject_kind = "report"


@dataclass(frozen=True, kw_only=True)
class ReportSent(DomainEvent):
    kind = "report.sent"
    subject_kind = "report"


@dataclass(frozen=True, kw_only=True)
class ScheduleChanged(DomainEvent):
    """A schedule was made or changed, or paused, goes on, leaves one out, is removed (`note` says which)."""

    kind = "schedule.changed"
    subject_kind = "schedule"
