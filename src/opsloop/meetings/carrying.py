"""What the inbox and the channels below have to know of meetings (TOLD in config/reactions.py)."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import pgettext

from opsloop.activity.registry import Tap
from opsloop.meetings.models import Meeting
from opsloop.web.templatetags.quick import address

# What asks whether one comes; and what goes out as a mail of its own, with the file for the calendar.
ASKING = frozenset({"meeting", "meeting_moved"})
APART = frozenset({"meeting", "meeting_moved", "meeting_changed", "meeting_left", "meeting_off"})


def taps(meeting: Meeting, person_id: int, reason: str) -> Sequence[Tap]:
    """Return the presses that answer an invitation in the inbox, while it waits for that."""
    if reason not in ASKING or meeting.state != Meeting.State.CALLED or meeting.organiser_id == person_id:
        return ()
    url = f"{address('meetings:answer', meeting.pk)}?sequence={meeting.sequence}&answer="
    return (
        Tap(pgettext("answer", "Yes"), "check", f"{url}yes"),
        Tap(pgettext("answer", "No"), "close", f"{url}no"),
    )
