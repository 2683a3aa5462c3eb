"""What happens to hours."""

from __future__ import annotations

from dataclasses import dataclass

from opsloop.activity.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class TimeRecorded(DomainEvent):
    kind = "time.recorded"
    subject_kind = "task"


@dataclass(frozen=True, kw_only=True)
class TimeRemoved(DomainEvent):
    kind = "time.removed"
    subject_kind = "task"


@dataclass(frozen=True, kw_only=True)
class TimeCarried(DomainEvent):
    """Entries went over to another task with a merge; `changes` holds their keys and where they came from."""

    kind = "time.carried"
    subject_kind = "task_hours"


@dataclass(frozen=True, kw_only=True)
class HoursChanged(DomainEvent):
    """Something in a person's hours; `subject_id` is the person, whose open pages refresh."""

    kind = "hours.changed"
    subject_kind = "hours"


@dataclass(frozen=True, kw_only=True)
class TimerChanged(DomainEvent):
    """The timer of a person began, stopped or was corrected; `subject_id` is the person."""

    kind = "timer.changed"
    subject_kind = "timer"


@dataclass(frozen=True, kw_only=True)
class WeekHandedIn(DomainEvent):
    kind = "timesheet.handed_in"
    subject_kind = "timesheet"


@dataclass(frozen=True, kw_only=True)
class WeekTakenBack(DomainEvent):
    kind = "timesheet.taken_back"
    subject_kind = "timesheet"


@dataclass(frozen=True, kw_only=True)
class WeekApproved(DomainEvent):
    kind = "timesheet.approved"
    subject_kind = "timesheet"


@dataclass(frozen=True, kw_only=True)
class WeekReturned(DomainEvent):
    kind = "timesheet.returned"
    subject_kind = "timesheet"
