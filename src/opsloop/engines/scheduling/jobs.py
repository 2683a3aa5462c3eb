"""A task on the grid: what the core plans, and where it put it."""

from __future__ import annotations

from dataclasses import dataclass, field

from opsloop.engines.blocks import BlockKind
from opsloop.engines.scheduling.grid import Piece


@dataclass(frozen=True, slots=True)
class Fit:
    """The pieces of a task, in order."""

    pieces: tuple[Piece, ...]

    @property
    def start(self) -> int:
        """Return the first slot."""
        return self.pieces[0][0]

    @property
    def end(self) -> int:
        """Return the slot after the last one."""
        return self.pieces[-1][1]


@dataclass(eq=False, slots=True)
class Job:
    """A task with all its times in slots.

    `person` is who does it: before the core has run the first of `candidates`. `due` is None if nothing
    placed in the horizon could be late. `aim` is the due date, or the end of the horizon for what is due
    soon behind it: done by then it is surely met.
    """

    id: str
    person: str
    candidates: tuple[str, ...]
    need: int
    release: int
    due: int | None
    aim: int | None
    hard: bool
    quadrant: int
    score: int
    relevance: int
    weight: float
    minutes: int
    splittable: bool
    piece: int
    preferred: BlockKind | None
    # Important and due today or overdue: it starts as soon as it can, through a fragment if need be.
    pressing: bool
    joins: tuple[str, ...]
    predecessors: tuple[tuple[str, int], ...]
    successors: list[tuple[str, int]] = field(default_factory=list)

    @property
    def collaborators(self) -> tuple[str, ...]:
        """Return who must be present besides the one who does it."""
        return tuple(who for who in self.joins if who != self.person)
