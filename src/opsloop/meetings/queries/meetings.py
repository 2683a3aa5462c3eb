"""Meetings as one reads them: who sits in one as what, and what they answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from opsloop.meetings.models import Meeting, Seat


def seats(meeting: Meeting) -> list[Seat]:
    """Return who sits in a meeting, in the order they were chosen. One query."""
    rows = Seat.objects.filter(meeting=meeting).select_related("person__department")
    return list(rows.order_by("pk"))


def by_role(rows: Sequence[Seat]) -> list[tuple[str, list[Seat]]]:
    """Return people grouped by what they are in a meeting for; roles that nobody has are left out."""
    grouped = [(str(label), [row for row in rows if row.role == role]) for role, label in Seat.Role.choices]
    return [(label, found) for label, found in grouped if found]


def answered(rows: Sequence[Seat]) -> Mapping[str, int]:
    """Return answer -> how many gave it, of those who are invited."""
    return Counter(row.answer for row in rows if row.role != Seat.Role.COPY)
