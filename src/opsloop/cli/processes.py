"""The processes beside the web workers: how they belong to their parent, and those that do background work."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any

from opsloop.cli import installation

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

# Seconds that running requests and errands get when the server stops.
GRACE = 5
# Seconds before a worker that died is replaced.
RESPAWN = 2


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


def forget_connections() -> None:
    """Close every connection and its pool, before forking: two processes on one connection confuse each other."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        close_pool = getattr(connection, "close_pool", None)
        if close_pool is not None:
            close_pool()


def keep_connections() -> None:
    """Let this process, which is not to fork any more, use connections again; PostgreSQL has its pool for that."""
    from opsloop.records.sqlite.kept import keeper

    keeper.start()


class Workers:
    """Processes that do background work: replaced if they die, stopped with the server."""

    def __init__(self, count: int = 1) -> None:
        """Prepare `count` of them; `start` makes them."""
        self.stopping = threading.Event()
        self.processes: list[BaseProcess | None] = [None] * count

    def start(self) -> None:
        """Start the processes and the threads that watch them."""
        for number in range(len(self.processes)):
            self.spawn(number)
            threading.Thread(target=self.watch, args=[number], name=f"worker-{number}", daemon=True).start()

    def spawn(self, number: int) -> None:
        """Make one process."""
        made = multiprocessing.get_context().Process(target=do_errands, name="opsloop-worker", daemon=True)
        self.processes[number] = made
        made.start()

    def watch(self, number: int) -> None:
        """Replace a process whenever it ends unasked."""
        while (process := self.processes[number]) is not None:
            process.join()
            if self.stopping.wait(RESPAWN):
                return
            self.spawn(number)

    def stop(self) -> None:
        """Ask the processes to finish what they do; end them after the grace period."""
        self.stopping.set()
        living = [process for process in self.processes if process is not None]
        for process in living:
            process.terminate()
        for process in living:
            process.join(GRACE + 1)
            if process.is_alive():
                process.kill()
                process.join()


def do_errands() -> None:
    """Work through the queue until told to stop; runs in a process of its own."""
    # The parent's handler came along with its memory. Here it would swallow the signal until ours is there.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    belong_to_parent()
    parent = multiprocessing.parent_process()
    if parent is not None and not parent.is_alive():
        # It went before the kernel knew that we belong to it.
        return
    installation.load(needs_database=False)
    work()


def work() -> None:
    """Be a worker until SIGTERM or Ctrl+C."""
    from opsloop.background.running import WorkerLoop

    keep_connections()
    loop = WorkerLoop()

    def stop(_number: int, _frame: Any) -> None:
        loop.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    loop.run(grace=GRACE)
    # A lane that would not end in time has been given back to the queue; its thread ends with the process.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
