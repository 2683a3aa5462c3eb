"""When work will be done: a plan drawn ten thousand times, with people, links and calendars as they are.

Everybody does one thing at a time, in the order of the plan, in their own working time; a task waits for those it
comes after. How long it takes is drawn from its forecast, with one common factor a person (`sums`): late people are
late in all they do, and a plan of one person is far less certain than independent draws would say. A task already
begun is drawn from what may still lie beyond the minutes worked. In each draw, the chain of tasks and people that
leads to the end without a gap decides its date; how often a task stands on it is its criticality (van Slyke 1963).

Times are minutes from now on the wall clock, so that calendars of several zones lie on one axis.
"""

from __future__ import annotations

import heapq
import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from opsloop.engines.forecasting.grid import GRID
from opsloop.engines.forecasting.ratios import Forecast

if TYPE_CHECKING:
    import numpy as np

    Floats = np.ndarray[Any, np.dtype[np.float64]]
    Flags = np.ndarray[Any, np.dtype[np.bool_]]

RUNS = 10_000
SEED = 20_260_101
# Of a task that has taken longer than it ever should, so much of its middle is still to come.
LEAST_LEFT = 0.05
# A calendar with less than this share of working time says nothing about what lies behind it.
USUAL_RATE = 40 / 168
# Quantiles of a task are read off at so many normal scores, from -3.2 to 3.2.
SCORES = 129
FARTHEST_SCORE = 3.2


@dataclass(frozen=True)
class Calendar:
    """The working time of a person: wall-clock intervals in minutes from now, in order, none overlapping.

    Of them, `share` goes into tasks; the rest into talks, messages and what nobody planned. Beyond the last of them
    work goes on at the average rate of those given.
    """

    spans: tuple[tuple[float, float], ...]
    share: float = 1.0

    def axes(self) -> tuple[list[float], list[float]]:
        """Return the points (wall, worked) between which working time grows in straight lines."""
        wall, worked = [0.0], [0.0]
        for start, end in self.spans:
            start, end = max(start, wall[-1]), max(end, wall[-1])
            if end <= start:
                continue
            wall += [start, end]
            worked += [worked[-1], worked[-1] + (end - start) * self.share]
        rate = worked[-1] / wall[-1] if worked[-1] > 0 else USUAL_RATE * self.share
        wall.append(wall[-1] + 5_000_000)
        worked.append(worked[-1] + 5_000_000 * rate)
        return wall, worked


@dataclass(frozen=True)
class Work:
    """A task that is still open: its forecast, the minutes already worked, and what it waits for.

    `after` holds pairs (id, lag in working minutes of the owner). Tasks without an owner (None) are not done one
    after another: each has a calendar of its own, that of key None.
    """

    id: int
    owner: Hashable
    forecast: Forecast
    worked: float = 0.0
    earliest: float = 0.0
    after: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True)
class Decider:
    """A task that stands on the chain to the end in `share` of the draws."""

    id: int
    share: float


