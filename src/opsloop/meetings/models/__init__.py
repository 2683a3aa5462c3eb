"""The nouns of meetings, one file a topic."""

from opsloop.meetings.models.meetings import (
    MEETING_LIFECYCLE,
    AgendaItem,
    Invitation,
    Meeting,
    Preparation,
    Seat,
    Series,
)
from opsloop.meetings.models.minutes import (
    ACTION_LIFECYCLE,
    MINUTES_LIFECYCLE,
    ActionItem,
    Decision,
    Minutes,
    MinutesEdition,
)
from opsloop.meetings.models.rooms import Booking, Room
from opsloop.meetings.models.rules import MeetingRules

__all__ = [
    "ACTION_LIFECYCLE",
    "MEETING_LIFECYCLE",
    "MINUTES_LIFECYCLE",
    "ActionItem",
    "AgendaItem",
    "Booking",
    "Decision",
    "Invitation",
    "Meeting",
    "MeetingRules",
    "Minutes",
    "MinutesEdition",
    "Preparation",
    "Room",
    "Seat",
    "Series",
]
