"""How far work strays from its estimate: quantiles of actual/estimate in a hierarchy that learns as work closes.

It begins with a smooth curve over the size of the estimate (`sizes`). A person's few tasks of one kind and size say
most about the next one, and least reliably. So each level of the hierarchy, from everyone's tasks of this size to one
person's tasks of one kind with this very estimate, keeps its last 800 ratios (on logarithms, older ones fading with a
half-life of two years), and its quantiles draw those of the level above towards themselves by n / (n + 40): additive
smoothing of quantiles. A level of other sizes is carried along the curve. How much each kind of level is worth differs
between records, and so does how far to carry it; both are tuned as results come in, by gradient steps on the pinball
loss (AdaGrad, Duchi, Hazan and Singer 2011). Last, the share that is read off moves with how work goes of late and
with a conformal step of each person (`form`). Nothing else is tuned, and nothing looks ahead.

Pure Python on purpose: a level holds at most 800 numbers, where bisection beats an array library and loads at once.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from opsloop.engines.forecasting import form, grid, sums
from opsloop.engines.forecasting.grid import FARTHEST, TARGET_AT, TARGETS
from opsloop.engines.forecasting.levels import Level, Ratio
from opsloop.engines.forecasting.sizes import Curve, Sizes
from opsloop.engines.forecasting.sums import Moments

SHRINKAGE = 40.0
HALF_LIFE = 730.0
# Steps of the trust in a kind of level: for all targets together, and for each of them.
TRUST_STEP, OWN_STEP = 0.4, 0.15
MOST_TRUST = 3.0
# How far a level of other sizes is carried along the curve: 1 is all the way.
CARRY_STEP = 0.2
MOST_CARRIED = 1.5
# The curve over sizes is taken anew when so large a part of all has come in since.
REFRESH = 0.02
# `fit` takes the steps of trust, form and conformity over so many of the latest entries: all forget what lies before.
WALKED = 2500
# Tasks of one person whose sum shows how far they move together.
TOGETHER = 10
PRIOR_CORRELATION = 0.15
MOST_CORRELATION = 0.8
CORRELATION_STEP = 0.01


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


# From everyone to the most like; but for the first, each draws on the one before.
SCOPES = (
    Scope(),
    Scope(size=True),
    Scope(exact=True),
    Scope(kind=True, size=True),
    Scope(kind=True, exact=True),
    Scope(person=True, kind=True),
    Scope(person=True, size=True),
    Scope(person=True, exact=True),
    Scope(person=True, kind=True, size=True),
    Scope(person=True, kind=True, exact=True),
)
# The first only says what all tasks together took: the curve stands for it in the numbers.
EVERYONE, SIZE = 0, 1
# A person's tasks of one kind and size: in how work goes of late, they are a group of their own.
SAME_WORK = SCOPES.index(Scope(person=True, kind=True, size=True))
# Whose round numbers count: the person's own at this estimate, or everyone's.
ROUND_NUMBERS = (SCOPES.index(Scope(person=True, exact=True)), SCOPES.index(Scope(exact=True)))


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
    `strays` is the whole distribution for sums and dates: log(actual/estimate) at each point of `GRID`, without how
    work goes of late, which says much of the next task and little of the tenth.
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
        return grid.moments(self.estimate, self.strays)


@dataclass
class _Manner:
    """What is known of a person beyond levels: by how much to shift each target, and their latest few tasks."""

    shifts: list[float]
    tasks: list[Moments]
    minutes: float = 0.0
    n: int = 0


@dataclass(frozen=True)
class _Step:
    """One level's part in a forecast: which, and at the targets how much it draws and where it lies from the one above.

    `carried` is how far the curve would carry it all the way.
    """

    scope: int
    draws: tuple[float, ...]
    apart: tuple[float, ...]
    carried: tuple[float, ...]
    n: int
    middle: float


@dataclass(frozen=True)
class _Said:
    """A forecast with all that it is learned from: `read` off at `shares`, `tried` in round numbers, `shown`.

    `lasting` are the person's shifts without the form of the day.
    """

    quantiles: Sequence[float]
    steps: list[_Step]
    groups: tuple[Hashable, ...]
    averages: list[float]
    lasting: list[float]
    shares: list[float]
    read: list[float]
    tried: list[float]
    shown: list[float]

    @property
    def strays(self) -> list[float]:
        """The whole distribution, for sums and dates: form says much of the next task and little of the tenth."""
        return grid.shifted(self.quantiles, self.lasting)


class _Tuned:
    """What is tuned for each kind of level: how much it is trusted, and how far it is carried along the curve.

    Trust is one for all targets plus what each target has of its own.
    """

    def __init__(self) -> None:
        """Begin with the same for all."""
        self.carry = [1.0] * len(SCOPES)
        self._trust = [0.0] * len(SCOPES)
        self._own = [[0.0] * len(TARGETS) for _scope in SCOPES]
        self._trust_slopes = [0.1] * len(SCOPES)
        self._own_slopes = [[0.1] * len(TARGETS) for _scope in SCOPES]
        self._carry_slopes = [0.1] * len(SCOPES)
        self._halves = [self._halved(scope) for scope in range(len(SCOPES))]

    def draws(self, scope: int, n: int) -> tuple[float, ...]:
        """Return how much a level of `n` ratios draws at each target, 0 to 1."""
        return tuple([n / (n + half) for half in self._halves[scope]])

    def learn(self, steps: list[_Step], shown: Sequence[float], stray: float) -> None:
        """Take a gradient step on the pinball loss of the four targets, for each level used."""
        pulls = [(stray < value) - target for target, value in zip(TARGETS, shown, strict=True)]
        for step in reversed(steps):
            drawn = [pull * draw for pull, draw in zip(pulls, step.draws, strict=True)]
            pulls = [pull - part for pull, part in zip(pulls, drawn, strict=True)]
            slopes = [
                part * apart * (1 - draw)
                for part, apart, draw in zip(drawn, step.apart, step.draws, strict=True)
            ]
            self._move_trust(step.scope, slopes)
            if any(step.carried):
                slope = sum([part * far for part, far in zip(drawn, step.carried, strict=True)])
                self._move_carry(step.scope, slope)

    def _move_trust(self, scope: int, slopes: list[float]) -> None:
        total = sum(slopes)
        self._trust_slopes[scope] += total * total
        self._trust[scope] += TRUST_STEP * total / -math.sqrt(self._trust_slopes[scope])
        self._trust[scope] = grid.kept(self._trust[scope], (-MOST_TRUST, MOST_TRUST))
        own, squares = self._own[scope], self._own_slopes[scope]
        for target, slope in enumerate(slopes):
            squares[target] += slope * slope
            moved = own[target] - OWN_STEP * slope / math.sqrt(squares[target])
            own[target] = grid.kept(moved, (-MOST_TRUST, MOST_TRUST))
        self._halves[scope] = self._halved(scope)

    def _halved(self, scope: int) -> list[float]:
        """Return for each target at how many ratios a level draws half."""
        return [SHRINKAGE * math.exp(-self._trust[scope] - own) for own in self._own[scope]]

    def _move_carry(self, scope: int, slope: float) -> None:
        self._carry_slopes[scope] += slope * slope
        moved = self.carry[scope] - CARRY_STEP * slope / math.sqrt(self._carry_slopes[scope])
        self.carry[scope] = grid.kept(moved, (0.0, MOST_CARRIED))


class Forecaster:
    """Forecasts that learn: `forecast` a task before it, `learn` from it when it has closed.

    Deterministic, and it reads no clock. A forecast takes about 0.1 ms, to learn about 0.3 ms; both depend on the
    levels only, never on how much was learned before.
    """

    def __init__(self) -> None:
        """Begin with the prior alone."""
        self.learned = 0
        self.skipped = 0
        self._levels: dict[Hashable, Level] = {}
        # The levels of a person's tasks of one kind and estimate, found once.
        self._chains: dict[Hashable, tuple[Level, ...]] = {}
        self._octaves: list[Level] = []
        self._sizes = Sizes(())
        self._sized_at = 0
        self._people: dict[Hashable, _Manner] = {}
        self._form = form.Form()
        self._rounding = form.Rounding()
        self._tuned = _Tuned()
        self._first_day: float | None = None
        # How strongly any two tasks of a person stray together, 0 to 0.8.
        self.correlation = PRIOR_CORRELATION

    @classmethod
    def fit(cls, entries: Iterable[Entry]) -> Forecaster:
        """Return a forecaster that has learned from entries in order of time.

        Only the latest 2,500 are walked through one by one; of those before, what levels still keep is taken as is.
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
        said = self._said(person, kind, estimate)
        strays = said.strays
        p10, p50, p80, p90 = (estimate * math.exp(stray) for stray in said.shown)
        shares = self._parts(said.steps)
        personal = [(step.n, share) for step, share in shares if SCOPES[step.scope].person]
        return Forecast(
            p10=p10,
            p50=p50,
            p80=p80,
            p90=p90,
            reserve=_reserve(p50, grid.moments(estimate, strays), self.correlation),
            reasons=_reasons(shares),
            own=max((n for n, _share in personal), default=0),
            is_thin=sum(share for _n, share in personal) < 0.5,
            estimate=estimate,
            strays=tuple(strays),
        )

    def learn(self, entry: Entry) -> bool:
        """Learn from a task that has closed; say whether it could be used (both times above zero)."""
        if not entry.is_usable:
            self.skipped += 1
            return False
        said, stray = self._said(entry.person, entry.kind, entry.estimate), entry.stray
        manner = self._people.get(entry.person)
        if manner is None:
            manner = self._people[entry.person] = _Manner([0.0] * len(TARGETS), [])
        missed = form.misses(said.quantiles, said.shares, said.shown, stray)
        self._move_correlation(manner, grid.moments(entry.estimate, said.strays), entry.actual)
        self._tuned.learn(said.steps, said.shown, stray)
        self._form.learn(said.groups, said.averages, missed, grid.place(said.quantiles, stray))
        self._rounding.learn(said.read, said.tried, stray)
        manner.n += 1
        form.move_shifts(manner.shifts, said.shown, stray, missed, manner.n)
        ratio = Ratio(stray, self._weight(entry.day), math.log(entry.estimate))
        for level in self._chain(entry):
            level.add(ratio)
        self.learned += 1
        return True

    def _pour(self, entry: Entry) -> None:
        ratio = Ratio(entry.stray, self._weight(entry.day), math.log(entry.estimate))
        name = (entry.person, entry.kind, entry.estimate)
        for level in self._chains.get(name) or self._chain(entry):
            level.queue.append(ratio)
        self.learned += 1

    def _chain(self, entry: Entry) -> tuple[Level, ...]:
        """Return the levels that an entry belongs to; made where there are none yet."""
        name = (entry.person, entry.kind, entry.estimate)
        chain = self._chains.get(name)
        if chain is None:
            chain = self._chains[name] = tuple([self._level(key) for key in _keys(*name)])
        return chain

    def _level(self, key: Hashable) -> Level:
        level = self._levels.get(key)
        if level is None:
            level = self._levels[key] = Level()
            if isinstance(key, tuple) and key[0] == SIZE:
                self._octaves.append(level)
        return level

    def _weight(self, day: float) -> float:
        """Return a weight that doubles every year: against later entries, earlier ones fade by it."""
        if self._first_day is None:
            self._first_day = day
        return float(2.0 ** max(-400.0, min(400.0, (day - self._first_day) / HALF_LIFE)))

    def _said(self, person: Hashable, kind: Hashable, estimate: float) -> _Said:
        keys = _keys(person, kind, estimate)
        quantiles, steps = self._mixed(keys, math.log(estimate))
        groups = (("person", person), ("kind", kind), ("both", person, kind), keys[SAME_WORK])
        averages = self._form.averages(groups)
        manner = self._people.get(person)
        lasting = list(manner.shifts) if manner else [0.0] * len(TARGETS)
        shares = [sum(parts) for parts in zip(TARGETS, lasting, self._form.shifts(averages), strict=True)]
        read = grid.ordered([grid.read(quantiles, share) for share in shares])
        tried = self._rounding.tried(read, self._atoms(keys))
        shown = self._rounding.chosen(read, tried)
        return _Said(quantiles, steps, groups, averages, lasting, shares, read, tried, shown)

    def _atoms(self, keys: Sequence[Hashable]) -> list[float]:
        for scope in ROUND_NUMBERS:
            level = self._levels.get(keys[scope])
            if level and len(level) >= form.Rounding.FEWEST:
                return grid.atoms(level.quantiles())
        return []

    def _curve(self, size: float) -> Curve:
        if self.learned - self._sized_at > self.learned * REFRESH:
            self._sizes, self._sized_at = Sizes(self._octaves), self.learned
        return self._sizes.at(size)

    def _mixed(self, keys: Sequence[Hashable], size: float) -> tuple[list[float], list[_Step]]:
        """Return the quantiles at `GRID` before any shift, and what each level did to them."""
        curve = self._curve(size)
        quantiles, steps = curve.quantiles, []
        for scope, key in enumerate(keys):
            level = self._levels.get(key)
            if scope == EVERYONE or not level:
                continue
            own, n = level.quantiles(), len(level)
            middle = own[TARGET_AT[1]]
            gap = size - level.size
            if abs(gap) > 1e-9:
                carry = self._tuned.carry[scope] * gap
                own = tuple([mine + carry * slope for mine, slope in zip(own, curve.slopes, strict=True)])
            draws = self._tuned.draws(scope, n)
            apart = tuple([own[at] - quantiles[at] for at in TARGET_AT])
            carried = tuple([gap * curve.slopes[at] for at in TARGET_AT])
            steps.append(_Step(scope, draws, apart, carried, n, middle))
            quantiles = [
                above + draw * (mine - above)
                for above, mine, draw in zip(quantiles, own, grid.spread(draws), strict=True)
            ]
        return grid.ordered(quantiles), steps

    def _parts(self, steps: list[_Step]) -> list[tuple[_Step, float]]:
        """Return each step with its part in the end result, the most like first; the rest is everyone's."""
        left, found = 1.0, []
        for step in reversed(steps):
            # The middle stands for all four.
            draw = step.draws[1]
            found.append((step, left * draw))
            left *= 1 - draw
        everyone = self._levels.get(_EVERYONE)
        if everyone:
            middle = everyone.quantiles()[TARGET_AT[1]]
            found.append((_Step(EVERYONE, (), (), (), len(everyone), middle), left))
        return found

    def _move_correlation(self, manner: _Manner, task: Moments, minutes: float) -> None:
        """Let ten of a person's tasks, once they are complete, say how far they went the same way."""
        manner.tasks.append(task)
        manner.minutes += minutes
        if len(manner.tasks) < TOGETHER:
            return
        low, high = sums.quantiles(manner.tasks, correlation=self.correlation, shares=(0.1, 0.9))
        missed = not low <= manner.minutes <= high
        moved = self.correlation + CORRELATION_STEP * (missed - 0.2)
        self.correlation = grid.kept(moved, (0.0, MOST_CORRELATION))
        manner.tasks, manner.minutes = [], 0.0


_EVERYONE: Hashable = 0


def _keys(person: Hashable, kind: Hashable, estimate: float) -> tuple[Hashable, ...]:
    """Return the keys of the levels of a task, in the order of `SCOPES`; sizes are octaves of the estimate."""
    size = round(math.log2(estimate))
    exact = round(estimate, 1)
    return (
        _EVERYONE,
        (1, size),
        (2, exact),
        (3, kind, size),
        (4, kind, exact),
        (5, person, kind),
        (6, person, size),
        (7, person, exact),
        (8, person, kind, size),
        (9, person, kind, exact),
    )


def _reasons(shares: list[tuple[_Step, float]]) -> tuple[Reason, ...]:
    ordered = sorted(shares, key=lambda pair: -pair[1])
    return tuple(
        Reason(SCOPES[step.scope], step.n, round((math.exp(step.middle) - 1) * 100), share)
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
