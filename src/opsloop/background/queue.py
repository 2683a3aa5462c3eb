"""The queue: put in, lease, finish, try again, give up. Every step is one short transaction.

At least once is promised of a call, exactly once of its effect: `effects.first_time` guards that. A lease that is
not renewed ends; whoever held it may still be at work and must not be believed, so each step names the try.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django_tasks.base import Task
from django_tasks.utils import normalize_json

from opsloop.background.models import LEASE_SECONDS, MOST_TRIES, Errand
from opsloop.records.refusals import Refused

logger = logging.getLogger(__name__)
# Seconds before the next try, after the first, second, … failure.
WAITS: Sequence[int] = (10, 60, 300, 1800)
# Each a little different, so that what failed together does not come back together.
SPREAD = 0.2
# Queues: what takes milliseconds, what may take minutes, and what waits for machines of others.
QUICK, LONG, OUTSIDE = "default", "long", "outside"
DIED = "WorkerDied: the worker was killed or lost the database while it did this"


class Later(Exception):  # noqa: N818  (no error: the other side wants us to wait)
    """Raised by a task that is to run again in so many seconds; that does not count as a try."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"again in {seconds:.0f} s")
        self.seconds = seconds


class Failed(Exception):  # noqa: N818  (its text is for people)
    """Raised by a task that did not succeed and says in words why; the queue tries again."""


class Hopeless(Failed):
    """Raised by a task that would fail the same way every time: given up at once."""


@dataclass(frozen=True)
class Outcome:
    """How one try ended. `wait` is None when there shall be no further one."""

    errand: Errand
    error: str = ""
    trace: str = ""
    wait: float | None = None
    counts: bool = True

    @property
    def is_done(self) -> bool:
        """Whether it succeeded."""
        return not self.error and self.wait is None


@dataclass(frozen=True)
class Hooks:
    """What the owner of a task wants to hear, with the errand's arguments, in the transaction of the step."""

    given_up: Callable[..., None]
    revived: Callable[..., None]


_hooks: dict[str, Hooks] = {}


def hear(task: Task[Any, Any], *, given_up: Callable[..., None], revived: Callable[..., None]) -> None:
    """Call `given_up` when an errand of `task` dies, and `revived` when an administrator tries it again."""
    _hooks[task.module_path] = Hooks(given_up, revived)


def machine_now() -> datetime:
    """Return the time of the machine: leases and waits do not follow a sample's own clock."""
    return datetime.now(UTC)


def add(task: Task[Any, Any], *args: Any, key: str = "", **kwargs: Any) -> Errand:
    """Queue a call in the caller's transaction; with `key`, nothing is added while one of that key waits."""
    errand = _errand(task, args, kwargs, key)
    if not key:
        errand.save(force_insert=True)
        return errand
    Errand.objects.bulk_create([errand], ignore_conflicts=True)
    return Errand.objects.filter(key=key, status=Errand.Status.WAITING).order_by("pk").first() or errand


def add_many(task: Task[Any, Any], calls: Iterable[Sequence[Any]]) -> None:
    """Queue a call for each tuple of arguments, in a few statements."""
    errands = [_errand(task, args, {}, "") for args in calls]
    Errand.objects.bulk_create(errands, batch_size=500)


def _errand(task: Task[Any, Any], args: Sequence[Any], kwargs: dict[str, Any], key: str) -> Errand:
    now = machine_now()
    return Errand(
        task=task.module_path,
        arguments=normalize_json({"args": list(args), "kwargs": kwargs}),
        queue=task.queue_name,
        priority=task.priority,
        key=key,
        queued_at=now,
        due_at=max(now, task.run_after) if task.run_after else now,
    )


def lease(worker: str, queue: str, *, ended: Outcome | None = None) -> Errand | None:
    """Lease the next due errand of `queue` to `worker`, None if there is none; first write how the last one ended.

    On PostgreSQL rows that others lease just now are passed over; on SQLite there is one writer at a time.
    """
    now = machine_now()
    if ended is None and not Errand.objects.filter(queue=queue).due(at=now).exists():
        return None
    with transaction.atomic():
        if ended is not None:
            finish(ended)
        rows = Errand.objects.filter(queue=queue).due(at=now)
        errand: Errand | None = rows.select_for_update(skip_locked=True).first()
        if errand is None:
            return None
        errand.status, errand.worker, errand.started_at = Errand.Status.RUNNING, worker, now
        errand.tries += 1
        errand.lease_until = now + timedelta(seconds=LEASE_SECONDS)
        errand.save(update_fields=["status", "worker", "started_at", "tries", "lease_until"])
    return errand


