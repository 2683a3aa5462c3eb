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
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connection
from django.db.models import Q

from opsloop.activity.actions import CHANNEL
from opsloop.activity.models import Event

logger = logging.getLogger(__name__)
POLL_SECONDS = 0.25
HEARTBEAT_SECONDS = 20
# Most events given to one listener at once, also after a broken connection.
BATCH = 200
# Numbers below the newest that have no event yet are asked for again this long, for the transactions that hold them;
# the longest write takes less. Most of them that are kept, and how far back a new watcher looks for them.
LATE_SECONDS = 120
MOST_GAPS = 1000
# Before the page there may have been a write that ended only after it (PostgreSQL): who came to it this long before.
LATE_FOR_PAGE = timedelta(seconds=10)
LONGEST_AGE = timedelta(minutes=10)
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
        # Numbers that were passed over -> when: given to transactions that have not ended, or that were undone.
        self._gaps: dict[int, float] = {}

    def add(self, listener: Listener, *, since: int) -> None:
        """Tell `listener` of the events after the one with the number `since`."""
        with self._lock:
            self._listeners.add(listener)
            if self._thread is None:
                # A thread that asked by itself what is newest would miss what came before it got to run.
                self._last = since
                self._gaps = {}
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
        if not self._gaps:
            self._look_back()
        for _tick in wait:
            if not self._listeners:
                return
            while self._tell():
                pass

    def _look_back(self) -> None:
        """Note the numbers below where we begin that no event has: they may yet come."""
        first = max(0, self._last - MOST_GAPS)
        there = set(Event.objects.filter(pk__gt=first, pk__lte=self._last).values_list("pk", flat=True))
        self._pass_over(first, self._last + 1, there)

    def _pass_over(self, after: int, before: int, there: Collection[int] = ()) -> None:
        now = time.monotonic()
        missing = [pk for pk in range(max(after + 1, before - MOST_GAPS), before) if pk not in there]
        kept = {pk: since for pk, since in self._gaps.items() if now - since < LATE_SECONDS}
        self._gaps = dict([*kept.items(), *((pk, now) for pk in missing)][-MOST_GAPS:])

    def _tell(self) -> bool:
        """Tell of the next events, those of late transactions too; say whether there may be more."""
        waited = Q(pk__gt=self._last) | Q(pk__in=list(self._gaps))
        events = list(Event.objects.filter(waited).order_by("pk")[:BATCH])
        for event in events:
            if self._gaps.pop(event.pk, None) is None:
                self._pass_over(self._last, event.pk)
                self._last = event.pk
            with self._lock:
                heard = [listener for listener in self._listeners if listener.hears(event)]
            for listener in heard:
                listener.tell(event)
        return len(events) == BATCH


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


def missed(listener: Listener, last: int, *, since: datetime | None = None) -> list[Event]:
    """Return what `listener` may hear of the events after the one with the number `last`, the newest BATCH at most.

    On PostgreSQL an event with a lower number may have been committed later. With `since`, when a page was asked for,
    those of others that began shortly before it come along: telling of one that the page shows already does no harm.
    """
    last = min(last, 2**62)
    after = Q(pk__gt=last)
    if since is not None and connection.vendor == "postgresql":
        begun = Q(pk__gt=last - MOST_GAPS, at__gte=since - LATE_FOR_PAGE)
        after |= begun & (Q(actor_id__isnull=True) | ~Q(actor_id=listener.person_id))
    rows = Event.objects.filter(after).order_by("-pk")[:BATCH]
    return [event for event in reversed(rows) if listener.hears(event)]


async def stream(
    listener: Listener, *, catch_up: Callable[[], list[Event]], since: int
) -> AsyncIterator[str]:
    """Yield server-sent events for `listener`: what `catch_up` finds, then news, with heartbeats between.

    `since` is the newest event of a moment ago. The watcher is told before `catch_up` looks: what happens in between
    is found by both, and said once.
    """
    ends = time.monotonic() + STREAM_SECONDS
    watcher.add(listener, since=since)
    try:
        yield "retry: 3000\n\n"
        said = set()
        for event in await sync_to_async(catch_up)():
            said.add(event.pk)
            yield _message(event, listener)
        while time.monotonic() < ends:
            try:
                event = await asyncio.wait_for(listener.queue.get(), HEARTBEAT_SECONDS)
                if event.pk not in said:
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
