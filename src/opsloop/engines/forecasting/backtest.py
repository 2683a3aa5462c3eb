"""How good the forecasts are, by what they would have said: each task is foretold from those before it alone.

The first half of a record is learned, the second half tested and learned on the way. The yardstick is what most
tools do: the quantiles of actual/estimate over all history, the same for every task.
"""

from __future__ import annotations

import math
from bisect import insort
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field

from opsloop.engines.forecasting import sums, throughput
from opsloop.engines.forecasting.form import pinball
from opsloop.engines.forecasting.grid import SAME, TARGETS
from opsloop.engines.forecasting.ratios import Entry, Forecast, Forecaster

QUARTERS = 4
SUM_SIZES = (10, 20)
MANY_TASKS = 100
FAIR = (0.72, 0.88)
FEWEST_ENTRIES = 40
DAYS_A_WEEK = 7


@dataclass
class Loss:
    """The pinball loss by target, summed over tasks: of hours, and of the logarithm of actual/estimate."""

    hours: list[float] = field(default_factory=lambda: [0.0] * len(TARGETS))
    logs: list[float] = field(default_factory=lambda: [0.0] * len(TARGETS))

    def add(self, entry: Entry, strays: Sequence[float]) -> None:
        """Count what was said of a task against what it took."""
        for at, (target, stray) in enumerate(zip(TARGETS, strays, strict=True)):
            said = entry.estimate * math.exp(stray)
            self.hours[at] += pinball(entry.actual - said, target) / 60
            self.logs[at] += pinball(entry.stray - stray, target)


@dataclass
class Share:
    """How many of how many."""

    hits: int = 0
    n: int = 0

    def add(self, *, hit: bool) -> None:
        """Count one."""
        self.hits += hit
        self.n += 1

    @property
    def value(self) -> float | None:
        """The share, or None of none."""
        return self.hits / self.n if self.n else None


@dataclass
class Report:
    """What a record says about the forecasts; `below` counts tasks that hold a promise (the target's quantile)."""

    entries: int
    tested: int
    exact: Share = field(default_factory=Share)
    coverage: Share = field(default_factory=Share)
    quarters: list[Share] = field(default_factory=lambda: [Share() for _at in range(QUARTERS)])
    below: list[Share] = field(default_factory=lambda: [Share() for _target in TARGETS])
    loss: Loss = field(default_factory=Loss)
    baseline: Loss = field(default_factory=Loss)
    baseline_coverage: Share = field(default_factory=Share)
    sums: dict[int, Share] = field(default_factory=lambda: {size: Share() for size in SUM_SIZES})
    weeks: dict[int, Share] = field(default_factory=dict)
    people: dict[Hashable, Share] = field(default_factory=lambda: defaultdict(Share))
    correlation: float = 0.0

    @property
    def busy(self) -> list[float]:
        """The coverage of each person with at least a hundred tested tasks."""
        return [who.hits / who.n for who in self.people.values() if who.n >= MANY_TASKS]

    @property
    def fair(self) -> int:
        """How many of them have a coverage of their own between 72 and 88 %."""
        return sum(FAIR[0] <= coverage <= FAIR[1] for coverage in self.busy)


