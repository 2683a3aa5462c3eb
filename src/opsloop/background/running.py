"""A worker: lanes for what is quick, for what takes minutes and for what waits for others; a heart beats beside them.

The heart says that the worker lives, prolongs its leases, takes back what others left, and looks at the timers.
A lane leases an errand, does it outside any transaction, and writes how it ended in the transaction that leases
the next one.
"""

from __future__ import annotations

import logging
import os
import platform
import secrets
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connections
from django.db.models import F
from django.utils import translation
from django.utils.module_loading import import_string
from django_tasks.base import Task

from opsloop.background import queue, timers
from opsloop.background.models import BEAT_SECONDS, Errand, Worker
from opsloop.background.queue import Outcome, machine_now
from opsloop.web import clock
from opsloop.web.frame import version

logger = logging.getLogger(__name__)
# Seconds between two looks into an empty queue.
IDLE_SECONDS = 0.5
# Seconds before a lane that lost the database tries again.
LOST_SECONDS = 2.0
# Two for the machines of others: one of these that does not answer may not hold up the rest.
LANES: Sequence[str] = (queue.QUICK, queue.LONG, queue.OUTSIDE, queue.OUTSIDE)


class WorkerLoop:
    """Runs until `stop` is called; `run` returns once every lane has ended what it was doing, or after the grace."""

    def __init__(self, lanes: Sequence[str] = LANES) -> None:
        """Take a name that no other worker has."""
        self.name = f"{platform.node()[:48]}:{os.getpid()}:{secrets.token_hex(4)}"
        self.stopping = threading.Event()
        self._lanes = [
            threading.Thread(target=self._lane, args=[lane], name=lane, daemon=True) for lane in lanes
        ]
        self._done = 0

    def stop(self) -> None:
        """Ask to end; called by a signal handler or another thread."""
        self.stopping.set()

    def run(self, *, grace: float) -> None:
        """Work until stopped. What is still under way after `grace` seconds is given back to the queue."""
        self._appear()
        for lane in self._lanes:
            lane.start()
        while not self.stopping.is_set():
            self._beat()
            self.stopping.wait(BEAT_SECONDS)
        ends = time.monotonic() + grace
        for lane in self._lanes:
            lane.join(max(0.0, ends - time.monotonic()))
        with suppress(DatabaseError, InterfaceError):
            queue.release([self.name])
            Worker.objects.filter(name=self.name).delete()
        connections.close_all()

    def _appear(self) -> None:
        """Write that this worker exists, and take back what died with workers of this machine."""
        now = machine_now()
        facts = {"host": platform.node()[:64], "pid": os.getpid(), "place": place(), "version": version()}
        while not self.stopping.is_set():
            try:
                gone = [row.name for row in Worker.objects.filter(place=place()) if not is_alive(row.pid)]
                queue.release(gone)
                Worker.objects.filter(name__in=gone).delete()
                Worker.objects.create(name=self.name, started_at=now, beat_at=now, **facts)
            except (DatabaseError, InterfaceError):
                logger.exception("the worker cannot reach the database yet")
                self.stopping.wait(LOST_SECONDS)
            else:
                return

    def _beat(self) -> None:
        """Beat once. A database that does not answer is waited for; nothing that fails here may end the worker."""
        try:
            close_old_connections()
            done, self._done = self._done, 0
            mine = Worker.objects.filter(name=self.name)
            if not mine.update(beat_at=machine_now(), done=F("done") + done):
                self._appear()  # somebody emptied the table: a sample was loaded anew
            queue.renew(self.name)
            queue.reclaim()
            timers.tick(at=clock.now())
        except Exception:
            logger.exception("a beat of the worker failed")

    def _lane(self, lane: str) -> None:
        ended: Outcome | None = None
        while ended is not None or not self.stopping.is_set():
            try:
                if ended is not None and self.stopping.is_set():
                    queue.finish(ended)
                    break
                errand = queue.lease(self.name, lane, ended=ended)
            except (DatabaseError, InterfaceError):
                logger.exception("the lane %s lost the database", lane)
                connections.close_all()
                time.sleep(LOST_SECONDS)
                continue
            self._done += ended is not None
            ended = do(errand) if errand is not None else None
            if errand is None:
                close_old_connections()
                self.stopping.wait(IDLE_SECONDS)
        connections.close_all()


def do(errand: Errand) -> Outcome:
    """Do one errand and return how it ended; never raises."""
    try:
        task = import_string(errand.task)
        if not isinstance(task, Task):
            raise queue.Hopeless(f"{errand.task} is no task")
        with translation.override(settings.LANGUAGE_CODE):
            task.call(*errand.arguments.get("args", ()), **errand.arguments.get("kwargs", {}))
    except queue.Later as later:
        return queue.failed(errand, later)
    except Exception as error:
        logger.warning("errand %s of %s failed: %s", errand.pk, errand.task, type(error).__name__)
        return queue.failed(errand, error)
    return Outcome(errand)


def drain(*, queues: Sequence[str] = LANES, most: int = 10_000) -> int:
    """Do what is due now, in this thread, and return how many errands that were: for tests and benchmarks."""
    done, ended = 0, None
    for lane in queues:
        while done < most and (errand := queue.lease("drain", lane, ended=ended)) is not None:
            ended, done = do(errand), done + 1
        if ended is not None:
            queue.finish(ended)
            ended = None
    return done


def place() -> str:
    """Name what makes a process number mean something: machine, its start, and its space of numbers."""
    parts = [platform.node()[:40]]
    with suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip())
        parts.append(str(Path("/proc/self/ns/pid").readlink()))
    return ":".join(parts)[:120]


def is_alive(pid: int) -> bool:
    """Whether a process of this place runs; a zombie does not."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[:1]
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return state != ["Z"]
