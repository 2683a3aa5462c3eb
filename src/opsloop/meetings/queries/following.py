"""What the meeting before left open."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from opsloop.meetings.models import ActionItem, Meeting

# A chain of weekly meetings is not followed back for ever; what is older stands on the list of items.
LONGEST_CHAIN = 12


def before(meeting: Meeting) -> list[int]:
    """Return the keys of the meetings that this one goes on from, the nearest first. A query, or one a link."""
    if meeting.follows_id is None and meeting.series_id is not None and meeting.starts_at is not None:
        rows = Meeting.objects.filter(series=meeting.series_id, starts_at__lt=meeting.starts_at)
        held = rows.filter(state__in=["held", "closed"]).order_by("-starts_at")
        return list(held.values_list("pk", flat=True)[:LONGEST_CHAIN])
    found: list[int] = []
    link = meeting.follows_id
    while link is not None and link not in found and len(found) < LONGEST_CHAIN:
        found.append(link)
        link = Meeting.objects.filter(pk=link).values_list("follows_id", flat=True).first()
    return found


def left_open(meeting: Meeting, chain: Sequence[int] | None = None) -> list[ActionItem]:
    """Return the items with which a meeting opens: all of the last one that were sent, and what is open from earlier.

    What the last one gave up is left out. Two or three queries, a few more along a chain without a series.
    """
    chain = before(meeting) if chain is None else chain
    if not chain:
        return []
    rows = ActionItem.objects.exclude(state__in=["noted", "dropped"])
    wanted = Q(meeting=chain[0]) | (Q(meeting__in=chain[1:]) & ~Q(state="done"))
    return list(rows.filter(wanted).select_related("owner", "task", "meeting").order_by("due_at", "pk"))
