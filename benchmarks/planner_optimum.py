"""A person's week as the planner finds it in 50 ms, against the proved optimum of the same week.

    python benchmarks/planner_optimum.py [--weeks 12] [--first 200] [--search 0.05] [--tree 20] [--seconds 60] [--json]

Needs the extra `bench` (`pip install highspy`). Three things in turn, each with a limit of CPU time a week:

1. *Best plan known*: the best of three searches forty times as long, the one in question, and HiGHS's.
2. *Our own tree*, that of the certificates, for `--tree` seconds: branches over which tasks are late and when they
   end, each bounded from below. What it proves is `branched`.
3. *Integer programme.* Every way to lay a task on the week (its *pattern*: which quarter hours, in at most three
   stretches) is listed with what it costs; the cheapest choice of one pattern a task, no two on one quarter hour, is
   the optimum. In each branch of the tree that is still open (in all of them together, if many are), a pattern whose
   reduced cost at the branch's prices is above the distance between its bound and the best known plan stands in no
   better plan; what is left is given to HiGHS with our plan as its start, `--seconds` for all branches together. What
   it proves is `bound`, and where that is within a ten-thousandth of the best plan, the week is `proved`.

`above_percent` is against what is proved, `above_best_percent` against the best plan known.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from heapq import heappop, heappush
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from planner import make

from opsloop.engines.scheduling import Effort, bounds
from opsloop.engines.scheduling.answer import Answer
from opsloop.engines.scheduling.arrays import NEVER, NOWHERE, Table
from opsloop.engines.scheduling.work import Work

FIRST_SEED = 200
# Patterns in the integer programme at most.
MOST_COLUMNS = 60_000
MOST_STRETCHES = 3
ROUNDS = 1_000
LONG_SEARCHES = 3
# What counts as no distance any more, as a share of the cost.
CLOSED = 1e-4
FEASIBLE = 2
# So many branches are given to the solver one by one at most.
FEW = 4


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


def open_branches(tree: bounds.Tree, seconds: float) -> list[bounds.Branch]:
    """Return the branches of `tree` that may hold a better plan than the best known, after `seconds` of branching."""
    begun, number = time.process_time(), 0
    root = tree.bounded(None, {}, ROUNDS)
    waiting, done = [(root.bound, 0, root)], []
    while waiting and time.process_time() - begun < seconds:
        _, _, branch = heappop(waiting)
        if branch.split is None:
            done.append(branch)
            continue
        for child in tree.children(branch):
            number += 1
            if child.bound < tree.cost * (1 - CLOSED):
                heappush(waiting, (child.bound, number, child))
    return sorted([*done, *(branch for _, _, branch in waiting)], key=lambda branch: branch.bound)


class Programme:
    """The integer programme of one week: patterns of each task and what they cost."""

    def __init__(self, tree: bounds.Tree) -> None:
        """List the patterns of the tasks of `tree`."""
        self.tree, self.table = tree, tree.table
        self.slots = [patterns(self.table, n) for n in tree.own]
        self.costs = [prices(self.table, n, rows) for n, rows in zip(tree.own, self.slots, strict=True)]
        self.count = sum(len(rows) for rows in self.slots)

    def allowed(self, place: int, branch: bounds.Branch) -> tuple[np.ndarray, bool]:
        """Tell which patterns of a task `branch` leaves, and whether it may be left out."""
        least, most = branch.settled.get(place, (0, self.tree.size + 1))
        ends = self.slots[place][:, -1] + 1
        return (ends > least) & (ends <= most), most > self.tree.size

    def columns(
        self, branch: bounds.Branch, known: float
    ) -> tuple[list[tuple[int, float, np.ndarray]], float]:
        """Return the patterns that may stand in a plan cheaper than `known`, and what any plan with others costs."""
        tolls, found, above = np.array(branch.tolls), [], []
        for place, n in enumerate(self.tree.own):
            keep, out = self.allowed(place, branch)
            rows, cost = self.slots[place][keep], self.costs[place][keep]
            reduced = cost + tolls[rows].sum(axis=1)
            without = self.table.unplaced[n] if out else np.inf
            least = min(without, float(reduced.min(initial=np.inf)))
            found.append((place, rows, cost, reduced - least, without, without - least, least))
            above.append(reduced - least)
        lower = sum(one[-1] for one in found) - float(tolls.sum())
        room = max(0.0, known - lower) + 1e-6 * known
        every = np.sort(np.concatenate(above))
        if np.searchsorted(every, room, side="right") > MOST_COLUMNS:
            room = float(every[MOST_COLUMNS])
        chosen: list[tuple[int, float, np.ndarray]] = []
        for place, rows, cost, extra, without, more, _ in found:
            if more <= room:
                chosen.append((place, without, np.array([], np.int32)))
            chosen += [(place, cost[j], rows[j]) for j in np.nonzero(extra <= room)[0]]
        return chosen, lower + room

    def solve(self, branch: bounds.Branch, known: float, seconds: float) -> tuple[float, float, int]:
        """Return what HiGHS proves of a branch, the best plan it finds or `known`, and how many columns it had."""
        import highspy

        columns, others = self.columns(branch, known)
        count, size = len(self.tree.own), len(columns)
        if len({place for place, _, _ in columns}) < count:
            # Some task has no way left: nothing better than what others cost.
            return max(branch.bound, min(others, known)), known, size
        highs = highspy.Highs()
        highs.setOptionValue("output_flag", False)  # noqa: FBT003 (by name it has none)
        highs.setOptionValue("threads", 1)
        highs.setOptionValue("time_limit", seconds)
        highs.setOptionValue("mip_rel_gap", CLOSED)
        for row in range(count + self.tree.size):
            highs.addRow(1.0 if row < count else 0.0, 1.0, 0, np.array([], np.int32), np.array([]))
        rows = [np.concatenate([[k], count + used]).astype(np.int32) for k, _, used in columns]
        starts = np.concatenate([[0], np.cumsum([len(one) for one in rows])[:-1]]).astype(np.int32)
        flat = np.concatenate(rows)
        value = np.array([cost for _, cost, _ in columns])
        highs.addCols(size, value, np.zeros(size), np.ones(size), len(flat), starts, flat, np.ones(len(flat)))
        highs.changeColsIntegrality(
            size, np.arange(size, dtype=np.int32), np.full(size, highspy.HighsVarType.kInteger)
        )
        begin = self.standing(columns)
        if begin is not None:
            solution = highspy.HighsSolution()
            solution.col_value = begin
            highs.setSolution(solution)
        highs.run()
        info = highs.getInfo()
        status = highs.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return min(others, known), known, size
        found = info.objective_function_value if info.primal_solution_status == FEASIBLE else known
        proved = max(branch.bound, min(info.mip_dual_bound, others, known))
        return proved, min(found, known), size

    def standing(self, columns: list[tuple[int, float, np.ndarray]]) -> list[float] | None:
        """Return the plan on the table as a choice of `columns`, None if one of its patterns is not among them."""
        table, own = self.table, self.tree.own
        stands = [tuple(table.slots(n)) if table.where[n] != NOWHERE else () for n in own]
        begin = [float(tuple(used) == stands[place]) for place, _, used in columns]
        return begin if sum(begin) == len(own) else None


def searched(seed: int, seconds: float, dice: int = 0) -> tuple[Work, float]:
    """Return the run of a plan of one person's week and its CPU time."""
    problem = make(1, seed=seed)
    begun = time.process_time()
    work = Work(problem)
    work.sort_out()
    work.build_jobs()
    core = work.construct(dice, lambda: False)
    core.improve(Effort(left=lambda: 1 - (time.process_time() - begun) / seconds))
    Answer(work).plan()
    return work, time.process_time() - begun


