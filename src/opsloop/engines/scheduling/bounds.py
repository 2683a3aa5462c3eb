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
# What is less likely than this to be otherwise is not asked. How much it counts, against being late, that it is unclear
# where a task ends: by the slot it needs and the position.
SURE = 0.02
WEIGHT_OF_ENDS = 300.0
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
    cases, late and in time, are looked at one by one, and then whether others end by an hour or after it (branch
    and bound, Land and Doig 1960).
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


# At how many positions a task ends: more than the first, at most the second. One more than there are: nowhere.
Ends = tuple[int, int]


@dataclass
class Branch:
    """Some tasks (by place among the own) are settled to end within bounds; what that costs at least.

    `split` is the task to settle next and at how many positions, None if nothing is left to settle.
    """

    bound: float
    settled: Mapping[int, Ends]
    guess: array[float]
    tolls: array[float]
    split: tuple[int, int] | None


class Tree:
    """Branch and bound over which tasks are late or left out, and then over when they end."""

    def __init__(self, table: Table, person: int, own: Sequence[int], cost: float) -> None:
        """Look at the tasks `own` of `person`, who has a plan that costs `cost`."""
        self.table, self.person, self.own, self.cost = table, person, own, cost
        mine = set(own)
        self.first, last = table.p0[person], table.p0[person + 1]
        self.size = last - self.first
        free = (int(table.occ[q] == NOWHERE or table.occ[q] in mine) for q in range(self.first, last))
        self.usable = array("i", free) or array("i", [0])
        self.release = array("i", (_release(table, n, mine) for n in own))
        self.limit = array("i", (_limit(table, n, mine) for n in own))
        # How many positions lie before the due date of each; all of them if it has none.
        self.before_due = [
            self.size if table.due[n] == NEVER else table.position(person, table.due[n]) - self.first
            for n in own
        ]
        # Until when, how many positions that is, how many of them are free.
        dues = {table.due[n]: last for n, last in zip(own, self.before_due, strict=True)}
        self.windows = sorted({NEVER: self.size, **dues}.items())
        self.price_late = [self._price_late(place) for place in range(len(own))]

    def grow(self, rounds: int, branches: int, *, enough: float = ENOUGH) -> float:
        """Return what the week costs at least, after looking at so many branches at most."""
        number, closed = 0, self.cost
        root = self.bounded(None, {}, rounds)
        waiting = [(root.bound, 0, root)]
        while waiting and number < branches and waiting[0][0] < self.cost * (1 - enough):
            bound, _, branch = heappop(waiting)
            if branch.split is None:
                closed = min(closed, bound)
                continue
            for child in self.children(branch):
                number += 1
                heappush(waiting, (child.bound, number, child))
        return min(closed, *(bound for bound, _, _ in waiting)) if waiting else closed

    def children(self, branch: Branch) -> list[Branch]:
        """Return the two cases of what is least clear in `branch`, none if nothing is."""
        if branch.split is None:
            return []
        place, at = branch.split
        least, most = branch.settled.get(place, (0, self.size + 1))
        cases = [{**branch.settled, place: ends} for ends in ((least, at), (at, most))]
        return [self.bounded(branch, settled, ROUNDS_OF_BRANCH) for settled in cases]

    def _price_late(self, place: int) -> float:
        """Return what it costs a task at least not to be in time, or to be left out if it has no due date."""
        table, n, last = self.table, self.own[place], self.before_due[place]
        if table.due[n] == NEVER or last >= self.size:
            return table.unplaced[n]
        over = table.at[self.first + last] + 1 - table.due[n]
        return min(table.unplaced[n], table.late_once[n] + table.late[n] * over)

    def _is_settled(self, settled: Mapping[int, Ends], place: int, last: int) -> bool | None:
        """Tell whether a task is settled to end by `last` positions, or after them, or neither (None)."""
        least, most = settled.get(place, (0, self.size + 1))
        return True if most <= last else False if least >= last else None

    def _guess(self, settled: Mapping[int, Ends]) -> tuple[array[float], tuple[int, int] | None]:
        """Guess the prices: where more is due than fits, what it costs a slot to let the cheapest be late.

        Returned with them is the task that need be late only in part: there the bound is weak.
        """
        table, own = self.table, self.own
        tolls = array("d", [0.0]) * len(self.usable)
        gone = {
            place for place in settled if self._is_settled(settled, place, self.before_due[place]) is False
        }
        out = {place for place in settled if self._is_settled(settled, place, self.size) is False}
        dearest, split = 0.0, None
        for due, last in self.windows:
            whole = due == NEVER
            cost = [table.unplaced[n] for n in own] if whole else self.price_late
            inside = [
                (cost[place] / table.need[n], place)
                for place, n in enumerate(own)
                if table.due[n] <= due and place not in (out if whole else gone)
            ]
            over = sum(table.need[own[place]] for _, place in inside) - sum(self.usable[:last])
            toll = 0.0
            for price, place in sorted(inside):
                if over <= 0:
                    break
                at = self.size if whole else self.before_due[place]
                if self._is_settled(settled, place, at):
                    continue
                over -= table.need[own[place]]
                toll = price
                if not whole:
                    gone.add(place)
                if over < 0 and cost[place] > dearest and 0 <= at <= self.size:
                    dearest, split = cost[place], (place, at)
            for q in range(last):
                tolls[q] = max(tolls[q], toll)
        return tolls, split

    def _half(
        self,
        settled: Mapping[int, Ends],
        late: Sequence[float],
        ends: Sequence[float],
        spread: Sequence[float],
    ) -> tuple[int, int] | None:
        """Return what is least clear, by what it costs: whether a task is late, or when it ends."""
        best, found = 0.0, None
        for place, n in enumerate(self.own):
            least, most = settled.get(place, (0, self.size + 1))
            if least < self.before_due[place] < most:
                weight = min(late[place], 1 - late[place]) * min(
                    self.table.late_once[n], self.table.unplaced[n]
                )
                if weight > best and late[place] > SURE:
                    best, found = weight, (place, self.before_due[place])
            at = min(most - 1, max(least + 1, int(ends[place])))
            weight = WEIGHT_OF_ENDS * self.table.need[n] * max(0.0, spread[place]) ** 0.5
            if least < at < most and weight > best and spread[place] > SURE:
                best, found = weight, (place, at)
        return found

    def bounded(self, parent: Branch | None, settled: Mapping[int, Ends], rounds: int) -> Branch:
        """Return what the week costs at least with some tasks `settled`, prices begun with those of `parent`."""
        table, count = self.table, len(self.own)
        limit, after = self.limit[:], array("i", [0]) * count
        without = array("d", [table.unplaced[n] for n in self.own])
        for place, (least, most) in settled.items():
            if most <= self.size:
                without[place] = FORBIDDEN
                limit[place] = min(limit[place], table.at[self.first + most - 1] + 1 if most else 0)
            if least:
                after[place] = table.at[self.first + least - 1] + 1 if least < self.size else NEVER
        guess, split = self._guess(settled)
        tolls = guess[:]
        if parent is not None:
            # What the parent learned beyond its guess stays.
            learned = zip(parent.tolls, parent.guess, guess, strict=True)
            tolls = array("d", [max(0.0, toll - before + now) for toll, before, now in learned])
        late, ends, spread = (array("d", [0.0]) * count for _ in range(3))
        bound = table.board.bound(
            self.person,
            array("i", self.own),
            self.release,
            limit,
            after,
            without,
            self.usable,
            tolls,
            late,
            ends,
            spread,
            rounds,
            self.cost,
        )
        if split is None:
            split = self._half(settled, late, ends, spread)
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
