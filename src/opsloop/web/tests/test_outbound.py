"""The one door to the outside reaches the public internet and nothing of ours (R25)."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from opsloop.web import outbound
from opsloop.web.outbound import OutboundError

PRIVATE = (
    "127.0.0.1", "127.1", "127.0.1", "0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "2130706433", "017700000001",
    "127.255.255.254", "0", "0.0.0.0", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255",
    "192.168.0.1", "192.168.255.255", "169.254.169.254", "169.254.0.1", "0xa9fea9fe", "2852039166",
    "0251.0376.0251.0376", "100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.2.1", "198.18.0.1",
    "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:169.254.169.254]", "[::ffff:10.0.0.1]",
    "[::127.0.0.1]", "[fe80::1]", "[fec0::1]", "[fc00::1]", "[fd12:3456::1]", "[ff02::1]", "[100::1]",
    "[64:ff9b::127.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b::10.0.0.1]", "[64:ff9b:1::1]", "[2002:7f00:1::]",
    "[2002:a9fe:a9fe::]", "[2002:c0a8:1::]", "[2001:0:7f00:1::]", "[2001:db8::1]", "[2001:10::1]", "[3fff::1]",
    "localhost", "LOCALHOST", "localhost.", "127。0。0。1", "１２７.０.０.１", "127．0．0．1", "①②⑦.⓪.⓪.①",
)  # fmt: skip
FORMS = ("http://{}/", "https://{}/", "http://{}:80/x.ics", "https://{}:8443/x.ics?a=b")


class Recorder:
    """Counts how often anything tried to connect, and where to."""

    def __init__(self) -> None:
        self.tried: list[Any] = []

    def __call__(self, address: Any, *_arguments: Any, **_options: Any) -> Any:
        self.tried.append(address)
        raise ConnectionRefusedError


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    recorder = Recorder()
    monkeypatch.setattr(socket, "create_connection", recorder)
    return recorder


def fetch(url: str, **options: Any) -> outbound.Answer:
    return outbound.get(url, **{"most_bytes": 100_000, "seconds": 5.0, **options})


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("host", PRIVATE)
def test_it_connects_to_nothing_of_ours(connections: Recorder, host: str, form: str) -> None:
    with pytest.raises(OutboundError) as refused:
        fetch(form.format(host))
    assert connections.tried == []
    assert refused.value.code in ("private", "address", "unknown_host")


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("file:///etc/passwd", "scheme"),
        ("ftp://example.com/x", "scheme"),
        ("gopher://127.0.0.1:25/x", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("//example.com/x", "scheme"),
        ("example.com/x.ics", "scheme"),
        ("http://", "address"),
        ("http:///x", "address"),
        ("http://a b/", "address"),
        ("http://example.com/\r\nHost: x", "address"),
        ("http://example.com\\@127.0.0.1/", "address"),
        ("http://[::1", "address"),
        ("http://example.com:99999/", "address"),
        ("http://" + "a" * 70 + ".com/", "address"),
        ("http://me:secret@example.com/", "userinfo"),
        ("http://example.com@127.0.0.1/", "userinfo"),
        ("http://example.com:25/", "port"),
        ("http://example.com:6379/", "port"),
    ],
)
def test_an_address_that_may_not_be_tried_is_refused_before_any_name_server(
    connections: Recorder, monkeypatch: pytest.MonkeyPatch, url: str, code: str
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Recorder())
    with pytest.raises(OutboundError) as refused:
        fetch(url)
    assert refused.value.code == code
    assert connections.tried == []


@pytest.mark.parametrize(
    "text",
    ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "64:ff9b::8.8.8.8", "::ffff:8.8.8.8"],
)
def test_the_public_internet_is_public(text: str) -> None:
    assert outbound.is_public(ipaddress.ip_address(text))


def answers(*addresses: str) -> Any:
    return lambda *_a, **_o: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 80)) for one in addresses]


def test_a_name_is_resolved_once_and_the_checked_address_is_the_one_that_is_reached(
    connections: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def rebinding(host: str, *_arguments: Any, **_options: Any) -> Any:
        asked.append(host)
        return answers("93.184.216.34" if len(asked) == 1 else "127.0.0.1")()

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    with pytest.raises(OutboundError) as refused:
        fetch("http://rebind.example/")
    assert asked == ["rebind.example"]
    assert connections.tried == [("93.184.216.34", 80)]
    assert refused.value.code == "unreachable"


def test_one_private_address_among_public_ones_is_enough_to_refuse(
    connections: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", answers("93.184.216.34", "10.0.0.1"))
    with pytest.raises(OutboundError, match="private"):
        fetch("http://both.example/")
    assert connections.tried == []


class Handler(BaseHTTPRequestHandler):
    """A server whose answer the path names."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.seen.append((self.path, dict(self.headers)))  # type: ignore[attr-defined]
        getattr(self, f"answer_{self.path.strip('/').split('/')[0]}")()

    def answer_plain(self) -> None:
        self.send(200, b"hello")

    def answer_big(self) -> None:
        self.send(200, b"x" * 300_000)

    def answer_packed(self) -> None:
        self.send(200, b"x", {"Content-Encoding": "gzip"})

    def answer_loop(self) -> None:
        self.send(302, b"", {"Location": "/loop/"})

    def answer_twice(self) -> None:
        self.send(301, b"", {"Location": "/plain/?a=1"})

    def answer_inside(self) -> None:
        self.send(302, b"", {"Location": "http://169.254.169.254/latest/meta-data/"})

    def answer_file(self) -> None:
        self.send(302, b"", {"Location": "file:///etc/passwd"})

    def answer_drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _second in range(100):
            try:
                self.wfile.write(b"x")
                self.wfile.flush()
            except OSError:
                return
            time.sleep(0.05)

    def answer_dripping_head(self) -> None:
        for letter in b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 200:
            try:
                self.wfile.write(bytes([letter]))
                self.wfile.flush()
            except OSError:
                return
            time.sleep(0.05)

    def answer_nonsense(self) -> None:
        self.wfile.write(b"\x00\x01\x02 no http at all\r\n\r\n")
        self.close_connection = True

    def send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadingHTTPServer]:
    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.daemon_threads = True
    running.seen = []  # type: ignore[attr-defined]
    threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield running
    running.shutdown()
    running.server_close()


