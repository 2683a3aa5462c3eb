"""How far a person's week is from the best possible one, proved and not guessed."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from opsloop.engines.scheduling.arrays import NEVER, NOWHERE, Table

# Rounds of raising prices; the bound hardly rises after these.
ROUNDS = 300


@dataclass(frozen=True)
class Certificate:
    """`person`'s own tasks cost `cost` in this plan, and at least `bound` however they are arranged.

    The others' plans are as they are, and so is work that is done together or could be done by others.
    """

    person: str
    cost: float
    bound: float

    @property
    def gap(self) -> float:
        """Return by which share of its cost the week could be better at the very most."""
        return max(0.0, (self.cost - self.bound) / self.cost) if self.cost > 0 else 0.0


def certify(table: Table, who: str, *, rounds: int = ROUNDS) -> Certificate:
    """Return the certificate of one person's week in the plan that stands on `table`.

    What waits for other own tasks may start when the first of them can be finished at the earliest, so
    the bound holds for every order of them.
    """
    person = table.person[who]
    own = [n for n in range(len(table.jobs)) if _is_own(table, n, person)]
    cost = sum(table.cost[n] for n in own)
    if not own:
        return Certificate(who, 0.0, 0.0)
    mine = set(own)
    usable = array(
        "i",
        (
            int(table.occ[q] == NOWHERE or table.occ[q] in mine)
            for q in range(table.p0[person], table.p0[person + 1])
        ),
    )
    bound = table.board.bound(
        person,
        array("i", own),
        array("i", (_release(table, n, mine) for n in own)),
        array("i", (_limit(table, n, mine) for n in own)),
        usable or array("i", [0]),
        rounds,
        cost,
    )
    return Certificate(who, cost, max(0.0, bound))


def _is_own(table: Table, n: int, person: int) -> bool:
    candidates: Sequence[int] = table.cand[table.cand_off[n] : table.cand_off[n + 1]]
    joint = table.join_off[n] < table.join_off[n + 1]
    return not table.fixed[n] and not joint and list(candidates) == [person]


def _release(table: Table, n: int, mine: set[int]) -> int:
    release = table.release[n]
    for k, lag in table.before[n]:
        if k in mine:
            release = max(release, min(NEVER, table.finish[k] + lag))
        elif table.where[k] != NOWHERE:
            release = max(release, table.end[k] + lag)
        else:
            return NEVER
    return release


def _limit(table: Table, n: int, mine: set[int]) -> int:
    limit = table.limit[n]
    for k, lag in table.after[n]:
        if k not in mine and table.where[k] != NOWHERE:
            limit = min(limit, table.start[k] - lag)
    return limit
