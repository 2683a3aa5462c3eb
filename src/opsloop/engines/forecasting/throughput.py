"""What gets done in the next weeks, from what got done in past weeks.

The level of a time is the mean of the four weeks before it. How the weeks after relate to that level repeats itself
far better than the level does, so the forecast is today's level times the quantiles of that ratio over the last two
years, whose tails are moved by an online conformal step as outcomes come in. Drawing past weeks independently, the
usual method, is overconfident: busy and quiet weeks come in rows.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

HORIZONS = (2, 4, 8)
LEVEL_WEEKS = 4
MOST_RATIOS = 104
FEWEST_RATIOS = 8
STEP = 0.02
LOW_TAIL, HIGH_TAIL = (-0.095, 0.3), (-0.3, 0.095)
# A week without any is no week of minus infinity: a twentieth of the usual level is added to each side of a ratio.
FLOOR = 0.05


@dataclass(frozen=True)
class Outlook:
    """The sum over the next `weeks` from week `at` on: p10, p50, p80, p90; the interval p10–p90 is moved."""

    at: int
    weeks: int
    p10: float
    p50: float
    p80: float
    p90: float


def outlook(series: Sequence[float], weeks: int) -> Outlook | None:
    """Return the sum over the `weeks` after a series of weekly amounts, or None with too short a past."""
    made = outlooks(series, weeks, since=len(series))
    return made[-1] if made else None


def outlooks(series: Sequence[float], weeks: int, *, since: int = 0) -> list[Outlook]:
    """Return what would have been said at each week from `since` on, each from the weeks before it alone."""
    sums = [0.0]
    for amount in series:
        sums.append(sums[-1] + amount)
    found = []
    shifts = [0.0, 0.0]
    open_: deque[Outlook] = deque()
    ratios: deque[float] = deque(maxlen=MOST_RATIOS)
    for at in range(LEVEL_WEEKS, len(series) + 1):
        floor = FLOOR * sums[at] / at
        ended = at - weeks
        if ended >= LEVEL_WEEKS:
            ratios.append(_ratio(sums, ended, weeks, floor))
        if open_ and open_[0].at + weeks <= at:
            _move(shifts, open_.popleft(), sums)
        if len(ratios) < FEWEST_RATIOS:
            continue
        said = _said(sums, at, weeks, floor, sorted(ratios), shifts)
        open_.append(said)
        if at >= since:
            found.append(said)
    return found


def _level(sums: Sequence[float], at: int) -> float:
    return (sums[at] - sums[at - LEVEL_WEEKS]) / LEVEL_WEEKS


def _ratio(sums: Sequence[float], at: int, weeks: int, floor: float) -> float:
    after = (sums[at + weeks] - sums[at]) / weeks
    below = _level(sums, at) + floor
    return math.log((after + floor) / below) if below > 0 and after + floor > 0 else 0.0


def _move(shifts: list[float], said: Outlook, sums: Sequence[float]) -> None:
    actual = sums[said.at + said.weeks] - sums[said.at]
    shifts[0] += STEP * (0.1 - (actual < said.p10))
    shifts[1] += STEP * ((actual > said.p90) - 0.1)
    shifts[0] = max(LOW_TAIL[0], min(LOW_TAIL[1], shifts[0]))
    shifts[1] = max(HIGH_TAIL[0], min(HIGH_TAIL[1], shifts[1]))


def _said(
    sums: Sequence[float], at: int, weeks: int, floor: float, ratios: Sequence[float], shifts: Sequence[float]
) -> Outlook:
    level = _level(sums, at) + floor
    shares = (0.1 + shifts[0], 0.5, 0.8, 0.9 + shifts[1])
    values = sorted(max(0.0, weeks * (level * math.exp(quantile(ratios, share)) - floor)) for share in shares)
    return Outlook(at, weeks, *values)


def quantile(ordered: Sequence[float], share: float) -> float:
    """Return the quantile of ordered values, between the middles of neighbours."""
    at = share * len(ordered) - 0.5
    if at <= 0:
        return ordered[0]
    if at >= len(ordered) - 1:
        return ordered[-1]
    below = int(at)
    return ordered[below] + (ordered[below + 1] - ordered[below]) * (at - below)
