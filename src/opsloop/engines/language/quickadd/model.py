"""What a quick-add line says: the fields of a task and the piece of text each of them came from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Priority = Literal["high", "medium", "low"]
ChipKind = Literal[
    "start",
    "due",
    "estimate",
    "recurrence",
    "priority",
    "owner",
    "collaborator",
    "tag",
    "project",
]


@dataclass(frozen=True)
class Chip:
    """One understood piece: `text` is the original line from `start_index` up to, not including, `end_index`.

    A range such as 14:00-15:30 is one chip of kind "start", though it gives the estimate too.
    """

    kind: ChipKind
    text: str
    start_index: int
    end_index: int


@dataclass(frozen=True)
class QuickAdd:
    """A task as one line of text describes it. Times are in the zone of the `now` they were read with.

    `recurrence` is an RFC 5545 RRULE without "RRULE:". With a `start`, `due` is None.
    """

    title: str
    start: datetime | None = None
    due: datetime | None = None
    estimate_minutes: int | None = None
    priority: Priority | None = None
    owner: str | None = None
    collaborators: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    project: str | None = None
    recurrence: str | None = None
    chips: tuple[Chip, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the ten fields as plain values; times as ISO 8601, with an offset if `now` had one."""
        return {
            "title": self.title,
            "start": self.start.isoformat() if self.start else None,
            "due": self.due.isoformat() if self.due else None,
            "estimate_minutes": self.estimate_minutes,
            "priority": self.priority,
            "owner": self.owner,
            "collaborators": list(self.collaborators),
            "tags": list(self.tags),
            "project": self.project,
            "recurrence": self.recurrence,
        }
