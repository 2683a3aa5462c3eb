"""One level of the hierarchy: the latest tasks that have something in common, as quantiles of how far they strayed."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import NamedTuple

from opsloop.engines.forecasting.grid import GRID

MOST_KEPT = 800
# A level's quantiles are taken anew when so large a part of it has come in since.
REFRESH = 0.04


class Ratio(NamedTuple):
    """What one task adds to each of its levels: log(actual/estimate), its weight, and log(estimate)."""

    stray: float
    weight: float
    size: float


class Level:
    """The latest ratios of one level, in order, with their weights."""

    strays: list[float]
    weights: list[float]
    # The weighted mean of log(estimate): what size the quantiles are of. Taken together with them.
    size: float

    __slots__ = ("_fresh", "_is_settled", "_quantiles", "queue", "size", "strays", "weights")

    def __init__(self) -> None:
        """Begin with nothing. `fit` appends to the queue alone; strays stand in order when they are first asked for."""
        # Lists, not deques: there are a hundred thousand levels, most of them of one or two ratios.
        self.queue: list[Ratio] = []
        self._is_settled = False

    def __len__(self) -> int:
        """Return how many ratios are kept."""
        return min(len(self.queue), MOST_KEPT)

    def _settle(self) -> None:
        del self.queue[:-MOST_KEPT]
        ordered = sorted(self.queue)
        self.strays = [ratio.stray for ratio in ordered]
        self.weights = [ratio.weight for ratio in ordered]
        self._quantiles: tuple[float, ...] | None = None
        self._fresh = 0
        self._is_settled = True

    def add(self, ratio: Ratio) -> None:
        """Add a ratio; the oldest one goes when 800 are kept."""
        if not self._is_settled:
            self._settle()
        if len(self.queue) == MOST_KEPT:
            self._drop(self.queue.pop(0))
        at = bisect_right(self.strays, ratio.stray)
        self.strays.insert(at, ratio.stray)
        self.weights.insert(at, ratio.weight)
        self.queue.append(ratio)
        self._fresh += 1

    def _drop(self, ratio: Ratio) -> None:
        at = bisect_left(self.strays, ratio.stray)
        while self.weights[at] != ratio.weight:
            at += 1
        del self.strays[at]
        del self.weights[at]

    def quantiles(self) -> tuple[float, ...]:
        """Return the weighted quantiles at each point of `GRID`, between the middles of neighbours."""
        if not self._is_settled:
            self._settle()
        if self._quantiles is None or self._fresh > len(self.strays) * REFRESH:
            self._quantiles = self._taken()
            self.size = sum(ratio.weight * ratio.size for ratio in self.queue) / sum(self.weights)
            self._fresh = 0
        return self._quantiles

    def _taken(self) -> tuple[float, ...]:
        strays, sums = self.strays, list(accumulate(self.weights))
        middles = [reached - weight / 2 for reached, weight in zip(sums, self.weights, strict=True)]
        total, last = sums[-1], len(strays) - 1
        found = []
        for share in GRID:
            wanted = share * total
            after = bisect_left(middles, wanted)
            if after == 0 or after > last:
                found.append(strays[min(after, last)])
                continue
            below, gap = middles[after - 1], middles[after] - middles[after - 1]
            part = (wanted - below) / gap if gap > 0 else 1.0
            found.append(strays[after - 1] + (strays[after] - strays[after - 1]) * part)
        return tuple(found)
