"""A request that has begun is finished, and streams end with the server."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from opsloop.cli.edge import Edge, Message

LISTEN = {"type": "http", "headers": [(b"accept", b"text/event-stream")]}
WHOLE = {"type": "http.request", "body": b"", "more_body": False}
PART = {"type": "http.request", "body": b"half", "more_body": True}
LEFT = {"type": "http.disconnect"}
PLAIN = {"type": "http", "headers": [(b"accept", b"text/html")]}


class Endless:
    """An application whose answer ends only when its listener leaves, as Django's handler does."""

    def __init__(self) -> None:
        self.closed = False

    async def __call__(self, _scope: Message, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"data: x\n\n", "more_body": True})
        assert (await receive())["type"] == "http.request"
        self.closed = (await receive())["type"] == "http.disconnect"


async def brief(_scope: Message, _receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"done", "more_body": False})


def answer(
    application: Any, scope: Message, stopping: threading.Event, *, pieces: tuple[Message, ...] = (WHOLE,)
) -> list[Message]:
    """Run one request that comes in `pieces`, set `stopping` a little later; return the messages sent."""
    sent: list[Message] = []
    waiting = list(pieces)

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        if not waiting:
            await asyncio.sleep(3600)
        return waiting.pop(0)

    async def whole() -> None:
        asyncio.get_running_loop().call_later(0.05, stopping.set)
        await asyncio.wait_for(Edge(application, stopping)(scope, receive, send), timeout=5)

    asyncio.run(whole())
    return sent


def test_a_stream_ends_when_the_server_stops() -> None:
    application = Endless()
    sent = answer(application, LISTEN, threading.Event())
    assert sent[0]["type"] == "http.response.start"
    assert sent[1]["body"] == b"data: x\n\n"
    assert sent[-1] == {"type": "http.response.body", "body": b"", "more_body": False}
    assert application.closed


def test_a_stream_that_ends_by_itself_is_not_closed_twice() -> None:
    sent = answer(brief, LISTEN, threading.Event())
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]


def test_an_ordinary_request_runs_to_its_end_while_the_server_stops() -> None:
    stopping = threading.Event()
    stopping.set()
    sent = answer(brief, PLAIN, stopping)
    assert sent[-1]["body"] == b"done"


def test_the_error_of_a_stream_is_not_swallowed() -> None:
    async def broken(_scope: Message, _receive: Any, _send: Any) -> None:
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        answer(broken, LISTEN, threading.Event())


class Watchful:
    """An application that stops its work when the browser leaves, as Django's handler does."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        while (message := await receive())["type"] == "http.request" and message["more_body"]:
            pass
        self.heard.append(message["type"])
        listening = asyncio.ensure_future(receive())
        await asyncio.sleep(0.1)
        if listening.done():
            self.heard.append(listening.result()["type"])
        listening.cancel()
        await brief(scope, receive, send)


def test_an_ordinary_request_is_not_told_that_the_browser_left() -> None:
    application = Watchful()
    sent = answer(application, PLAIN, threading.Event(), pieces=(WHOLE, LEFT))
    assert application.heard == ["http.request"]
    assert sent[-1]["body"] == b"done"


def test_a_request_whose_body_never_arrives_is_told_that_the_browser_left() -> None:
    application = Watchful()
    answer(application, PLAIN, threading.Event(), pieces=(PART, LEFT))
    assert application.heard == ["http.disconnect"]


def test_a_stream_is_told_that_its_listener_left() -> None:
    application = Endless()
    stopping = threading.Event()
    answer(application, LISTEN, stopping, pieces=(WHOLE, LEFT))
    assert application.closed
    assert not stopping.is_set()