class Simulation:
    """The drawn ends of all tasks."""

    def __init__(self, order: list[int], ends: dict[int, Floats], parents: dict[int, list[tuple[int, Flags]]],
                 spreads: dict[int, float]) -> None:  # fmt: skip
        """Keep what was drawn: `parents` says by whom a task was held up in which draws."""
        self._order, self._ends, self._parents, self._spreads = order, ends, parents, spreads

    def end(self, ids: Collection[int], share: float) -> float:
        """Return the minutes from now within which all of `ids` are done in `share` of the draws; of none, 0."""
        ends = self._last(ids)
        if ends is None:
            return 0.0
        import numpy as np

        return float(np.quantile(ends, share))

    def probability(self, ids: Collection[int], by: float) -> float:
        """Return in which share of the draws all of `ids` are done within `by` minutes; of none, 1."""
        ends = self._last(ids)
        return 1.0 if ends is None else float((ends <= by).mean())

    def deciders(self, ids: Collection[int], most: int = 3) -> list[Decider]:
        """Return the tasks that decide when all of `ids` are done, the one that moves the end most first.

        What a task moves is how often it stands on the deciding chain times how much its duration varies.
        """
        critical = self._critical(ids)
        shares = {id_: float(flags.mean()) for id_, flags in critical.items()}
        ordered = sorted(shares, key=lambda id_: (-shares[id_] * self._spreads[id_], id_))
        return [Decider(id_, shares[id_]) for id_ in ordered[:most] if shares[id_] > 0]

    def _last(self, ids: Collection[int]) -> Floats | None:
        import numpy as np

        known = [self._ends[id_] for id_ in ids if id_ in self._ends]
        return np.maximum.reduce(known) if known else None

    def _critical(self, ids: Collection[int]) -> dict[int, Flags]:
        last = self._last(ids)
        critical: dict[int, Flags] = {}
        if last is None:
            return critical
        wanted = set(ids)
        for id_ in reversed(self._order):
            flags = critical.get(id_)
            if id_ in wanted:
                ends_it = self._ends[id_] >= last
                flags = ends_it if flags is None else flags | ends_it
            if flags is None:
                continue
            critical[id_] = flags
            for parent, held in self._parents[id_]:
                both = flags & held
                critical[parent] = critical[parent] | both if parent in critical else both
        return critical


def simulate(
    works: Sequence[Work],
    calendars: Mapping[Hashable, Calendar],
    *,
    correlation: float,
    runs: int = RUNS,
    seed: int = SEED,
) -> Simulation:
    """Return `runs` draws of how a plan goes; `works` stand in the order in which their people take them.

    Where a task must wait, its person does what comes next meanwhile. `calendars` has one for each owner, and under
    None the one of whoever is missing. A link to a task that is not there, or back in a circle, is passed over.
    The same input and seed give the same draws.
    """
    # NumPy takes a tenth of a second to load: pages that forecast nothing do not pay it.
    import numpy as np

    random = np.random.default_rng(seed)
    axes = {owner: calendar.axes() for owner, calendar in calendars.items()}
    usual = axes.get(None) or Calendar(()).axes()
    order = _order(works, axes, usual)
    common: dict[Hashable, Floats] = {}
    free: dict[Hashable, tuple[int, Floats]] = {}
    ends: dict[int, Floats] = {}
    parents: dict[int, list[tuple[int, Flags]]] = {}
    spreads: dict[int, float] = {}
    for work in order:
        wall, worked = axes.get(work.owner, usual)
        lane: Hashable = ("alone", work.id) if work.owner is None else work.owner
        if lane not in common:
            common[lane] = random.standard_normal(runs)
        score = math.sqrt(correlation) * common[lane]
        score += math.sqrt(1 - correlation) * random.standard_normal(runs)
        minutes = _drawn(work, score)
        spreads[work.id] = float(minutes.std())
        begins, parents[work.id] = _begins(work, free.get(lane), ends, wall, worked, runs)
        finished = begins + minutes
        free[lane] = (work.id, finished)
        ends[work.id] = np.interp(finished, worked, wall)
    return Simulation([work.id for work in order], ends, parents, spreads)


def _begins(
    work: Work,
    before: tuple[int, Floats] | None,
    ends: Mapping[int, Floats],
    wall: list[float],
    worked: list[float],
    runs: int,
) -> tuple[Floats, list[tuple[int, Flags]]]:
    """Return at which working minute of its person a task begins in each draw, and who held it up where."""
    import numpy as np

    begins = np.full(runs, _straight(work.earliest, wall, worked))
    holds: list[tuple[int, Floats]] = []
    if before is not None:
        holds.append(before)
    holds += [(id_, np.interp(ends[id_], wall, worked) + lag) for id_, lag in work.after if id_ in ends]
    for _id, until in holds:
        begins = np.maximum(begins, until)
    # Ends within a minute of the begin held it up: on both axes rounding moves them less.
    return begins, [(id_, until >= begins - 1) for id_, until in holds]


