"""A clock that runs in working time only: key nodes have limits such as 24 working hours.

It stands still at night, at lunch, on weekends and holidays, and runs on make-up days (调休). All moments are
aware datetimes, compared as instants; minutes are whole working minutes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from opsloop.engines import intervals
from opsloop.engines.blocks import Span, Template, blocks_of_day
from opsloop.engines.workcalendar import ONE_DAY, NoWorkdayError, WorkCalendar

MINUTE = timedelta(minutes=1)
# A limit is hours to weeks; a calendar without any working time must not loop for ever.
LONGEST_WALK = 1500


@dataclass(frozen=True)
class WorkClock:
    """Counts working time: the hours of `template` on the workdays of `calendar`, as seen in `zone`."""

    template: Template
    calendar: WorkCalendar
    zone: tzinfo

    def after(self, start: datetime, minutes: int) -> datetime:
        """Return the first moment at which `minutes` of working time have passed since `start`.

        Nothing to count ends at `start` itself, whatever the hour.

        Raises:
            ValueError: `minutes` is negative.
            NoWorkdayError: the calendar has too little working time after `start`.
        """
        if minutes < 0:
            raise ValueError("a limit cannot be negative")
        left = minutes * MINUTE
        if not left:
            return start
        for begin, end in self._spans(start):
            if end - begin >= left:
                return begin + left
            left -= end - begin
        raise NoWorkdayError(f"no {minutes} working minutes after {start.isoformat()}")

    def between(self, start: datetime, end: datetime) -> int:
        """Return the whole working minutes from `start` to `end`; negative when `end` lies before `start`.

        At most LONGEST_WALK days are counted.
        """
        if end < start:
            return -self.between(end, start)
        total = timedelta()
        for begin, stop in self._spans(start):
            if begin >= end:
                break
            total += min(stop, end) - begin
        return total // MINUTE

    def _spans(self, start: datetime) -> Iterator[Span]:
        """Yield the stretches of working time from `start` on, in order and disjoint."""
        first = start.astimezone(self.zone).date()
        for number in range(LONGEST_WALK):
            for begin, end in self._day(first + number * ONE_DAY):
                if end > start:
                    yield max(begin, start), end

    def _day(self, day: date) -> list[Span]:
        blocks = blocks_of_day(self.template, day, calendar=self.calendar, zone=self.zone)
        return intervals.merge((block.start, block.end) for block in blocks if block.kind.workable)
