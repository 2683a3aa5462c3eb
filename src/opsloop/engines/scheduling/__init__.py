"""The planner: people with typed blocks and tasks in, a week with reasons out (shared planner notes §1).

This is the door. Everything a caller needs is named here; the core behind it may be replaced.
"""

from opsloop.engines.scheduling.bounds import Certificate
from opsloop.engines.scheduling.grid import planned_minutes
from opsloop.engines.scheduling.model import (
    DEFAULT_MINUTES,
    GRID_MINUTES,
    Code,
    Effort,
    Lateness,
    Person,
    Placement,
    Plan,
    Predecessor,
    Problem,
    Reason,
    Task,
    Unplaced,
    Weights,
)
from opsloop.engines.scheduling.moves import Change, Move, moves, repair, told
from opsloop.engines.scheduling.planner import plan
from opsloop.engines.scheduling.reasons import render
from opsloop.engines.scheduling.style import LEANINGS, Style
from opsloop.engines.scheduling.verify import Violation, verify

__all__ = [
    "DEFAULT_MINUTES",
    "GRID_MINUTES",
    "LEANINGS",
    "Certificate",
    "Change",
    "Code",
    "Effort",
    "Lateness",
    "Move",
    "Person",
    "Placement",
    "Plan",
    "Predecessor",
    "Problem",
    "Reason",
    "Style",
    "Task",
    "Unplaced",
    "Violation",
    "Weights",
    "moves",
    "plan",
    "planned_minutes",
    "render",
    "repair",
    "told",
    "verify",
]
