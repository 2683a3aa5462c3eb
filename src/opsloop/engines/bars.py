"""Where a task stands on a time line: from start to due, what is missing assumed from its estimate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from opsloop.engines.worktime import DAY_MINUTES, WorkAxis


@dataclass(frozen=True)
class Bar:
    """A task on the line: local moments, its working minutes and their place on the axis, and what is assumed."""

    start: datetime
    due: datetime
    place: int
    minutes: int
    start_assumed: bool = False
    due_assumed: bool = False


def bar(
    start: datetime | None,
    due: datetime | None,
    estimate: int | None,
    axis: WorkAxis,
    *,
    is_milestone: bool = False,
) -> Bar | None:
    """Return the bar of a task with these local times, None if it has neither.

    `estimate` is in minutes; a task without one takes a working day. A milestone takes no time and stands at
    its due date.
    """
    if start is None and due is None:
        return None
    if is_milestone:
        moment = due or start
        assert moment is not None
        return Bar(moment, moment, axis.place(moment), 0)
    length = estimate or DAY_MINUTES
    if due is None:
        assert start is not None
        place = axis.place(start)
        return Bar(start, axis.closing(place + length), place, length, due_assumed=True)
    if start is None:
        place = axis.place(due) - length
        # What is due in the middle of the night has begun before it all the same.
        return Bar(min(axis.opening(place), due), due, place, length, start_assumed=True)
    place = axis.place(start)
    return Bar(start, due, place, max(0, axis.place(due) - place))