@pytest.fixture
def base(server: ThreadingHTTPServer, settings: Any) -> str:
    settings.OPSLOOP_OUTBOUND_ALLOW = ["127.0.0.1/32"]
    return f"http://127.0.0.1:{server.server_address[1]}"


def test_a_network_of_ones_own_is_reached_once_the_environment_opens_it(
    base: str, server: ThreadingHTTPServer, settings: Any
) -> None:
    assert fetch(f"{base}/plain/").body == b"hello"
    path, headers = server.seen[-1]  # type: ignore[attr-defined]
    assert (path, headers["Accept-Encoding"]) == ("/plain/", "identity")
    settings.OPSLOOP_OUTBOUND_ALLOW = []
    with pytest.raises(OutboundError):
        fetch(f"{base}/plain/")


def test_it_follows_redirects_and_checks_each(base: str) -> None:
    assert fetch(f"{base}/twice/").url.endswith("/plain/?a=1")
    for path, code in (("inside", "private"), ("file", "scheme"), ("loop", "redirects")):
        with pytest.raises(OutboundError) as refused:
            fetch(f"{base}/{path}/")
        assert refused.value.code == code


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("big", "large"),
        ("packed", "encoding"),
        ("drip", "slow"),
        ("dripping_head", "slow"),
        ("nonsense", "broken"),
    ],
)
def test_size_time_and_kind_of_an_answer_are_bounded(base: str, path: str, code: str) -> None:
    began = time.monotonic()
    with pytest.raises(OutboundError) as refused:
        fetch(f"{base}/{path}/", seconds=0.6)
    assert refused.value.code == code
    assert time.monotonic() - began < 3


def test_a_server_without_a_valid_certificate_is_refused(base: str) -> None:
    with pytest.raises(OutboundError) as refused:
        fetch(base.replace("http:", "https:") + "/plain/")
    assert refused.value.code == "certificate"
