"""Live refresh: one watcher a process tells every open page of new events.

PostgreSQL announces them by NOTIFY; on SQLite the watcher asks `PRAGMA data_version`, which costs
microseconds and changes with every commit of another connection. A stream carries kinds and ids only of
records the listener may see, and the page fetches the rest through its ordinary address.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from opsloop.activity.actions import CHANNEL
from opsloop.activity.models import Event

logger = logging.getLogger(__name__)
POLL_SECONDS = 0.25
HEARTBEAT_SECONDS = 20
# Most events given to one listener at once, also after a broken connection.
BATCH = 200
# A stream ends by itself after this long and the browser opens a new one: rights are worked out anew.
STREAM_SECONDS = 300


@dataclass(eq=False)
class Listener:
    """One open stream: whose it is and what they may hear of (departments None: all)."""

    person_id: int
    departments: frozenset[int] | None
    loop: asyncio.AbstractEventLoop
    queue: asyncio.Queue[Event] = field(default_factory=lambda: asyncio.Queue(maxsize=BATCH))

    def hears(self, event: Event) -> bool:
        """Whether the listener may know of `event`."""
        if self.departments is None or self.person_id == event.actor_id or self.person_id in event.person_ids:
            return True
        return event.department_id in self.departments

    def tell(self, event: Event) -> None:
        """Queue `event` for the stream; called from the watcher's thread."""
        self.loop.call_soon_threadsafe(self._put, event)

    def _put(self, event: Event) -> None:
        if not self.queue.full():  # a page that cannot follow reloads at its next heartbeat gap
            self.queue.put_nowait(event)


class Watcher:
    """Waits for new events while anybody listens in this process."""

    def __init__(self) -> None:
        """Start idle; the thread runs while there are listeners."""
        self._listeners: set[Listener] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._last = 0

    def add(self, listener: Listener, *, since: int) -> None:
        """Tell `listener` of the events after the one with the number `since`."""
        with self._lock:
            self._listeners.add(listener)
            if self._thread is None:
                # A thread that asked by itself what is newest would miss what came before it got to run.
                self._last = since
                self._thread = threading.Thread(target=self._watch, name="opsloop-live", daemon=True)
                self._thread.start()

    def remove(self, listener: Listener) -> None:
        """Stop telling `listener`."""
        with self._lock:
            self._listeners.discard(listener)

    def _is_over(self) -> bool:
        """Say whether nobody listens any more; the next listener then starts a new thread."""
        with self._lock:
            if not self._listeners:
                self._thread = None
            return self._thread is None

    def _watch(self) -> None:
        while not self._is_over():
            try:
                self._follow()
            except Exception:  # the database went away: try again, the streams stay open
                logger.exception("live refresh lost its database")
                time.sleep(2)
            finally:
                connection.close()

    def _follow(self) -> None:
        wait = _wait_for_notify() if connection.vendor == "postgresql" else _wait_for_commit()
        for _tick in wait:
            if not self._listeners:
                return
            for event in Event.objects.filter(pk__gt=self._last).order_by("pk")[:BATCH]:
                self._last = event.pk
                with self._lock:
                    heard = [listener for listener in self._listeners if listener.hears(event)]
                for listener in heard:
                    listener.tell(event)


watcher = Watcher()


def newest() -> int:
    """Return the number of the newest event, 0 before the first."""
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def state() -> str:
    """Return a word for all that is committed: as long as it stays the same, no event came to be. One query.

    The number of the newest event says so on SQLite, where one writes after the other. On PostgreSQL numbers are given
    out before the commit, so an event with a lower one may appear later: there the word names also the transactions
    that this one sees the ends of. It then changes with every write, not with events alone.
    """
    if connection.vendor != "postgresql":
        return str(newest())
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(Event._meta.db_table)
        cursor.execute(f"SELECT pg_current_snapshot()::text, max(id) FROM {table}")  # noqa: S608
        return ":".join(str(part) for part in cursor.fetchone())


def _wait_for_commit() -> Any:
    """Yield whenever another connection has written to the SQLite file."""
    seen = None
    while True:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            version = cursor.fetchone()[0]
        if version != seen:
            seen = version
            yield
        time.sleep(POLL_SECONDS)
        if not watcher._listeners:
            return


def _wait_for_notify() -> Any:
    """Yield whenever PostgreSQL announces an event, and every few seconds to notice that nobody listens."""
    import psycopg

    parameters = {**connection.get_connection_params()}
    parameters.pop("pool", None)
    for ours in ("cursor_factory", "context", "prepare_threshold", "server_side_binding"):
        parameters.pop(ours, None)
    with psycopg.connect(**parameters, autocommit=True) as channel:
        channel.execute(f"LISTEN {CHANNEL}")
        while True:
            yield
            for _notice in channel.notifies(timeout=5, stop_after=1):
                break


async def stream(listener: Listener, *, missed: list[Event], since: int) -> AsyncIterator[str]:
    """Yield server-sent events for `listener`: what it missed, then news after `since`, with heartbeats between."""
    ends = time.monotonic() + STREAM_SECONDS
    watcher.add(listener, since=since)
    try:
        yield "retry: 3000\n\n"
        for event in missed:
            yield _message(event, listener)
        while time.monotonic() < ends:
            try:
                event = await asyncio.wait_for(listener.queue.get(), HEARTBEAT_SECONDS)
                yield _message(event, listener)
            except TimeoutError:
                yield ": still here\n\n"
    finally:
        watcher.remove(listener)


def _message(event: Event, listener: Listener) -> str:
    """Write one event: the record's own topic ("task:12"), that of its lists ("tasks"), and "inbox".

    The last for those whom the event names: they may have been told of it.
    """
    topics = [f"{event.subject_kind}:{event.subject_id}", f"{event.subject_kind}s"]
    if listener.person_id in event.person_ids and listener.person_id != event.actor_id:
        topics.append("inbox")
    return f"id: {event.pk}\nevent: live\ndata: {json.dumps({'topics': topics})}\n\n"
