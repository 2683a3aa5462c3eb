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

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Literal, NamedTuple

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


class Item(NamedTuple):
    """What is known of a task when it is ranked. A tuple, as Priority is: a large board makes thousands of each.

    `due` is the aware instant by which it must be done, `quadrant` a person's own choice that overrides
    the suggested one, `minutes` the estimate.
    """

    id: str
    relevance: int | None = None
    urgency: Urgency | None = None
    due: datetime | None = None
    minutes: int | None = None
    quadrant: Quadrant | None = None


class Priority(NamedTuple):
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


class _Horizon(NamedTuple):
    """Until when something is due today, and until when soon, seen from `now`. Days are those of its zone.

    A due date alone is the midnight that ends its day, so the last instant of a day still belongs to it.
    """

    now: datetime
    today: datetime
    soon: datetime

    def nearness(self, due: datetime | None) -> Nearness:
        """Return how near `due` is."""
        if due is None:
            return Nearness.NONE
        if due <= self.now:
            return Nearness.OVERDUE
        if due <= self.today:
            return Nearness.TODAY
        return Nearness.SOON if due <= self.soon else Nearness.LATER


def _horizon(now: datetime) -> _Horizon:
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), tzinfo=now.tzinfo)
    # In UTC, as due dates come: thousands of them are compared.
    return _Horizon(*(moment.astimezone(UTC) for moment in (now, midnight, midnight + WARNING)))


def nearness_limits(now: datetime) -> tuple[datetime, datetime, datetime]:
    """Return, in UTC, until when what is due is overdue, until when due today, until when soon, each the last instant.

    For whoever assesses thousands at once with `assess_near`.
    """
    return _horizon(now)


def assess(item: Item, *, now: datetime) -> Priority:
    """Return quadrant, disposal and score of one task at the aware instant `now`."""
    return assess_near(item, _horizon(now).nearness(item.due))


def assess_all(items: Iterable[Item], *, now: datetime) -> list[Priority]:
    """Return quadrant, disposal and score of each of `items`, in their order."""
    horizon = _horizon(now)
    return [assess_near(item, horizon.nearness(item.due)) for item in items]


def assess_near(item: Item, nearness: Nearness) -> Priority:
    """Return quadrant, disposal and score of a task whose due date is so near; the date itself is not looked at."""
    relevance = DEFAULT_RELEVANCE if item.relevance is None else min(5, max(1, item.relevance))
    points = POINTS[item.urgency] + _EXTRA_POINTS.get(nearness, 0)
    quadrant = item.quadrant or _quadrant(important=relevance >= IMPORTANT_FROM, urgent=points >= URGENT_FROM)
    score = QUADRANT_WEIGHT * (4 - quadrant) + RELEVANCE_WEIGHT * relevance + URGENCY_WEIGHT * points
    # By place: a large board makes thousands, and names cost as much as all the rest.
    return Priority(
        item.id,
        quadrant,
        _DISPOSALS[quadrant],
        score,
        item.relevance,
        item.urgency,
        nearness,
        item.quadrant is not None,
        points,
    )


def rank(items: Sequence[Item], *, now: datetime) -> list[Priority]:
    """Return the priorities of `items`, first the one to do first. Linear but for the sort."""
    horizon = _horizon(now)
    assessed = [(assess_near(item, horizon.nearness(item.due)), item) for item in items]
    # Sorting is stable: what is equal stays in the order given.
    assessed.sort(key=lambda pair: (-pair[0].score, pair[1].due or FAR, pair[1].minutes or 0))
    return [priority for priority, _item in assessed]


def _quadrant(*, important: bool, urgent: bool) -> Quadrant:
    if important:
        return 1 if urgent else 2
    return 3 if urgent else 4
