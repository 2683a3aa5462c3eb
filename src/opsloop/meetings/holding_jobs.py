"""What the clock does after meetings; each may run as often as it likes and has its effect once."""

from __future__ import annotations

from datetime import datetime

from opsloop.meetings.actions import owing


def remind_due(*, at: datetime) -> int:
    """Remind of minutes and answers that are owed, and tell hosts of what is late; meant for every few minutes."""
    return owing.remind_due(at=at)