def failed(errand: Errand, error: BaseException) -> Outcome:
    """Return what follows from a failure: wait longer each time, give up after the fifth or when it is hopeless."""
    if isinstance(error, Later):
        return Outcome(errand, wait=error.seconds, counts=False)
    text = (str(error) if isinstance(error, Failed) else f"{type(error).__name__}: {error}")[:500]
    trace = "".join(traceback.format_tb(error.__traceback__))[-4000:]
    if isinstance(error, Hopeless) or errand.tries >= MOST_TRIES:
        return Outcome(errand, text, trace)
    wait = WAITS[min(errand.tries, len(WAITS)) - 1]
    return Outcome(errand, text, trace, wait=wait * (1 + SPREAD * (errand.pk % 7) / 7))


@transaction.atomic
def finish(ended: Outcome) -> None:
    """Write how a try ended, unless another worker has taken the errand over since."""
    errand, now = ended.errand, machine_now()
    mine = Errand.objects.filter(pk=errand.pk, tries=errand.tries, status=Errand.Status.RUNNING)
    if ended.is_done:
        mine.update(status=Errand.Status.DONE, finished_at=now, lease_until=None, error="", trace="")
    elif ended.wait is not None:
        tries = errand.tries if ended.counts else errand.tries - 1
        values = {"due_at": now + timedelta(seconds=ended.wait), "tries": tries}
        _put_back(mine, error=ended.error, trace=ended.trace, **values)
    elif mine.update(
        status=Errand.Status.DEAD, finished_at=now, lease_until=None, error=ended.error, trace=ended.trace
    ):
        _tell(errand, "given_up")


def _put_back(rows: Any, **values: Any) -> None:
    """Let an errand wait again; one of its key that waits already stands for both."""
    try:
        with transaction.atomic():
            rows.update(status=Errand.Status.WAITING, lease_until=None, **values)
    except IntegrityError:
        rows.update(status=Errand.Status.DONE, lease_until=None, finished_at=machine_now())


def _tell(errand: Errand, what: str) -> None:
    hooks = _hooks.get(errand.task)
    if hooks is not None:
        arguments = errand.arguments
        getattr(hooks, what)(*arguments.get("args", ()), **arguments.get("kwargs", {}))


def renew(worker: str) -> None:
    """Prolong the leases of a worker that lives."""
    until = machine_now() + timedelta(seconds=LEASE_SECONDS)
    Errand.objects.filter(worker=worker, status=Errand.Status.RUNNING).update(lease_until=until)


def reclaim() -> int:
    """Take back what runs on leases that ended; return how many errands that were."""
    return _take_back(Errand.objects.left(at=machine_now()))


def release(workers: Iterable[str]) -> int:
    """Take back what workers do of which somebody knows that they are no more."""
    return _take_back(Errand.objects.filter(worker__in=list(workers), status=Errand.Status.RUNNING))


def _take_back(rows: Any) -> int:
    if not rows.exists():
        return 0
    with transaction.atomic():
        found = list(rows.order_by("pk").select_for_update(skip_locked=True)[:500])
        for errand in found:
            is_over = errand.tries >= MOST_TRIES
            finish(Outcome(errand, DIED, wait=None if is_over else 0))
    return len(found)


@transaction.atomic
def retry(*, ids: Iterable[int]) -> int:
    """Give what was given up another five tries, at once; return how many errands that were."""
    found = list(Errand.objects.filter(pk__in=list(ids), status=Errand.Status.DEAD).order_by("pk"))
    for errand in found:
        rows = Errand.objects.filter(pk=errand.pk, status=Errand.Status.DEAD)
        _tell(errand, "revived")
        _put_back(rows, tries=0, due_at=machine_now(), finished_at=None)
    return len(found)


@transaction.atomic
def discard(*, ids: Iterable[int]) -> int:
    """Never do what waits or was given up; return how many errands that were."""
    rows = Errand.objects.filter(pk__in=list(ids), status__in=["waiting", "dead"])
    return rows.update(status=Errand.Status.DISCARDED, finished_at=machine_now(), lease_until=None)


def check_some(count: int) -> None:
    """Raise Refused when nothing was left to do for an administrator's wish."""
    if not count:
        raise Refused(_("Somebody was faster: there is nothing left to do here. Load the page again."))
