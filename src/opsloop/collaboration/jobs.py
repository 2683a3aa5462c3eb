"""What the clock does for collaboration; each may run as often as it likes and has its effect once."""

from __future__ import annotations

from datetime import datetime

from opsloop.collaboration.actions import clock, records


def chase_due(*, at: datetime) -> int:
    """Remind who owes an answer, and take to the superior what nobody answers or delivers; meant for every minute."""
    return clock.chase_due(at=at)


def prompt_due(*, at: datetime) -> int:
    """Ask for progress when it is due; meant for every minute."""
    return clock.prompt_due(at=at)


def remind_of_records(*, at: datetime) -> int:
    """Ask for the resolutions that are owed since the hours of the rule; meant for every few minutes."""
    return records.remind_due(at=at)
