"""How far work strays by how large it is estimated: a smooth curve for each quantile, also where nothing was seen yet.

Small tasks take longer than estimated and large ones less, everywhere. A few very large tasks make up much of all
hours, and the first of its size has no like: what is known of smaller ones is carried on in a straight line. The
curve is a local linear regression over octaves of the estimate (Cleveland 1979), drawn to the line through all.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from opsloop.engines.forecasting.grid import GRID, PRIOR
from opsloop.engines.forecasting.levels import Level

# An octave with so many tasks counts half of one with very many.
HALF = 30.0
# How far, in log(estimate), octaves count towards the curve at one size.
WIDTH = 1.2
# So much is known beforehand of a slope: for the line through all that there is none, for the curve that it is that.
LINE_PRIOR, CURVE_PRIOR = 1.0, 0.3
# An octave with fewer tasks is not where the curve ends.
FEWEST = 5
MOST_REMEMBERED = 500


@dataclass(frozen=True)
class Curve:
    """The quantiles at one size, and how each of them changes with log(estimate) there."""

    quantiles: Sequence[float]
    slopes: Sequence[float]


@dataclass(frozen=True)
class _Octave:
    size: float
    n: int
    weight: float
    quantiles: tuple[float, ...]


class Sizes:
    """The curve over the octaves as they stand; asked for many sizes before it is taken anew."""

    def __init__(self, levels: Iterable[Level]) -> None:
        """Take the octaves from their levels."""
        self._octaves = []
        for level in levels:
            # The quantiles first: they take the size with them.
            quantiles = level.quantiles()
            self._octaves.append(_Octave(level.size, len(level), len(level) / (len(level) + HALF), quantiles))
        self._known: dict[float, Curve] = {}
        if self._octaves:
            sizes = [one.size for one in self._octaves if one.n >= FEWEST] or [
                one.size for one in self._octaves
            ]
            self._ends = min(sizes), max(sizes)
            weights = [one.weight for one in self._octaves]
            self._slopes = self._line(weights, [0.0] * len(GRID), LINE_PRIOR)[2]

    def at(self, size: float) -> Curve:
        """Return the curve at log(estimate) `size`; of no tasks, what is usual elsewhere."""
        if not self._octaves:
            return Curve(PRIOR, (0.0,) * len(GRID))
        found = self._known.get(size)
        if found is None:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            found = self._known[size] = self._curve(size)
        return found

    def _curve(self, size: float) -> Curve:
        at = max(self._ends[0], min(self._ends[1], size))
        weights = [
            one.weight * math.exp(-(((one.size - at) / WIDTH) ** 2) / 2) + 1e-12 for one in self._octaves
        ]
        middle, means, slopes = self._line(weights, self._slopes, CURVE_PRIOR)
        gap = size - middle
        return Curve([mean + slope * gap for mean, slope in zip(means, slopes, strict=True)], slopes)

    def _line(
        self, weights: Sequence[float], otherwise: Sequence[float], prior: float
    ) -> tuple[float, list[float], list[float]]:
        """Return the mean size, the mean of each quantile and its slope, drawn to the slope `otherwise`."""
        total = sum(weights)
        middle = sum(w * one.size for w, one in zip(weights, self._octaves, strict=True)) / total
        means, leans = [0.0] * len(GRID), [prior * slope for slope in otherwise]
        spread = prior
        for weight, one in zip(weights, self._octaves, strict=True):
            share, apart = weight / total, weight * (one.size - middle)
            spread += apart * (one.size - middle)
            means = [mean + share * value for mean, value in zip(means, one.quantiles, strict=True)]
            # The mean drops out of the sum: what lies left and right of the middle weighs the same.
            leans = [lean + apart * value for lean, value in zip(leans, one.quantiles, strict=True)]
        return middle, means, [lean / spread for lean in leans]
