"""Staffing by skill, as the literature has it (iMOPSE): a reader of `.def` files and a search.

Every task needs one person who has one skill at a level, and a person does one task at a time. The order of
tasks is what is searched; a task goes to whoever of the able is free first, the least sought-after of equals
(Myszkowski et al. 2015 describe the problem and the instances).
"""

from __future__ import annotations

import itertools
import re
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from opsloop.engines.scheduling import kernel
from opsloop.engines.scheduling.rcpsp import ReadingError

# Moves without a better schedule until the search starts from a mixed-up best again.
PATIENCE = 2_000
# Asked whether to stop after so many moves.
CHUNK = 500


@dataclass(frozen=True)
class Staffing:
    """Tasks with durations and predecessors, and who is able to do each; people by index."""

    name: str
    durations: tuple[int, ...]
    predecessors: tuple[tuple[int, ...], ...]
    able: tuple[tuple[int, ...], ...]
    people: int


@dataclass(frozen=True)
class Assignment:
    """Who does each task and when it starts, the length of the whole and a length none goes below."""

    starts: tuple[int, ...]
    people: tuple[int, ...]
    makespan: int
    bound: int


def read_imopse(text: str, name: str = "") -> Staffing:
    """Read an iMOPSE definition (`.def`)."""
    skills: list[dict[str, int]] = []
    rows: list[tuple[int, str, int, list[int]]] = []
    table = ""
    for line in text.splitlines():
        if line.startswith("="):
            table = ""
        elif line.startswith(("ResourceID", "TaskID")):
            table = line[0]
        elif table and line.strip():
            (_read_person if table == "R" else _read_task)(line, skills if table == "R" else rows)  # type: ignore[arg-type]
    if not skills or not rows:
        raise ReadingError("the table of resources or that of tasks is missing")
    able = [
        tuple(n for n, has in enumerate(skills) if has.get(skill, -1) >= level)
        for _d, skill, level, _p in rows
    ]
    predecessors = [tuple(one - 1 for one in before) for _d, _s, _l, before in rows]
    if any(not 0 <= one < len(rows) for before in predecessors for one in before):
        raise ReadingError("a predecessor is no task")
    if not all(able):
        raise ReadingError("a task needs a skill that nobody has")
    found = Staffing(name, tuple(row[0] for row in rows), tuple(predecessors), tuple(able), len(skills))
    _check_order(found)
    return found


def _read_person(line: str, skills: list[dict[str, int]]) -> None:
    skills.append({skill: int(level) for skill, level in re.findall(r"(\w+):\s*(\d+)", line)})


def _read_task(line: str, rows: list[tuple[int, str, int, list[int]]]) -> None:
    match = re.match(r"\s*\d+\s+(\d+)\s+(\w+):\s*(\d+)\s*([\d\s]*)$", line)
    if match is None:
        raise ReadingError(f"this is no task: {line.strip()[:60]}")
    rows.append((int(match[1]), match[2], int(match[3]), [int(one) for one in match[4].split()]))


def _check_order(found: Staffing) -> list[int]:
    waiting = [len(set(before)) for before in found.predecessors]
    after: list[list[int]] = [[] for _ in waiting]
    for n, before in enumerate(found.predecessors):
        for one in set(before):
            after[one].append(n)
    ready = [n for n, count in enumerate(waiting) if count == 0]
    for n in ready:
        for one in after[n]:
            waiting[one] -= 1
            if waiting[one] == 0:
                ready.append(one)
    if len(ready) != len(waiting):
        raise ReadingError("tasks wait for each other")
    return ready


def lower_bound(found: Staffing) -> int:
    """Return a length none goes below: the longest path, or the work only a few people can do."""
    ends = [0] * len(found.durations)
    for n in _check_order(found):
        ends[n] = found.durations[n] + max((ends[one] for one in found.predecessors[n]), default=0)
    groups = {frozenset(able) for able in found.able}
    groups |= {one | two for one in groups for two in groups}
    loads = [
        -(
            -sum(d for d, able in zip(found.durations, found.able, strict=True) if group.issuperset(able))
            // len(group)
        )
        for group in groups
    ]
    return max(max(ends), *loads)


def solve(
    found: Staffing, *, seed: int = 0, left: Callable[[], float] | None = None, schedules: int = 500
) -> Assignment:
    """Return a short schedule: the best of `schedules` made, or of those made while something is `left`."""
    bound = lower_bound(found)
    arrays = {
        "count": len(found.durations),
        "people": found.people,
        "duration": array("i", found.durations),
        "able_off": _offsets(found.able),
        "able": array("i", [who for able in found.able for who in able]),
        "pred_off": _offsets(found.predecessors),
        "pred": array("i", [one for before in found.predecessors for one in before] or [0]),
        "sought": array("d", _sought(found)),
    }
    crew = kernel.Crew(arrays, array("i", _by_tails(found)), seed + 1)
    made = 1
    while left() > 0 if left is not None else made < schedules:
        step = CHUNK if left is not None else min(CHUNK, schedules - made)
        made += step
        if crew.search(step, PATIENCE, bound) <= bound:
            break
    starts, people, length = crew.result()
    return Assignment(tuple(starts), tuple(people), length, bound)


def _offsets(rows: Sequence[Sequence[int]]) -> array[int]:
    return array("i", itertools.accumulate(map(len, rows), initial=0))


def _sought(found: Staffing) -> list[float]:
    """Return how much each person is asked for: work that one of few can do counts more."""
    sought = [0.0] * found.people
    for duration, able in zip(found.durations, found.able, strict=True):
        for who in able:
            sought[who] += duration / len(able)
    return sought


def _by_tails(found: Staffing) -> list[int]:
    """Return the tasks by the longest path behind them, scarce skills first among equals."""
    tails = list(found.durations)
    for n in reversed(_check_order(found)):
        for one in found.predecessors[n]:
            tails[one] = max(tails[one], found.durations[one] + tails[n])
    position = {n: place for place, n in enumerate(_check_order(found))}
    return sorted(position, key=lambda n: (-tails[n], len(found.able[n]), position[n]))


def faults(found: Staffing, made: Assignment) -> list[str]:
    """Return what is wrong with an assignment; empty if nothing is."""
    wrong = [
        f"{n} is done by {who}, who cannot" for n, who in enumerate(made.people) if who not in found.able[n]
    ]
    ends = [start + d for start, d in zip(made.starts, found.durations, strict=True)]
    for n, before in enumerate(found.predecessors):
        wrong += [f"{n} starts before {one} ends" for one in before if made.starts[n] < ends[one]]
    for who in range(found.people):
        mine = sorted((made.starts[n], ends[n]) for n, one in enumerate(made.people) if one == who)
        wrong += [f"{who} does two at once" for a, b in itertools.pairwise(mine) if b[0] < a[1]]
    if max(ends) != made.makespan:
        wrong.append(f"it takes {max(ends)}, {made.makespan} are told")
    return wrong
