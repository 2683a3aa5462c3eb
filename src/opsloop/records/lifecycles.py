"""A lifecycle as a table: which state may follow which. Code asks it, and docs/states/ is drawn from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from opsloop.records.refusals import Refused


@dataclass(frozen=True)
class Lifecycle:
    """The states of one kind of record: where it starts, and state -> {state that may follow: what leads there}."""

    name: str
    start: str
    moves: Mapping[str, Mapping[str, str]]

    def before(self, state: str) -> frozenset[str]:
        """Return the states from which `state` can be reached, for the guarded UPDATE that makes the move."""
        return frozenset(old for old, following in self.moves.items() if state in following)

    def ends(self) -> frozenset[str]:
        """Return the states that nothing follows."""
        reached = {new for following in self.moves.values() for new in following}
        return frozenset(state for state in reached if not self.moves.get(state))

    def diagram(self) -> str:
        """Return the table as a Mermaid state diagram."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.start}"]
        for old, following in self.moves.items():
            lines += [f"    {old} --> {new}: {verb}" for new, verb in following.items()]
        lines += [f"    {state} --> [*]" for state in sorted(self.ends())]
        return "\n".join(lines)

    def move(self, row: Any, to: str, *, version: int, fields: Iterable[str] = ()) -> dict[str, list[str]]:
        """Move a versioned record on to the state `to`, in the caller's transaction; return the change for its event.

        `fields` are written with it, as they stand on the record now.

        Raises:
            Refused: that state does not follow the one it has.
            StaleVersion: it has been written since `version`.
        """
        before = str(row.state)
        if before not in self.before(to):
            raise Refused(_("Somebody was faster: there is nothing left to do here. Load the page again."))
        row.state = to
        row.bump(version, ["state", *fields])
        return {"state": [before, str(to)]}
