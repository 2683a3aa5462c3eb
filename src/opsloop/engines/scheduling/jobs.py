"""A task on the grid, as explanations read it: what it needs, and where the plan put it."""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Job:
    """A task with all its times in slots.

    `person` is who does it, or the first of the candidates if nobody does. `due` is None if nothing placed in the
    horizon could be late.
    """

    id: str
    person: str
    need: int
    release: int
    due: int | None
    hard: bool
    quadrant: int
    minutes: int
    splittable: bool
    preferred: BlockKind | None
    joins: tuple[str, ...]
    predecessors: tuple[tuple[str, int], ...]

    @property
    def collaborators(self) -> tuple[str, ...]:
        """Return who must be present besides the one who does it."""
        return tuple(who for who in self.joins if who != self.person)
