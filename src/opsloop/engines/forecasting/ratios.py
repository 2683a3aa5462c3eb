"""How far work strays from its estimate: quantiles of actual/estimate in a hierarchy that learns as work closes.

A person's few tasks of one kind and size say most about the next one, and least reliably. So each level of the
hierarchy, from everyone to one person's tasks of one kind with this very estimate, keeps its last 400 ratios (on
logarithms, older ones fading with a half-life of a year), and its quantiles draw those of the level above towards
themselves by n / (n + 30): additive smoothing of quantiles. How much each kind of level is worth differs between
records, so the 30 of each is tuned as results come in, by gradient steps on the pinball loss (AdaGrad, Duchi, Hazan
and Singer 2011). Last, an online conformal step (Gibbs and Candès 2021) moves the tails of each person until they
miss as often as they promise, whatever the model got wrong.

Pure Python on purpose: a level holds at most 400 numbers, where bisection beats an array library and loads at once.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from statistics import NormalDist

from opsloop.engines.forecasting import sums
from opsloop.engines.forecasting.sums import Moments

# What is promised of a task: seldom less, as often more as less, the promise, seldom more.
TARGETS = (0.1, 0.5, 0.8, 0.9)
# Where a level's quantiles are kept; between them they are straight lines. The targets are among them.
GRID = (
    0.005, 0.02, 0.035, 0.05, 0.075, 0.1, 0.125, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.875, 0.9, 0.925,
    0.95, 0.98, 0.995,
)  # fmt: skip
# How much of a distribution each point of the grid stands for.
_MASSES = tuple(
    (after - before) / 2
    for before, after in zip((-GRID[0], *GRID[:-1]), (*GRID[1:], 2 - GRID[-1]), strict=True)
)
_TARGET_AT = tuple(GRID.index(target) for target in TARGETS)
# Tasks of public records (CESAW, SiP, Renzo) lie about so around their estimate where nothing else is known.
USUAL_SPREAD = 0.62
PRIOR = tuple(USUAL_SPREAD * NormalDist().inv_cdf(share) for share in GRID)

SHRINKAGE = 30.0
HALF_LIFE = 365.0
MOST_KEPT = 400
# A level's quantiles are taken anew when so large a part of it has come in since.
REFRESH = 0.04
CONFORMAL_STEP = 0.01
# How much of its promise an end of the interval is granted by an exact hit.
TIE = 0.05
TRUST_STEP = 0.25
MOST_TRUST = 3.0
# The tails may move so far: never past the grid, and never to nothing.
LOW_TAIL, HIGH_TAIL = (-0.095, 0.35), (-0.35, 0.095)
MIDDLE_SHIFT = (-0.2, 0.15)
# A hundred times the estimate is a slip of the hand or a forgotten timer, not work.
FARTHEST = math.log(100.0)
# Sizes are octaves of the estimate, from below 2 minutes to above 64 hours.
_SIZES = tuple(15 * 2.0**power for power in range(-3, 9))
# Closer than a thousandth is the same: a third of a minute on six hours.
SAME = 1e-3
# `fit` takes the conformal and trust steps over so many of the latest entries: both forget what lies before.
WALKED = 3000
# Tasks of one person whose sum shows how far they move together.
TOGETHER = 10
PRIOR_CORRELATION = 0.15
MOST_CORRELATION = 0.8
CORRELATION_STEP = 0.005


@dataclass(frozen=True)
class Entry:
    """A finished task: the day it closed (any day count), whose, of what kind, and its minutes."""

    day: float
    person: Hashable
    kind: Hashable
    estimate: float
    actual: float

    @property
    def is_usable(self) -> bool:
        """Whether both estimate and record say something: an unlogged task has no minutes, not none."""
        return 0 < self.estimate < math.inf and 0 < self.actual < math.inf

    @property
    def stray(self) -> float:
        """The logarithm of actual/estimate, within reason."""
        return max(-FARTHEST, min(FARTHEST, math.log(self.actual) - math.log(self.estimate)))


@dataclass(frozen=True)
class Scope:
    """What the tasks of a level share with the one at hand: its person, its kind, about or exactly its size."""

    person: bool = False
    kind: bool = False
    size: bool = False
    exact: bool = False


# From everyone to the most like, each drawing on the one before.
SCOPES = (
    Scope(),
    Scope(size=True),
    Scope(exact=True),
    Scope(kind=True, size=True),
    Scope(person=True, kind=True),
    Scope(person=True, size=True),
    Scope(person=True, exact=True),
    Scope(person=True, kind=True, size=True),
    Scope(person=True, kind=True, exact=True),
)


@dataclass(frozen=True)
class Reason:
    """A level that a forecast rests on: its `n` latest tasks took `percent` % more than estimated, in the middle.

    `share` (0 to 1) is its part in the forecast.
    """

    scope: Scope
    n: int
    percent: int
    share: float


@dataclass(frozen=True)
class Forecast:
    """The minutes of a task: p10, p50, p80 and p90, the reserve to pool in percent, and what all rests on.

    `own` counts the person's own tasks looked at; `is_thin` says that others' work decides more than theirs.
    `strays` is the whole distribution: log(actual/estimate) at each point of `GRID`.
    """

    p10: float
    p50: float
    p80: float
    p90: float
    reserve: int
    reasons: tuple[Reason, ...]
    own: int
    is_thin: bool
    estimate: float
    strays: tuple[float, ...]

    @property
    def moments(self) -> Moments:
        """The mean and the standard deviation in minutes."""
        return _moments(self.estimate, self.strays)


class Level:
    """The latest ratios of one level, in order, with their weights."""

    values: list[float]
    weights: list[float]

    __slots__ = ("_fresh", "_is_settled", "_quantiles", "queue", "values", "weights")

    def __init__(self) -> None:
        """Begin with nothing. `fit` appends to the queue alone; values stand in order when they are first asked for."""
        # Lists, not deques: there are a hundred thousand levels, most of them of one or two ratios.
        self.queue: list[tuple[float, float]] = []
        self._is_settled = False

    def __len__(self) -> int:
        """Return how many ratios are kept."""
        return min(len(self.queue), MOST_KEPT)

    def _settle(self) -> None:
        del self.queue[:-MOST_KEPT]
        ordered = sorted(self.queue)
        self.values = [value for value, _weight in ordered]
        self.weights = [weight for _value, weight in ordered]
        self._quantiles: tuple[float, ...] | None = None
        self._fresh = 0
        self._is_settled = True

    def add(self, value: float, weight: float) -> None:
        """Add a ratio; the oldest one goes when 400 are kept."""
        if not self._is_settled:
            self._settle()
        if len(self.queue) == MOST_KEPT:
            self._drop(*self.queue.pop(0))
        at = bisect_right(self.values, value)
        self.values.insert(at, value)
        self.weights.insert(at, weight)
        self.queue.append((value, weight))
        self._fresh += 1

    def _drop(self, value: float, weight: float) -> None:
        at = bisect_left(self.values, value)
        while self.weights[at] != weight:
            at += 1
        del self.values[at]
        del self.weights[at]

    def quantiles(self) -> tuple[float, ...]:
        """Return the weighted quantiles at each point of `GRID`, between the middles of neighbours."""
        if not self._is_settled:
            self._settle()
        if self._quantiles is None or self._fresh > len(self.values) * REFRESH:
            self._quantiles = self._taken()
            self._fresh = 0
        return self._quantiles

    def _taken(self) -> tuple[float, ...]:
        values, sums = self.values, list(accumulate(self.weights))
        middles = [reached - weight / 2 for reached, weight in zip(sums, self.weights, strict=True)]
        total, last = sums[-1], len(values) - 1
        found = []
        for share in GRID:
            wanted = share * total
            after = bisect_left(middles, wanted)
            if after == 0 or after > last:
                found.append(values[min(after, last)])
                continue
            below, gap = middles[after - 1], middles[after] - middles[after - 1]
            part = (wanted - below) / gap if gap > 0 else 1.0
            found.append(values[after - 1] + (values[after] - values[after - 1]) * part)
        return tuple(found)


@dataclass
class _Manner:
    """What is known of a person beyond levels: by how much to shift each target, and their latest few tasks."""

    shifts: list[float]
    tasks: list[Moments]
    minutes: float = 0.0


@dataclass(frozen=True)
class _Step:
    """One level's part in a forecast: which, how much it draws, and where it lies from the level above."""

    scope: int
    draw: float
    apart: tuple[float, ...]
    size: int
    middle: float


