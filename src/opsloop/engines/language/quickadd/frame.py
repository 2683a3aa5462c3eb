"""Where the reader stands: now, and the working calendar, which is only made when a word needs it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from opsloop.engines.workcalendar import WorkCalendar, china

HALF_DAY = 12 * 3600
SMALL_HOURS = 6
END_OF_WORK = 18 * 3600
"""A due date without a time means this time of day, in seconds after midnight."""


@dataclass(frozen=True)
class Frame:
    """The moment of reading. A naive `now` is answered with naive times."""

    now: datetime
    given: WorkCalendar | None = None

    @property
    def today(self) -> date:
        """The date of `now` in its own zone."""
        return self.now.date()

    @cached_property
    def calendar(self) -> WorkCalendar:
        """The calendar handed in, or else that of mainland China around now."""
        return self.given or china((self.today.year, self.today.year + 1))

    def moment(self, day: date, seconds: int) -> datetime:
        """Return the wall-clock moment `seconds` after the midnight that starts `day`."""
        midnight = datetime.combine(day, time(), tzinfo=None) + timedelta(seconds=seconds)
        return midnight.replace(tzinfo=self.now.tzinfo)

    def later(self, delta: timedelta) -> datetime:
        """Return the moment `delta` from now; real time, so an hour stays an hour over summer time."""
        now = self.now.replace(microsecond=0)
        if now.tzinfo is None:
            return now + delta
        return (now.astimezone(UTC) + delta).astimezone(now.tzinfo)

    def next_moment(self, seconds: int, *, assumed: bool = False) -> datetime:
        """Return the next time the clock shows `seconds` after midnight: today, or else tomorrow.

        An `assumed` afternoon gives way in the small hours: at one in the morning, 2点 is in an hour.
        """
        tonight = self.moment(self.today, seconds - HALF_DAY)
        if assumed and self.now.hour < SMALL_HOURS and tonight >= self.now:
            return tonight
        today = self.moment(self.today, seconds)
        return today if today >= self.now else self.moment(self.today + timedelta(days=1), seconds)
