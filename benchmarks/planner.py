"""How long the planner takes, how good its plans are, and whether they hold.

    python benchmarks/planner.py sizes [--seed 1] [--largest 40000] [--seconds 1] [--json]
    python benchmarks/planner.py weeks     certified gaps of twelve weeks of one person
    python benchmarks/planner.py repair    an urgent task in twenty weeks: time, moves, distance from a long search
    python benchmarks/planner.py rules [--cases 1000]   re-plans with pins, every one checked
    python benchmarks/planner.py teams     10×400 searched for --seconds, against plain cheapest insertion (P3)
    python benchmarks/planner.py bound     what any plan of each size costs at least, and how long that takes

Sizes are 1×40, 10×400, 100×4,000, 1,000×40,000. Times are CPU of one core. Weeks are made up from a seed: 40
tasks a person of about 85 % of the working time, two thirds due in the week, one task in eight waiting for
another (half of them for one of a colleague), some pinned, some unsplittable. Every plan is checked by the
independent checker; its time is not counted.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import sys
import time
from array import array
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from yardstick import REFERENCE_MS, fixed_ms

from opsloop.engines.blocks import DEFAULT_TEMPLATE, blocks_between
from opsloop.engines.scheduling import (
    Effort,
    Person,
    Plan,
    Predecessor,
    Problem,
    Task,
    bounds,
    moves,
    plan,
    repair,
    verify,
)
from opsloop.engines.scheduling import (
    work as work_of,
)
from opsloop.engines.scheduling.answer import Answer
from opsloop.engines.workcalendar import WorkCalendar

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, tzinfo=ZONE)
TASKS_EACH = 40
CHOICES = ("sizes", "weeks", "repair", "rules", "bound", "teams")
TEAM_SEEDS = (7, 8, 9, 31, 32, 33)
SIZES = (1, 10, 100, 1_000)
# Minutes of an estimate: many small things, few large ones; with their reserve 40 take about 32 of 37.5 hours.
ESTIMATES = (10, 10, 15, 15, 20, 30, 30, 30, 45, 45, 60, 60, 90)


def make(people: int, *, seed: int) -> Problem:
    """Return a made-up week of `people` persons with 40 tasks each; equal seeds give equal weeks."""
    dice = random.Random(seed)
    blocks = blocks_between(
        DEFAULT_TEMPLATE, MONDAY, MONDAY + timedelta(days=6), calendar=WorkCalendar(), zone=ZONE
    )
    names = [f"p{n}" for n in range(people)]
    tasks = [_task(dice, names[n % people], n) for n in range(people * TASKS_EACH)]
    return Problem(
        people=tuple(Person(name, blocks) for name in names),
        tasks=tuple(tasks),
        now=NOW,
        end=NOW + timedelta(days=7),
    )


def _task(dice: random.Random, owner: str, number: int) -> Task:
    due = NOW + timedelta(days=dice.randint(1, 5)) if dice.random() < 0.67 else None
    before: tuple[Predecessor, ...] = ()
    if number > TASKS_EACH and dice.random() < 0.125:
        # Tasks are dealt out in turn: a multiple of people back is the same person's.
        before = (Predecessor(f"t{number - dice.randint(1, TASKS_EACH)}"),)
    pinned = ()
    if number % TASKS_EACH == 0:
        start = NOW + timedelta(days=dice.randint(0, 4), hours=dice.randint(14, 16))
        pinned = ((start, start + timedelta(hours=1)),)
        before = ()
    return Task(
        id=f"t{number}",
        minutes=dice.choice(ESTIMATES),
        candidates=(owner,),
        due=due,
        importance=dice.randint(1, 5),
        urgency=dice.choice(("high", "medium", "medium", "low")),
        predecessors=before,
        splittable=dice.random() > 0.05,
        pinned=pinned,
    )


def measure(people: int, *, seed: int, repeat: int, seconds: float) -> dict[str, object]:
    """Return the CPU time of a first plan, and what a search of `seconds` makes of it.

    `first_ms` is the best of `repeat`; `scaled_ms` the median of what each took in yardsticks, times the yardstick
    of a calm machine.
    """
    problem = make(people, seed=seed)
    times, quotients = [], []
    for _ in range(repeat):
        started = time.process_time()
        first = plan(problem, effort=Effort(iterations=1))
        times.append(time.process_time() - started)
        quotients.append(times[-1] * 1000 / fixed_ms(3))
    started = time.process_time()
    found = plan(problem, effort=Effort(left=lambda: 1 - (time.process_time() - started) / seconds))
    whole = time.process_time() - started
    return {
        "people": people,
        "tasks": len(problem.tasks),
        "first_ms": round(min(times) * 1000, 2),
        "scaled_ms": round(statistics.median(quotients) * REFERENCE_MS, 2),
        "first_cost": round(first.cost),
        "searched_s": round(whole, 2),
        "ratio": round(found.cost / first.cost, 3),
        "ratio_late": round(_hard(found) / max(1.0, _hard(first)), 3),
        "late": f"{len(first.late)}>{len(found.late)}",
        "unplaced": f"{len(first.unplaced)}>{len(found.unplaced)}",
        "faults": len(verify(problem, first)) + len(verify(problem, found)),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _hard(found: Plan) -> float:
    return found.terms["late"] + found.terms["unplaced"]


def weeks() -> list[dict[str, object]]:
    """Return gap and times of twelve weeks of one person, searched for 50 ms."""
    rows: list[dict[str, object]] = []
    for seed in range(200, 212):
        problem = make(1, seed=seed)
        begun = time.process_time()
        plan(problem, effort=Effort(left=lambda begun=begun: 1 - (time.process_time() - begun) / 0.05))
        planned = time.process_time() - begun
        begun = time.process_time()
        found = plan(problem, effort=Effort(iterations=25_000), certify=["p0"])
        whole = time.process_time() - begun
        rows.append(
            {
                "seed": seed,
                "plan_ms": round(planned * 1000),
                "with_certificate_ms": round(whole * 1000),
                "gap_percent": round(100 * (found.gap or 0), 1),
                "late": len(found.late),
                "unplaced": len(found.unplaced),
            }
        )
    gaps = [float(str(row["gap_percent"])) for row in rows]
    return [*rows, {"median_gap_percent": round(statistics.median(gaps), 1), "worst": max(gaps)}]


def repairs() -> list[dict[str, object]]:
    """Return what an urgent task of two hours does to twenty weeks of one person."""
    rows: list[dict[str, object]] = []
    for seed in range(100, 120):
        problem = make(1, seed=seed)
        accepted = plan(problem).placements
        due = NOW + timedelta(days=random.Random(seed).randint(1, 3))
        urgent = Task("urgent", 120, ("p0",), due=due, importance=5, urgency="high")
        harder = replace(problem, tasks=(*problem.tasks, urgent))
        begun = time.process_time()
        mended = repair(harder, accepted)
        spent = time.process_time() - begun
        long = repair(harder, accepted, effort=Effort(iterations=300_000))
        rows.append(
            {
                "seed": seed,
                "ms": round(spent * 1000, 1),
                "moves": len(moves(harder, accepted, mended)),
                "moves_from_scratch": len(moves(harder, accepted, plan(harder))),
                "above_long_search_percent": round(100 * (mended.cost / min(mended.cost, long.cost) - 1), 2),
                "faults": len(verify(harder, mended)),
            }
        )
    names = ("ms", "moves", "moves_from_scratch", "above_long_search_percent")
    middle = {name: statistics.median(float(str(row[name])) for row in rows) for name in names}
    p95 = sorted(float(str(row["ms"])) for row in rows)[int(0.95 * len(rows)) - 1]
    return [*rows, {"median": middle, "p95_ms": p95}]


def rules(cases: int, seed: int) -> list[dict[str, object]]:
    """Re-plan `cases` random weeks with pins from the plan before; return how many rules were broken."""
    dice, faults, moved = random.Random(seed), 0, 0
    for number in range(cases):
        problem = make(dice.choice((1, 1, 1, 2)), seed=seed * 100_000 + number)
        accepted = plan(problem, effort=Effort(iterations=200)).placements
        pinned: dict[str, list[tuple[datetime, datetime]]] = {}
        for piece in accepted:
            pinned.setdefault(piece.task, []).append((piece.start, piece.end))
        kept = {name: tuple(spans) for name, spans in pinned.items() if dice.random() < 0.3}
        tasks = [replace(task, pinned=kept.get(task.id, task.pinned)) for task in problem.tasks]
        tasks.append(Task("urgent", dice.choice((30, 120, 300)), ("p0",), due=NOW + timedelta(days=2)))
        harder = replace(problem, tasks=tuple(tasks))
        found = repair(harder, accepted, effort=Effort(iterations=400))
        faults += len(verify(harder, found))
        now = {(piece.task, piece.start, piece.end) for piece in found.placements}
        unplaced = {one.task for one in found.unplaced}
        moved += sum(
            (name, start, end) not in now
            for name, spans in kept.items()
            if name not in unplaced
            for start, end in spans
        )
    return [{"cases": cases, "broken_rules": faults, "pinned_pieces_moved": moved}]


def greedy(problem: Problem) -> float:
    """Return what plain cheapest insertion costs: once, by latest finish less six slots for each point of weight."""
    work = work_of.Work(problem)
    work.sort_out()
    work.build_jobs()
    core, table = work.construct(0, lambda: False), work.table
    free = [n for n in range(table.count) if not table.fixed[n]]
    table.board.clear(array("i", free))
    order = sorted((n for n in free if n not in core.hopeless), key=table.key.__getitem__)
    table.board.construct(array("i", order))
    core.add_hopeless()
    return float(sum(table.cost[n] for n in free))


def teams(seconds: float) -> list[dict[str, object]]:
    """Return what a search of `seconds` makes of 10 × 400, as a share of plain insertion and of our first plan."""
    rows: list[dict[str, object]] = []
    for seed in TEAM_SEEDS:
        problem = make(10, seed=seed)
        plain, first = greedy(problem), plan(problem, effort=Effort(iterations=1)).cost
        begun = time.process_time()
        effort = Effort(left=lambda begun=begun: 1 - (time.process_time() - begun) / seconds)
        cost = plan(problem, effort=effort).cost
        rows.append(
            {
                "seed": seed,
                "greedy": round(plain),
                "first": round(first),
                "searched": round(cost),
                "of_greedy": round(cost / plain, 3),
                "of_first": round(cost / first, 3),
            }
        )
    return rows


def bound(people: int, seed: int) -> dict[str, object]:
    """Return how near the bound of everybody comes to a plan searched for ten seconds, and its CPU time."""
    problem = make(people, seed=seed)
    begun = time.process_time()
    effort = Effort(left=lambda: 1 - (time.process_time() - begun) / 10)
    work = work_of.Work(problem)
    work.sort_out()
    work.build_jobs()
    work.construct(0, lambda: False).improve(effort)
    cost = Answer(work).plan().cost
    begun = time.process_time()
    least = bounds.least_cost(work.table)
    return {
        "people": people,
        "cost": round(cost),
        "bound": round(least),
        "gap_percent": round(100 * (1 - least / cost), 1),
        "seconds": round(time.process_time() - begun, 1),
    }


def main() -> None:
    """Measure and print one line a row."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", nargs="?", default="sizes", choices=CHOICES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=1.0, help="CPU seconds of the search, for sizes")
    parser.add_argument("--cases", type=int, default=1_000)
    parser.add_argument("--largest", type=int, default=40_000, help="leave out sizes with more tasks")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    work = {
        "sizes": lambda: [
            measure(people, seed=options.seed, repeat=15 if people <= 100 else 3, seconds=options.seconds)
            for people in SIZES
            if people * TASKS_EACH <= options.largest
        ],
        "weeks": weeks,
        "bound": lambda: [
            bound(people, options.seed) for people in SIZES if people * TASKS_EACH <= options.largest
        ],
        "repair": repairs,
        "teams": lambda: teams(options.seconds),
        "rules": lambda: rules(options.cases, options.seed),
    }
    rows = work[options.what]()
    if options.json:
        print(json.dumps(rows))
        return
    for row in rows:
        print("  ".join(f"{name} {value}" for name, value in row.items()))


if __name__ == "__main__":
    main()
