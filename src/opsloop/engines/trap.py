"""The urgent trap (急事陷阱): does the urgent eat the time of the important? (blueprint §2.2)

The share of recorded time in each quadrant this week is held against the mean of the weeks before it. Two
signs: *urgent up* when 紧急不重要 takes `RISE` more of the time than it used to, and *important low* when
重要不紧急 gets less than `FLOOR` of it. Below `ENOUGH` minutes a week tells nothing, and no sign is given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

QUADRANTS = (1, 2, 3, 4)
# Five of a hundred minutes more than in the mean of the last weeks.
RISE = 0.05
# Less than three of ten minutes for what is important and not yet urgent.
FLOOR = 0.30
ENOUGH = 240


class Sign(StrEnum):
    """What the week shows."""

    URGENT_UP = "urgent_up"
    IMPORTANT_LOW = "important_low"


@dataclass(frozen=True)
class Trap:
    """Shares from 0 to 1 by quadrant, of this week and in the mean before it (None: nothing recorded)."""

    now: Mapping[int, float] | None
    before: Mapping[int, float] | None
    signs: tuple[Sign, ...]


def shares(minutes: Mapping[int, int]) -> dict[int, float] | None:
    """Return the share of each quadrant in the minutes of all four; None when there are none."""
    total = sum(minutes.get(quadrant, 0) for quadrant in QUADRANTS)
    return {quadrant: minutes.get(quadrant, 0) / total for quadrant in QUADRANTS} if total else None


def look(week: Mapping[int, int], weeks_before: Sequence[Mapping[int, int]]) -> Trap:
    """Return the shares of `week` and the mean of those of `weeks_before`, with the signs.

    Each week before counts alike, however much was recorded in it; one without any entry does not count.
    """
    now = shares(week)
    known = [found for found in map(shares, weeks_before) if found]
    before = (
        {quadrant: sum(one[quadrant] for one in known) / len(known) for quadrant in QUADRANTS}
        if known
        else None
    )
    return Trap(now, before, _signs(week, now, before))


def _signs(
    week: Mapping[int, int], now: Mapping[int, float] | None, before: Mapping[int, float] | None
) -> tuple[Sign, ...]:
    if now is None or sum(week.get(quadrant, 0) for quadrant in QUADRANTS) < ENOUGH:
        return ()
    signs = []
    if before and now[3] - before[3] >= RISE:
        signs.append(Sign.URGENT_UP)
    if now[2] < FLOOR:
        signs.append(Sign.IMPORTANT_LOW)
    return tuple(signs)
