"""What the clock does for progress; each may run as often as it likes and has its effect once."""

from __future__ import annotations

from datetime import datetime

from opsloop.progress import watching
from opsloop.progress.actions import nudging


def warn_all(*, at: datetime) -> int:
    """Look at every open task and say how many flags were opened or closed; meant for the night."""
    counts = watching.watch_all(at=at)
    return counts["opened"] + counts["closed"]


def nudge_missing(*, at: datetime) -> int:
    """Remind, once a day, who has not told their progress when it was due; meant for every few minutes."""
    return nudging.nudge(at=at)
