"""The records of progress."""

from __future__ import annotations

from opsloop.progress.models.blockers import BLOCKER_LIFECYCLE, Blocker
from opsloop.progress.models.delays import DELAY_LIFECYCLE, Cause, DelayCause, DelayRequest
from opsloop.progress.models.flags import Level, RiskFlag, level_of
from opsloop.progress.models.rules import ProgressRules
from opsloop.progress.models.updates import Nudge, ProgressUpdate

__all__ = [
    "BLOCKER_LIFECYCLE",
    "DELAY_LIFECYCLE",
    "Blocker",
    "Cause",
    "DelayCause",
    "DelayRequest",
    "Level",
    "Nudge",
    "ProgressRules",
    "ProgressUpdate",
    "RiskFlag",
    "level_of",
]