def _drawn(work: Work, score: Floats) -> Floats:
    """Return the minutes that are left of a task at normal scores."""
    import numpy as np

    forecast = work.forecast
    if work.worked > 0:
        score = _beyond(work, score)
    at = (np.clip(score, -FARTHEST_SCORE, FARTHEST_SCORE) + FARTHEST_SCORE) * (
        (SCORES - 1) / (2 * FARTHEST_SCORE)
    )
    below = np.minimum(at.astype(np.int32), SCORES - 2)
    table = forecast.estimate * np.exp(np.interp(_points(), _score_grid(), forecast.strays))
    low = table[below]
    minutes: Floats = low + (table[below + 1] - low) * (at - below)
    if work.worked > 0:
        return np.maximum(minutes - work.worked, LEAST_LEFT * forecast.p50)
    return minutes


def _beyond(work: Work, score: Floats) -> Floats:
    """Return the scores moved into the part of the distribution that lies beyond the minutes worked."""
    import numpy as np

    stray = math.log(work.worked / work.forecast.estimate)
    strays = work.forecast.strays
    passed = float(np.interp(stray, strays, GRID)) if stray > strays[0] else 0.0
    normal = NormalDist()
    scores = np.linspace(-FARTHEST_SCORE, FARTHEST_SCORE, SCORES)
    moved = [normal.inv_cdf(min(0.9999, max(0.0001, passed + (1 - passed) * normal.cdf(x)))) for x in scores]
    return np.interp(score, scores, moved)


def _points() -> Floats:
    import numpy as np

    return np.linspace(-FARTHEST_SCORE, FARTHEST_SCORE, SCORES)


def _score_grid() -> list[float]:
    return [NormalDist().inv_cdf(share) for share in GRID]


def _straight(value: float, points: Sequence[float], values: Sequence[float]) -> float:
    """Return the value on the line through (points, values); points grow."""
    if value <= points[0]:
        return values[0]
    after = min(bisect_right(points, value), len(points) - 1)
    gap = points[after] - points[after - 1]
    part = (value - points[after - 1]) / gap if gap > 0 else 0.0
    return values[after - 1] + (values[after] - values[after - 1]) * part


_Axes = tuple[list[float], list[float]]


def _order(works: Sequence[Work], axes: Mapping[Hashable, _Axes], usual: _Axes) -> list[Work]:
    """Return the works as their people take them if each takes its middle: the earliest possible start first.

    Of those that can start at once, the one that stands first. A task of a circle comes when nothing else can.
    """
    known = {work.id: at for at, work in enumerate(works)}
    waits = {work.id: {id_ for id_, _lag in work.after if id_ in known and id_ != work.id} for work in works}
    followers: dict[int, list[int]] = defaultdict(list)
    for id_, before in waits.items():
        for other in before:
            followers[other].append(id_)
    ready = {work.id: work.earliest for work in works}
    free: dict[Hashable, float] = {}
    heap = [(work.earliest, at) for at, work in enumerate(works) if not waits[work.id]]
    heapq.heapify(heap)
    left = dict.fromkeys(known)
    found: list[Work] = []
    while left:
        if not heap:
            heap.append((0.0, known[next(iter(left))]))
        start, at = heapq.heappop(heap)
        work = works[at]
        if work.id not in left:
            continue
        possible = max(ready[work.id], free.get(work.owner, 0.0))
        if possible > start:
            heapq.heappush(heap, (possible, at))
            continue
        del left[work.id]
        found.append(work)
        wall, worked = axes.get(work.owner, usual)
        minutes = max(LEAST_LEFT * work.forecast.p50, work.forecast.p50 - work.worked)
        end = _straight(_straight(possible, wall, worked) + minutes, worked, wall)
        if work.owner is not None:
            free[work.owner] = end
        for follower in followers[work.id]:
            ready[follower] = max(ready[follower], end)
            waits[follower].discard(work.id)
            if not waits[follower] and follower in left:
                heapq.heappush(heap, (ready[follower], known[follower]))
    return found
