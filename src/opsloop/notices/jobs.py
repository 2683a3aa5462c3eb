"""What the clock does for notices; each may run as often as it likes and has its effect once."""

from __future__ import annotations

from datetime import datetime

from opsloop.notices.actions import chasing, delivering, sending


def release_due(*, at: datetime) -> int:
    """Send what was scheduled for now; meant for every minute."""
    return sending.release_due(at=at)


def chase_due(*, at: datetime) -> int:
    """Remind who has not confirmed, and tell heads, when it is due; meant for every minute."""
    return chasing.chase_due(at=at)


def bring_to_newcomers(*, at: datetime) -> int:
    """Bring notices to who joined their audience since; meant for every few minutes."""
    return delivering.bring_to_newcomers(at=at)
