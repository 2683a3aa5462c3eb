"""All routine work with its next dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from opsloop.engines import recurrence
from opsloop.engines.recurrence import OnHoliday, nominal_of
from opsloop.engines.workcalendar import WorkCalendar
from opsloop.organisation.models import Person
from opsloop.organisation.queries import working_calendar
from opsloop.work.models import Task
from opsloop.work.models.tasks import DUE_LAST
from opsloop.work.queries.lists import ListState, matching
from opsloop.work.queries.neighbours import veil

# More rhythms than this are no longer read on one page; those that come first are shown, and it says so.
MOST = 200
# Instances to come, and instances before, that are shown of one.
SHOWN, PAST = 5, 5


@dataclass(frozen=True)
class Coming:
    """An instance to come: the day of the rule, the day it is done (None: left out), and why it moved."""

    nominal: date
    day: date | None
    holiday: str

    @property
    def is_moved(self) -> bool:
        """Whether it is done on another day than the rule names."""
        return self.day is not None and self.day != self.nominal


def zone_of(task: Task) -> ZoneInfo:
    """Return the zone in which a task's clock times are kept: its owner's."""
    return ZoneInfo(task.owner.time_zone if task.owner else settings.TIME_ZONE)


def calendar_from(day: date) -> WorkCalendar:
    """Return the working calendar of the years in which the next instances lie. Two queries."""
    return working_calendar({day.year, day.year + 1})


def coming(
    rule: str, on_holiday: str, *, first: date, calendar: WorkCalendar, count: int = SHOWN
) -> list[Coming]:
    """Return the first `count` instances from `first` on that are done, with those left out between them.

    Raises:
        ValueError: `rule` is not one.
    """
    found: list[Coming] = []
    done = 0
    days = recurrence.occurrences(rule, first=first, calendar=calendar, on_holiday=OnHoliday(on_holiday))
    for one in islice(days, count * 10):
        found.append(Coming(one.nominal, one.day, calendar.name_of(one.nominal)))
        done += one.day is not None
        if done == count:
            break
    return found


@dataclass(frozen=True)
class Rhythm:
    """A piece of routine work: its present instance, and the dates of those after it."""

    task: Task
    day: date | None
    is_late: bool
    coming: Sequence[Coming]

    @property
    def is_of_working_days(self) -> bool:
        """Whether its rule names working days, so that it never meets a day off."""
        return recurrence.names_working_days(self.task.recurrence)


@dataclass(frozen=True)
class Page:
    """The routine work of a view; `is_cut` when there is more."""

    rhythms: Sequence[Rhythm]
    is_cut: bool


def page(person: Person, scope: str, *, now: datetime, calendar: WorkCalendar) -> Page:
    """Return the routine work of a scope, what comes first on top. One query."""
    # Put off or not: a rhythm goes on.
    every = matching(person, ListState(scope=scope, status=("any",)), now=now)
    found = every.filter(closed_at__isnull=True).exclude(recurrence="")
    rows = list(
        found.select_related("owner", "project").order_by(DUE_LAST, "due_at", "starts_at", "pk")[: MOST + 1]
    )
    rhythms = [_rhythm(task, now, calendar) for task in veil(rows[:MOST], person)]
    return Page(sorted(rhythms, key=lambda one: one.day or date.max), is_cut=len(rows) > MOST)


def _rhythm(task: Task, now: datetime, calendar: WorkCalendar) -> Rhythm:
    day = base_day(task)
    return Rhythm(task, day, task.is_overdue(now), next_instances(task, calendar)[1:4])


def base_day(task: Task) -> date | None:
    """Return the day of the present instance in the zone of its work."""
    base = task.starts_at or task.due_at
    return base.astimezone(zone_of(task)).date() if base else None


def next_instances(task: Task, calendar: WorkCalendar, *, count: int = SHOWN) -> list[Coming]:
    """Return the present instance of routine work and those after it; nothing for what does not repeat."""
    day = base_day(task)
    if day is None or not task.recurrence:
        return []
    try:
        found = coming(task.recurrence, task.on_holiday, first=day, calendar=calendar, count=count)
        nominal = nominal_of(task.recurrence, day)
    except ValueError:
        return []
    # An instance whose date somebody has moved by hand stands where it stands.
    rest = [one for one in found if one.nominal > nominal and (one.day is None or one.day > day)]
    return [Coming(nominal, day, calendar.name_of(nominal)), *rest][: count + 5]


def before(task: Task, person: Person) -> QuerySet[Task]:
    """Return the instances before this one that `person` may see, the newest first. A query each, five at most."""
    chain: list[int] = []
    pk = task.previous_id
    while pk and len(chain) < PAST:
        chain.append(pk)
        pk = Task.objects.filter(pk=pk).values_list("previous_id", flat=True).first()
    return (
        Task.objects.visible_to(person)
        .alive()
        .filter(pk__in=chain)
        .select_related("closed_by")
        .order_by("-pk")
    )


def today_of(now: datetime) -> date:
    """Return the day of `now` where the reader is."""
    return timezone.localtime(now).date()
