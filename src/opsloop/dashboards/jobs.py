"""What the clock does for dashboards."""

from __future__ import annotations

from datetime import datetime

from opsloop.dashboards.actions import subscriptions


def issue_due(*, at: datetime) -> int:
    """Send the dashboards whose moment has come; meant for every few minutes."""
    return subscriptions.issue_due(at=at)