def measure(entries: Sequence[Entry]) -> Report:
    """Return how the forecasts would have done on the second half of entries, which stand in order of time.

    Raises ValueError with fewer than 40 usable ones.
    """
    usable = [entry for entry in entries if entry.is_usable]
    if len(usable) < FEWEST_ENTRIES:
        raise ValueError(f"at least {FEWEST_ENTRIES} entries with an estimate and hours are needed")
    half = len(usable) // 2
    report = Report(len(usable), len(usable) - half)
    forecaster, history = Forecaster(), _History()
    together = _together(usable, half)
    for at, entry in enumerate(usable):
        for block in together.get(at, ()):
            _count_sum(report, forecaster, [usable[member] for member in block])
        if at >= half:
            _count(report, entry, _forecast(forecaster, entry), (at - half) * QUARTERS // report.tested)
            _count_baseline(report, entry, history.quantiles())
        forecaster.learn(entry)
        history.add(entry.stray)
    report.weeks = _weekly(usable, half)
    report.correlation = forecaster.correlation
    return report


def _forecast(forecaster: Forecaster, entry: Entry) -> Forecast:
    return forecaster.forecast(person=entry.person, kind=entry.kind, estimate=entry.estimate)


def _count(report: Report, entry: Entry, said: Forecast, quarter: int) -> None:
    stray = entry.stray
    report.exact.add(hit=abs(stray) <= SAME)
    shown = [math.log(minutes / entry.estimate) for minutes in (said.p10, said.p50, said.p80, said.p90)]
    inside = shown[0] - SAME <= stray <= shown[-1] + SAME
    for share in (report.coverage, report.quarters[quarter], report.people[entry.person]):
        share.add(hit=inside)
    for share, value in zip(report.below, shown, strict=True):
        share.add(hit=stray <= value + SAME)
    report.loss.add(entry, shown)


def _count_baseline(report: Report, entry: Entry, shown: Sequence[float]) -> None:
    report.baseline.add(entry, shown)
    report.baseline_coverage.add(hit=shown[0] - SAME <= entry.stray <= shown[-1] + SAME)


class _History:
    """All ratios so far, in order."""

    def __init__(self) -> None:
        self._values: list[float] = []

    def add(self, value: float) -> None:
        insort(self._values, value)

    def quantiles(self) -> list[float]:
        """Return the quantile of each target, between the middles of neighbours."""
        return [throughput.quantile(self._values, target) for target in TARGETS]


def _together(entries: Sequence[Entry], half: int) -> dict[int, list[list[int]]]:
    """Return blocks of consecutive tested tasks of one person by where the first stands."""
    of: dict[Hashable, list[int]] = defaultdict(list)
    for at in range(half, len(entries)):
        of[entries[at].person].append(at)
    found: dict[int, list[list[int]]] = defaultdict(list)
    for members in of.values():
        for size in SUM_SIZES:
            for first in range(0, len(members) - size + 1, size):
                found[members[first]].append(members[first : first + size])
    return found


def _count_sum(report: Report, forecaster: Forecaster, block: Sequence[Entry]) -> None:
    """Foretell the sum of tasks before any of them is done."""
    tasks = [_forecast(forecaster, entry).moments for entry in block]
    low, high = sums.quantiles(tasks, correlation=forecaster.correlation, shares=(0.1, 0.9))
    actual = sum(entry.actual for entry in block)
    report.sums[len(block)].add(hit=low * (1 - SAME) <= actual <= high * (1 + SAME))


def _weekly(entries: Sequence[Entry], half: int) -> dict[int, Share]:
    """Return the coverage of the number of tasks closed within the next weeks, foretold every tested week."""
    series = list(_weeks(entries))
    first = int(entries[0].day // DAYS_A_WEEK)
    since = int(entries[half].day // DAYS_A_WEEK) - first
    found = {}
    for weeks in throughput.HORIZONS:
        share = found[weeks] = Share()
        for said in throughput.outlooks(series, weeks, since=since):
            if said.at + weeks <= len(series):
                share.add(hit=said.p10 <= sum(series[said.at : said.at + weeks]) <= said.p90)
    return found


def _weeks(entries: Sequence[Entry]) -> Iterator[float]:
    """Yield how many tasks closed in each week but the last, which may not be over."""
    first, last = int(entries[0].day // DAYS_A_WEEK), int(entries[-1].day // DAYS_A_WEEK)
    if last - first > 5200:
        return
    counts = [0] * (last - first + 1)
    for entry in entries:
        counts[int(entry.day // DAYS_A_WEEK) - first] += 1
    yield from map(float, counts[:-1])
