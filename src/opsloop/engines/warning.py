"""Early warning: which signs speak against a task being done in time, from plain facts.

A task is at risk when it is due within a few working days and unfinished, when its owner has more to do until then than
time, when what it waits for is late, or when the forecast gives it too small a chance. Each sign carries the numbers it
saw; sentences are made above. Minutes throughout; days are working days.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

# Of a task that has run past its estimate, so much of it is taken to be left: somebody still works on it.
LEAST_LEFT = 0.1
# Where work fills less than this share of the time there is, no forecast needs to be asked: it will do.
CLEARLY_ENOUGH = 0.4


class Code(StrEnum):
    """Which sign spoke, the gravest first."""

    OVERDUE = "overdue"
    SHORT = "short"
    WAITS = "waits"
    UNLIKELY = "unlikely"
    SOON = "soon"


class Remedy(StrEnum):
    """What would help."""

    DELAY = "delay"
    REPLAN = "replan"
    GIVE = "give"
    PUSH = "push"
    FINISH = "finish"


# What helps against each sign, the best first.
REMEDIES: Mapping[Code, tuple[Remedy, ...]] = {
    Code.OVERDUE: (Remedy.FINISH, Remedy.DELAY),
    Code.SHORT: (Remedy.REPLAN, Remedy.GIVE, Remedy.DELAY),
    Code.WAITS: (Remedy.PUSH, Remedy.DELAY),
    Code.UNLIKELY: (Remedy.GIVE, Remedy.REPLAN, Remedy.DELAY),
    Code.SOON: (Remedy.FINISH, Remedy.REPLAN),
}


@dataclass(frozen=True)
class Rules:
    """From how many working days before the due day on a task is watched, and below which chance in percent."""

    days: int = 3
    chance: int = 50


@dataclass(frozen=True)
class Facts:
    """What is known of an open task. None where it is not: no due date, nobody's work, too far ahead.

    `days_left` counts working days after today up to the due day, 0 on the day itself; `days_over` those since.
    `load` is what its owner has to do until it is due, itself included, `room` the working time until then.
    `before` is the key of what it waits for and that is late, by `before_days`; `chance` is in percent.
    """

    days_left: int | None = None
    days_over: int = 0
    is_over: bool = False
    load: int | None = None
    room: int | None = None
    before: int = 0
    before_days: int = 0
    chance: int | None = None


@dataclass(frozen=True)
class Sign:
    """One sign with the numbers it saw, by name."""

    code: Code
    values: Mapping[str, int] = field(default_factory=dict)


def warn(facts: Facts, rules: Rules) -> tuple[Sign, ...]:
    """Return the signs against a task, the gravest first; none if it can be done in time."""
    found = []
    if facts.is_over:
        found.append(Sign(Code.OVERDUE, {"days": facts.days_over}))
    if facts.load is not None and facts.room is not None and facts.load > facts.room and not facts.is_over:
        found.append(Sign(Code.SHORT, {"load": facts.load, "room": facts.room}))
    if facts.before:
        found.append(Sign(Code.WAITS, {"task": facts.before, "days": facts.before_days}))
    if facts.chance is not None and facts.chance < rules.chance and not facts.is_over:
        found.append(Sign(Code.UNLIKELY, {"chance": facts.chance}))
    if facts.days_left is not None and not facts.is_over and facts.days_left <= rules.days:
        found.append(Sign(Code.SOON, {"days": facts.days_left}))
    return tuple(found)


def remedies(codes: Iterable[Code]) -> list[Remedy]:
    """Return what would help against these signs, what helps against the gravest first."""
    return list(dict.fromkeys(remedy for code in codes for remedy in REMEDIES[code]))


def left(estimate: int, progress: int, worked: int) -> int:
    """Return the minutes left of a task: what its progress leaves of the estimate, else what the hours leave."""
    by_hours = max(estimate - worked, round(estimate * LEAST_LEFT))
    return round(estimate * (100 - progress) / 100) if progress else by_hours


@dataclass(frozen=True)
class Due:
    """Work of one person: the minutes left of it, and when it is due, in minutes from now."""

    id: int
    left: int
    due: float


@dataclass(frozen=True)
class Strain:
    """What one person must do until a task is due, and the time there is."""

    load: int
    room: int

    @property
    def asks_forecast(self) -> bool:
        """Whether the ratio leaves a doubt that a forecast could settle."""
        return self.load > self.room * CLEARLY_ENOUGH


class Axis:
    """The working time of one person: how many minutes of it lie before each moment. Spans are in order."""

    def __init__(self, spans: Iterable[tuple[float, float]]) -> None:
        """Keep the spans, in minutes from now."""
        self._starts: list[float] = []
        self._ends: list[float] = []
        self._before: list[float] = []
        total = 0.0
        for start, end in spans:
            start = max(start, 0.0)
            if end > start:
                self._starts.append(start)
                self._ends.append(end)
                self._before.append(total)
                total += end - start

    def until(self, moment: float) -> int:
        """Return the minutes of working time between now and `moment`."""
        at = bisect_right(self._starts, moment) - 1
        if at < 0:
            return 0
        return round(self._before[at] + min(moment, self._ends[at]) - self._starts[at])


def strains(works: Sequence[Due], axis: Axis, *, until: float) -> dict[int, Strain]:
    """Return task id -> what its owner must do by then, whoever takes the work in the order of due dates.

    Nobody does better than that order. What is due later than `until`, where the working time is not known any more,
    is left out; overdue work is due now, and stands before all other.
    """
    found: dict[int, Strain] = {}
    load = 0
    for work in sorted(works, key=lambda one: (one.due, one.id)):
        if work.due > until:
            break
        load += work.left
        found[work.id] = Strain(load, axis.until(work.due))
    return found


@dataclass(frozen=True)
class Doubt:
    """Work of one person as the forecast sees it: mean and standard deviation of what is left, in minutes."""

    id: int
    due: float
    mean: float
    deviation: float


def chances(
    works: Sequence[Doubt], axis: Axis, *, correlation: float, share: float, until: float
) -> dict[int, int]:
    """Return task id -> the chance in percent that it is done in time, by the rule of `strains`.

    `share` of the working time goes into tasks. The tasks of one person stray together by `correlation`, so their
    sum is less certain than independent ones would make it (forecasting/sums.py).
    """
    found: dict[int, int] = {}
    mean = deviations = squares = 0.0
    for work in sorted(works, key=lambda one: (one.due, one.id)):
        if work.due > until:
            break
        mean += work.mean
        deviations += work.deviation
        squares += work.deviation**2
        variance = squares + correlation * max(0.0, deviations * deviations - squares)
        found[work.id] = chance(mean, math.sqrt(variance), axis.until(work.due) * share)
    return found


def chance(means: float, spread: float, room: float) -> int:
    """Return the probability in percent that work of this mean and standard deviation fits into `room` minutes.

    Sums of durations lean to the right: taken as log-normal with these two moments. Between 1 and 99.
    """
    if means <= 0:
        return 99
    if room <= 0:
        return 1
    variance = math.log1p((spread / means) ** 2)
    middle = math.log(means) - variance / 2
    if variance <= 0:
        return 99 if math.log(room) >= middle else 1
    score = (math.log(room) - middle) / math.sqrt(2 * variance)
    return max(1, min(99, round(50 * (1 + math.erf(score)))))
