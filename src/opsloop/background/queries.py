"""What the page of background work shows, and whether anything of it calls for an administrator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Count, Max, Min, Q

from opsloop.background import timers
from opsloop.background.models import SILENT_SECONDS, Errand, Firing, Timer, Worker
from opsloop.background.timers import Timed
from opsloop.engines.timers import following

# Rows of each list; whoever has more dead than this looks for the cause and not at rows.
SHOWN = 50
# What waits longer than this although it could begin is a backlog.
BACKLOG = timedelta(minutes=5)


@dataclass(frozen=True)
class Health:
    """How the background work stands. `waiting_since` is when the oldest that could begin became due."""

    workers: int
    waiting: int
    waiting_since: datetime | None
    running: int
    dead: int
    at: datetime
    # From the machine's time to that of the pages; they differ in a sample, which has a clock of its own.
    shift: timedelta = timedelta()

    @property
    def is_silent(self) -> bool:
        """Whether no worker lives."""
        return not self.workers

    @property
    def is_behind(self) -> bool:
        """Whether something has waited too long."""
        return self.waiting_since is not None and self.waiting_since < self.at - BACKLOG

    @property
    def shown_since(self) -> datetime | None:
        """When the oldest that could begin became due, on the clock of the pages."""
        return self.waiting_since + self.shift if self.waiting_since else None

    @property
    def problems(self) -> int:
        """How many things an administrator should look at."""
        return self.dead + self.is_silent + self.is_behind


def living(*, at: datetime) -> int:
    """Return how many workers were heard of lately."""
    return Worker.objects.filter(beat_at__gte=at - timedelta(seconds=SILENT_SECONDS)).count()


def health(*, at: datetime, shift: timedelta = timedelta()) -> Health:
    """Return how it stands at `at`, in the machine's time. Two queries."""
    now_due = Q(status="waiting", due_at__lte=at)
    found = Errand.objects.filter(status__in=["waiting", "running", "dead"]).aggregate(
        waiting=Count("pk", filter=now_due),
        since=Min("due_at", filter=now_due),
        running=Count("pk", filter=Q(status="running")),
        dead=Count("pk", filter=Q(status="dead")),
    )
    return Health(living(at=at), found["waiting"], found["since"], found["running"], found["dead"], at, shift)


@dataclass(frozen=True)
class TimerRow:
    """A timer as it is shown: what it does, when it fired last and how that went, when it fires next."""

    name: str
    line: Timed
    fired_at: datetime | None
    due_at: datetime | None
    state: str
    next_at: datetime | None

    @property
    def late(self) -> str:
        """The policy for what a downtime missed, by name."""
        if self.line.late.each:
            return "each"
        return "latest" if self.line.late.within is None else "missed"


def timer_rows(*, at: datetime) -> Sequence[TimerRow]:
    """Return every timer. Four queries however many there are."""
    known = set(Timer.objects.values_list("name", flat=True))
    newest = Firing.objects.values("timer").annotate(newest=Max("pk")).values("newest")
    last = {row.timer: row for row in Firing.objects.filter(pk__in=newest).select_related("errand")}
    calendar = timers.calendar_around([at.date(), (at + timedelta(days=60)).date()])
    made = []
    for name, line in timers.lines().items():
        fired = last.get(name)
        coming = following(line.rule, at, calendar=calendar, zone=timers.zone()) if name in known else None
        made.append(
            TimerRow(
                name,
                line,
                fired.fired_at if fired else None,
                fired.due_at if fired else None,
                (fired.errand.status if fired.errand else "done") if fired else "",
                coming,
            )
        )
    return made


class Overview:
    """The page: each part is asked for once, when the template comes to it."""

    def __init__(self, *, machine: datetime, at: datetime) -> None:
        """Look at `machine` time for the queue and at `at` for the timers."""
        self._machine, self._at, self._shift = machine, at, at - machine

    @cached_property
    def health(self) -> Health:
        """How it stands."""
        return health(at=self._machine, shift=self._shift)

    @cached_property
    def workers(self) -> list[dict[str, Any]]:
        """The workers that were heard of within a day, the silent ones too, with what they do just now."""
        rows = list(Worker.objects.order_by("-beat_at")[:SHOWN])
        busy = Counter(Errand.objects.filter(status="running").values_list("worker", flat=True))
        return [
            {
                "name": row.name,
                "host": row.host,
                "pid": row.pid,
                "is_silent": row.is_silent(at=self._machine),
                "seconds": max(0, int((self._machine - row.beat_at).total_seconds())),
                "done": row.done,
                "busy": busy[row.name],
                "version": row.version,
            }
            for row in rows
        ]

    @cached_property
    def dead(self) -> list[tuple[Errand, datetime]]:
        """What was given up and when, the newest first."""
        rows = Errand.objects.filter(status="dead").order_by("-finished_at")[:SHOWN]
        return [(row, row.finished_at + self._shift) for row in rows if row.finished_at]

    @cached_property
    def running(self) -> list[tuple[Errand, datetime]]:
        """What is being done, and since when."""
        rows = Errand.objects.filter(status="running").order_by("started_at")[:SHOWN]
        return [(row, row.started_at + self._shift) for row in rows if row.started_at]

    @cached_property
    def waiting(self) -> list[dict[str, Any]]:
        """What waits, counted by what it does, with how many of it failed before."""
        rows = Errand.objects.filter(status="waiting").order_by("task").values("task")
        found = rows.annotate(
            count=Count("pk"),
            since=Min("queued_at"),
            next=Min("due_at"),
            failed=Count("pk", filter=Q(tries__gt=0)),
        )
        return [{**row, "task": row["task"].removeprefix("opsloop.")} for row in found[:SHOWN]]

    @cached_property
    def timers(self) -> Sequence[TimerRow]:
        """The timers."""
        return timer_rows(at=self._at)
