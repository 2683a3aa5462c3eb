"""Working time as one line of whole minutes: what lies between days and hours is not on it.

A working day has eight hours, 09:00–12:00 and 13:00–18:00, as estimates count them. Moments are local wall-clock
times; whoever asks has turned them into the zone that is meant.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from opsloop.engines.workcalendar import WorkCalendar

MORNING, NOON, AFTERNOON, EVENING = 9 * 60, 12 * 60, 13 * 60, 18 * 60
DAY_MINUTES = (NOON - MORNING) + (EVENING - AFTERNOON)
# How far an axis reaches at first; it grows by itself.
SPAN = 400


def minute_of(clock: time) -> int:
    """Return how many minutes of a working day have passed at `clock`: 0 at nine, 480 from six on."""
    minute = clock.hour * 60 + clock.minute
    before_noon = min(max(minute, MORNING), NOON) - MORNING
    after_noon = min(max(minute, AFTERNOON), EVENING) - AFTERNOON
    return before_noon + after_noon


@dataclass
class WorkAxis:
    """The working minutes from the morning of `first` on; earlier moments have negative places."""

    calendar: WorkCalendar
    first: date
    # For each day from `first` on: how many working days lie before it.
    _before: list[int] = field(default_factory=list, init=False)

    def place(self, moment: datetime) -> int:
        """Return the place of a local moment; a moment outside working hours has that of the next one in them."""
        day = moment.date()
        inside = minute_of(moment.time()) if self.calendar.is_workday(day) else 0
        return self._days_before(day) * DAY_MINUTES + inside

    def opening(self, place: int) -> datetime:
        """Return the moment at which work that starts at `place` begins: never at the end of a day."""
        days, minutes = divmod(place, DAY_MINUTES)
        return self._moment(days, minutes, in_morning=minutes < NOON - MORNING)

    def closing(self, place: int) -> datetime:
        """Return the moment at which work that ends at `place` is done: never at the start of a day."""
        days, minutes = divmod(place - 1, DAY_MINUTES)
        return self._moment(days, minutes + 1, in_morning=minutes < NOON - MORNING)

    def _moment(self, days: int, minutes: int, *, in_morning: bool) -> datetime:
        clock = MORNING + minutes if in_morning else AFTERNOON + minutes - (NOON - MORNING)
        return datetime.combine(self._workday(days), time()) + timedelta(minutes=clock)

    def _days_before(self, day: date) -> int:
        offset = (day - self.first).days
        if offset < 0:
            return -len(self.calendar.workdays(day, self.first - timedelta(days=1)))
        self._reach(offset)
        return self._before[offset]

    def _workday(self, number: int) -> date:
        """Return the working day before which `number` others lie."""
        if number < 0:
            return self.calendar.add_workdays(self.first, number)
        while not self._before or self._before[-1] <= number:
            self._reach(len(self._before) + SPAN)
        # The last day with `number` before it is the working one: those ahead of it are days off.
        return self.first + timedelta(
            days=bisect_right(self._before, number, bisect_left(self._before, number)) - 1
        )

    def _reach(self, offset: int) -> None:
        while len(self._before) <= offset:
            last = len(self._before) - 1
            worked = last >= 0 and self.calendar.is_workday(self.first + timedelta(days=last))
            self._before.append(self._before[-1] + worked if self._before else 0)
