"""The other side, for the tests: a web server that keeps what is posted, and a mail server that keeps what is sent."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Post:
    """One request as it came."""

    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """What the body says."""
        return json.loads(self.body)


@dataclass
class Robot:
    """A web server: what it got, and what it answers."""

    url: str = ""
    posts: list[Post] = field(default_factory=list)
    status: int = 200
    answer: dict[str, Any] = field(default_factory=lambda: {"errcode": 0, "errmsg": "ok"})
    headers: dict[str, str] = field(default_factory=dict)


class RobotHandler(BaseHTTPRequestHandler):
    """Keeps what is posted."""

    def do_POST(self) -> None:
        robot: Robot = self.server.robot  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        robot.posts.append(Post(query, {name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(robot.status)
        for name, value in robot.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(json.dumps(robot.answer).encode())

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


@contextmanager
def robot() -> Iterator[Robot]:
    """Run a web server while the block runs."""
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), RobotHandler)
    server.robot = Robot(f"http://127.0.0.1:{server.server_port}/robot/send?access_token=t0ken")
    with running(server):
        yield server.robot


@dataclass
class Mailbox:
    """A mail server: what it got, and the addresses it does not know."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)
    busy: bool = False
    connections: int = 0


class MailHandler(socketserver.StreamRequestHandler):
    """Speaks as much SMTP as a sender needs (RFC 5321)."""

    def handle(self) -> None:
        box: Mailbox = self.server.mailbox  # type: ignore[attr-defined]
        box.connections += 1
        self.say("220 test")
        while line := self.rfile.readline().decode().strip():
            verb = line.upper()
            if verb.startswith("DATA"):
                self.say("354 go on")
                box.mails.append(self.read())
                self.say("250 kept")
            elif verb.startswith("RCPT"):
                known = not any(address in line for address in box.unknown)
                self.say("250 ok" if known else "550 no such user")
            elif verb.startswith("MAIL"):
                self.say("451 later" if box.busy else "250 ok")
            elif verb.startswith("QUIT"):
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def read(self) -> EmailMessage:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line[1:] if line.startswith(b"..") else line)
        return message_from_bytes(b"".join(lines), policy=policy.default)  # type: ignore[return-value]


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """Run a mail server while the block runs."""
    server: Any = socketserver.ThreadingTCPServer(("127.0.0.1", 0), MailHandler)
    server.daemon_threads = True
    server.mailbox = Mailbox(server.server_address[1])
    with running(server):
        yield server.mailbox


@contextmanager
def running(server: Any) -> Iterator[None]:
    """Serve while the block runs."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
