"""Connections to SQLite that wait for the next request of this process; docs/adr/0035.

Under ASGI every request runs in a thread of its own, and Django closes what that thread opened. To open the file
again means to read the whole schema again, some 3 ms. PostgreSQL has its pool for that; this is the same for SQLite.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# More at once than this are opened and closed again: each holds the schema and a cache of pages of its own.
MOST = 4
# Which file a path led to: device and inode, or None when there is none.
FileId = tuple[int, int] | None


def file_id(path: str) -> FileId:
    """Return what tells the file at `path` from another that is put in its place, as a restored copy is."""
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


@dataclass(frozen=True)
class Kept:
    """An open connection, the path it was opened with and the file it is open on."""

    connection: Any
    path: str
    file: FileId


class Keeper:
    """Keeps idle connections of one process; lends each to one thread at a time, the latest first."""

    def __init__(self) -> None:
        """Keep nothing until `start`: a command has one thread, and a process that forks must hold none open."""
        self._lock = threading.Lock()
        self._idle: list[Kept] = []
        self._owner: int | None = None

    def start(self) -> None:
        """Keep connections of this process from now on. Must be called after forking, never before it.

        A child that inherits an open SQLite connection believes that it holds locks which only its parent holds.
        """
        with self._lock:
            # What a parent kept, against the rule, is neither used nor closed here.
            self._idle = []
            self._owner = os.getpid()

    def stop(self) -> None:
        """Close what is idle, and keep nothing any more."""
        with self._lock:
            idle, self._idle = self._idle, []
            is_ours, self._owner = self._owner == os.getpid(), None
        if is_ours:
            for kept in idle:
                kept.connection.close()

    def borrow(self, path: str) -> Kept | None:
        """Return an idle connection to the file that is at `path` now, or None to have one opened."""
        if self._owner != os.getpid():
            return None
        now = file_id(path)
        while True:
            with self._lock:
                if not self._idle:
                    return None
                kept = self._idle.pop()
            if now is not None and (kept.path, kept.file) == (path, now):
                return kept
            # Another file stands there by now: this connection would go on with the old one.
            kept.connection.close()

    def give_back(self, kept: Kept) -> bool:
        """Keep a connection that is in no transaction; False if the caller is to close it."""
        with self._lock:
            if self._owner != os.getpid() or kept.file is None or len(self._idle) >= MOST:
                return False
            self._idle.append(kept)
            return True


keeper = Keeper()
