"""When somebody who owes an answer is reminded, and when their head is told: steps of a clock in working time.

Step 0 comes `first` working minutes after the question, each further one `every` later. After `times` reminders the
head is told at the step that follows, and then nobody is called any more. A run that comes late, after a downtime,
takes one step at most: several reminders that are overdue become one, and a head hears only of people who were
reminded at an earlier run.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from opsloop.engines.workclock import WorkClock

Step = Literal["remind", "head"]


@dataclass(frozen=True)
class Pace:
    """How persistently people are reminded, in working minutes; `times` 0 tells the head at once after `first`."""

    first: int = 60
    every: int = 120
    times: int = 2


@dataclass(frozen=True)
class Taken:
    """One step: what is done now, how many are done then, and when the next is due (None: there is none)."""

    step: Step
    done: int
    next_at: datetime | None


def moment(pace: Pace, number: int, asked_at: datetime, clock: WorkClock) -> datetime | None:
    """Return when step `number` (from 0) is due for a question of `asked_at`; None after the last."""
    if number > pace.times:
        return None
    return clock.after(asked_at, pace.first + number * pace.every)


def take(pace: Pace, done: int, asked_at: datetime, at: datetime, clock: WorkClock) -> Taken | None:
    """Return the step that is due at `at` when `done` of them were taken, or None while none is due."""
    due_at = moment(pace, done, asked_at, clock)
    if due_at is None or due_at > at:
        return None
    if done >= pace.times:
        return Taken("head", done + 1, None)
    reached = done + 1
    while reached < pace.times and _is_due(pace, reached, asked_at, at, clock):
        reached += 1
    next_at = moment(pace, reached, asked_at, clock)
    if next_at is not None and next_at <= at:
        # Both were overdue: whoever was reminded just now has the usual time until the next.
        next_at = clock.after(at, max(1, pace.every))
    return Taken("remind", reached, next_at)


def _is_due(pace: Pace, number: int, asked_at: datetime, at: datetime, clock: WorkClock) -> bool:
    due_at = moment(pace, number, asked_at, clock)
    return due_at is not None and due_at <= at
