"""Priority: quadrant, disposal and rank from goal relevance, urgency and due date (blueprint §2.2).

The formula, in full:

- *Important* is a goal relevance (目标关联度) of 3 or more out of 5. Unknown counts as 3.
- *Urgency points* = 3 / 2 / 1 for 高 / 中 / 低 (unknown counts as 中), plus 2 if the task is due today or
  overdue, plus 1 if it is due within 3 days, the span of the early warning of blueprint §2.4.
  *Urgent* is 3 points or more. So 高 is always urgent, 中 becomes urgent 3 days before its due date, and
  低 only on the day itself.
- Quadrant 1 important and urgent, 2 important, 3 urgent, 4 neither; disposal 立即 / 规划 / 授权 / 暂缓.
- *Score* = 100 × (4 − quadrant) + 10 × relevance + 8 × urgency points. Rank 1 is the highest score; then the
  earlier due date, then the shorter estimate, then the order given. Relevance and points together stay
  below 100, so a quadrant is never left behind by the one after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Literal

Urgency = Literal["high", "medium", "low"]
Quadrant = Literal[1, 2, 3, 4]

DEFAULT_RELEVANCE = 3
IMPORTANT_FROM = 3
URGENT_FROM = 3
WARNING = timedelta(days=3)
QUADRANT_WEIGHT, RELEVANCE_WEIGHT, URGENCY_WEIGHT = 100, 10, 8
POINTS: dict[Urgency | None, int] = {"high": 3, "medium": 2, "low": 1, None: 2}
FAR = datetime.max.replace(tzinfo=UTC)


class Disposal(StrEnum):
    """What to do with a task: 立即, 规划, 授权, 暂缓."""

    NOW = "now"
    PLAN = "plan"
    DELEGATE = "delegate"
    DEFER = "defer"


class Nearness(StrEnum):
    """How near the due date is, seen from the moment of ranking."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"
    LATER = "later"
    NONE = "none"


_DISPOSALS: dict[Quadrant, Disposal] = {
    1: Disposal.NOW,
    2: Disposal.PLAN,
    3: Disposal.DELEGATE,
    4: Disposal.DEFER,
}
_EXTRA_POINTS = {Nearness.OVERDUE: 2, Nearness.TODAY: 2, Nearness.SOON: 1}


@dataclass(frozen=True)
class Item:
    """What is known of a task when it is ranked.

    `due` is the aware instant by which it must be done, `quadrant` a person's own choice that overrides
    the suggested one, `minutes` the estimate.
    """

    id: str
    relevance: int | None = None
    urgency: Urgency | None = None
    due: datetime | None = None
    minutes: int | None = None
    quadrant: Quadrant | None = None


@dataclass(frozen=True)
class Priority:
    """Where a task stands and why: the inputs of the formula are kept for the explanation."""

    id: str
    quadrant: Quadrant
    disposal: Disposal
    score: int
    relevance: int | None
    urgency: Urgency | None
    nearness: Nearness
    overridden: bool
    points: int

    @property
    def parts(self) -> tuple[int, int, int]:
        """The summands of the score: of the quadrant, of the relevance, of the urgency points."""
        of_quadrant, of_urgency = QUADRANT_WEIGHT * (4 - self.quadrant), URGENCY_WEIGHT * self.points
        return of_quadrant, self.score - of_quadrant - of_urgency, of_urgency


def assess(item: Item, *, now: datetime) -> Priority:
    """Return quadrant, disposal and score of one task at the aware instant `now`."""
    nearness = _nearness(item.due, now)
    relevance = DEFAULT_RELEVANCE if item.relevance is None else min(5, max(1, item.relevance))
    points = POINTS[item.urgency] + _EXTRA_POINTS.get(nearness, 0)
    quadrant = item.quadrant or _quadrant(important=relevance >= IMPORTANT_FROM, urgent=points >= URGENT_FROM)
    return Priority(
        id=item.id,
        quadrant=quadrant,
        disposal=_DISPOSALS[quadrant],
        score=QUADRANT_WEIGHT * (4 - quadrant) + RELEVANCE_WEIGHT * relevance + URGENCY_WEIGHT * points,
        relevance=item.relevance,
        urgency=item.urgency,
        nearness=nearness,
        overridden=item.quadrant is not None,
        points=points,
    )


def rank(items: Sequence[Item], *, now: datetime) -> list[Priority]:
    """Return the priorities of `items`, first the one to do first. Linear but for the sort."""
    order = {item.id: (item.due or FAR, item.minutes or 0, n) for n, item in enumerate(items)}
    assessed = [assess(item, now=now) for item in items]
    return sorted(assessed, key=lambda priority: (-priority.score, order[priority.id]))


def _quadrant(*, important: bool, urgent: bool) -> Quadrant:
    if important:
        return 1 if urgent else 2
    return 3 if urgent else 4


def _nearness(due: datetime | None, now: datetime) -> Nearness:
    """Return how near `due` is. Days are counted as in the zone of `now`."""
    if due is None:
        return Nearness.NONE
    if due <= now:
        return Nearness.OVERDUE
    # A due date alone is the midnight that ends its day, so the last instant before it names the day.
    last_day = (due - timedelta(microseconds=1)).astimezone(now.tzinfo).date()
    if last_day == now.date():
        return Nearness.TODAY
    return Nearness.SOON if last_day - now.date() <= WARNING else Nearness.LATER
