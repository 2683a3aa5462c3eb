"""Deadlines that cannot be kept, proved: more work than working time between two instants.

All work that may not start before `start` and is due by `end` must be done between them. Where the working
time there does not suffice, something is late in every plan. One sentence, no solver, never wrong.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import datetime

from opsloop.engines.scheduling.arrays import Table
from opsloop.engines.scheduling.grid import instant_of
from opsloop.engines.scheduling.model import GRID_MINUTES, Code, Reason

# Windows looked at for one person at most; far more than people have.
MOST_WINDOWS = 2_000_000
NAMED = 3


@dataclass(frozen=True)
class Overload:
    """`person` has `needed` minutes of work in `tasks` that lie between `start` and `end`, and less time."""

    person: str
    start: datetime
    end: datetime
    tasks: tuple[str, ...]
    needed: int
    available: int

    @property
    def missing(self) -> int:
        """Return the minutes that are missing."""
        return self.needed - self.available

    def reason(self, names: Iterable[str]) -> Reason:
        """Return the overload as a reason; `names` are the titles of the tasks."""
        return Reason(
            Code.OVERLOADED,
            {
                "start": self.start,
                "due": self.end,
                "tasks": list(names)[:NAMED],
                "needed": self.needed,
                "available": self.available,
                "missing": self.missing,
            },
        )


def overloads(table: Table, among: Container[str | None]) -> list[Overload]:
    """Return the worst overloaded window of each person `among` these who has one, in the order of the people.

    The worst is the one that misses most; of equals the shortest. Every person whose own deadlines can be
    proved impossible in this way is found.
    """
    mine: dict[int, list[int]] = {}
    for n, job in enumerate(table.jobs):
        if (
            len(job.candidates) == 1
            and job.candidates[0] in among
            and job.due is not None
            and not table.fixed[n]
        ):
            mine.setdefault(table.person[job.candidates[0]], []).append(n)
    found = (_worst(table, person, own) for person, own in sorted(mine.items()))
    return [one for one in found if one is not None]


def _worst(table: Table, person: int, own: list[int]) -> Overload | None:
    own.sort(key=lambda n: (table.due[n], n))
    worst: tuple[int, int, int, int] | None = None
    rows = [(table.head[n], table.need[n], table.due[n], table.position(person, table.due[n])) for n in own]
    starts = sorted({min(table.head[n], table.due[n]) for n in own}, reverse=True)
    for start in starts[: MOST_WINDOWS // len(own) + 1]:
        needed = 0
        before = table.position(person, start)
        for head, need, due, position in rows:
            if head < start:
                continue
            needed += need
            missing = needed - max(0, position - before)
            if missing > 0 and (worst is None or missing > worst[0]):
                worst = (missing, start, due, needed)
    if worst is None:
        return None
    missing, start, end, needed = worst
    inside = [n for n in own if table.head[n] >= start and table.due[n] <= end]
    inside.sort(key=lambda n: (-table.need[n], n))
    return Overload(
        person=table.names[person],
        start=instant_of(start),
        end=instant_of(end),
        tasks=tuple(table.jobs[n].id for n in inside),
        needed=needed * GRID_MINUTES,
        available=(needed - missing) * GRID_MINUTES,
    )
