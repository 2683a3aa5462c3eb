"""How much gets done by the week, and how much will be: finished tasks, with the range of the weeks ahead.

Weeks begin on Monday where the reader lives. The running week is not over, so it is shown and not counted: the range
rests on whole weeks (docs/adr/0024, Throughput).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from opsloop.engines.forecasting import Outlook, outlook
from opsloop.engines.forecasting.throughput import HORIZONS
from opsloop.organisation.models import Person
from opsloop.work.models import Task
from opsloop.work.models.tasks import TaskQuerySet

WEEKS_SHOWN = 12
# So far back weeks say something about the next; with more tasks than this, fewer weeks are read.
WEEKS_READ = 104
MOST_READ = 20_000
# Fewer open tasks than one week finishes have no end to foretell.
MOST_WEEKS = 52


@dataclass(frozen=True)
class Week:
    """The tasks finished in the week from `monday` on, and those that were added in it."""

    monday: date
    finished: int
    added: int


@dataclass(frozen=True)
class Pace:
    """The latest whole weeks, oldest first, the running one, and what the weeks ahead will finish.

    `ahead` is empty where the past is too short. `open` tasks last from `soonest` to `latest` weeks if nothing is
    added, both None where that cannot be said; `latest` is None too where it is more than a year.
    """

    weeks: Sequence[Week]
    running: Week
    ahead: Sequence[Outlook]
    open: int
    soonest: int | None
    latest: int | None

    @property
    def mean(self) -> float:
        """The finished tasks of a week, in the mean of those shown."""
        return sum(week.finished for week in self.weeks) / len(self.weeks) if self.weeks else 0.0


def pace(tasks: TaskQuerySet, *, by: Person, at: datetime) -> Pace:
    """Return how many of `tasks` get finished by the week, as the person `by` counts weeks. Three queries."""
    zone = ZoneInfo(by.time_zone)
    today = at.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    since = datetime.combine(monday - timedelta(weeks=WEEKS_READ), time(), tzinfo=zone)
    done = tasks.filter(status=Task.Status.DONE, closed_at__gte=since, closed_at__lte=at)
    closed = list(done.order_by("-closed_at").values_list("closed_at", flat=True)[:MOST_READ])
    finished = _by_week((moment for moment in closed if moment is not None), zone)
    first = min(finished, default=monday)
    if len(closed) == MOST_READ:
        # Its week was read in part.
        first += timedelta(weeks=1)
    shown = datetime.combine(monday - timedelta(weeks=WEEKS_SHOWN), time(), tzinfo=zone)
    came = tasks.filter(created_at__gte=shown, created_at__lte=at).order_by()
    added = _by_week(came.values_list("created_at", flat=True)[:MOST_READ], zone)
    mondays = [first + timedelta(weeks=n) for n in range((monday - first).days // 7)]
    series = [float(finished[one]) for one in mondays]
    ahead = [said for weeks in HORIZONS if (said := outlook(series, weeks)) is not None]
    left = tasks.open().count()
    soonest, latest = _lasting(left, ahead)
    return Pace(
        weeks=[Week(one, finished[one], added[one]) for one in mondays[-WEEKS_SHOWN:]],
        running=Week(monday, finished[monday], added[monday]),
        ahead=ahead,
        open=left,
        soonest=soonest,
        latest=latest,
    )


def _by_week(moments: Iterable[datetime], zone: ZoneInfo) -> Counter[date]:
    days = (moment.astimezone(zone).date() for moment in moments)
    return Counter(day - timedelta(days=day.weekday()) for day in days)


def _lasting(left: int, ahead: Sequence[Outlook]) -> tuple[int | None, int | None]:
    """Return for how many weeks `left` tasks last, at the best and the worst of four weeks in five."""
    if not ahead or left == 0:
        return None, None
    said = ahead[-1]
    quick, slow = said.p90 / said.weeks, said.p10 / said.weeks
    soonest = ceil(left / quick) if quick > 0 else MOST_WEEKS + 1
    latest = ceil(left / slow) if slow > 0 else MOST_WEEKS + 1
    return (soonest if soonest <= MOST_WEEKS else None), (latest if latest <= MOST_WEEKS else None)
