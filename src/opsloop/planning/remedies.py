"""What would help where work is late or finds no place: each remedy opens the what-if, ready to be tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from opsloop.planning.steps import HOURS
from opsloop.web.dates import WEEKDAYS, duration
from opsloop.work.models import Task

# By when something is due that is given another day.
EVENING = time(18)
# Below this a task is not worth cutting down any further.
SMALLEST = 30
# Of the tasks in an overload these are offered to be changed.
NAMED = 3


@dataclass(frozen=True)
class Remedy:
    """Something that could be done, in words, and the query of the what-if that shows what comes of it."""

    text: str
    query: str


def remedies(
    task: Task | None,
    *,
    lacks: int,
    late: int = 0,
    due: datetime | None = None,
    days: Sequence[date],
    now: datetime,
    cut: bool = False,
) -> list[Remedy]:
    """Return what could help: more time, a later date, another person, less work, or waiting.

    `lacks` are the minutes that are missing, `late` those by which it would be late; `days` the working days of the
    week ahead, `due` the date that cannot be kept (that of the task, if it is one task). `now` is in the zone of the
    person whose week it is. With `cut` it is in the way that the task must be done in one go.
    """
    found: list[Remedy] = []
    if not lacks and not late:
        # Time is not what it lacks.
        return found
    before = [day for day in days if due is None or day <= due.astimezone(now.tzinfo).date()] or list(
        days[:1]
    )
    if lacks and before:
        more = next((step for step in HOURS if step >= lacks), HOURS[-1])
        text = _("%(time)s more on %(day)s") % {"time": duration(more), "day": _day(before[-1])}
        found.append(_remedy(text, minutes=more, day=before[-1]))
    if task is None:
        return found
    if cut:
        found.insert(0, _remedy(_("Cut it into parts"), task=task.pk, parts="parts"))
    found += _of_task(task, lacks, late, now)
    monday = now.date() + timedelta(days=7 - now.weekday())
    return [*found, _remedy(_("Leave it for next week"), task=task.pk, until=monday)]


def against(
    tasks: Sequence[Task], missing: int, due: datetime, days: Sequence[date], now: datetime
) -> list[Remedy]:
    """Return what could help where more is due by `due` than there is time for: more time, or less of the tasks."""
    found = remedies(None, lacks=missing, due=due, days=days, now=now)
    for task in [task for task in tasks if task.number][:NAMED]:
        found.append(_remedy(_("Less of “%(title)s”") % {"title": task.title}, task=task.pk, ask="due"))
    return found


def _of_task(task: Task, lacks: int, late: int, now: datetime) -> list[Remedy]:
    found = []
    if task.due_at is not None and late:
        # When it would be finished as it is planned now.
        then = (task.due_at + timedelta(minutes=late)).astimezone(now.tzinfo)
        day = then.date() if then.time() <= EVENING else then.date() + timedelta(days=1)
        later = datetime.combine(day, EVENING)
        text = _("Due on %(day)s instead") % {"day": _day(day)}
        found.append(_remedy(text, task=task.pk, due=f"{later:%Y-%m-%dT%H:%M}"))
    estimate = task.estimate_minutes or 0
    if lacks and estimate - lacks >= SMALLEST:
        smaller = (estimate - lacks) // 15 * 15
        text = _("Do less of it: %(time)s") % {"time": duration(smaller)}
        found.append(_remedy(text, task=task.pk, estimate=f"{smaller}min"))
    found.append(_remedy(_("Give it to somebody"), task=task.pk, ask="owner"))
    return found


def _remedy(text: str, **query: object) -> Remedy:
    return Remedy(text, urlencode(query))


def _day(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {day:%m-%d}"
