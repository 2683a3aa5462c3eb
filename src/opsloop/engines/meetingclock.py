"""The clocks of a meeting: what each topic took, what is over its time, what it cost in person-hours, who was there.

All moments are aware datetimes; lengths are whole seconds unless a name says minutes. Time runs on the server alone: a
page is told how much had passed and counts on from there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from opsloop.engines.workclock import WorkClock

# People sign in from so long before the planned start until so long after the planned end.
OPENS_BEFORE = timedelta(minutes=30)
OPEN_AFTER = timedelta(minutes=30)
# Whoever signs in later than this after the beginning came late.
GRACE = timedelta(minutes=5)

Attendance = Literal["awaited", "present", "late", "absent"]


@dataclass(frozen=True)
class Topic:
    """How a topic stands: planned `minutes`, `spent` seconds before it was last set going, and since when it runs."""

    minutes: int
    spent: int = 0
    since: datetime | None = None

    def elapsed(self, at: datetime) -> int:
        """Return the seconds it has taken until `at`; a clock that was put back takes nothing away."""
        running = 0 if self.since is None else max(0, int((at - self.since).total_seconds()))
        return self.spent + running

    def left(self, at: datetime) -> int:
        """Return the seconds it has left; negative once it is over its time."""
        return self.minutes * 60 - self.elapsed(at)

    def over(self, at: datetime) -> int:
        """Return by how many seconds it is over its time, 0 while it is not."""
        return max(0, -self.left(at))


@dataclass(frozen=True)
class Whole:
    """The whole meeting: seconds since it began, seconds planned, and person-seconds so far."""

    elapsed: int
    planned: int
    cost: int

    @property
    def left(self) -> int:
        """What is left of the planned time; negative when it is over."""
        return self.planned - self.elapsed

    @property
    def over(self) -> int:
        """By how many seconds it is over, 0 while it is not."""
        return max(0, -self.left)


def whole(
    *, began_at: datetime | None, over_at: datetime | None, planned: int, arrivals: Sequence[datetime | None],
    at: datetime,
) -> Whole:  # fmt: skip
    """Return how a meeting of `planned` seconds stands at `at`.

    `arrivals` has an entry for everybody who is expected: when they signed in, None if they have not. While nobody has
    signed in, all who are expected count as there from the beginning.
    """
    if began_at is None:
        return Whole(0, planned, 0)
    end = max(began_at, min(at, over_at) if over_at is not None else at)
    came = [max(one, began_at) for one in arrivals if one is not None] or [began_at] * len(arrivals)
    cost = sum(max(0, int((end - one).total_seconds())) for one in came)
    return Whole(int((end - began_at).total_seconds()), planned, cost)


def person_hours(seconds: int) -> float:
    """Return person-seconds as person-hours, to a tenth."""
    return round(seconds / 3600, 1)


def attendance(
    signed_in_at: datetime | None, *, starts_at: datetime, began_at: datetime | None, is_over: bool
) -> Attendance:
    """Return whether somebody was there: late counts from when the meeting really began, if that was later."""
    if signed_in_at is None:
        return "absent" if is_over else "awaited"
    begin = max(starts_at, began_at) if began_at is not None else starts_at
    return "late" if signed_in_at > begin + GRACE else "present"


def is_open(at: datetime, *, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether people may sign in at `at` to a meeting of [starts_at, ends_at)."""
    return starts_at - OPENS_BEFORE <= at < ends_at + OPEN_AFTER


def overrun(topics: Iterable[Topic], at: datetime) -> int:
    """Return by how many seconds topics are over their time, all together."""
    return sum(topic.over(at) for topic in topics)


@dataclass(frozen=True)
class Owed:
    """By when something is owed, and when whoever owes it is reminded: half the working time before."""

    due_at: datetime
    remind_at: datetime


def owed(at: datetime, days: int, clock: WorkClock) -> Owed:
    """Return what is owed within `days` workdays after `at`: by the same time of day, on the working calendar.

    Raises:
        NoWorkdayError: the calendar has too few workdays after `at`.
    """
    local = at.astimezone(clock.zone)
    day = clock.calendar.add_workdays(local.date(), days)
    due_at = datetime.combine(day, local.time().replace(tzinfo=None), tzinfo=clock.zone)
    return Owed(due_at, clock.after(at, clock.between(at, due_at) // 2))
