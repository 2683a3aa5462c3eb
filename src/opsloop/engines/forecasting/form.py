"""How work goes of late, and what that says of the next task: which share of a distribution to read off.

A person who took longer than their record says on the last few tasks will do so again, on some records much and on
others not at all. Where each task lay in what was foretold of it (0 to 1) is averaged over the latest tasks of its
person, of its kind, of both, and of both and its size, over about 3, 10 and 30 of them; so is how far from the middle
it lay. What these averages are worth is learned for each target by gradient steps (AdaGrad, Duchi, Hazan and Singer
2011) on whether it was kept. They move the share that is read off, not the minutes, so that round numbers and exact
hits stay.

Then an online conformal step (Gibbs and Candès 2021) for each person moves the shares until they miss as often as
they promise, whatever the model got wrong.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence

from opsloop.engines.forecasting import grid
from opsloop.engines.forecasting.grid import SAME, TARGETS

# How much the latest task counts in each average, and how many values a group of tasks has: where, and how far off.
RATES = (0.3, 0.1, 0.03)
_VALUES = 2 * len(RATES)
GROUPS = 4
LEARNING_STEP = 0.015
# What few tasks seem to say is chance: steps stay small until slopes have added up to so much.
FIRST_SLOPE = 1.0
# How far form may move the share of each target.
FORM_LIMITS = ((-0.08, 0.3), (-0.3, 0.17), (-0.3, 0.17), (-0.3, 0.08))
# The conformal steps of the ends of the interval, and of the middle and the promise. The first ones of a person are
# larger: they fall with the root of how many tasks were seen (Robbins and Monro 1951).
FIRST_STEP, CONFORMAL_STEP, MIDDLE_STEP = 0.03, 0.005, 0.001
# How much of its promise an end of the interval is granted by an exact hit.
TIE = 0.05
# The tails may move so far: never past the grid, and never to nothing.
LOW_TAIL, HIGH_TAIL = (-0.095, 0.35), (-0.35, 0.095)
MIDDLE_SHIFT = (-0.2, 0.15)


class Form:
    """How work goes of late, by group of tasks, and what that is worth."""

    def __init__(self) -> None:
        """Begin with nothing: form moves no share until it has proved to be worth something."""
        self._of: dict[Hashable, list[float]] = {}
        size = GROUPS * _VALUES
        self._worth = [[0.0] * size for _target in TARGETS]
        self._slopes = [[FIRST_SLOPE] * size for _target in TARGETS]

    def averages(self, groups: Sequence[Hashable]) -> list[float]:
        """Return the averages of the four groups that a task belongs to, one after another; of a new group, zeros."""
        none = [0.0] * _VALUES
        return [value for group in groups for value in self._of.get(group, none)]

    def shifts(self, averages: Sequence[float]) -> list[float]:
        """Return by how much to move the share of each target."""
        return [
            grid.kept(sum([worth * value for worth, value in zip(worths, averages, strict=True)]), within)
            for worths, within in zip(self._worth, FORM_LIMITS, strict=True)
        ]

    def learn(
        self, groups: Sequence[Hashable], averages: Sequence[float], misses: Sequence[float], place: float
    ) -> None:
        """Learn from a task: whether it lay above each target against how often it should, and where it lay."""
        for target, miss in enumerate(misses):
            if miss:
                self._move(target, averages, miss)
        apart = place - 0.5
        far = abs(apart) - 0.25
        for group in groups:
            values = self._of.get(group)
            if values is None:
                values = self._of[group] = [0.0] * _VALUES
            for at, rate in enumerate(RATES):
                values[at] += rate * (apart - values[at])
                values[at + len(RATES)] += rate * (far - values[at + len(RATES)])

    def _move(self, target: int, averages: Sequence[float], miss: float) -> None:
        worths, slopes = self._worth[target], self._slopes[target]
        for at, value in enumerate(averages):
            if value:
                slope = miss * value
                slopes[at] += slope * slope
                worths[at] += LEARNING_STEP * slope / math.sqrt(slopes[at])


def misses(
    quantiles: Sequence[float], shares: Sequence[float], shown: Sequence[float], stray: float
) -> list[float]:
    """Return for each target whether a stray lay above what was shown, less how often it should.

    `shown` was read off `quantiles` at `shares`; on an atom the part of it above counts.
    """
    return [
        grid.above(quantiles, stray, value, share) - (1 - target)
        for value, share, target in zip(shown, shares, TARGETS, strict=True)
    ]


def move_shifts(
    shifts: list[float], shown: Sequence[float], stray: float, missed: Sequence[float], n: int
) -> None:
    """Move a person's share of each target against its miss at their `n`th task (from 1 on).

    The tails move by what lies outside, the middle by sides.

    An exact hit lies inside the interval. Where many hits are exact, an end of the interval that rests on them is
    right although it misses less often than promised: it is moved by half.
    """
    above, below = stray > shown[3] + SAME, stray < shown[0] - SAME
    low = TARGETS[0] - below - TIE * (abs(stray - shown[0]) <= SAME)
    high = above - (1 - TARGETS[3]) + TIE * (abs(stray - shown[3]) <= SAME)
    step = max(CONFORMAL_STEP, FIRST_STEP / math.sqrt(n))
    shifts[0] = grid.kept(shifts[0] + step * low, LOW_TAIL)
    shifts[3] = grid.kept(shifts[3] + step * high, HIGH_TAIL)
    for at in (1, 2):
        shifts[at] = grid.kept(shifts[at] + MIDDLE_STEP * missed[at], MIDDLE_SHIFT)


class Rounding:
    """Whether to say the middle and the promise in the round numbers that work is logged in; learned by what it costs.

    Both stay where they are unless an atom lies within 8 %, and as long as moving there has not paid.
    """

    NEAR = 0.08
    FORGETTING = 0.999
    FEWEST = 30

    def __init__(self) -> None:
        """Begin without."""
        self._gains = [0.0] * len(TARGETS)

    def tried(self, shown: Sequence[float], atoms: Sequence[float]) -> list[float]:
        """Return what is shown with the middle and the promise on their nearest atoms."""
        tried = list(shown)
        for at in (1, 2):
            nearest = min(atoms, key=lambda atom: abs(atom - shown[at]), default=math.inf)
            if abs(nearest - shown[at]) < self.NEAR:
                tried[at] = max(shown[0], min(shown[3], nearest))
        return tried

    def chosen(self, shown: Sequence[float], tried: Sequence[float]) -> list[float]:
        """Return what to say, in order."""
        said = list(shown)
        for at in (1, 2):
            if self._gains[at] > 0:
                said[at] = tried[at]
        said[2] = max(said[1], said[2])
        return said

    def learn(self, shown: Sequence[float], tried: Sequence[float], stray: float) -> None:
        """Count what rounding would have gained on a task, in pinball loss; what lies long back counts less."""
        for at in (1, 2):
            gain = pinball(stray - shown[at], TARGETS[at]) - pinball(stray - tried[at], TARGETS[at])
            self._gains[at] = (self._gains[at] + gain) * self.FORGETTING


def pinball(apart: float, share: float) -> float:
    """Return the loss of a quantile `share` that the actual exceeds by `apart` (Koenker and Bassett 1978)."""
    return apart * share if apart >= 0 else apart * (share - 1)
