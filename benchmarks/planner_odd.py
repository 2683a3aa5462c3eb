"""Problems as odd as can be, each planned and re-planned, and every plan checked: goal P5 of the planner.

    python benchmarks/planner_odd.py [--cases 50000] [--seed 1] [--json]

Two plans a case, so 50,000 cases are 100,000 plans: one of a made-up problem, and the repair of it after something
happened (a task dropped out, an urgent one came, somebody is away for a day, time went on, a due date moved). A third
of what stands is pinned before the repair, and everything that lies before "now". Problems hold up to four people in
two time zones and eighteen tasks: unknown, missing and several owners, joint work, waiting in circles, pins that
clash or lie outside, estimates of nothing and of weeks, people without working time. The plans of a seed are always
the same; none of these seeds was used in development but 0.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from opsloop.engines.blocks import DEFAULT_TEMPLATE, BlockKind, blocks_between, keep_flexible
from opsloop.engines.scheduling import (
    Effort,
    Person,
    Placement,
    Plan,
    Predecessor,
    Problem,
    Task,
    plan,
    repair,
    verify,
)
from opsloop.engines.workcalendar import WorkCalendar

MONDAY = date(2026, 11, 23)
ZONES = (ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin"))
NOW = datetime(2026, 11, 23, tzinfo=ZONES[0])
END = NOW + timedelta(days=7)
WEEKS = tuple(
    blocks_between(DEFAULT_TEMPLATE, MONDAY, MONDAY + timedelta(days=6), calendar=WorkCalendar(), zone=zone)
    for zone in ZONES
)
PEOPLE = ("林晓", "周敏", "陈航", "Ada")
MINUTES = (None, 0, -5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 480, 900, 6000)
HOURS = (0, 9, 9.5, 10.25, 12, 15, 17, 17.5, 18, 23.99)
STARTS = (
    NOW,
    NOW + timedelta(days=1, hours=10.1),
    NOW + timedelta(days=4, hours=17.5),
    NOW + timedelta(days=6),
)
Span = tuple[datetime, datetime]


def instant(dice: random.Random) -> datetime:
    """Return an instant of the week, or a little before or behind it."""
    return NOW + timedelta(days=dice.randint(-2, 8), hours=dice.choice(HOURS))


def span(dice: random.Random) -> Span:
    """Return a span of 20 minutes to four hours."""
    start = instant(dice)
    return start, start + timedelta(minutes=dice.choice((20, 60, 90, 240)))


def task(dice: random.Random, number: int, count: int, people: int) -> Task:
    """Return a task that may be odd in any way, of one or more of the first `people` mostly."""
    rare = dice.randrange(12)
    able = PEOPLE[:people] if dice.random() < 0.95 else (*PEOPLE, "无名")
    # Most wait for an earlier one; the others may close a circle.
    before = [
        "nobody"
        if dice.random() < 0.05
        else f"t{dice.randrange(number or 1 if dice.random() < 0.9 else count)}"
        for _ in range(dice.randint(1, 2))
    ]
    return Task(
        id=f"t{number}",
        title=dice.choice(("周报", "方案", "{braces}", "“引号”", "")),
        minutes=dice.choice(MINUTES[:-1] if dice.random() < 0.9 else MINUTES),
        candidates=tuple(
            dict.fromkeys(dice.choices(able, k=1 if dice.random() < 0.7 else dice.choice((0, 1, 2, 3))))
        ),
        planned_minutes=dice.choice((20, 135, 300)) if rare == 0 else None,
        reserve=dice.choice((0.0, 0.1, 0.15, 0.2, 0.5)),
        worked_minutes=dice.choice((0, 0, 0, 20, 60, 1000)),
        earliest=instant(dice) if rare < 3 else None,
        due=instant(dice) if dice.random() < 0.6 else None,
        hard_due=rare in (4, 10),
        importance=dice.choice((None, 1, 2, 3, 4, 5)),
        urgency=dice.choice((None, "high", "medium", "low")),
        quadrant=dice.choice((1, 2, 3, 4)) if rare == 5 else None,
        predecessors=tuple(Predecessor(one, dice.choice((0, 0, 0, 20, 600))) for one in before)
        if rare < 4
        else (),
        splittable=rare not in (6, 10),
        min_piece=dice.choice((15, 30, 30, 30, 50)),
        preferred=dice.choice(list(BlockKind)) if rare == 7 else None,
        pinned=tuple(sorted(span(dice) for _ in range(dice.choice((1, 1, 2))))) if rare in (3, 8) else (),
        collaborators=tuple(dict.fromkeys(dice.choices(able, k=dice.randint(1, 2))))
        if rare in (9, 11)
        else (),
        weight=dice.choice((1.0, 1.0, 1.0, 0.0, 5.0)),
    )


def problem(dice: random.Random) -> Problem:
    """Return a week that may be possible or not."""
    people = []
    for name in PEOPLE[: dice.randint(1, 4)]:
        week = dice.choice(WEEKS) if dice.random() < 0.9 else ()
        if week and dice.random() < 0.3:
            week = keep_flexible(week, dice.choice((10, 25)))
        people.append(Person(name, tuple(week), tuple(span(dice) for _ in range(dice.randrange(3)))))
    count = dice.randrange(19)
    tasks = tuple(task(dice, number, count, len(people)) for number in range(count))
    return Problem(tuple(people), tasks, now=dice.choice(STARTS), end=END, start=NOW)


def dropped(_dice: random.Random, asked: Problem) -> Problem:
    """Let a task drop out."""
    return replace(asked, tasks=asked.tasks[1:])


def urgent(dice: random.Random, asked: Problem) -> Problem:
    """Let something urgent come in."""
    due = asked.now + timedelta(days=dice.randint(0, 3))
    one = Task("urgent", dice.choice((30, 120, 300)), PEOPLE[:1], due=due, importance=5, urgency="high")
    return replace(asked, tasks=(*asked.tasks, one))


def away(dice: random.Random, asked: Problem) -> Problem:
    """Let the first person be away for a day."""
    start = NOW + timedelta(days=dice.randint(0, 4))
    first, *others = asked.people
    ill = replace(first, busy=(*first.busy, (start, start + timedelta(days=1))))
    return replace(asked, people=(ill, *others))


def later(dice: random.Random, asked: Problem) -> Problem:
    """Let some hours go by."""
    return replace(asked, now=min(END, asked.now + timedelta(hours=dice.choice((1, 5, 26)))))


def other_due(dice: random.Random, asked: Problem) -> Problem:
    """Let the due date of a task move."""
    if not asked.tasks:
        return asked
    at = dice.randrange(len(asked.tasks))
    moved = replace(asked.tasks[at], due=instant(dice))
    return replace(asked, tasks=(*asked.tasks[:at], moved, *asked.tasks[at + 1 :]))


EVENTS: tuple[Callable[[random.Random, Problem], Problem], ...] = (dropped, urgent, away, later, other_due)


def pinned(dice: random.Random, asked: Problem, found: Plan) -> tuple[Problem, dict[str, tuple[Span, ...]]]:
    """Pin a third of what stands, and all that has begun; return what must be found again where it stands."""
    standing: dict[str, list[Placement]] = {}
    for piece in found.placements:
        standing.setdefault(piece.task, []).append(piece)
    kept: dict[str, tuple[Span, ...]] = {}
    tasks = []
    for one in asked.tasks:
        pieces = standing.get(one.id, [])
        begun = any(piece.start < asked.now for piece in pieces)
        if pieces and not one.pinned and (begun or dice.random() < 1 / 3):
            owner = pieces[0].person if len({piece.person for piece in pieces}) == 1 else None
            if owner is not None:
                kept[one.id] = tuple((piece.start, piece.end) for piece in pieces)
                one = replace(one, pinned=kept[one.id], candidates=(owner,))
        tasks.append(one)
    return replace(asked, tasks=tuple(tasks)), kept


def moved(kept: dict[str, tuple[Span, ...]], again: Plan) -> int:
    """Return how many pinned tasks stand elsewhere; one that is left out is named, and the checker looks at why."""
    now: dict[str, list[Span]] = {}
    for piece in again.placements:
        now.setdefault(piece.task, []).append((piece.start, piece.end))
    return sum(name in now and tuple(now[name]) != spans for name, spans in kept.items())


def case(seed: int, number: int) -> tuple[Problem, Plan, Problem, Plan, int]:
    """Return a problem, its plan, what became of it, the repair, and how many pinned tasks moved."""
    dice = random.Random(f"{seed}/{number}")
    asked = problem(dice)
    found = plan(asked, effort=Effort(iterations=dice.choice((1, 60, 300))))
    changed = dice.choice(EVENTS)(dice, asked)
    harder, kept = pinned(dice, changed, found)
    again = repair(harder, found.placements, effort=Effort(iterations=100))
    return asked, found, harder, again, moved(kept, again)


def main() -> None:
    """Plan, check, and say what was found; exit code 1 if a rule is broken."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    counts: Counter[str] = Counter()
    begun = time.process_time()
    for number in range(options.cases):
        asked, found, harder, again, off = case(options.seed, number)
        counts["plans"] += 2
        counts["placements"] += len(found.placements) + len(again.placements)
        counts["left out"] += len(found.unplaced) + len(again.unplaced)
        counts["late"] += len(found.late) + len(again.late)
        counts["pinned tasks moved"] += off
        faults = [*verify(asked, found), *verify(harder, again)]
        counts["broken rules"] += len(faults)
        for fault in faults[:3]:
            print(f"case {options.seed}/{number}: {fault}", file=sys.stderr)
    row = {**counts, "cpu_seconds": round(time.process_time() - begun)}
    print(json.dumps(row) if options.json else "  ".join(f"{name} {value}" for name, value in row.items()))
    sys.exit(1 if counts["broken rules"] or counts["pinned tasks moved"] else 0)


if __name__ == "__main__":
    main()
