"""Live refresh loses nothing: not what came before the stream was open, nor what was committed late."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from opsloop.activity import actions, live
from opsloop.activity.models import Event
from opsloop.activity.tests.test_activity import NOW, noted

pytestmark = pytest.mark.django_db
ME, OTHER, DEPARTMENT = 1, 2, 5


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    made = asyncio.new_event_loop()
    yield made
    made.close()


@pytest.fixture
def listener(loop: asyncio.AbstractEventLoop) -> live.Listener:
    return live.Listener(ME, frozenset({DEPARTMENT}), loop)


def happened(**values: Any) -> int:
    """Make an event that everybody in the department hears of; return its number."""
    common = {"kind": "x", "subject_kind": "task", "subject_id": 7, "actor_id": OTHER, "at": NOW}
    return Event.objects.create(**{**common, "department_id": DEPARTMENT, **values}).pk


def following(listener: live.Listener, since: int) -> live.Watcher:
    """Return a watcher that begins after `since`, without its thread."""
    watcher = live.Watcher()
    watcher._listeners.add(listener)
    watcher._last = since
    watcher._look_back()
    return watcher


def told(watcher: live.Watcher, listener: live.Listener) -> list[int]:
    """Let the watcher look once; return the numbers of the events it told of."""
    while watcher._tell():
        pass
    listener.loop.run_until_complete(asyncio.sleep(0))
    return [listener.queue.get_nowait().pk for _ in range(listener.queue.qsize())]


def test_an_event_with_a_lower_number_that_comes_later_is_told_once(listener: live.Listener) -> None:
    first = happened()
    before, after = first + 1, first + 3
    watcher = following(listener, first)
    happened(pk=after)
    assert told(watcher, listener) == [after]
    happened(pk=before)
    assert told(watcher, listener) == [before]
    assert told(watcher, listener) == []


def test_a_watcher_that_begins_between_two_transactions_waits_for_the_older(listener: live.Listener) -> None:
    newest = happened() + 2
    happened(pk=newest)
    watcher = following(listener, newest)
    assert told(watcher, listener) == []
    happened(pk=newest - 1)
    assert told(watcher, listener) == [newest - 1]


def test_numbers_that_never_come_are_not_asked_for_for_ever(
    listener: live.Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = happened()
    watcher = following(listener, first)
    happened(pk=first + live.MOST_GAPS * 2)
    told(watcher, listener)
    assert len(watcher._gaps) == live.MOST_GAPS
    monkeypatch.setattr(live, "LATE_SECONDS", 0)
    happened(pk=first + live.MOST_GAPS * 2 + 2)
    told(watcher, listener)
    assert list(watcher._gaps) == [first + live.MOST_GAPS * 2 + 1]


def test_more_events_than_a_batch_are_told_at_once(
    listener: live.Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "BATCH", 3)
    first = happened()
    watcher = following(listener, first)
    made = [happened() for _ in range(8)]
    assert told(watcher, listener) == made


@pytest.mark.skipif(connection.vendor == "sqlite", reason="there one transaction writes after the other")
@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_ends_late_is_told_of(listener: live.Listener) -> None:
    is_written, may_end = threading.Event(), threading.Event()

    def late() -> None:
        with transaction.atomic():
            actions.record(noted(by_id=ME, note="late"))
            is_written.set()
            assert may_end.wait(10)
        connection.close()

    watcher = following(listener, live.newest())
    with ThreadPoolExecutor(1) as threads:
        ended = threads.submit(late)
        assert is_written.wait(10)
        with transaction.atomic():
            actions.record(noted(by_id=ME, note="newest"))
        assert told(watcher, listener) == [live.newest()]
        may_end.set()
        ended.result()
    assert told(watcher, listener) == [Event.objects.get(note="late").pk]


def test_a_page_hears_of_what_came_before_its_stream_was_open(listener: live.Listener) -> None:
    newest = happened()
    after = happened()
    happened(department_id=DEPARTMENT + 1)
    assert [event.pk for event in live.missed(listener, newest, since=NOW + timedelta(minutes=1))] == [after]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="there one transaction writes after the other")
def test_a_page_hears_of_others_who_may_have_been_late_for_it(listener: live.Listener) -> None:
    old = happened(at=NOW - timedelta(minutes=1))
    late = happened()
    own = happened(actor_id=ME)
    found = [event.pk for event in live.missed(listener, own, since=NOW + timedelta(seconds=1))]
    assert found == [late]
    assert old not in found


def test_what_happens_while_a_stream_opens_is_said_once(
    listener: live.Listener, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The watcher finds it and so does the look at what was missed."""
    monkeypatch.setattr(live.watcher, "_thread", threading.current_thread())
    event = Event.objects.get(pk=happened())
    next_one = Event.objects.get(pk=happened())

    def catch_up() -> list[Event]:
        assert listener in live.watcher._listeners
        for one in (event, next_one):
            listener.tell(one)
        return [event]

    async def said() -> list[str]:
        stream = live.stream(listener, catch_up=catch_up, since=0)
        found = [await anext(stream) for _ in range(3)]
        await stream.aclose()  # type: ignore[attr-defined]
        return found

    retry, first, second = loop.run_until_complete(said())
    assert retry.startswith("retry:")
    assert [part.partition("\n")[0] for part in (first, second)] == [f"id: {event.pk}", f"id: {next_one.pk}"]
    assert json.loads(first.partition("data: ")[2])["topics"] == ["task:7", "tasks"]
    assert not live.watcher._listeners
