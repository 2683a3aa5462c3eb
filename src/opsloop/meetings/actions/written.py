"""What all writing of minutes shares: which minutes are meant, and that open pages hear of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from opsloop.activity import actions as activity
from opsloop.meetings.holding_events import MinutesWritten, TopicWritten
from opsloop.meetings.models import AgendaItem, Meeting, Minutes
from opsloop.meetings.queries.people import inside
from opsloop.organisation.models import Person


def minutes_of(meeting: Meeting) -> Minutes | None:
    """Return the minutes of a meeting, None before it began."""
    return Minutes.objects.filter(pk=meeting.pk).first()


def record_writing(meeting: Meeting, topic: AgendaItem | None, by: Person, at: datetime) -> None:
    """Let open pages of the meeting know that its minutes were written; in the caller's transaction."""
    told: dict[str, Any] = {"by_id": by.pk, "at": at, "person_ids": inside(meeting)}
    activity.record(
        TopicWritten(subject_id=topic.pk, **told) if topic else MinutesWritten(subject_id=meeting.pk, **told)
    )
