"""What the clock does for meetings; each may run as often as it likes and has its effect once."""

from __future__ import annotations

from datetime import datetime

from opsloop.meetings.actions import reminding, series


def remind_due(*, at: datetime) -> int:
    """Remind of the meetings of the next working day; meant for every few minutes."""
    return reminding.remind_due(at=at)


def extend_series(*, at: datetime) -> int:
    """Make the meetings of series that have come near; meant for every hour."""
    return series.extend_all(at=at)
