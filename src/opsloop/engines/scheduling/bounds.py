"""How far a person's week is from the best possible one, proved and not guessed."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from opsloop.engines.scheduling.arrays import NOWHERE, Table
from opsloop.engines.scheduling.columns import NEVER

# Rounds of raising prices; the bound hardly rises after these. A branch begins with the prices of its parent.
ROUNDS, ROUNDS_OF_BRANCH = 300, 50
# A thousand weeks are to be bounded in a night's half minute.
ROUNDS_OF_ALL = 120
# Branches looked at, unless the distance is proved to be no more than `ENOUGH` before.
BRANCHES = 24
ENOUGH = 0.01
# What stands for "not at all".
FORBIDDEN = 1e12


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


def certify(table: Table, who: str, *, rounds: int = ROUNDS, branches: int = BRANCHES) -> Certificate:
    """Return the certificate of one person's week in the plan that stands on `table`.

    What waits for other own tasks may start when the first of them can be finished at the earliest, so
    the bound holds for every order of them. Where it is weak because it lets a task be half late, the two
    cases, late and in time, are looked at one by one (branch and bound, Land and Doig 1960).
    """
    person = table.person[who]
    own = [n for n in range(table.count) if _is_own(table, n, person)]
    cost = sum(table.cost[n] for n in own)
    if not own:
        return Certificate(who, 0.0, 0.0)
    tree = Tree(table, person, own, cost)
    return Certificate(who, cost, max(0.0, tree.grow(rounds, branches)))


def least_cost(table: Table, *, rounds: int = ROUNDS_OF_ALL) -> float:
    """Return what any plan for the whole table costs at the very least.

    Everybody's week is bounded alone, what waits for others starting when they can be finished at the earliest.
    What several could do, or do together, counts with what it costs if everybody were free.
    """
    shared = 0.0
    own: dict[int, list[int]] = {}
    for n in range(table.count):
        if table.fixed[n]:
            continue
        person = table.cand[table.cand_off[n]]
        if _is_own(table, n, person):
            own.setdefault(person, []).append(n)
        else:
            shared += table.base[n]
    return shared + sum(_least_alone(table, person, tasks, rounds) for person, tasks in own.items())


def _least_alone(table: Table, person: int, own: list[int], rounds: int) -> float:
    tree = Tree(table, person, own, sum(table.cost[n] for n in own))
    tree.usable = array("i", [1]) * len(tree.usable)
    tree.release = array("i", [table.head[n] for n in own])
    tree.limit = array("i", [table.limit[n] for n in own])
    return max(0.0, tree.bounded(None, {}, rounds).bound)


@dataclass
class Branch:
    """Some tasks (by place among the own) are settled to be late or left out, or not; what that costs at least."""

    bound: float
    settled: Mapping[int, bool]
    guess: array[float]
    tolls: array[float]
    split: int | None


class Tree:
    """Branch and bound over which tasks are late or left out."""

    def __init__(self, table: Table, person: int, own: Sequence[int], cost: float) -> None:
        """Look at the tasks `own` of `person`, who has a plan that costs `cost`."""
        self.table, self.person, self.own, self.cost = table, person, own, cost
        mine = set(own)
        first, last = table.p0[person], table.p0[person + 1]
        free = (int(table.occ[q] == NOWHERE or table.occ[q] in mine) for q in range(first, last))
        self.usable = array("i", free) or array("i", [0])
        self.release = array("i", (_release(table, n, mine) for n in own))
        self.limit = array("i", (_limit(table, n, mine) for n in own))
        dues = sorted({table.due[n] for n in own if table.due[n] != NEVER})
        # Until when, how many positions that is, how many of them are free.
        self.windows = [(due, table.position(person, due) - first) for due in dues] + [(NEVER, last - first)]

    def grow(self, rounds: int, branches: int) -> float:
        """Return what the week costs at least, after looking at so many branches at most."""
        number, closed = 0, self.cost
        root = self.bounded(None, {}, rounds)
        waiting = [(root.bound, 0, root)]
        while waiting and number < branches and waiting[0][0] < self.cost * (1 - ENOUGH):
            bound, _, branch = heappop(waiting)
            if branch.split is None:
                closed = min(closed, bound)
                continue
            for late in (False, True):
                number += 1
                child = self.bounded(branch, {**branch.settled, branch.split: late}, ROUNDS_OF_BRANCH)
                heappush(waiting, (child.bound, number, child))
        return min(closed, *(bound for bound, _, _ in waiting)) if waiting else closed

    def _guess(self, settled: Mapping[int, bool]) -> tuple[array[float], int | None]:
        """Guess the prices: where more is due than fits, what it costs a slot to let the cheapest be late.

        Returned with them is the task, by its place, that need be late only in part: there the bound is weak.
        """
        table, own = self.table, self.own
        tolls = array("d", [0.0]) * len(self.usable)
        gone = {place for place, late in settled.items() if late}
        dearest, split = 0.0, None
        for due, last in self.windows:
            cost = table.unplaced if due == NEVER else table.late_once
            inside = [
                (cost[n] / table.need[n], place)
                for place, n in enumerate(own)
                if table.due[n] <= due and not (place in gone and (due != NEVER or table.due[n] == NEVER))
            ]
            over = sum(table.need[own[place]] for _, place in inside) - sum(self.usable[:last])
            toll = 0.0
            for price, place in sorted(inside):
                if over <= 0:
                    break
                if settled.get(place) is False:
                    continue
                over -= table.need[own[place]]
                toll = price
                if due != NEVER:
                    gone.add(place)
                if over < 0 and cost[own[place]] > dearest and place not in settled:
                    dearest, split = cost[own[place]], place
            for q in range(last):
                tolls[q] = max(tolls[q], toll)
        return tolls, split

    def _half_late(self, late: Sequence[int], rounds: int, settled: Mapping[int, bool]) -> int | None:
        """Return the task, by its place, for which it is least clear whether it is late, weighed by what that costs."""
        table = self.table
        weighed = [
            (min(table.late_once[n], table.unplaced[n]) * min(often, rounds - often), -place)
            for place, (n, often) in enumerate(zip(self.own, late, strict=True))
            if place not in settled
        ]
        best = max(weighed, default=(0.0, 0))
        return -best[1] if best[0] > 0 else None

    def bounded(self, parent: Branch | None, settled: Mapping[int, bool], rounds: int) -> Branch:
        """Return what the week costs at least with some tasks `settled`, prices begun with those of `parent`."""
        table, count = self.table, len(self.own)
        limit, after, without = self.limit[:], array("i", [0]) * count, array("d", [0.0]) * count
        for place, n in enumerate(self.own):
            late = settled.get(place)
            without[place] = FORBIDDEN if late is False else table.unplaced[n]
            if late is False:
                limit[place] = min(limit[place], table.due[n])
            elif late:
                after[place] = table.due[n]
        guess, split = self._guess(settled)
        tolls = guess[:]
        if parent is not None:
            # What the parent learned beyond its guess stays.
            learned = zip(parent.tolls, parent.guess, guess, strict=True)
            tolls = array("d", [max(0.0, toll - before + now) for toll, before, now in learned])
        often = array("i", [0]) * count
        bound = table.board.bound(
            self.person,
            array("i", self.own),
            self.release,
            limit,
            after,
            without,
            self.usable,
            tolls,
            often,
            rounds,
            self.cost,
        )
        if split is None:
            split = self._half_late(often, rounds, settled)
        return Branch(max(bound, parent.bound if parent else 0.0), settled, guess, tolls, split)


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
