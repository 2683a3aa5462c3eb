"""The core: what is tried in which order, so that promises are kept and the rest is as good as time allows.

1. *What can be met* is constructed by cheapest insertion and searched. What is late already, or must be
   whatever one does, is not even looked at: so it can never cost another task its due date.
2. *Rescue.* All late work is taken out, and what now fits before its due date goes there.
3. *What is late anyway* goes in, and the search goes on with all; what is met is locked.
4. *Tidying.* Work in time that is kept free for surprises leaves it where other time will do.

A budget is a number of iterations, which gives equal plans for equal seeds, or a callable that tells which
share of a budget is left: no clock is read here.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence

from opsloop.engines.scheduling import kernel
from opsloop.engines.scheduling.arrays import NOWHERE, UNTOUCHABLE, Standing, Table
from opsloop.engines.scheduling.columns import NEVER
from opsloop.engines.scheduling.model import Effort

# Asked whether to stop after so many iterations of ruin and recreate.
CHUNK = 256
# Until which share of its budget each run of a search goes, and from which temperature it cools, in the currency
# of the weights. One person's week is begun three times, because a search may settle where something is
# late for no need, and the best of them is finished; for a team once is all that fits.
ONE_RUN = ((1.0, 4_000.0),)
ONE_CALM_RUN = ((1.0, 400.0),)
# A repair: warm enough to leave the plan in force where that pays, for moves have their price in the objective.
REPAIR_RUN = ((1.0, 8_000.0),)
RUNS = ((0.2, 5_000.0), (0.4, 5_000.0), (0.6, 5_000.0), (1.0, 200.0))
COLD = 4.0
# Fewer iterations are not divided.
LEAST_DIVIDED = 2_000
# The share of the budget for what can be met; the rest is for what is late anyway.
FIRST_SHARE = 0.75
MOST_RESCUES = 20
# Up to so many tasks the kernel keeps the best state itself.
REMEMBERED = 1_500
# What is due can wait while so many usual tasks fit before it, and being late at all counts as so much of a slot.
PATIENCE = (1.0, 2.0)
ONCE = 0.02


class Core:
    """One run over a table."""

    def __init__(
        self, table: Table, groups: Sequence[Sequence[int]], *, seed: int, stop: Callable[[], bool]
    ) -> None:
        """Prepare to plan the `groups` of jobs that have nothing to do with each other."""
        self.table = table
        self.groups = groups
        self.stop = stop
        self.board = table.board
        self.seed = seed
        # Where it costs nothing to be late at all, but only by how much, no date is a promise to be kept first.
        self.promises = table.weights.missed > 0
        self.hopeless = self._hopeless() if self.promises else set[int]()

    def construct(self) -> None:
        """Make a whole plan at once, the accepted one kept where it still holds."""
        self._put_back_accepted()
        where, hopeless, fixed = self.table.where, self.hopeless, self.table.fixed
        for group in self.groups:
            free = [n for n in group if not fixed[n] and n not in hopeless and where[n] == NOWHERE]
            if free:
                self._construct(free)

    def _construct(self, free: Sequence[int]) -> None:
        """Insert the tasks `free` in the best of several orders."""
        table, board = self.table, self.board
        chosen = array("i", free)
        if table.remembers:
            # Few are to be inserted. Sorting is stable: of equals the first goes first.
            board.construct(array("i", sorted(free, key=table.key.__getitem__)))
            return
        key, head = array("d", [0.0]) * table.count, table.head[:]
        board.dispatch(chosen, head, PATIENCE[0], ONCE, key)
        board.construct(array("i", sorted(free, key=key.__getitem__)))
        for patience in PATIENCE[1:]:
            best = self._kept(chosen)
            # Where others' work ends that is waited for is known by now.
            board.look_at_heads(head)
            board.clear(chosen)
            board.dispatch(chosen, head, patience, ONCE, key)
            board.construct(array("i", sorted(free, key=key.__getitem__)))
            best()

    def _kept(self, chosen: array[int]) -> Callable[[], None]:
        """Keep where `chosen` stand; return how to go back there if what stands by then is no better."""
        table, board = self.table, self.board
        if len(chosen) <= REMEMBERED:
            board.begin(chosen)
            return lambda: board.finish(chosen)
        cost, state = board.total(chosen), table.snapshot()

        def go_back() -> None:
            if board.total(chosen) >= cost:
                table.restore(state)

        return go_back

    def add_hopeless(self) -> None:
        """Insert what is late anyway into what is left, what is met staying met."""
        table = self.table
        late = sorted(self.hopeless, key=lambda n: (table.key[n], n))
        self.board.construct(array("i", [n for n in late if table.where[n] == NOWHERE]))

    def take_hopeless_out(self) -> None:
        """Take out again what `add_hopeless` put in."""
        for n in self.hopeless:
            if self.table.where[n] != NOWHERE:
                self.board.remove(n)

    def improve(self, effort: Effort, on_better: Callable[[], None] = lambda: None) -> None:
        """Search, rescue, add what is late anyway, search again, tidy."""
        budget = _Budget(effort, self.groups, self.stop)
        for group in self.groups:
            can_be_met = [n for n in group if n not in self.hopeless]
            share = FIRST_SHARE if len(can_be_met) < len(group) else 1.0
            self._search(can_be_met, budget.part(len(can_be_met), share))
            on_better()
        if self.promises:
            self.rescue(n for group in self.groups for n in group if n not in self.hopeless)
        if self.hopeless:
            self._lock()
            self.add_hopeless()
            for group in self.groups:
                if any(n in self.hopeless for n in group):
                    self._search(group, budget.part(len(group), 1 - FIRST_SHARE))
                    on_better()
            self._unlock()
            self.rescue(n for group in self.groups for n in group)
        self.tidy()

    # --- steps ---------------------------------------------------------------------------------------

    def _hopeless(self) -> set[int]:
        """Return the jobs that miss their due dates whatever is done, and those that wait for them."""
        table = self.table
        dated = [n for n, due in enumerate(table.due) if due != NEVER]
        waiting = [n for n in dated if not table.reachable[n] and not table.fixed[n]]
        found = set(waiting)
        for n in waiting:
            behind = [k for k, _lag in table.after[n] if k not in found and not table.fixed[k]]
            found.update(behind)
            waiting += behind
        return found

    def _put_back_accepted(self) -> None:
        """Leave what the accepted plan has where it is, as far as that is still possible."""
        table = self.table
        slots: dict[int, list[int]] = {}
        for q, n in enumerate(table.old if table.remembers else ()):
            if n != NOWHERE:
                slots.setdefault(n, []).append(q)
        for n in sorted(slots):
            found = slots[n]
            if len(found) == table.need[n] and self._still_holds(n, found):
                table.pool[table.off[n] : table.off[n + 1]] = array("i", found)
                self.board.put(n, table.old_person[n])

    def _still_holds(self, n: int, found: Sequence[int]) -> bool:
        table = self.table
        start, end = table.at[found[0]], table.at[found[-1]] + 1
        if start < table.release[n] or end > table.limit[n] or n in self.hopeless:
            return False
        if table.old_person[n] not in table.cand[table.cand_off[n] : table.cand_off[n + 1]]:
            return False
        if not table.splittable[n] and end - start != table.need[n]:
            return False
        mask = table.mask_of(n)
        if any(table.occ[q] != NOWHERE or not mask >> table.kind[q] & 1 for q in found):
            return False
        for who in table.join[table.join_off[n] : table.join_off[n + 1]]:
            for q in found:
                other = table.joined(who, table.at[q])
                if other == NOWHERE or table.occ[other] != NOWHERE:
                    return False
        return all(
            table.where[k] != NOWHERE and table.end[k] + lag <= start for k, lag in table.before[n]
        ) and all(table.where[k] == NOWHERE or end + lag <= table.start[k] for k, lag in table.after[n])

    def _search(self, group: Sequence[int], budget: _Part) -> None:
        table, board = self.table, self.board
        chosen = array("i", [n for n in group if not table.fixed[n]])
        if len(chosen) < 1:
            return
        board.allow(chosen, movable=1)
        runs = self._runs(chosen, budget)
        fresh = table.save(chosen) if len(runs) > 1 else []
        best: tuple[float, list[Standing]] | None = None
        number, began = 0, 0.0
        self._begin(chosen, number)
        for iterations, before, after in budget:
            if before >= runs[number][0] and number + 1 < len(runs):
                board.finish(chosen)
                best = self._better(best, chosen)
                began = runs[number][0]
                number += 1
                table.load(best[1] if number + 1 == len(runs) else fresh)
                self._begin(chosen, number)
            until, hot = runs[number]
            heat = _calm if len(runs) > 1 else _heat
            shares = [min(1.0, max(0.0, (one - began) / (until - began))) for one in (before, after)]
            board.search(chosen, iterations, heat(hot, shares[0]), heat(hot, shares[1]))
        board.finish(chosen)
        if best is not None and best[0] < board.total(chosen):
            table.load(best[1])
        board.allow(chosen, movable=0)

    def _runs(self, chosen: Sequence[int], budget: _Part) -> tuple[tuple[float, float], ...]:
        table = self.table
        one = table.cand[table.cand_off[chosen[0]]]
        if any(table.cand[table.cand_off[n]] != one for n in chosen):
            return ONE_RUN
        # A repair begins with the plan in force and stays near it.
        if table.remembers:
            return REPAIR_RUN
        if budget.iterations < LEAST_DIVIDED or (budget.is_timed and len(self.groups) > 1):
            return ONE_CALM_RUN
        return RUNS

    def _begin(self, chosen: array[int], number: int) -> None:
        self.board.seed(self.seed * 7919 + chosen[0] + 1 + number * 104_729)
        self.board.begin(chosen)

    def _better(
        self, best: tuple[float, list[Standing]] | None, chosen: array[int]
    ) -> tuple[float, list[Standing]]:
        """Return the better of `best` and what stands now."""
        cost = self.board.total(chosen)
        return best if best is not None and best[0] <= cost else (cost, self.table.save(chosen))

    def rescue(self, among: Iterable[int]) -> None:
        """Take all late work out, put before its due date what fits there, and the rest back in."""
        table, board = self.table, self.board
        chosen = array("i", [n for n in among if not table.fixed[n]])
        for _ in range(MOST_RESCUES if chosen else 0):
            late, out = board.late_ones(chosen), board.left_out(chosen)
            if not late and not out:
                return
            state = table.snapshot()
            met = array("i", board.in_time(chosen, table.aim))
            again = self._behind(late)
            for n in again:
                self.board.remove(n)
            rescued = self._insert_in_time([*late, *out])
            left = [n for n in sorted({*again, *out}, key=lambda n: (table.key[n], n)) if n not in rescued]
            self.board.construct(array("i", [n for n in left if table.where[n] == NOWHERE]))
            if not rescued or (met and len(board.in_time(met, table.aim)) < len(met)) or board.is_broken():
                table.restore(state)
                return

    def _behind(self, late: Iterable[int]) -> list[int]:
        """Return `late` and all that wait for it and are placed."""
        table, found = self.table, dict[int, None]()
        waiting = list(late)
        for n in waiting:
            if n in found or table.fixed[n]:
                continue
            found[n] = None
            waiting.extend(k for k, _lag in table.after[n] if table.where[k] != NOWHERE)
        return list(found)

    def _insert_in_time(self, late: Sequence[int]) -> set[int]:
        table, rescued = self.table, set[int]()
        for n in sorted(late, key=lambda n: (-table.value[n], table.due[n], n)):
            limit = table.limit[n]
            table.limit[n] = min(limit, table.due[n])
            if table.where[n] == NOWHERE and self.board.insert(n):
                rescued.add(n)
            table.limit[n] = limit
        return rescued

    def _lock(self) -> None:
        table = self.table
        met = self.board.in_time(array("i", range(table.count)), table.aim)
        self.locked = [
            (n, table.limit[n], table.unplaced[n])
            for n in met
            if n not in self.hopeless and not table.fixed[n]
        ]
        for n, limit, _unplaced in self.locked:
            table.limit[n] = min(limit, table.due[n])
            table.unplaced[n] = UNTOUCHABLE

    def _unlock(self) -> None:
        for n, limit, unplaced in self.locked:
            self.table.limit[n], self.table.unplaced[n] = limit, unplaced

    def tidy(self) -> None:
        """Move what stands in time kept free for surprises into other time that ends as well."""
        table = self.table
        for n in table.using_reserve():
            state = table.save([n])
            limit, profile = table.limit[n], table.profile[n]
            table.limit[n] = min(limit, max(table.due[n], table.end[n]) if table.due[n] != NEVER else NEVER)
            table.profile[n] = table.strict_profile(n)
            self.board.remove(n)
            found = self.board.insert(n)
            table.limit[n], table.profile[n] = limit, profile
            if not found:
                table.load(state)


def _heat(hot: float, share: float) -> float:
    return COLD + (hot - COLD) * (1 - share) ** 2


def _calm(hot: float, share: float) -> float:
    return hot * float((COLD / hot) ** share)


class _Part:
    """The part of a budget that one search may use: iterations with the shares done before and after."""

    def __init__(self, iterations: int, window: tuple[float, float], budget: _Budget) -> None:
        self.iterations = iterations
        self.window = window
        self.budget = budget
        self.is_timed = budget.left is not None

    def __iter__(self) -> Iterator[tuple[int, float, float]]:
        left = self.budget.left
        begins, ends = self.window
        done = 0
        while not self.budget.stop():
            if left is None:
                if done >= self.iterations:
                    return
                step = min(CHUNK, self.iterations - done)
                yield step, done / self.iterations, (done + step) / self.iterations
                done += step
                continue
            share = (1 - left() - begins) / (ends - begins)
            if share >= 1 or done >= self.iterations > 0:
                return
            yield CHUNK, max(0.0, share), max(0.0, share)
            done += CHUNK


class _Budget:
    def __init__(self, effort: Effort, groups: Sequence[Sequence[int]], stop: Callable[[], bool]) -> None:
        self.left = effort.left
        self.stop = stop
        self.total = max(1, sum(len(group) for group in groups))
        self.iterations = effort.iterations_for(self.total, compiled=bool(kernel.COMPILED))
        self.spent = 0.0

    def part(self, count: int, share: float) -> _Part:
        """Return the `share` of the budget of `count` jobs."""
        size = share * count / self.total
        window = (self.spent, min(1.0, self.spent + size))
        self.spent = window[1]
        return _Part(max(1, round(self.iterations * size)), window, self)