class Forecaster:
    """Forecasts that learn: `forecast` a task before it, `learn` from it when it has closed.

    Deterministic, and it reads no clock. A forecast takes about 50 µs, to learn about 100 µs; both depend on the
    levels only, never on how much was learned before.
    """

    def __init__(self) -> None:
        """Begin with the prior alone."""
        self.learned = 0
        self.skipped = 0
        self._levels: dict[Hashable, Level] = {}
        # The levels of a person's tasks of one kind and estimate, found once.
        self._chains: dict[Hashable, tuple[Level, ...]] = {}
        self._people: dict[Hashable, _Manner] = {}
        self._trust = [0.0] * len(SCOPES)
        self._slopes = [0.1] * len(SCOPES)
        self._first_day: float | None = None
        # How strongly any two tasks of a person stray together, 0 to 0.8.
        self.correlation = PRIOR_CORRELATION

    @classmethod
    def fit(cls, entries: Iterable[Entry]) -> Forecaster:
        """Return a forecaster that has learned from entries in order of time.

        Only the latest 3,000 are walked through one by one; of those before, what levels still keep is taken as is.
        """
        forecaster = cls()
        usable = []
        for entry in entries:
            if entry.is_usable:
                usable.append(entry)
            else:
                forecaster.skipped += 1
        for entry in usable[:-WALKED]:
            forecaster._pour(entry)
        for entry in usable[-WALKED:]:
            forecaster.learn(entry)
        return forecaster

    def forecast(self, *, person: Hashable, kind: Hashable, estimate: float) -> Forecast:
        """Return what a task estimated at `estimate` minutes (above 0) may take. Raises ValueError otherwise."""
        if not 0 < estimate < math.inf:
            raise ValueError("a forecast needs an estimate above zero")
        quantiles, steps = self._mixed(_keys(person, kind, estimate))
        strays = _shifted(quantiles, self._shifts(person))
        p10, p50, p80, p90 = (estimate * math.exp(strays[at]) for at in _TARGET_AT)
        shares = _shares(steps)
        own = max((step.size for step in steps if SCOPES[step.scope].person), default=0)
        personal = sum(share for step, share in shares if SCOPES[step.scope].person)
        return Forecast(
            p10=p10,
            p50=p50,
            p80=p80,
            p90=p90,
            reserve=_reserve(p50, _moments(estimate, strays), self.correlation),
            reasons=_reasons(shares),
            own=own,
            is_thin=personal < 0.5,
            estimate=estimate,
            strays=tuple(strays),
        )

    def learn(self, entry: Entry) -> bool:
        """Learn from a task that has closed; say whether it could be used (both times above zero)."""
        if not entry.is_usable:
            self.skipped += 1
            return False
        keys = _keys(entry.person, entry.kind, entry.estimate)
        stray = entry.stray
        quantiles, steps = self._mixed(keys)
        manner = self._people.get(entry.person)
        if manner is None:
            manner = self._people[entry.person] = _Manner([0.0] * len(TARGETS), [])
        strays = _shifted(quantiles, manner.shifts)
        shown = [strays[at] for at in _TARGET_AT]
        self._move_correlation(manner, _moments(entry.estimate, strays), entry.actual)
        self._move_trust(steps, shown, stray)
        _move_shifts(manner.shifts, shown, stray)
        weight = self._weight(entry.day)
        for level in self._chain(entry):
            level.add(stray, weight)
        self.learned += 1
        return True

    def _pour(self, entry: Entry) -> None:
        poured = (entry.stray, self._weight(entry.day))
        for level in self._chain(entry):
            level.queue.append(poured)
        self.learned += 1

    def _chain(self, entry: Entry) -> tuple[Level, ...]:
        """Return the levels that an entry belongs to; made where there are none yet."""
        name = (entry.person, entry.kind, entry.estimate)
        chain = self._chains.get(name)
        if chain is None:
            keys = _keys(*name)
            chain = self._chains[name] = tuple([self._levels.setdefault(key, Level()) for key in keys])
        return chain

    def _weight(self, day: float) -> float:
        """Return a weight that doubles every year: against later entries, earlier ones fade by it."""
        if self._first_day is None:
            self._first_day = day
        return float(2.0 ** max(-400.0, min(400.0, (day - self._first_day) / HALF_LIFE)))

    def _shifts(self, person: Hashable) -> Sequence[float]:
        manner = self._people.get(person)
        return manner.shifts if manner else [0.0] * len(TARGETS)

    def _mixed(self, keys: Sequence[Hashable]) -> tuple[Sequence[float], list[_Step]]:
        """Return the quantiles at `GRID` before the conformal step, and what each level did to them."""
        quantiles: Sequence[float] = PRIOR
        steps = []
        for scope, key in enumerate(keys):
            level = self._levels.get(key)
            if not level:
                continue
            own, size = level.quantiles(), len(level)
            draw = size / (size + SHRINKAGE * math.exp(-self._trust[scope]))
            apart = tuple([own[at] - quantiles[at] for at in _TARGET_AT])
            steps.append(_Step(scope, draw, apart, size, own[_TARGET_AT[1]]))
            quantiles = [above + draw * (mine - above) for above, mine in zip(quantiles, own, strict=True)]
        return quantiles, steps

    def _move_trust(self, steps: list[_Step], shown: list[float], stray: float) -> None:
        """Take a gradient step on the pinball loss of the four targets, for the trust in each level used."""
        pulls = [(stray < value) - target for target, value in zip(TARGETS, shown, strict=True)]
        damp = 1.0
        for step in reversed(steps):
            slope = sum(pull * apart for pull, apart in zip(pulls, step.apart, strict=True))
            slope *= step.draw * (1 - step.draw) * damp
            damp *= 1 - step.draw
            self._slopes[step.scope] += slope * slope
            moved = self._trust[step.scope] - TRUST_STEP * slope / math.sqrt(self._slopes[step.scope])
            self._trust[step.scope] = max(-MOST_TRUST, min(MOST_TRUST, moved))

    def _move_correlation(self, manner: _Manner, task: Moments, minutes: float) -> None:
        """Let ten of a person's tasks, once they are complete, say how far they went the same way."""
        manner.tasks.append(task)
        manner.minutes += minutes
        if len(manner.tasks) < TOGETHER:
            return
        low, high = sums.quantiles(manner.tasks, correlation=self.correlation, shares=(0.1, 0.9))
        missed = not low <= manner.minutes <= high
        self.correlation = _kept(
            self.correlation + CORRELATION_STEP * (missed - 0.2), (0.0, MOST_CORRELATION)
        )
        manner.tasks, manner.minutes = [], 0.0


