"""What the clock does for records of talks; it may run as often as it likes and has its effect once."""

from __future__ import annotations

from datetime import datetime

from opsloop.collaboration.actions import records


def remind_due(*, at: datetime) -> int:
    """Ask for the resolutions that are owed since the hours of the rule; meant for every few minutes."""
    return records.remind_due(at=at)
