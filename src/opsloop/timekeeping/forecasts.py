"""From rows to intervals: what finished tasks took against their estimates, learned once and kept up to date."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, connection

from opsloop.engines.forecasting import Entry, Forecast, Forecaster
from opsloop.timekeeping.queries import minutes_of_task
from opsloop.work.models import Task

# Older work fades by its weight anyway; more than this is not read when a process first needs it.
SINCE = timedelta(days=1095)
MOST_READ = 20_000
# What a request may learn from at once (20 ms); where there is more, a thread learns the rest.
AT_ONCE = 200
# The latest rows are compared with those learned: what changed behind them is learned anew with the next fit.
TAIL = 64
FIT_EVERY = timedelta(hours=12)

Row = tuple[int, datetime, int | None, int | None, int, int]


@dataclass(frozen=True)
class Question:
    """What is asked about: whose task, of what category, and its estimate in minutes (above 0)."""

    owner: int | None
    category: int | None
    estimate: int


@dataclass
class _Known:
    """What this process has learned.

    Its latest rows, newest first, when it was fitted, and whether there were so few that a request may fit anew.
    """

    forecaster: Forecaster
    tail: list[Row]
    fitted_at: datetime
    is_few: bool


logger = logging.getLogger(__name__)
_lock = threading.Lock()
_known: dict[str, _Known] = {}
_learning = threading.Lock()


def forecasts(questions: Iterable[Question], *, at: datetime) -> tuple[list[Forecast], float]:
    """Return a forecast for each question, and how strongly the tasks of one person stray together (0 to 0.8).

    They rest on the finished tasks of everybody: whoever reads one learns sums, never whose. One query; a second one
    at the first call in a process, and where there are few tasks twice a day and when hours of the latest were changed.
    Where there are many, the first answers rest on the latest alone until a thread has learned the others.
    """
    asked = list(questions)
    # One at a time: a forecast reads lists that learning moves.
    with _lock:
        forecaster = _caught_up(at)
        found = [
            forecaster.forecast(person=one.owner, kind=one.category, estimate=one.estimate) for one in asked
        ]
        return found, forecaster.correlation


def _caught_up(at: datetime) -> Forecaster:
    latest = _read(at, TAIL)
    known = _known.get("all")
    fresh = _fresh(latest, known, at)
    if known is None or (fresh is None and known.is_few):
        known = _known["all"] = _fitted(latest if len(latest) < TAIL else _read(at, AT_ONCE), at)
        if not known.is_few:
            _learn_beside(at)
    elif fresh is None:
        _learn_beside(at)
    else:
        for row in reversed(fresh):
            known.forecaster.learn(_entry(row))
        known.tail = latest
    return known.forecaster


def _fitted(rows: list[Row], at: datetime) -> _Known:
    return _Known(Forecaster.fit(map(_entry, reversed(rows))), rows[:TAIL], at, len(rows) < AT_ONCE)


def _learn_beside(at: datetime) -> None:
    """Learn all there is in a thread, unless one does already; until then what is known answers."""
    if _learning.acquire(blocking=False):
        threading.Thread(target=_learn_all, args=(at,), name="opsloop-forecasts", daemon=True).start()


def _learn_all(at: datetime) -> None:
    try:
        found = _fitted(_read(at, MOST_READ), at)
        with _lock:
            _known["all"] = found
    except DatabaseError:
        # The next question that finds its knowledge old begins anew.
        logger.exception("forecasts were not learned")
    finally:
        connection.close()
        _learning.release()


def _fresh(latest: Sequence[Row], known: _Known | None, at: datetime) -> Sequence[Row] | None:
    """Return the rows to learn, newest first, or None if what was learned no longer stands as it did."""
    if known is None or not known.fitted_at <= at < known.fitted_at + FIT_EVERY:
        return None
    there = set(known.tail)
    new = next((place for place, row in enumerate(latest) if row in there), len(latest))
    rest = latest[new:]
    if list(rest) != known.tail[: len(rest)] or (known.tail and not rest):
        return None
    if new == len(latest) == TAIL or len(latest) < min(TAIL, new + len(known.tail)):
        return None
    return latest[:new]


def _read(at: datetime, most: int) -> list[Row]:
    """Return finished tasks with an estimate, newest first; minutes are 0 where nobody logged any."""
    done = Task.objects.alive().filter(
        status=Task.Status.DONE, closed_at__gte=at - SINCE, closed_at__lte=at, estimate_minutes__gt=0
    )
    rows: Any = done.order_by("-closed_at", "-pk").values_list(
        "pk", "closed_at", "owner_id", "category_id", "estimate_minutes", minutes_of_task()
    )[:most]
    return list(rows)


def _entry(row: Row) -> Entry:
    _pk, closed_at, owner, category, estimate, minutes = row
    return Entry(closed_at.timestamp() / 86_400, owner, category, estimate, minutes)