def _keys(person: Hashable, kind: Hashable, estimate: float) -> tuple[Hashable, ...]:
    """Return the keys of the levels of a task, in the order of `SCOPES`."""
    size = bisect_right(_SIZES, estimate)
    exact = round(estimate, 1)
    return (
        0,
        (1, size),
        (2, exact),
        (3, kind, size),
        (4, person, kind),
        (5, person, size),
        (6, person, exact),
        (7, person, kind, size),
        (8, person, kind, exact),
    )


def _at(quantiles: Sequence[float], share: float) -> float:
    """Return the quantile at a share that may lie between those of the grid; beyond its ends, the end."""
    return _between(share, GRID, quantiles)


def _between(at: float, points: Sequence[float], values: Sequence[float]) -> float:
    after = bisect_right(points, at)
    if after == 0:
        return values[0]
    if after == len(points):
        return values[-1]
    before = points[after - 1]
    part = (at - before) / (points[after] - before)
    return values[after - 1] + (values[after] - values[after - 1]) * part


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


def _shifted(quantiles: Sequence[float], shifts: Sequence[float]) -> list[float]:
    """Return the quantiles with the shift of each target spread over the grid between them."""
    moved = []
    for share, (before, after, part) in zip(GRID, _PARTS, strict=True):
        shift = shifts[before] + (shifts[after] - shifts[before]) * part
        moved.append(_at(quantiles, share + shift))
    return list(accumulate(moved, max))


