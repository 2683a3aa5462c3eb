"""A person's day as rituals need it: the local clock, the working calendar, the blocks and what is left of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from opsloop.engines import intervals
from opsloop.engines.blocks import Block
from opsloop.engines.ritualtimes import Workday
from opsloop.engines.workcalendar import WorkCalendar
from opsloop.organisation.models import Person
from opsloop.organisation.queries import blocks_for, working_calendar
from opsloop.planning import room
from opsloop.work import priorities
from opsloop.work.models import Task
from opsloop.work.priorities import Ranked

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Day:
    """The local day of a person at an instant."""

    person: Person
    now: datetime

    @cached_property
    def calendar(self) -> WorkCalendar:
        """The working calendar, with the weeks around. One query."""
        return working_calendar({(self.now + timedelta(days=days)).year for days in (-14, 0, 14)})

    @property
    def on(self) -> date:
        """Which day it is where the person lives."""
        return self.now.date()

    @property
    def midnight(self) -> datetime:
        """When it began."""
        return datetime.combine(self.on, time(), tzinfo=self.now.tzinfo)

    @property
    def tomorrow(self) -> datetime:
        """When it ends: midnight by the clock, also when the day has 23 hours."""
        return datetime.combine(self.on + timedelta(days=1), time(), tzinfo=self.now.tzinfo)

    @property
    def next_workday(self) -> date:
        """The next day that is worked."""
        return self.calendar.next_workday(self.on)


def day_of(person: Person, at: datetime) -> Day:
    """Return the day of `person` at `at`. Nothing is asked yet."""
    return Day(person, at.astimezone(ZoneInfo(person.time_zone)))


def workday(blocks: Iterable[Block]) -> Workday | None:
    """Return when a day with these blocks begins and ends; None without any: a day off, or leave."""
    own = [block for block in blocks if block.kind.workable]
    return Workday(min(block.start for block in own), max(block.end for block in own)) if own else None


def minutes_left(day: Day) -> int:
    """Return the working minutes from now to the end of the day, without what calendars take. Five queries.

    What stands there for tasks is not taken off: it is what the day is for.
    """
    blocks = blocks_for(day.person, [day.on], calendar=day.calendar)
    worked = room.spans(block for block in blocks if block.kind.workable)
    ahead = intervals.clip(worked, day.now, day.tomorrow)
    if not ahead:
        return 0
    busy = room.busy(day.person, (ahead[0][0], ahead[-1][1]), calendar=day.calendar)
    return room.minutes(intervals.subtract(ahead, intervals.merge(one.span for one in busy)))


def minutes(blocks: Iterable[Block], *, since: datetime) -> int:
    """Return the working minutes of `blocks` that lie after `since`."""
    spans = ((max(block.start, since), block.end) for block in blocks if block.kind.workable)
    return sum(round((end - start) / MINUTE) for start, end in spans if end > start)


def ranked(tasks: Sequence[Task], day: Day) -> list[Ranked]:
    """Return tasks in the order in which they deserve attention."""
    return priorities.rank(tasks, now=day.now)


class Look:
    """What a ritual looks at, for one person at an instant; nothing is asked before a step shows it."""

    def __init__(self, person: Person, *, at: datetime) -> None:
        """Look at the rituals of `person` at `at`."""
        self.person = person
        self._at = at

    @cached_property
    def day(self) -> Day:
        """The local day."""
        return day_of(self.person, self._at)
