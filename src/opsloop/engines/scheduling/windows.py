"""Deadlines that cannot be kept, proved: more work than working time between two instants.

All work that may not start before `start` and is due by `end` must be done between them. Where the working
time there does not suffice, something is late in every plan. One sentence, no solver, never wrong.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from opsloop.engines.scheduling.arrays import Table
from opsloop.engines.scheduling.columns import NEVER
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


def overloads(table: Table, among: Iterable[str | None]) -> list[Overload]:
    """Return the worst overloaded window of each person `among` these who has one, in the order of the people.

    The worst is the one that misses most; of equals the shortest. Every person whose own deadlines can be
    proved impossible in this way is found.
    """
    people = {table.person[who] for who in among if who is not None}
    mine: dict[int, list[int]] = {}
    able, off, cand = table.columns.candidates, table.cand_off, table.cand
    for n, (due, at) in enumerate(zip(table.due, table.fixed, strict=True)):
        if due != NEVER and not at and len(able[n]) == 1 and cand[off[n]] in people:
            mine.setdefault(cand[off[n]], []).append(n)
    found = (_worst(table, person, own) for person, own in sorted(mine.items()))
    return [one for one in found if one is not None]


def _worst(table: Table, person: int, own: list[int]) -> Overload | None:
    own.sort(key=lambda n: (table.due[n], n))
    missing, start, end, needed = table.board.worst_window(person, array("i", own), table.head, MOST_WINDOWS)
    if missing <= 0:
        return None
    inside = [n for n in own if table.head[n] >= start and table.due[n] <= end]
    inside.sort(key=lambda n: (-table.need[n], n))
    return Overload(
        person=table.names[person],
        start=instant_of(start),
        end=instant_of(end),
        tasks=tuple(table.ids[n] for n in inside),
        needed=needed * GRID_MINUTES,
        available=(needed - missing) * GRID_MINUTES,
    )
