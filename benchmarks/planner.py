"""How long the planner takes, and whether its plans hold: 1×40, 10×400, 100×4,000, 1,000×40,000.

    python benchmarks/planner.py [--seed 1] [--largest 40000] [--json]

Weeks are made up from a seed: 40 tasks a person of about 85 % of the working time, two thirds due in the
week, one task in eight waiting for another (half of them for one of a colleague), some pinned, some unsplittable. Every
plan is checked by the independent checker; its time is not counted.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from opsloop.engines.blocks import DEFAULT_TEMPLATE, blocks_between
from opsloop.engines.scheduling import Person, Plan, Predecessor, Problem, Task, plan, verify
from opsloop.engines.workcalendar import WorkCalendar

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, tzinfo=ZONE)
TASKS_EACH = 40
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


def measure(people: int, *, seed: int, repeat: int) -> dict[str, object]:
    """Return the best CPU time of `repeat` runs and what the plan is worth."""
    problem = make(people, seed=seed)
    best, found = float("inf"), Plan((), (), ())
    for _ in range(repeat):
        started = time.process_time()
        found = plan(problem)
        best = min(best, time.process_time() - started)
    faults = verify(problem, found)
    dated = sum(task.due is not None for task in problem.tasks)
    return {
        "people": people,
        "tasks": len(problem.tasks),
        "milliseconds": round(best * 1000, 1),
        "placed": len({piece.task for piece in found.placements}),
        "late": len(found.late),
        "dated": dated,
        "unplaced": len(found.unplaced),
        "faults": len(faults),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    """Measure all sizes and print one line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--largest", type=int, default=40_000, help="leave out sizes with more tasks")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = [
        measure(people, seed=options.seed, repeat=3 if people <= 100 else 1)
        for people in SIZES
        if people * TASKS_EACH <= options.largest
    ]
    if options.json:
        print(json.dumps(rows))
        return
    for row in rows:
        print("  ".join(f"{name} {value}" for name, value in row.items()))


if __name__ == "__main__":
    main()
