"""What happens to meetings. An event names the people it is told to, and no department.

Open pages hear of an event by department as well (activity/live.py), and of a confidential meeting nobody else may
learn even that there is one.
"""

from __future__ import annotations

from dataclasses import dataclass

from opsloop.activity.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class MeetingEvent(DomainEvent):
    """Something that happened to a meeting; `kind` says what, `person_ids` whom it is told."""

    subject_kind = "meeting"


@dataclass(frozen=True, kw_only=True)
class MeetingCalled(MeetingEvent):
    """People were invited: those of a new meeting, or those added to one."""

    kind = "meeting.called"


@dataclass(frozen=True, kw_only=True)
class MeetingMoved(MeetingEvent):
    """Time or place changed; everybody is asked again."""

    kind = "meeting.moved"


@dataclass(frozen=True, kw_only=True)
class MeetingChanged(MeetingEvent):
    """Something else changed: the objective, the agenda, who leads it."""

    kind = "meeting.changed"


@dataclass(frozen=True, kw_only=True)
class MeetingLeft(MeetingEvent):
    """People were taken out of a meeting."""

    kind = "meeting.left"


@dataclass(frozen=True, kw_only=True)
class MeetingCancelled(MeetingEvent):
    kind = "meeting.cancelled"


@dataclass(frozen=True, kw_only=True)
class MeetingAnswered(MeetingEvent):
    """Somebody said whether they come; `person_ids` is who called it, the change says what they answered."""

    kind = "meeting.answered"


@dataclass(frozen=True, kw_only=True)
class MeetingSoon(MeetingEvent):
    """It is on the next working day."""

    kind = "meeting.soon"


@dataclass(frozen=True, kw_only=True)
class PreparationDue(MeetingEvent):
    """It is on the next working day, and these people have something to prepare."""

    kind = "meeting.prepare"


@dataclass(frozen=True, kw_only=True)
class AgendaMissing(MeetingEvent):
    """It is on the next working day, and nothing is on its agenda."""

    kind = "meeting.agenda_missing"


@dataclass(frozen=True, kw_only=True)
class PreparationTicked(MeetingEvent):
    kind = "meeting.prepared"


@dataclass(frozen=True, kw_only=True)
class SeriesAsked(MeetingEvent):
    """Days of a series are days off, or its room is taken; who called it decides. The subject is its last meeting."""

    kind = "meeting.series_asked"


@dataclass(frozen=True, kw_only=True)
class SeriesChanged(DomainEvent):
    kind = "series.changed"
    subject_kind = "series"


@dataclass(frozen=True, kw_only=True)
class RoomChanged(DomainEvent):
    """A room was added, changed or removed."""

    kind = "room.changed"
    subject_kind = "room"


@dataclass(frozen=True, kw_only=True)
class RulesChanged(DomainEvent):
    kind = "meeting_rules.changed"
    subject_kind = "meeting_rules"
