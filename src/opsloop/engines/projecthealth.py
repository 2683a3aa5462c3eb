"""How a project stands, by rule: green, amber or red, and the reasons in the order of their weight.

A rule can only make things worse, never better, so each reason stands for itself and can be shown alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """What the sign says; `weight` orders them."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"

    @property
    def weight(self) -> int:
        """Return 0 for green to 2 for red."""
        return list(Level).index(self)


class Why(StrEnum):
    """Which rule spoke."""

    OVERDUE = "overdue"
    NODES = "nodes"
    RISKS = "risks"
    BUDGET = "budget"
    END = "end"


# Where each rule turns amber and red: share of open tasks overdue in percent, missed nodes, open high risks,
# percentage points by which spending runs ahead of the work, days past the end.
LIMITS: dict[Why, tuple[int, int]] = {
    Why.OVERDUE: (10, 30),
    Why.NODES: (1, 2),
    Why.RISKS: (1, 3),
    Why.BUDGET: (15, 30),
    Why.END: (1, 8),
}
# A risk is high from this score (probability × impact) on.
HIGH_RISK = 15
# With fewer open tasks than this, one late task says little about a share.
FEW_TASKS = 5


@dataclass(frozen=True)
class Facts:
    """What the rules look at. Shares are whole percent; `spent` is None where no budget is planned."""

    open: int = 0
    overdue: int = 0
    done_percent: int = 0
    nodes_missed: int = 0
    high_risks: int = 0
    spent_percent: int | None = None
    days_past_end: int = 0


@dataclass(frozen=True)
class Reason:
    """One rule that spoke, how loudly, and the number it saw."""

    why: Why
    level: Level
    value: int


@dataclass(frozen=True)
class Verdict:
    """The level of the loudest reason, and all reasons, the loudest first."""

    level: Level
    reasons: tuple[Reason, ...]


def judge(facts: Facts) -> Verdict:
    """Return how a project with these facts stands."""
    found = [
        Reason(why, level, value)
        for why, value in _values(facts).items()
        if (level := _level(why, value, facts)) is not Level.GREEN
    ]
    found.sort(key=lambda reason: (-reason.level.weight, list(Why).index(reason.why)))
    return Verdict(found[0].level if found else Level.GREEN, tuple(found))


def _values(facts: Facts) -> dict[Why, int]:
    ahead = facts.spent_percent - facts.done_percent if facts.spent_percent is not None else 0
    return {
        Why.OVERDUE: facts.overdue * 100 // facts.open if facts.open else 0,
        Why.NODES: facts.nodes_missed,
        Why.RISKS: facts.high_risks,
        Why.BUDGET: ahead,
        Why.END: facts.days_past_end,
    }


def _level(why: Why, value: int, facts: Facts) -> Level:
    amber, red = LIMITS[why]
    if why is Why.BUDGET and facts.spent_percent is not None and facts.spent_percent > 100:
        return Level.RED
    if why is Why.OVERDUE and facts.open < FEW_TASKS:
        return Level.AMBER if facts.overdue else Level.GREEN
    return Level.RED if value >= red else Level.AMBER if value >= amber else Level.GREEN
