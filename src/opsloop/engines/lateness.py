"""What the lateness of like tasks says about a new one: how many were late, why, and whether that is more than usual.

Few tasks say little: below `FEWEST` nothing is said, below `ENOUGH` it is said to be thin, and more time ahead is only
advised where even the cautious end of the share lies above that of all tasks (Wilson's interval, one-sided 90 %).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

FEWEST, ENOUGH = 3, 8
# One-sided 90 %.
Z = 1.2816
# The advised days cover this share of the like tasks.
COVERED = 0.8


@dataclass(frozen=True)
class Past:
    """A finished task: by how many days it was late (0: in time), and why a later date was asked for, if it was."""

    days: int
    causes: Sequence[str] = ()

    @property
    def is_late(self) -> bool:
        """Whether it was done after its first due date, or another date had to be asked for."""
        return self.days > 0 or bool(self.causes)


@dataclass(frozen=True)
class Lateness:
    """`late` of `of` like tasks were late; `cause` was named most often (`times`), "" if none was.

    `ahead` is by how many days to plan ahead, 0 where the record does not justify more than usual.
    """

    late: int
    of: int
    cause: str
    times: int
    is_thin: bool
    ahead: int


def lateness(cases: Sequence[Past], usual: float) -> Lateness | None:
    """Return what like tasks say, None if they are too few. `usual` is the share of late ones among all tasks."""
    of, late = len(cases), sum(case.is_late for case in cases)
    if of < FEWEST:
        return None
    named = Counter(cause for case in cases for cause in set(case.causes))
    cause, times = min(named.items(), key=lambda pair: (-pair[1], pair[0]), default=("", 0))
    is_thin = of < ENOUGH
    is_more = not is_thin and cautious(late, of) > usual
    return Lateness(late, of, cause, times, is_thin, _ahead(cases) if is_more else 0)


def cautious(part: int, of: int) -> float:
    """Return the lower end of Wilson's interval for a share: what it is at least, as far as so many cases tell."""
    share, square = part / of, Z * Z
    middle = share + square / (2 * of)
    spread = Z * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    return max(0.0, (middle - spread) / (1 + square / of))


def _ahead(cases: Sequence[Past]) -> int:
    days = sorted(case.days for case in cases)
    return days[min(len(days) - 1, math.ceil(COVERED * len(days)) - 1)]
