"""Where a task stands among the four quadrants, and why, in words. The rule itself is engines.priority."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from opsloop.engines import priority as engine
from opsloop.engines.priority import Disposal, Item, Nearness, Priority, Quadrant, Urgency
from opsloop.work.models import Task

# The names that the component `{% quadrant %}` knows.
QUADRANT_NAMES: dict[int, str] = {1: "important_urgent", 2: "important", 3: "urgent", 4: "neither"}
DISPOSAL_LABELS: dict[Disposal, Promise] = {
    Disposal.NOW: pgettext_lazy("disposal", "Do now"),
    Disposal.PLAN: pgettext_lazy("disposal", "Plan"),
    Disposal.DELEGATE: pgettext_lazy("disposal", "Delegate"),
    Disposal.DEFER: pgettext_lazy("disposal", "Defer"),
}
_NEARNESS: dict[Nearness, Promise] = {
    Nearness.OVERDUE: gettext_lazy("It is overdue, which adds two points."),
    Nearness.TODAY: gettext_lazy("It is due today, which adds two points."),
    Nearness.SOON: gettext_lazy("It is due within 3 days, which adds one point."),
    Nearness.LATER: gettext_lazy("It is due in more than 3 days, which adds nothing."),
    Nearness.NONE: gettext_lazy("It has no due date, which adds nothing."),
}

_NEAR_IN_SHORT: dict[Nearness, Promise] = {
    Nearness.OVERDUE: gettext_lazy("overdue"),
    Nearness.TODAY: gettext_lazy("due today"),
    Nearness.SOON: gettext_lazy("due within 3 days"),
    Nearness.LATER: gettext_lazy("due later"),
    Nearness.NONE: gettext_lazy("no due date"),
}


@dataclass(frozen=True)
class Ranked:
    """A task with its place: `rank` counts from 1."""

    task: Task
    priority: Priority
    rank: int

    @property
    def name(self) -> str:
        """The quadrant by the name that the component knows."""
        return QUADRANT_NAMES[self.priority.quadrant]

    @property
    def disposal(self) -> Promise:
        """What to do with it, in a word."""
        return DISPOSAL_LABELS[self.priority.disposal]


def item(task: Task) -> Item:
    """Return what the engine needs to know of a task."""
    return Item(
        id=str(task.pk),
        relevance=task.importance,
        urgency=cast(Urgency, task.urgency),
        due=task.due_at,
        minutes=task.estimate_minutes,
        quadrant=cast(Quadrant | None, task.quadrant_override),
    )


def assess(task: Task, *, now: datetime) -> Priority:
    """Return quadrant, disposal and score of `task` at `now` (in the reader's time zone)."""
    return engine.assess(item(task), now=now)


def in_quadrant(quadrant: int, *, now: datetime) -> Q:
    """Return the condition that a task stands in `quadrant` at `now` (in the reader's time zone).

    The rule of engines.priority, said to the database: what is due up to the end of a day is that near.
    """
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    urgent = Q(urgency=Task.Urgency.HIGH)
    for urgency, points in engine.POINTS.items():
        if urgency in (Task.Urgency.MEDIUM, Task.Urgency.LOW):
            needed = engine.URGENT_FROM - points
            days = engine.WARNING.days if needed <= 1 else 0
            urgent |= Q(urgency=urgency, due_at__lte=midnight + timedelta(days=days + 1))
    important = Q(importance__gte=engine.IMPORTANT_FROM)
    suggested = {
        1: important & urgent,
        2: important & ~urgent,
        3: ~important & urgent,
        4: ~important & ~urgent,
    }
    return Q(quadrant_override=quadrant) | (Q(quadrant_override__isnull=True) & suggested[quadrant])


def suggestion(task: Task, *, now: datetime) -> Priority:
    """Return where the task would stand without anybody's own choice."""
    return engine.assess(item(task)._replace(quadrant=None), now=now)


def rank(tasks: Sequence[Task], *, now: datetime) -> list[Ranked]:
    """Return `tasks` in the order in which they deserve attention."""
    by_id = {str(task.pk): task for task in tasks}
    ordered = engine.rank([item(task) for task in tasks], now=now)
    return [Ranked(by_id[one.id], one, place) for place, one in enumerate(ordered, 1)]


def reasons(task: Task, priority: Priority) -> list[str]:
    """Say in whole sentences why a task stands in its quadrant."""
    if priority.overridden:
        return [_("Somebody chose this quadrant: %(reason)s") % {"reason": task.quadrant_reason}]
    if task.importance >= engine.IMPORTANT_FROM:
        relevance = _("Goal relevance %(n)s of 5 makes it important.")
    else:
        relevance = _("Goal relevance %(n)s of 5 is below 3, so it is not important.")
    urgency = _("Urgency “%(word)s” counts %(points)s of the 3 points that make a task urgent.")
    points = engine.POINTS[cast(Urgency, task.urgency)]
    return [
        relevance % {"n": task.importance},
        urgency % {"word": task.get_urgency_display(), "points": points},
        str(_NEARNESS[priority.nearness]),
    ]


def in_short(task: Task, priority: Priority) -> str:
    """Say on one line of a card why it stands there."""
    if priority.overridden:
        return _("By hand: %(reason)s") % {"reason": task.quadrant_reason}
    words = {
        "n": task.importance,
        "urgency": task.get_urgency_display(),
        "near": _NEAR_IN_SHORT[priority.nearness],
    }
    return _("Relevance %(n)s of 5 · urgency %(urgency)s · %(near)s") % words


def score_reasons(task: Task, priority: Priority) -> list[str]:
    """Say in whole sentences what the score of a task is made of (engines.priority holds the formula)."""
    of_quadrant, of_relevance, of_urgency = priority.parts
    sentences = [
        _("Quadrant “%(quadrant)s” gives %(n)s points.")
        % {"quadrant": Task.Quadrant(priority.quadrant).label, "n": of_quadrant},
        _("Goal relevance %(relevance)s gives %(n)s points (10 for each step).")
        % {"relevance": task.importance, "n": of_relevance},
        _("Urgency and due date give %(n)s points (8 for each of %(points)s).")
        % {"n": of_urgency, "points": priority.points},
    ]
    total = _("Together %(score)s points. On a tie the earlier due date comes first, then the shorter task.")
    return [*sentences, total % {"score": priority.score}]
