"""A distribution as quantiles on a grid: how far a task strays from its estimate, as log(actual/estimate).

Work is logged in round numbers and often hits its estimate exactly, so distributions have atoms: several points of the
grid at one value. What is read off, placed or shifted here keeps them.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise
from statistics import NormalDist

from opsloop.engines.forecasting import sums
from opsloop.engines.forecasting.sums import Moments

# What is promised of a task: seldom less, as often more as less, the promise, seldom more.
TARGETS = (0.1, 0.5, 0.8, 0.9)
# Where quantiles are kept; between them they are straight lines. The targets are among them.
GRID = (
    0.005, 0.02, 0.035, 0.05, 0.075, 0.1, 0.125, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.875, 0.9, 0.925,
    0.95, 0.98, 0.995,
)  # fmt: skip
# How much of a distribution each point of the grid stands for.
MASSES = tuple(
    (after - before) / 2
    for before, after in zip((-GRID[0], *GRID[:-1]), (*GRID[1:], 2 - GRID[-1]), strict=True)
)
TARGET_AT = tuple(GRID.index(target) for target in TARGETS)
# Tasks of public records (CESAW, SiP, Renzo) lie about so around their estimate where nothing else is known.
USUAL_SPREAD = 0.62
PRIOR = tuple(USUAL_SPREAD * NormalDist().inv_cdf(share) for share in GRID)
# Closer than a thousandth is the same: a third of a minute on six hours.
SAME = 1e-3
# A hundred times the estimate is a slip of the hand or a forgotten timer, not work.
FARTHEST = math.log(100.0)


def read(quantiles: Sequence[float], share: float) -> float:
    """Return the quantile at a share that may lie between those of the grid; beyond its ends, the end."""
    after = bisect_right(GRID, share)
    if after == 0:
        return quantiles[0]
    if after == len(GRID):
        return quantiles[-1]
    before = GRID[after - 1]
    part = (share - before) / (GRID[after] - before)
    return quantiles[after - 1] + (quantiles[after] - quantiles[after - 1]) * part


def ordered(quantiles: Sequence[float]) -> list[float]:
    """Return the quantiles within reason, none below the one before."""
    return list(accumulate([max(-FARTHEST, min(FARTHEST, value)) for value in quantiles], max))


def place(quantiles: Sequence[float], stray: float) -> float:
    """Return at which share (0 to 1) of a distribution a stray lies; on an atom, at the middle of it."""
    below = bisect_right(quantiles, stray - SAME)
    upto = bisect_right(quantiles, stray + SAME)
    if upto > below:
        return (GRID[below] + GRID[upto - 1]) / 2
    if upto == 0:
        return 0.0
    if upto == len(GRID):
        return 1.0
    part = (stray - quantiles[upto - 1]) / (quantiles[upto] - quantiles[upto - 1])
    return GRID[upto - 1] + (GRID[upto] - GRID[upto - 1]) * part


def above(quantiles: Sequence[float], stray: float, value: float, share: float) -> float:
    """Return whether a stray lies above `value`, read off at `share`: 1 or 0, and on it how much of the atom does.

    A quantile on an atom is right wherever within the atom its share lies: counted so, hits do not push it off.
    """
    if abs(stray - value) > SAME:
        return float(stray > value)
    below = bisect_right(quantiles, stray - SAME)
    upto = bisect_right(quantiles, stray + SAME)
    low = GRID[below - 1] if below else 0.0
    high = GRID[upto - 1] if upto else 0.0
    return max(0.0, min(1.0, (high - share) / (high - low))) if high > low else 0.5


def _parts() -> tuple[tuple[int, int, float], ...]:
    """Return between which two targets each point of the grid lies, and how far along."""
    found = []
    for share in GRID:
        after = bisect_right(TARGETS, share)
        before, after = max(0, after - 1), min(len(TARGETS) - 1, after)
        gap = TARGETS[after] - TARGETS[before]
        found.append((before, after, (share - TARGETS[before]) / gap if gap else 0.0))
    return tuple(found)


_PARTS = _parts()


def spread(values: Sequence[float]) -> list[float]:
    """Return one value for each point of the grid, in straight lines between those of the targets."""
    return [values[before] + (values[after] - values[before]) * part for before, after, part in _PARTS]


def shifted(quantiles: Sequence[float], shifts: Sequence[float]) -> list[float]:
    """Return the quantiles with the shift of each target's share spread over the grid between them."""
    moved = [read(quantiles, share + shift) for share, shift in zip(GRID, spread(shifts), strict=True)]
    return list(accumulate(moved, max))


def atoms(quantiles: Sequence[float]) -> list[float]:
    """Return the values at which several points of the grid lie."""
    return [after for before, after in pairwise(quantiles) if after - before <= SAME]


def moments(estimate: float, strays: Sequence[float]) -> Moments:
    """Return the mean and the standard deviation, in the unit of the estimate."""
    return sums.moments([estimate * math.exp(stray) for stray in strays], MASSES)


def kept(value: float, within: tuple[float, float]) -> float:
    """Return the value within its bounds."""
    return max(within[0], min(within[1], value))
