"""Fires the timers of `config/reactions.py`: each moment once, whatever was restarted and however many look (R9)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from functools import cache
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django_tasks import task

from opsloop.background import queue
from opsloop.background.models import Firing, Timer
from opsloop.engines.timers import Late, Rule, firings
from opsloop.engines.workcalendar import WorkCalendar

logger = logging.getLogger(__name__)
# A clock that was set back by less than this only makes the next moments wait; by more, one begins anew.
SET_BACK = timedelta(hours=6)


@dataclass(frozen=True)
class Timed:
    """One line of TIMERS: `work(at=moment)` is called for each moment of `rule`, in the queue.

    `label` says to administrators what it does. `late` is what becomes of moments in a downtime: EACH, LATEST or
    MISSED of engines/timers.py; there is no default, because somebody has to think about it.
    """

    label: Promise
    rule: Rule
    work: Callable[..., Any]
    late: Late
    is_long: bool = False


@cache
def _table() -> Any:
    return import_module(settings.OPSLOOP_REACTIONS)


def lines() -> Mapping[str, Timed]:
    """Return the timers by name."""
    found: Mapping[str, Timed] = _table().TIMERS
    return found


def calendar_around(days: list[date]) -> WorkCalendar:
    """Return the organisation's working calendar; it is kept above this package."""
    found: WorkCalendar = _table().TIMER_CALENDAR({day.year for day in days})
    return found


def zone() -> tzinfo:
    """Return the zone in which the times of TIMERS are meant."""
    return ZoneInfo(settings.TIME_ZONE)


def tick(*, at: datetime) -> int:
    """Fire what is due at `at`; return how many moments fired. Any number of workers may look at once."""
    known = {row.name: row for row in Timer.objects.all()}
    since = min((row.decided_until for row in known.values()), default=at)
    calendar = calendar_around([since.date(), at.date()])
    fired = 0
    for name, line in lines().items():
        row = known.get(name)
        if row is None:
            # What is new begins now.
            Timer.objects.get_or_create(name=name, defaults={"decided_until": at})
            continue
        if row.decided_until > at + SET_BACK:
            Timer.objects.filter(pk=row.pk, decided_until=row.decided_until).update(decided_until=at)
            continue
        found = firings(line.rule, line.late, row.decided_until, at, calendar=calendar, zone=zone())
        if found or at - row.decided_until > timedelta(hours=1):
            fired += _fire(row, found, at=at)
    return fired


@transaction.atomic
def _fire(row: Timer, moments: list[datetime], *, at: datetime) -> int:
    """Decide a timer up to `at`; the guarded UPDATE lets one worker do so, the unique moments keep it single."""
    mine = Timer.objects.filter(pk=row.pk, decided_until=row.decided_until)
    if not mine.update(decided_until=at):
        return 0
    known = set(Firing.objects.filter(timer=row.name, due_at__in=moments).values_list("due_at", flat=True))
    work = fire_long if lines()[row.name].is_long else fire
    new = [moment for moment in moments if moment not in known]
    for moment in new:
        errand = queue.add(work, row.name, moment.isoformat())
        Firing.objects.create(timer=row.name, due_at=moment, fired_at=at, errand=errand)
    return len(new)


@task()
def fire(name: str, moment: str) -> None:
    """Do the work of one moment of a timer."""
    line = lines().get(name)
    if line is None:
        raise queue.Hopeless(f"no timer is called {name} in this version")
    line.work(at=parse_datetime(moment))


@task(queue_name=queue.LONG)
def fire_long(name: str, moment: str) -> None:
    """Do the work of one moment of a timer that may take minutes."""
    fire.call(name, moment)
