"""Sums of one person's tasks: they stray together, so a sum is less certain than independent tasks would make it.

The variance of a sum is that of independent tasks plus `correlation` times all that pairs of them share; a lognormal
of that mean and variance stands for the sum (Fenton 1960, Wilkinson). One common correlation is learned from ten
tasks of a person at a time: a miss of their 80 % interval raises it, a hit lowers it by a quarter as much.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

_NORMAL = NormalDist()


@dataclass(frozen=True)
class Moments:
    """The mean and the standard deviation of a task, in minutes."""

    mean: float
    deviation: float


def moments(values: Sequence[float], masses: Sequence[float]) -> Moments:
    """Return the moments of a distribution over `values` with `masses` that sum to 1."""
    mean = sum(value * mass for value, mass in zip(values, masses, strict=True))
    square = sum(value * value * mass for value, mass in zip(values, masses, strict=True))
    return Moments(mean, math.sqrt(max(0.0, square - mean * mean)))


def quantiles(
    tasks: Iterable[Moments], *, correlation: float, shares: Sequence[float] = (0.1, 0.5, 0.8, 0.9)
) -> tuple[float, ...]:
    """Return the quantiles in minutes of the sum of a person's tasks; of none, zeros.

    `correlation` is that of any two of them, 0 to 1.
    """
    mean = deviations = squares = 0.0
    for task in tasks:
        mean += task.mean
        deviations += task.deviation
        squares += task.deviation**2
    if mean <= 0:
        return tuple(0.0 for _share in shares)
    variance = squares + correlation * max(0.0, deviations * deviations - squares)
    width = math.log1p(variance / (mean * mean))
    middle, spread = math.log(mean) - width / 2, math.sqrt(width)
    return tuple(math.exp(middle + spread * _NORMAL.inv_cdf(share)) for share in shares)
