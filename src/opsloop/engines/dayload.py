"""Whether a day holds what somebody means to do in it, and what could go when it does not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Wish:
    """A task somebody wants to do today. `rank` counts from 1, the most important first.

    `minutes` are those it would take, as the planner counts them, with the reserve; None when nobody has
    estimated it. `is_bound`: it is due today or stands at a fixed time, so it goes last.
    """

    id: str
    minutes: int | None
    rank: int
    is_bound: bool = False


@dataclass(frozen=True)
class Load:
    """The minutes that the wishes of a day take, beside the minutes there are."""

    planned: int
    available: int
    unestimated: int

    @property
    def over(self) -> int:
        """By how many minutes the wishes exceed the day; 0 when they fit."""
        return max(0, self.planned - self.available)


def load(wishes: Iterable[Wish], *, available: int) -> Load:
    """Return what `wishes` take beside the `available` minutes; those without an estimate are counted apart."""
    wanted = list(wishes)
    planned = sum(wish.minutes for wish in wanted if wish.minutes is not None)
    return Load(planned, available, sum(wish.minutes is None for wish in wanted))


def removals(wishes: Sequence[Wish], *, available: int) -> list[str]:
    """Return the ids of what to take out so that the rest fits, in the order it would go; [] when all fits.

    What is not bound to today goes first, and of that the lowest rank. What turns out to fit after all, once
    longer work has gone, stays: nothing is taken out for nothing. Work without an estimate takes nothing
    here, so it is never proposed.
    """
    costs = {wish.id: wish.minutes for wish in wishes if wish.minutes}
    excess = sum(costs.values()) - available
    gone: list[str] = []
    for wish in sorted(wishes, key=lambda one: (one.is_bound, -one.rank)):
        if excess <= 0:
            break
        if wish.id in costs:
            gone.append(wish.id)
            excess -= costs[wish.id]
    # The last ones may have been long enough to let earlier, shorter ones stay.
    for spared in list(gone):
        if costs[spared] <= -excess:
            gone.remove(spared)
            excess += costs[spared]
    return gone
