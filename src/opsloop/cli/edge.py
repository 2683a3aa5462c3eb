"""Between the server and Django: a request that has begun is finished, and streams end with the server.

Two things that Django leaves open under ASGI:

- When a browser leaves, Django cancels what it was doing for it. If that was just in a thread, the thread may
  never be woken again and keeps its database connection (seen with Django 5.2 and asgiref 3.13: one thread
  lost in about fifteen abandoned requests). Here nobody is told that the browser left: an ordinary request
  takes milliseconds, and its answer is thrown away.
- A browser that listens for live refresh keeps its request open for hours. Here its stream ends when the
  server stops, and the browser connects again by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

# Seconds between two looks at the flag that the parent process sets.
LOOK_EVERY = 0.25


class Flag(Protocol):
    """What both threading.Event and multiprocessing.Event can tell."""

    def is_set(self) -> bool:
        """Say whether the server is stopping."""
        ...


class Edge:
    """An ASGI application around another one; `stopping` may be set by another process."""

    def __init__(self, application: Application, stopping: Flag) -> None:
        """Wrap `application`."""
        self.application = application
        self.stopping = stopping
        self.stop: asyncio.Task[None] | None = None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        stop = self.watched_stop() if asks_for_stream(scope) else None
        exchange = Exchange(receive, send, stop)
        await self.application(scope, exchange.receive, exchange.send)
        await exchange.close()

    def watched_stop(self) -> asyncio.Task[None]:
        """Return the task that ends when the server stops: one for all streams of this process."""
        if self.stop is None:
            self.stop = asyncio.ensure_future(self.watch())
        return self.stop

    async def watch(self) -> None:
        """Return when the server stops."""
        while not self.stopping.is_set():
            await asyncio.sleep(LOOK_EVERY)


class Exchange:
    """One request and its answer. `stop` is None for an ordinary request, and for a stream what ends it."""

    def __init__(self, receive: Receive, send: Send, stop: asyncio.Task[None] | None) -> None:
        """Stand between the server's `receive` and `send` and the application."""
        self.server_receive = receive
        self.server_send = send
        self.stop = stop
        self.body_is_complete = False
        self.answer_begun = asyncio.Event()
        self.answer_is_open = False

    async def receive(self) -> Message:
        """Return the next piece of the request; after the last, wait until the listener has left."""
        if self.body_is_complete:
            await self.listener_left()
            return {"type": "http.disconnect"}
        message = await self.server_receive()
        self.body_is_complete = not message.get("more_body")
        return message

    async def listener_left(self) -> None:
        """Return when a stream that has begun is to end; never for an ordinary request."""
        if self.stop is None:
            await asyncio.Event().wait()
            return
        await self.answer_begun.wait()
        message = asyncio.ensure_future(self.server_receive())
        try:
            await asyncio.wait({message, self.stop}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            message.cancel()

    async def send(self, message: Message) -> None:
        """Hand one piece of the answer to the server."""
        begins = message["type"] == "http.response.start"
        if begins:
            self.answer_begun.set()
        self.answer_is_open = begins or bool(message.get("more_body"))
        await self.server_send(message)

    async def close(self) -> None:
        """Complete the answer of a stream that was told to end."""
        if self.answer_is_open and self.stop is not None and self.stop.done():
            await self.server_send({"type": "http.response.body", "body": b"", "more_body": False})


def asks_for_stream(scope: Message) -> bool:
    """Say whether a request is one of an EventSource."""
    headers = dict(scope.get("headers", ()))
    return scope["type"] == "http" and b"text/event-stream" in headers.get(b"accept", b"")
