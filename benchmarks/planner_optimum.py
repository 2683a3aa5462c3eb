"""A person's week as the planner finds it in 50 ms, against the proved optimum of the same week.

    python benchmarks/planner_optimum.py [--weeks 12] [--seconds 60] [--search 0.05] [--json]

Needs the extra `bench` (`pip install highspy`). Every way to lay a task on the week (its *pattern*: which quarter
hours, in at most three stretches) is listed with what it costs; the cheapest choice of one pattern a task, no two
on one quarter hour, is the optimum. A pattern whose reduced cost at the prices of our certificate is above the
distance between bound and best known plan stands in no better one, so the integer programme over the others is
exact. Where HiGHS does not finish in time, or too many patterns are left, the better of its bound and that of our
own branching takes the place of the optimum. `bound` is HiGHS's, `branched` ours; `best` is the better of
HiGHS's plan and of ours after forty times as long.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from planner import make

from opsloop.engines.scheduling import Effort, bounds
from opsloop.engines.scheduling.answer import Answer
from opsloop.engines.scheduling.arrays import NEVER, Table
from opsloop.engines.scheduling.work import Work

FIRST_SEED = 200
# Patterns in the integer programme at most.
MOST_COLUMNS = 60_000
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


def solve(table: Table, known: float, tolls: np.ndarray, seconds: float) -> dict[str, Any]:
    """Return the best cost of the week on `table` that HiGHS finds, and the bound it proves.

    Any `tolls` (prices of the positions, 0 or more) give a bound and reduced costs; good ones leave few patterns.
    """
    import highspy

    tasks = [n for n in range(table.count) if not table.fixed[n]]
    columns: list[tuple[int, float, np.ndarray]] = []
    slots = [patterns(table, n) for n in tasks]
    costs = [prices(table, n, rows) for n, rows in zip(tasks, slots, strict=True)]
    reduced = [cost + tolls[rows].sum(axis=1) for rows, cost in zip(slots, costs, strict=True)]
    least = [
        min(table.unplaced[n], float(one.min(initial=np.inf))) for n, one in zip(tasks, reduced, strict=True)
    ]
    lower = sum(least) - float(tolls.sum())
    room = known - lower + 1e-6 * known
    above = np.sort(np.concatenate([one - low for one, low in zip(reduced, least, strict=True)]))
    possible = int(np.searchsorted(above, room, side="right"))
    cut = float(above[MOST_COLUMNS]) if possible > MOST_COLUMNS else room
    for k, n in enumerate(tasks):
        columns.append((k, table.unplaced[n], np.array([], np.int32)))
        columns += [(k, costs[k][j], slots[k][j]) for j in np.nonzero(reduced[k] - least[k] <= cut)[0]]
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)  # noqa: FBT003 (by name it has none)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("time_limit", seconds)
    highs.setOptionValue("mip_rel_gap", 1e-4)
    count = len(tasks)
    for row in range(count + len(table.at)):
        highs.addRow(1.0 if row < count else 0.0, 1.0, 0, np.array([], np.int32), np.array([]))
    rows = [np.concatenate([[k], count + used]).astype(np.int32) for k, _, used in columns]
    starts = np.concatenate([[0], np.cumsum([len(one) for one in rows])[:-1]]).astype(np.int32)
    flat, size = np.concatenate(rows), len(columns)
    value = np.array([cost for _, cost, _ in columns])
    highs.addCols(size, value, np.zeros(size), np.ones(size), len(flat), starts, flat, np.ones(len(flat)))
    highs.changeColsIntegrality(
        size, np.arange(size, dtype=np.int32), np.full(size, highspy.HighsVarType.kInteger)
    )
    begun = time.process_time()
    highs.run()
    info = highs.getInfo()
    # Whoever uses a pattern that was left out pays at least its reduced cost.
    bound = max(lower, min(info.mip_dual_bound, lower + cut, known))
    return {
        "patterns": len(above),
        "columns": size,
        "relaxed": round(lower),
        "bound": round(bound),
        "best": round(min(known, info.objective_function_value)),
        "solver_s": round(time.process_time() - begun, 1),
    }


def searched(seed: int, seconds: float) -> tuple[Work, float]:
    """Return the run of a plan of one person's week and its CPU time."""
    problem = make(1, seed=seed)
    begun = time.process_time()
    work = Work(problem)
    work.sort_out()
    work.build_jobs()
    core = work.construct(0, lambda: False)
    core.improve(Effort(left=lambda: 1 - (time.process_time() - begun) / seconds))
    Answer(work).plan()
    return work, time.process_time() - begun


def compare(seed: int, *, search: float, seconds: float) -> dict[str, Any]:
    """Return one row: what the search reached, what is possible at best, and our own certificate."""
    work, spent = searched(seed, search)
    table = work.table
    cost = sum(table.cost[n] for n in range(table.count) if not table.fixed[n])
    long, _ = searched(seed, 40 * search)
    known = min(cost, sum(long.table.cost[n] for n in range(table.count) if not table.fixed[n]))
    begun = time.process_time()
    certificate = bounds.certify(table, "p0")
    certified = time.process_time() - begun
    best = long.table
    deep = bounds.certify(best, "p0", rounds=1_000, branches=400).bound
    tree = bounds.Tree(best, 0, [n for n in range(best.count) if not best.fixed[n]], known)
    found = solve(best, known, np.array(tree.bounded(None, {}, 1_000).tolls), seconds)
    bound = max(deep, found["bound"])
    return {
        "seed": seed,
        "ms": round(spent * 1000),
        "cost": round(cost),
        **found,
        "branched": round(deep),
        "above_best_percent": round(100 * (cost / min(cost, found["best"]) - 1), 2),
        "above_percent": round(100 * (cost / bound - 1), 2),
        "long_above_percent": round(100 * (known / bound - 1), 2),
        "certified_percent": round(100 * certificate.gap, 2),
        "certified_ms": round(certified * 1000),
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
    last = {
        f"{kind} {name}": round(kind_of([row[name] for row in rows]), 2)
        for name in ("above_percent", "above_best_percent")
        for kind, kind_of in (("median", statistics.median), ("worst", max))
    }
    print(json.dumps([*rows, last]) if options.json else last)


if __name__ == "__main__":
    main()
