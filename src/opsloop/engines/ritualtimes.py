"""When the rituals of a working day are offered: calm, at the time they help, never on a day off."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from opsloop.engines.workcalendar import WorkCalendar

Kind = Literal["morning", "team", "evening", "week"]

BEFORE_WORK = timedelta(hours=2)
BEFORE_THE_END = timedelta(hours=1)
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Workday:
    """When somebody's working day begins and ends, in their own zone. Leave counts: who is away has none."""

    start: datetime
    end: datetime

    @property
    def middle(self) -> datetime:
        """The instant halfway, after which planning the day is of no more use."""
        return self.start + (self.end - self.start) / 2


def offered(
    now: datetime,
    workday: Workday | None,
    *,
    calendar: WorkCalendar,
    ended: Collection[Kind],
    leads: bool = False,
) -> Sequence[Kind]:
    """Return the rituals to offer at `now`, the most timely first; none without a working day.

    `now` is in the zone of the person. `ended` are those finished or skipped for this day (the week: for the
    week that `planned_week` names). Who `leads` is offered the round of the team beside the own morning.
    """
    if workday is None:
        return ()
    kinds: list[Kind] = []
    if workday.start - BEFORE_WORK <= now < workday.middle:
        kinds += ["morning", "team"] if leads else ["morning"]
    if now >= workday.end - BEFORE_THE_END:
        kinds.append("evening")
    if (closes_week(now.date(), calendar) and now >= workday.middle) or _opens_week(now.date(), calendar):
        kinds.append("week")
    return tuple(kind for kind in kinds if kind not in ended)


def closes_week(day: date, calendar: WorkCalendar) -> bool:
    """Whether no working day of its week (Monday to Sunday) follows `day`."""
    return calendar.next_workday(day) >= _monday(day) + WEEK


def _opens_week(day: date, calendar: WorkCalendar) -> bool:
    return calendar.previous_workday(day) < _monday(day)


def planned_week(day: date, calendar: WorkCalendar) -> date:
    """Return the Monday of the week that the review on `day` plans: the next one worked once this one is over."""
    return _monday(calendar.next_workday(day)) if closes_week(day, calendar) else _monday(day)


def last_workday(day: date, calendar: WorkCalendar) -> date:
    """Return `day` if it is worked, else the working day before it: until the next one begins it is quiet."""
    return day if calendar.is_workday(day) else calendar.previous_workday(day)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