def compare(seed: int, *, search: float, branching: float, seconds: float) -> dict[str, Any]:
    """Return one row: what the search reached, what is possible at best, and our own certificate."""
    work, spent = searched(seed, search)
    cost = _own_cost(work)
    begun = time.process_time()
    certificate = bounds.certify(work.table, "p0")
    certified = time.process_time() - begun
    best = min(
        [work, *(searched(seed, 40 * search, dice)[0] for dice in range(LONG_SEARCHES))], key=_own_cost
    )
    long, table = _own_cost(best), best.table
    own = [n for n in range(table.count) if not table.fixed[n]]
    tree = bounds.Tree(table, 0, own, long)
    branches = open_branches(tree, branching)
    branched = branches[0].bound if branches else long * (1 - CLOSED)
    known, bound, size, begun = long, long * (1 - CLOSED), 0, time.process_time()
    programme = Programme(tree) if branches else None
    # Many branches say less one by one than all of them in one programme.
    for branch in branches if len(branches) <= FEW else [tree.bounded(None, {}, ROUNDS)]:
        proved, found, columns = programme.solve(
            branch, known, seconds if len(branches) > FEW else seconds / len(branches)
        )
        known, bound, size = min(known, found), min(bound, proved), max(size, columns)
    bound = max(bound, branched)
    bound = min(bound, known)
    return {
        "seed": seed,
        "ms": round(spent * 1000),
        "cost": round(cost),
        "best": round(known),
        "bound": round(bound),
        "branched": round(branched),
        "open": len(branches),
        "patterns": programme.count if programme else 0,
        "columns": size,
        "solver_s": round(time.process_time() - begun, 1),
        "proved": bound >= known * (1 - 2 * CLOSED),
        "above_best_percent": round(100 * (cost / known - 1), 2),
        "above_percent": round(100 * (cost / bound - 1), 2),
        "best_above_percent": round(100 * (known / bound - 1), 2),
        "certified_percent": round(100 * certificate.gap, 2),
        "certified_ms": round(certified * 1000),
    }


def _own_cost(work: Work) -> float:
    table = work.table
    return float(sum(table.cost[n] for n in range(table.count) if not table.fixed[n]))


def main() -> None:
    """Compare and print one line a week."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--weeks", type=int, default=12)
    parser.add_argument("--first", type=int, default=FIRST_SEED, help="seed of the first week")
    parser.add_argument("--search", type=float, default=0.05, help="CPU seconds of our search")
    parser.add_argument("--tree", type=float, default=20, help="CPU seconds of branching")
    parser.add_argument("--seconds", type=float, default=60, help="CPU seconds of the integer programmes")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    try:
        import highspy  # noqa: F401
    except ImportError:
        sys.exit("highspy is missing; install it with: pip install highspy")
    rows = []
    for seed in range(options.first, options.first + options.weeks):
        rows.append(compare(seed, search=options.search, branching=options.tree, seconds=options.seconds))
        if not options.json:
            print("  ".join(f"{name} {value}" for name, value in rows[-1].items()), flush=True)
    last = {
        f"{kind} {name}": round(kind_of([row[name] for row in rows]), 2)
        for name in ("above_percent", "above_best_percent", "best_above_percent", "certified_percent")
        for kind, kind_of in (("median", statistics.median), ("worst", max))
    }
    print(json.dumps([*rows, last]) if options.json else last)


if __name__ == "__main__":
    main()