def _moments(estimate: float, strays: Sequence[float]) -> Moments:
    return sums.moments([estimate * math.exp(stray) for stray in strays], _MASSES)


def _move_shifts(shifts: list[float], shown: list[float], stray: float) -> None:
    """Move each target's share against its miss: the tails by what lies outside, the middle by which side.

    An exact hit lies inside the interval, and on no side of the middle. Where many hits are exact, an end of the
    interval that rests on them is right although it misses less often than promised: it is moved by half.
    """
    above, below = stray > shown[3] + SAME, stray < shown[0] - SAME
    low = TARGETS[0] - below - TIE * (abs(stray - shown[0]) <= SAME)
    high = above - (1 - TARGETS[3]) + TIE * (abs(stray - shown[3]) <= SAME)
    shifts[0] = _kept(shifts[0] + CONFORMAL_STEP * low, LOW_TAIL)
    shifts[3] = _kept(shifts[3] + CONFORMAL_STEP * high, HIGH_TAIL)
    for at in (1, 2):
        if abs(stray - shown[at]) > SAME:
            miss = (stray > shown[at]) - (1 - TARGETS[at])
            shifts[at] = _kept(shifts[at] + CONFORMAL_STEP * miss, MIDDLE_SHIFT)


def _kept(value: float, within: tuple[float, float]) -> float:
    return max(within[0], min(within[1], value))


