"""A person's week as the planner finds it in 50 ms, against the proved optimum of the same week.

    python benchmarks/planner_optimum.py [--weeks 12] [--seconds 60] [--search 0.05] [--json]

Needs `pip install highspy`. Every way to lay a task on the week (its *pattern*: which quarter hours, in at most
three stretches) is listed with what it costs; the cheapest choice of one pattern a task, no two on one quarter
hour, is the optimum. Its linear relaxation is solved by column generation, and branched by which tasks are
late. Where that is settled, a pattern whose reduced cost is above the distance from the known plan stands in no
better one, so an integer programme over the others is exact. Where the time does not suffice, the bound that
was reached takes the place of the optimum, and the row says so.
"""

from __future__ import annotations

import argparse
import heapq
import json
import statistics
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from planner import make

from opsloop.engines.scheduling import Effort, bounds
from opsloop.engines.scheduling.arrays import NEVER, Table
from opsloop.engines.scheduling.planner import Work

FIRST_SEED = 200
# Columns a task may bring into the relaxation in one round, and all of them into the integer programme.
NEW_COLUMNS = 30
MOST_COLUMNS = 300_000
MOST_STRETCHES = 3


def patterns(table: Table, n: int) -> np.ndarray:
    """Return every way to place task `n`, a row of positions each: stretches of its least length or more."""
    at, mask, need = np.array(table.at), table.mask_of(n), table.need[n]
    able = (mask >> np.array(table.kind)) & 1
    able &= np.arange(len(at)) >= table.position(0, table.release[n])
    if table.limit[n] != NEVER:
        able &= at < table.limit[n]
    run = np.zeros(len(at) + 1, dtype=int)
    for q in reversed(range(len(at))):
        joined = q + 1 < len(at) and at[q + 1] == at[q] + 1
        run[q] = (1 + joined * run[q + 1]) * able[q]
    found = [_grown(np.zeros((1, 0), dtype=np.int32), need, run, at)]
    if table.splittable[n]:
        for lengths in _splits(need, table.piece[n], MOST_STRETCHES):
            rows = np.zeros((1, 0), dtype=np.int32)
            for length in lengths:
                rows = _grown(rows, length, run, at)
            found.append(rows)
    return np.concatenate(found)


def _splits(need: int, piece: int, most: int) -> list[tuple[int, ...]]:
    """Return the ways to write `need` as a sum of two to `most` lengths of at least `piece`."""
    found = []
    for first in range(piece, need - piece + 1):
        found.append((first, need - first))
        if most > 2:
            found += [(first, *rest) for rest in _splits(need - first, piece, most - 1)]
    return found


