"""The processes beside the web workers: how they belong to their parent, and the one that does long jobs."""

from __future__ import annotations

import logging
import multiprocessing
import os
import platform
import signal
import sys
import threading
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING

from opsloop.cli import installation

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

logger = logging.getLogger(__name__)
# Seconds that running requests and jobs get when the server stops.
GRACE = 5
# Seconds before a job worker that died is replaced.
RESPAWN = 2
# Seconds between two sweeps.
SWEEP_EVERY = 24 * 3600
# A job whose worker died this often kills its workers: it is given up as failed.
MOST_TRIES = 5


def belong_to_parent() -> None:
    """Leave Ctrl+C to the parent, and have the kernel stop this process when the parent is killed.

    A terminal sends Ctrl+C to its whole process group: a worker that answered it by itself would look as if
    it had crashed. And a worker whose parent is gone would hold the port for ever.
    """
    if os.name == "posix":
        os.setpgid(0, 0)
    if sys.platform != "linux":
        return
    import ctypes

    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM, 0, 0, 0)


class Jobs:
    """The process that does long jobs: started with the server, replaced if it dies, stopped with it."""

    def __init__(self) -> None:
        """Prepare; `start` makes the process."""
        self.stopping = threading.Event()
        self.process: BaseProcess | None = None

    def start(self) -> None:
        """Start the process and the thread that watches it."""
        self.spawn()
        threading.Thread(target=self.watch, name="jobs", daemon=True).start()

    def spawn(self) -> None:
        """Make the process."""
        self.process = multiprocessing.get_context().Process(target=do_jobs, name="opsloop-jobs", daemon=True)
        self.process.start()

    def watch(self) -> None:
        """Replace the process whenever it ends unasked."""
        while self.process is not None:
            self.process.join()
            if self.stopping.wait(RESPAWN):
                return
            self.spawn()

    def stop(self) -> None:
        """Ask the process to finish its job; end it after the grace period."""
        self.stopping.set()
        if self.process is None:
            return
        self.process.terminate()
        self.process.join(GRACE)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


def do_jobs() -> None:
    """Work through the queue of long jobs until told to stop; runs in its own process."""
    # The parent's handler came along with its memory. Here it would swallow the signal until the queue has its own.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    belong_to_parent()
    parent = multiprocessing.parent_process()
    if parent is not None and not parent.is_alive():
        # It went before the kernel knew that we belong to it.
        return
    installation.load(needs_database=False)
    from django.conf import settings
    from django.core.management import call_command

    home = Path(settings.OPSLOOP_HOME)
    name = worker_name(home)
    with lone_worker(home):
        take_up_again(name)
        threading.Thread(target=sweep_daily, name="sweeps", daemon=True).start()
        call_command(
            "db_worker", queue_name="*", worker_id=name, startup_delay=False, reload=False, verbosity=0
        )


def sweep_daily() -> None:
    """Clear what nobody asks for any more: at the start, then once a day. One that fails holds up no other."""
    from django.db import connections

    from opsloop.activity import registry
    from opsloop.web import clock

    while True:
        for sweep in registry.sweeps():
            try:
                sweep(at=clock.now())
            except Exception:
                logger.exception("a sweep failed; it is tried again tomorrow")
        connections.close_all()
        time.sleep(SWEEP_EVERY)


def worker_name(home: Path) -> str:
    """Return the name of the job worker of an installation: the same after a restart, at most 64 long."""
    return f"{platform.node()[:24]}:{str(home)[-38:]}"


def lone_worker(home: Path) -> IO[bytes]:
    """Return a file that holds the installation's lock; waits while another server works on the same data."""
    lock = (home / "jobs.lock").open("wb")
    if os.name == "posix":
        import fcntl

        fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def take_up_again(name: str) -> None:
    """Queue again what this worker was doing when it was killed; give up what killed it too often.

    The queue itself never runs a task twice. Ours may, because every job claims its row and has its effect
    only once.
    """
    from django_tasks import TaskResultStatus
    from django_tasks_db.models import DBTaskResult

    for left in DBTaskResult.objects.running():
        if not left.worker_ids or left.worker_ids[-1] != name:
            continue
        if len(left.worker_ids) >= MOST_TRIES:
            left.set_failed(RuntimeError(f"given up after {MOST_TRIES} workers died with it"))
        else:
            DBTaskResult.objects.filter(pk=left.pk).update(status=TaskResultStatus.READY)
