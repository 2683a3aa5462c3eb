"""Projects with scarce resources, as the literature has them: readers of PSPLIB and Patterson files, and a search.

Not for people's weeks but for knowing how strong our searching is: the same dice, the same kernel, against
instances for which the best known lengths are published.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from opsloop.engines.scheduling import kernel

POPULATION = 100
# Children between two looks at what is left of the budget.
BROOD = 50
# Periods that are looked at one by one; no instance of the literature has a thousandth of these.
LONGEST = 1_000_000


class ReadingError(ValueError):
    """The text is no instance of the format; the message names the line or what is missing."""


@dataclass(frozen=True)
class Instance:
    """Activities with durations in periods, demands by resource, capacities and successors by index."""

    name: str
    durations: tuple[int, ...]
    demands: tuple[tuple[int, ...], ...]
    capacities: tuple[int, ...]
    successors: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Schedule:
    """When each activity starts, how long the whole takes, and a length that no schedule goes below."""

    starts: tuple[int, ...]
    makespan: int
    bound: int


def read_psplib(text: str, name: str = "") -> Instance:
    """Read a single-mode PSPLIB file (`.sm`, Kolisch and Sprecher 1996)."""
    relations = _section(text, "PRECEDENCE RELATIONS")
    requests = _section(text, "REQUESTS/DURATIONS")
    capacities = _section(text, "RESOURCEAVAILABILITIES")
    if not (relations and requests and capacities):
        raise ReadingError("PRECEDENCE RELATIONS, REQUESTS/DURATIONS or RESOURCEAVAILABILITIES is missing")
    successors = [tuple(one - 1 for one in row[3 : 3 + row[2]]) for row in relations]
    available = tuple(capacities[0])
    durations = tuple(row[2] for row in requests)
    demands = tuple(tuple(row[3 : 3 + len(available)]) for row in requests)
    return _checked(Instance(name, durations, demands, available, tuple(successors)))


def read_patterson(text: str, name: str = "") -> Instance:
    """Read a Patterson file (`.rcp`): counts, capacities, then duration, demands and successors of each."""
    try:
        numbers = [int(one) for one in text.split()]
    except ValueError as error:
        raise ReadingError(str(error)) from None
    try:
        count, kinds = numbers[:2]
        at = 2 + kinds
        capacities = tuple(numbers[2:at])
        durations, demands, successors = [], [], []
        for _ in range(count):
            durations.append(numbers[at])
            demands.append(tuple(numbers[at + 1 : at + 1 + kinds]))
            following = numbers[at + 1 + kinds]
            at += 2 + kinds
            successors.append(tuple(one - 1 for one in numbers[at : at + following]))
            at += following
    except (ValueError, IndexError):
        raise ReadingError("the file ends before its last activity") from None
    return _checked(Instance(name, tuple(durations), tuple(demands), capacities, tuple(successors)))


def _section(text: str, title: str) -> list[list[int]]:
    """Return the rows of whole numbers below a title, up to the next line of asterisks."""
    rows: list[list[int]] = []
    inside = False
    for line in text.splitlines():
        if line.strip().startswith(title):
            inside = True
        elif inside and line.startswith("*"):
            break
        elif inside:
            try:
                row = [int(one) for one in line.split()]
            except ValueError:
                continue
            if row:
                rows.append(row)
    return rows


def _checked(instance: Instance) -> Instance:
    count = len(instance.durations)
    if not count or len(instance.successors) != count:
        raise ReadingError("durations and successors are of different activities")
    if any(len(row) != len(instance.capacities) for row in instance.demands):
        raise ReadingError("an activity has not one demand for each resource")
    if any(not 0 <= one < count for row in instance.successors for one in row):
        raise ReadingError("a successor is no activity")
    if any(one < 0 for one in instance.durations) or any(one < 0 for row in instance.demands for one in row):
        raise ReadingError("a duration or demand is below zero")
    if sum(instance.durations) > LONGEST:
        raise ReadingError(f"the durations add up to more than {LONGEST} periods")
    if len(_order(instance)) != count:
        raise ReadingError("activities wait for each other")
    for demand in instance.demands:
        if any(need > there for need, there in zip(demand, instance.capacities, strict=True)):
            raise ReadingError("an activity needs more of a resource than there is")
    return instance


def _order(instance: Instance) -> list[int]:
    waiting = [0] * len(instance.durations)
    for row in instance.successors:
        for one in row:
            waiting[one] += 1
    ready = [n for n, count in enumerate(waiting) if count == 0]
    for n in ready:
        for one in instance.successors[n]:
            waiting[one] -= 1
            if waiting[one] == 0:
                ready.append(one)
    return ready


def lower_bound(instance: Instance) -> int:
    """Return a length no schedule goes below: the longest path, or the work of one resource."""
    longest = max(tail + d for tail, d in zip(_tails(instance), instance.durations, strict=True))
    loads = [
        -(-sum(d * row[k] for d, row in zip(instance.durations, instance.demands, strict=True)) // capacity)
        for k, capacity in enumerate(instance.capacities)
        if capacity > 0
    ]
    return max([longest, *loads])


def _tails(instance: Instance) -> list[int]:
    """Return how long the longest path behind each activity is, its own duration left out."""
    tails = [0] * len(instance.durations)
    for n in reversed(_order(instance)):
        for one in instance.successors[n]:
            tails[n] = max(tails[n], tails[one] + instance.durations[one])
    return tails


def solve(
    instance: Instance, *, seed: int = 0, left: Callable[[], float] | None = None, schedules: int = 5_000
) -> Schedule:
    """Return a short schedule: the best of `schedules` made, or of all made while something is `left`.

    `left` tells which share of the caller's budget is left, as for `Effort`. Stops at a proved optimum.
    """
    bound = lower_bound(instance)
    project = kernel.Project(_arrays(instance), POPULATION, seed + 1)
    best = project.populate()
    while best > bound and (left() > 0 if left is not None else project.schedules() < schedules):
        best = project.evolve(BROOD)
        if project.is_stale():
            best = project.populate()
    starts = tuple(project.starts())
    return Schedule(starts, best, bound)


def _arrays(instance: Instance) -> dict[str, object]:
    count = len(instance.durations)
    predecessors: list[list[int]] = [[] for _ in range(count)]
    for n, row in enumerate(instance.successors):
        for one in row:
            predecessors[one].append(n)
    pred_off, pred = _flat(predecessors)
    succ_off, succ = _flat(instance.successors)
    horizon = sum(instance.durations) + 1
    return {
        "count": count,
        "kinds": len(instance.capacities),
        "horizon": horizon,
        "duration": array("i", instance.durations),
        "demand": array("i", [need for row in instance.demands for need in row] or [0]),
        "capacity": array("i", instance.capacities or [0]),
        "pred_off": pred_off,
        "pred": pred,
        "succ_off": succ_off,
        "succ": succ,
        "latest": array("i", (horizon - tail for tail in _tails(instance))),
    }


def _flat(rows: Sequence[Sequence[int]]) -> tuple[array[int], array[int]]:
    offsets, flat = array("i", [0]), array("i")
    for row in rows:
        flat.extend(row)
        offsets.append(len(flat))
    return offsets, flat or array("i", [0])


def faults(instance: Instance, schedule: Schedule) -> list[str]:
    """Return what is wrong with a schedule, period by period and without the kernel; empty if nothing is."""
    found: list[str] = []
    ends = [start + d for start, d in zip(schedule.starts, instance.durations, strict=True)]
    for n, row in enumerate(instance.successors):
        found += [f"{one} starts before {n} ends" for one in row if schedule.starts[one] < ends[n]]
    if max(ends) != schedule.makespan or min(schedule.starts) < 0:
        found.append(f"it takes {max(ends)} periods, {schedule.makespan} are told")
    for k, capacity in enumerate(instance.capacities):
        used = [0] * (max(ends) + 1)
        for n, start in enumerate(schedule.starts):
            for period in range(start, ends[n]):
                used[period] += instance.demands[n][k]
        found += [f"resource {k} is overused in {t}" for t, need in enumerate(used) if need > capacity]
    return found