def _grown(rows: np.ndarray, length: int, run: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return each of `rows` with each stretch of `length` behind it that does not simply go on with it."""
    starts = np.nonzero(run[:-1] >= length)[0]
    if rows.shape[1] == 0:
        which, begin = np.zeros(len(starts), dtype=int), starts
    else:
        last = rows[:, -1]
        which, place = np.nonzero(at[starts][None, :] > at[last][:, None] + 1)
        begin = starts[place]
    added = begin[:, None] + np.arange(length)
    return np.concatenate([rows[which], added], axis=1).astype(np.int32)


def prices(table: Table, n: int, slots: np.ndarray) -> np.ndarray:
    """Return what task `n` costs in each of the patterns `slots`, recounted from the weights."""
    at, w = np.array(table.at), table.weights
    row = np.array(table.prices).reshape(-1, 5)[table.profile[n]]
    cost = row[np.array(table.kind)[slots]].sum(axis=1)
    gap = at[slots[:, 1:]] - at[slots[:, :-1]] - 1
    priced = np.where(gap <= 4, w.split, np.where(gap < 24, w.split_day, w.split_night))
    cost = cost + table.share[n] * np.where(gap <= 0, 0.0, priced).sum(axis=1)
    last = slots[:, -1]
    over = at[last] + 1 - table.due[n]
    cost = cost + np.where(over > 0, table.late_once[n] + table.late[n] * over, 0.0)
    return cost + table.early[n] * (last + 1)


class Master:
    """The programme that chooses one pattern a task, none of two on the same position."""

    def __init__(self, tasks: int, size: int) -> None:
        """Make a programme without columns."""
        import highspy

        self.highs = highspy.Highs()
        self.highs.setOptionValue("output_flag", False)  # noqa: FBT003 (by name it has none)
        self.highs.setOptionValue("threads", 1)
        self.tasks = tasks
        self.task_of: list[int] = []
        self.is_late: list[bool] = []
        for row in range(tasks + size):
            self.highs.addRow(1.0 if row < tasks else 0.0, 1.0, 0, np.array([], np.int32), np.array([]))

    def add(self, task: int, cost: float, slots: np.ndarray, *, late: bool) -> None:
        """Add one column."""
        rows = np.concatenate([[task], self.tasks + slots]).astype(np.int32)
        self.highs.addCol(cost, 0.0, 1.0, len(rows), rows, np.ones(len(rows)))
        self.task_of.append(task)
        self.is_late.append(late)

    def allow(self, flags: Mapping[int, bool]) -> None:
        """Shut out what contradicts `flags`: which tasks must be late, and which must not."""
        upper = np.array(
            [
                float(flags.get(task, late) == late)
                for task, late in zip(self.task_of, self.is_late, strict=True)
            ]
        )
        columns = np.arange(len(upper), dtype=np.int32)
        self.highs.changeColsBounds(len(upper), columns, np.zeros(len(upper)), upper)

    def solve(self) -> tuple[float, np.ndarray]:
        """Return the value and the row duals of the relaxation."""
        self.highs.run()
        return self.highs.getInfo().objective_function_value, np.array(self.highs.getSolution().row_dual)

    def undecided(self) -> int | None:
        """Return the task that is late by halves, if there is one."""
        share = np.zeros(self.tasks)
        values = np.array(self.highs.getSolution().col_value)
        np.add.at(share, np.array(self.task_of), values * np.array(self.is_late))
        halves = np.minimum(share, 1 - share)
        return int(halves.argmax()) if halves.max() > 1e-6 else None

    def choose(self, seconds: float) -> tuple[float, float]:
        """Return the best whole choice and the bound that was proved."""
        import highspy

        count = self.highs.getNumCol()
        kinds = np.full(count, highspy.HighsVarType.kInteger)
        self.highs.changeColsIntegrality(count, np.arange(count, dtype=np.int32), kinds)
        self.highs.setOptionValue("time_limit", seconds)
        self.highs.setOptionValue("mip_rel_gap", 1e-5)
        self.highs.run()
        info = self.highs.getInfo()
        return info.objective_function_value, info.mip_dual_bound


class Tree:
    """Branch and bound over which tasks are late; where that is settled, an integer programme."""

    def __init__(self, table: Table, known: float, seconds: float) -> None:
        """List all patterns of the week on `table`, of which a plan that costs `known` is known."""
        self.best, self.seconds, self.begun = known, seconds, time.process_time()
        self.tasks = [n for n in range(len(table.jobs)) if not table.fixed[n]]
        self.size = len(table.at)
        self.slots = [patterns(table, n) for n in self.tasks]
        self.costs = [prices(table, n, slots) for n, slots in zip(self.tasks, self.slots, strict=True)]
        at = np.array(table.at)
        self.late = [
            at[slots[:, -1]] + 1 > table.due[n] for n, slots in zip(self.tasks, self.slots, strict=True)
        ]
        self.unplaced = [table.unplaced[n] for n in self.tasks]
        self.dated = [table.due[n] != NEVER for n in self.tasks]
        self.master = self._empty()
        for k, n in enumerate(self.tasks):
            if table.where[n] >= 0:
                slots = np.array(table.slots(n), np.int32)
                cost = float(prices(table, n, slots[None, :])[0])
                self.master.add(k, cost, slots, late=bool(at[slots[-1]] + 1 > table.due[n]))

    def _empty(self) -> Master:
        master = Master(len(self.tasks), self.size)
        for k, cost in enumerate(self.unplaced):
            master.add(k, cost, np.array([], np.int32), late=self.dated[k])
        # A task that must be in time and cannot be costs so much that the branch is given up.
        for k in range(len(self.tasks)):
            master.add(k, 1e8, np.array([], np.int32), late=False)
        return master

    @property
    def left(self) -> float:
        """Return the seconds that are left."""
        return self.seconds - (time.process_time() - self.begun)

    def relax(self, flags: Mapping[int, bool]) -> tuple[float, list[np.ndarray]]:
        """Return the bound of the relaxation under `flags`, and the reduced costs of all patterns."""
        lower = -np.inf
        while True:
            self.master.allow(flags)
            value, dual = self.master.solve()
            reduced = []
            for k, (slots, costs) in enumerate(zip(self.slots, self.costs, strict=True)):
                one = costs - dual[k] - dual[len(self.tasks) :][slots].sum(axis=1)
                if k in flags:
                    one = np.where(self.late[k] == flags[k], one, np.inf)
                reduced.append(one)
            lower = max(lower, value + sum(min(0.0, float(one.min(initial=0.0))) for one in reduced))
            if value - lower <= 1e-7 * max(1.0, value) or lower >= self.best or self.left < 0:
                return lower, reduced
            for k, one in enumerate(reduced):
                few = (
                    np.argpartition(one, NEW_COLUMNS)[:NEW_COLUMNS]
                    if len(one) > NEW_COLUMNS
                    else range(len(one))
                )
                for j in few:
                    if one[j] < -1e-7:
                        cost, late = float(self.costs[k][j]), bool(self.late[k][j])
                        self.master.add(k, cost, self.slots[k][j], late=late)

    def settle(self, lower: float, reduced: list[np.ndarray], flags: Mapping[int, bool]) -> float:
        """Return the bound of a branch in which it is settled who is late; take over a better plan."""
        room = self.best - lower
        ranked = np.sort(np.concatenate([one[one <= room] for one in reduced]))
        cut = ranked[MOST_COLUMNS] if len(ranked) > MOST_COLUMNS else room
        whole = self._empty()
        for k, one in enumerate(reduced):
            for j in np.nonzero(one <= cut)[0]:
                whole.add(k, float(self.costs[k][j]), self.slots[k][j], late=bool(self.late[k][j]))
        whole.allow(flags)
        best, bound = whole.choose(max(1.0, self.left))
        self.best = min(self.best, best)
        # Whoever uses a pattern that was left out pays at least its reduced cost.
        return max(lower, min(bound, lower + cut))

    def grow(self) -> tuple[float, int]:
        """Return the proved bound and the branches it took."""
        waiting: list[tuple[float, int, dict[int, bool]]] = [(0.0, 0, {})]
        done, closed = 0, np.inf
        while waiting and waiting[0][0] < self.best * (1 - 1e-5) and self.left > 0:
            _, _, flags = heapq.heappop(waiting)
            done += 1
            lower, reduced = self.relax(flags)
            if lower >= self.best:
                continue
            split = self.master.undecided()
            if split is None:
                closed = min(closed, self.settle(lower, reduced, flags))
                continue
            for late in (False, True):
                heapq.heappush(waiting, (lower, 2 * done + late, {**flags, split: late}))
        return min([self.best, closed, *(lower for lower, _, _ in waiting)]), done


def searched(seed: int, seconds: float) -> tuple[Work, float]:
    """Return the run of a plan of one person's week and its CPU time."""
    problem = make(1, seed=seed)
    begun = time.process_time()
    work = Work(problem)
    work.sort_out()
    work.build_jobs()
    core = work.construct(0, lambda: False)
    core.improve(Effort(left=lambda: 1 - (time.process_time() - begun) / seconds))
    work.report()
    return work, time.process_time() - begun


def compare(seed: int, *, search: float, seconds: float) -> dict[str, Any]:
    """Return one row: what the search reached, what is possible at best, and our own certificate."""
    work, spent = searched(seed, search)
    table = work.table
    cost = sum(table.cost[n] for n in range(len(table.jobs)) if not table.fixed[n])
    long, _ = searched(seed, 40 * search)
    known = min(cost, sum(long.table.cost[n] for n in range(len(table.jobs)) if not table.fixed[n]))
    begun = time.process_time()
    certificate = bounds.certify(table, "p0")
    certified = time.process_time() - begun
    begun = time.process_time()
    tree = Tree(long.table, known, seconds)
    bound, branches = tree.grow()
    return {
        "seed": seed,
        "ms": round(spent * 1000),
        "cost": round(cost),
        "best": round(tree.best),
        "bound": round(bound),
        "proved": tree.best - bound <= 2e-5 * tree.best,
        "branches": branches,
        "above_percent": round(100 * (cost / bound - 1), 2),
        "long_above_percent": round(100 * (known / bound - 1), 2),
        "certified_percent": round(100 * certificate.gap, 2),
        "certified_ms": round(certified * 1000),
        "solver_s": round(time.process_time() - begun, 1),
    }


def main() -> None:
    """Compare and print one line a week."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--weeks", type=int, default=12)
    parser.add_argument("--first", type=int, default=FIRST_SEED, help="seed of the first week")
    parser.add_argument("--search", type=float, default=0.05, help="CPU seconds of our search")
    parser.add_argument("--seconds", type=float, default=60, help="CPU seconds of the integer programme")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    try:
        import highspy  # noqa: F401
    except ImportError:
        sys.exit("highspy is missing; install it with: pip install highspy")
    rows = []
    for seed in range(options.first, options.first + options.weeks):
        rows.append(compare(seed, search=options.search, seconds=options.seconds))
        if not options.json:
            print("  ".join(f"{name} {value}" for name, value in rows[-1].items()), flush=True)
    above = [row["above_percent"] for row in rows]
    last = {"median_above_percent": statistics.median(above), "worst": max(above)}
    print(json.dumps([*rows, last]) if options.json else last)


if __name__ == "__main__":
    main()
