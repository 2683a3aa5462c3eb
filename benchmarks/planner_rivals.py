"""The planner against TaskJuggler 3 and CP-SAT on made-up projects, all in one run.

    python benchmarks/planner_rivals.py [--seed 1] [--seconds 10] [--largest 4000] [--json]

TaskJuggler needs `tj3` on PATH (Debian: apt-get install tj3), CP-SAT the extra `bench` (`pip install ortools`); who is
missing is left out with a sentence. In each project people have the same plain working hours and two to six days of
work each; tasks have a due date and weights, and one in eight waits for another. TaskJuggler gets weight and due
date as priority, CP-SAT weighted tardiness as its goal, tasks in one piece of working time (a night may lie between),
8 workers and `--seconds`. Seconds are CPU but for CP-SAT, which works on all cores: by the clock. Tardiness is
counted by the same code for all: hours of clock time after the due date times the weight of quadrant and relevance.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from bisect import bisect_left
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from opsloop.engines import priority
from opsloop.engines.blocks import BlockKind, Rule, Template, blocks_between
from opsloop.engines.scheduling import Effort, Person, Plan, Predecessor, Problem, Task, Weights, plan, verify
from opsloop.engines.workcalendar import WorkCalendar

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, tzinfo=ZONE)
WEEKS = 4
SLOT = timedelta(minutes=15)
# P8: so many times faster than TaskJuggler; the search that has a 40th of its time shows what fits into that.
GOAL_FASTER = 40
PROJECTS = ((10, 200), (20, 400), (50, 1_000), (50, 2_000), (100, 4_000))
HOURS = Template(
    (Rule(BlockKind.FOCUS, clock(9), clock(12)), Rule(BlockKind.FOCUS, clock(14), clock(17, 30)))
)


def make(people: int, count: int, seed: int) -> Problem:
    """Return a made-up project; equal seeds give equal ones."""
    dice = random.Random(seed)
    blocks = blocks_between(
        HOURS, MONDAY, MONDAY + timedelta(days=7 * WEEKS - 1), calendar=WorkCalendar(), zone=ZONE
    )
    # Working days of a person's tasks, at 56 minutes each: much is due before it can be done.
    days = max(1, round(count / people * 56 / 390))
    tasks = []
    for n in range(count):
        before = (
            (Predecessor(f"t{n - dice.randint(1, min(n, people))}"),) if n and dice.random() < 0.125 else ()
        )
        tasks.append(
            Task(
                id=f"t{n}",
                minutes=60,
                planned_minutes=dice.choice((15, 30, 30, 45, 60, 60, 90, 120)),
                candidates=(f"p{n % people}",),
                due=_workday(dice.randint(0, days - 1)) + timedelta(hours=dice.choice((12, 18))),
                importance=dice.randint(1, 5),
                urgency=dice.choice(("high", "medium", "medium", "low")),
                predecessors=before,
                min_piece=15,
            )
        )
    persons = tuple(Person(f"p{n}", blocks) for n in range(people))
    # Lateness counts by its length alone, as it does for CP-SAT.
    return Problem(persons, tuple(tasks), NOW, NOW + timedelta(weeks=WEEKS), weights=Weights(missed=0))


def _workday(number: int) -> datetime:
    """Return the midnight that begins a working day, counted from 0."""
    return NOW + timedelta(days=number + 2 * (number // 5))


def weights(problem: Problem) -> dict[str, float]:
    """Return what a minute of lateness of each task counts."""
    w, found = Weights(), {}
    for task in problem.tasks:
        rank = priority.assess(
            priority.Item(task.id, task.importance, task.urgency, task.due, task.minutes), now=problem.now
        )
        found[task.id] = w.quadrant[rank.quadrant] * (1 + w.relevance * ((rank.relevance or 3) - 3))
    return found


def judged(problem: Problem, ends: Mapping[str, datetime]) -> dict[str, float]:
    """Return makespan in days and weighted tardiness in hours of a schedule that finishes everything."""
    missing = [task.id for task in problem.tasks if task.id not in ends]
    if missing:
        raise ValueError(f"{len(missing)} tasks are not scheduled, {missing[0]} first")
    heavy = weights(problem)
    late = sum(
        heavy[task.id] * max(0.0, (ends[task.id] - task.due) / timedelta(hours=1))
        for task in problem.tasks
        if task.due is not None
    )
    return {
        "makespan_days": round((max(ends.values()) - NOW) / timedelta(days=1), 2),
        "tardiness": round(late, 1),
    }


def ours(problem: Problem, effort: Effort) -> tuple[float, Mapping[str, datetime]]:
    """Return CPU seconds and ends of a plan of ours, checked."""
    begun = time.process_time()
    found: Plan = plan(problem, effort=effort)
    spent = time.process_time() - begun
    faults = verify(problem, found)
    if faults:
        raise ValueError(f"broken rules: {faults[:3]}")
    ends: dict[str, datetime] = {}
    for piece in found.placements:
        ends[piece.task] = max(piece.end, ends.get(piece.task, piece.end))
    return spent, ends


def taskjuggler(problem: Problem) -> tuple[float, Mapping[str, datetime]]:
    """Return CPU seconds and ends of the schedule of TaskJuggler."""
    heavy, last = weights(problem), WEEKS * 7
    lines = [
        f'project p "p" {MONDAY:%Y-%m-%d}-00:00-+0800 +{WEEKS}w {{',
        '  timezone "Asia/Shanghai"',
        "  timingresolution 15min",
        "  workinghours mon - fri 9:00 - 12:00, 14:00 - 17:30",
        "  workinghours sat, sun off",
        "}",
        *(f'resource {person.id} "{person.id}"' for person in problem.people),
    ]
    for task in problem.tasks:
        due = (task.due - NOW) / timedelta(days=1) if task.due else last
        rank = min(1000, max(1, round(heavy[task.id] / 12 * 500 + 500 * (1 - due / last))))
        lines += [f'task {task.id} "{task.id}" {{', f"  effort {task.planned_minutes}min"]
        lines += [f"  allocate {task.candidates[0]}", f"  priority {rank}"]
        lines += [f"  depends !{before.task}" for before in task.predecessors]
        lines.append("}")
    lines += [
        'taskreport out "out" {',
        "  formats csv",
        "  columns id, end",
        '  timeformat "%Y-%m-%dT%H:%M"',
        "}",
    ]
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "project.tjp"
        source.write_text("\n".join(lines), encoding="utf-8")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = ["tj3", "--no-color", "--silent", "-o", folder, str(source)]
        subprocess.run(command, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        rows = csv.DictReader((Path(folder) / "out.csv").open(encoding="utf-8"), delimiter=";")
        ends = {row["Id"]: datetime.fromisoformat(row["End"]).replace(tzinfo=ZONE) for row in rows}
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, ends


def cp_sat(problem: Problem, seconds: float) -> tuple[float, Mapping[str, datetime]]:
    """Return seconds by the clock and ends of what CP-SAT finds, none if it finds nothing in time.

    Working time is one line to it, without its gaps.
    """
    from ortools.sat.python import cp_model

    heavy, model = weights(problem), cp_model.CpModel()
    starts = [
        block.start + n * SLOT
        for block in problem.people[0].blocks
        for n in range(round((block.end - block.start) / SLOT))
    ]
    size = len(starts)
    begin, late, lines = {}, [], {person.id: [] for person in problem.people}
    for task in problem.tasks:
        need = (task.planned_minutes or 15) // 15
        begin[task.id] = model.new_int_var(0, size - need, "")
        lines[task.candidates[0]].append(model.new_fixed_size_interval_var(begin[task.id], need, ""))
        if task.due is not None:
            over = model.new_int_var(0, size, "")
            model.add(over >= begin[task.id] + need - bisect_left(starts, task.due))
            late.append(round(100 * heavy[task.id]) * over)
    needs = {task.id: (task.planned_minutes or 15) // 15 for task in problem.tasks}
    for task in problem.tasks:
        for one in task.predecessors:
            model.add(begin[task.id] >= begin[one.task] + needs[one.task])
    for intervals in lines.values():
        model.add_no_overlap(intervals)
    model.minimize(sum(late))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 8
    begun = time.perf_counter()
    status = solver.solve(model)
    spent = time.perf_counter() - begun
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return spent, {}
    ends = {name: starts[solver.value(one) + needs[name] - 1] + SLOT for name, one in begin.items()}
    return spent, ends


def compare(people: int, count: int, *, seed: int, seconds: float, cp: bool) -> list[dict[str, Any]]:
    """Return a row for each planner on one project."""
    problem = make(people, count, seed)
    first = [ours(problem, Effort(iterations=1)) for _ in range(3)]
    runs = {
        "first plan": min(first, key=lambda run: run[0]),
        "search": ours(problem, Effort()),
    }
    if shutil.which("tj3"):
        runs["TaskJuggler"] = taskjuggler(problem)
        share = runs["TaskJuggler"][0] / GOAL_FASTER
        begun = time.process_time()
        effort = Effort(left=lambda: 1 - (time.process_time() - begun) / share)
        runs["search, a 40th"] = ours(problem, effort)
    if cp and _has_ortools():
        runs["CP-SAT"] = cp_sat(problem, seconds)
        begun = time.process_time()
        effort = Effort(left=lambda: 1 - (time.process_time() - begun) / seconds)
        runs["search as long"] = ours(problem, effort)
    return [
        {
            "people": people,
            "tasks": count,
            "by": name,
            "seconds": round(spent, 3),
            **(judged(problem, ends) if ends else {"found": "nothing"}),
        }
        for name, (spent, ends) in runs.items()
    ]


def _has_ortools() -> bool:
    try:
        import ortools  # noqa: F401
    except ImportError:
        return False
    return True


def main() -> None:
    """Compare and print one line a planner and project."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=10, help="for CP-SAT, and for our search beside it")
    parser.add_argument("--largest", type=int, default=4_000, help="leave out projects with more tasks")
    parser.add_argument("--no-cp-sat", action="store_true", help="leave CP-SAT out")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if not shutil.which("tj3"):
        print(
            "TaskJuggler is left out: there is no tj3 on PATH (Debian: apt-get install tj3).", file=sys.stderr
        )
    if not _has_ortools():
        print("CP-SAT is left out: install it with pip install ortools.", file=sys.stderr)
    rows = []
    for people, count in PROJECTS:
        if count > options.largest:
            continue
        for row in compare(
            people, count, seed=options.seed, seconds=options.seconds, cp=not options.no_cp_sat
        ):
            rows.append(row)
            if not options.json:
                print("  ".join(f"{name} {value}" for name, value in row.items()), flush=True)
    if options.json:
        print(json.dumps(rows))


if __name__ == "__main__":
    main()