def _shares(steps: list[_Step]) -> list[tuple[_Step, float]]:
    """Return each step with its part in the end result, the most like first."""
    left, found = 1.0, []
    for step in reversed(steps):
        found.append((step, left * step.draw))
        left *= 1 - step.draw
    return found


def _reasons(shares: list[tuple[_Step, float]]) -> tuple[Reason, ...]:
    ordered = sorted(shares, key=lambda pair: -pair[1])
    return tuple(
        Reason(SCOPES[step.scope], step.size, round((math.exp(step.middle) - 1) * 100), share)
        for step, share in ordered
    )


LEAST_RESERVE, MOST_RESERVE = 10, 20


def pooled_reserve(tasks: Iterable[Forecast], *, correlation: float) -> int:
    """Return the reserve in percent that `tasks` of one person together keep in 80 %, over their estimates.

    `correlation` is that of any two of them. Kept within 10 to 20 %; of no tasks, the least.
    """
    asked = list(tasks)
    estimates = sum(task.estimate for task in asked)
    if estimates <= 0:
        return LEAST_RESERVE
    (most,) = sums.quantiles([task.moments for task in asked], correlation=correlation, shares=(0.8,))
    return max(LEAST_RESERVE, min(MOST_RESERVE, round(100 * (most / estimates - 1))))


def _reserve(p50: float, task: Moments, correlation: float) -> int:
    """Return the reserve in percent of the planned middles that ten such tasks together keep in 80 %.

    Ten are about those of a week. Kept within what the method asks for (blueprint §2.3).
    """
    (most,) = sums.quantiles([task] * TOGETHER, correlation=correlation, shares=(0.8,))
    percent = round(100 * (most / (TOGETHER * p50) - 1))
    return max(LEAST_RESERVE, min(MOST_RESERVE, percent))
