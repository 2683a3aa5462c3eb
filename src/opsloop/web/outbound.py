"""The one door to the outside: an address that a person typed, without reaching into our own network (R25).

The name is resolved once, every address it stands for must be public, and the connection goes to the address
that was checked: a second answer of the name server (DNS rebinding) is never asked for. Each redirect goes
through the same check. Networks that `OPSLOOP_OUTBOUND_ALLOW` names in the environment are reached as well.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal
from urllib.parse import SplitResult, urljoin, urlsplit

from django.conf import settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Code = Literal[
    "address", "scheme", "userinfo", "port", "private", "unknown_host", "unreachable", "certificate", "slow",
    "large", "redirects", "encoding", "broken",
]  # fmt: skip
DEFAULT_PORTS = {"http": 80, "https": 443}
# The usual ports of web servers: this door is no port scanner.
PORTS = frozenset({80, 443, 8080, 8443})
MOST_REDIRECTS = 3
REDIRECTS = frozenset({301, 302, 303, 307, 308})
AGENT = "Opsloop"
# IPv6 addresses that carry an IPv4 address, which then counts: NAT64 (RFC 6052) and its local variant.
_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
_COMPATIBLE = ipaddress.IPv6Network("::/96")
_UNICAST = ipaddress.IPv6Network("2000::/3")
# Special ones that the library of older Pythons takes for public: protocol assignments, 6to4 relays, documentation.
_SPECIAL = (
    ipaddress.IPv4Network("192.0.0.0/24"),
    ipaddress.IPv4Network("192.88.99.0/24"),
    ipaddress.IPv6Network("3fff::/20"),
)


class OutboundError(Exception):
    """The address was not fetched; `code` says why, the words are made by whoever asked."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code: Code = code


@dataclass(frozen=True)
class Answer:
    """What a server answered: status, headers (names in small letters), body, and the address it came from."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


def check_url(url: str) -> SplitResult:
    """Return the parts of an address that may be tried; asks no name server.

    Raises:
        OutboundError: it is none, or not http(s), carries a password, or names an unusual port.
    """
    if any(ord(letter) <= 32 or ord(letter) == 127 for letter in url) or "\\" in url:
        raise OutboundError("address")
    try:
        parts = urlsplit(url)
        port = parts.port
        host = parts.hostname or ""
        # As the name server would be asked; full-width letters and the dots of Chinese keyboards become plain.
        host.rstrip(".").encode("idna")
    except (ValueError, UnicodeError):
        raise OutboundError("address") from None
    if parts.scheme not in DEFAULT_PORTS:
        raise OutboundError("scheme")
    if not host:
        raise OutboundError("address")
    if parts.username is not None or parts.password is not None:
        raise OutboundError("userinfo")
    if port is not None and port not in PORTS and not _allowed():
        raise OutboundError("port")
    return parts


def is_public(address: Address) -> bool:
    """Whether an address lies in the public internet, or carries one that does."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return is_public(address.ipv4_mapped)
        if address.sixtofour:
            return is_public(address.sixtofour) and address.is_global
        if address.teredo or address in _NAT64[1]:
            return False
        if address in _NAT64[0] or address in _COMPATIBLE:
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)) and address in _NAT64[0]
        if address.scope_id or address not in _UNICAST:
            return False
    if any(address in network for network in _SPECIAL if network.version == address.version):
        return False
    return address.is_global and not (
        address.is_multicast
        or address.is_reserved
        or address.is_unspecified
        or address.is_loopback
        or address.is_link_local
        or address.is_private
    )


def get(url: str, *, headers: Mapping[str, str] | None = None, most_bytes: int, seconds: float) -> Answer:
    """Fetch `url` over at most three redirects, in at most `seconds` and `most_bytes` for all of it.

    Raises:
        OutboundError: nothing was fetched, for the reason in its `code`.
    """
    ends = time.monotonic() + seconds
    for _hop in range(MOST_REDIRECTS + 1):
        parts = check_url(url)
        answer = _one(parts, url, headers or {}, most_bytes=most_bytes, ends=ends)
        if answer.status not in REDIRECTS:
            return answer
        url = urljoin(url, answer.headers.get("location", ""))
    raise OutboundError("redirects")


def post(
    url: str, body: bytes, *, headers: Mapping[str, str], most_bytes: int = 100_000, seconds: float = 7.0
) -> Answer:
    """Send `body` to `url` once; a redirect is an answer like any other and is not followed.

    Raises:
        OutboundError: no answer was had, for the reason in its `code`; whether it arrived is not known then.
    """
    ends = time.monotonic() + seconds
    return _one(check_url(url), url, headers, most_bytes=most_bytes, ends=ends, body=body)


def _one(
    parts: SplitResult,
    url: str,
    headers: Mapping[str, str],
    *,
    most_bytes: int,
    ends: float,
    body: bytes | None = None,
) -> Answer:
    host = (parts.hostname or "").rstrip(".").encode("idna").decode("ascii")
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    connection = _connect(host, port, _checked(host, port), tls=parts.scheme == "https", ends=ends)
    with _deadline(connection, ends):
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            sent = {"User-Agent": AGENT, "Accept-Encoding": "identity", "Connection": "close", **headers}
            method = "GET" if body is None else "POST"
            connection.request(method, path.encode("utf-8").decode("latin-1"), body, headers=sent)
            # One that is not read to its end holds the socket open until it is closed itself.
            with connection.getresponse() as response:
                answered = b"" if response.status in REDIRECTS else _body(response, most_bytes, ends)
        except TimeoutError:
            raise OutboundError("slow") from None
        except (OSError, http.client.HTTPException, ValueError):
            raise OutboundError("slow" if time.monotonic() >= ends else "broken") from None
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise OutboundError("encoding")
    return Answer(
        response.status, {name.lower(): value for name, value in response.getheaders()}, answered, url
    )


def _checked(host: str, port: int) -> Sequence[Address]:
    """Return the addresses of a host, all of which may be reached."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(ipaddress.ip_address(entry[4][0]) for entry in found))
    except (OSError, ValueError, UnicodeError):
        raise OutboundError("unknown_host") from None
    if not addresses:
        raise OutboundError("unknown_host")
    for address in addresses:
        opened = any(address in network for network in _allowed() if network.version == address.version)
        if not opened and (not is_public(address) or port not in PORTS):
            raise OutboundError("private" if not is_public(address) else "port")
    return addresses


def _allowed() -> list[Network]:
    return [ipaddress.ip_network(text) for text in settings.OPSLOOP_OUTBOUND_ALLOW]


def _connect(
    host: str, port: int, addresses: Sequence[Address], *, tls: bool, ends: float
) -> http.client.HTTPConnection:
    """Open a connection to one of the checked addresses; the name is only told, never resolved again."""
    last: Code = "unreachable"
    for address in addresses:
        left = ends - time.monotonic()
        if left <= 0:
            raise OutboundError("slow")
        plain = None
        try:
            plain = socket.create_connection((str(address), port), timeout=left)
            connection = http.client.HTTPConnection(host, port, timeout=left)
            connection.sock = _tls(plain, host) if tls else plain
        except ssl.SSLError:
            last = "certificate"
        except TimeoutError:
            last = "slow"
        except OSError:
            last = "unreachable"
        else:
            return connection
        if plain is not None:
            plain.close()
    raise OutboundError(last)


def _tls(plain: socket.socket, host: str) -> ssl.SSLSocket:
    return ssl.create_default_context().wrap_socket(plain, server_hostname=host)


@contextmanager
def _deadline(connection: http.client.HTTPConnection, ends: float) -> Iterator[None]:
    """Close the connection when its time is over, also to a server that sends a byte now and then."""
    plain = connection.sock
    watch = threading.Timer(max(0.0, ends - time.monotonic()), _shut, [plain])
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()
        connection.close()


def _shut(plain: socket.socket) -> None:
    try:
        plain.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it was closed a moment before


def _body(response: http.client.HTTPResponse, most_bytes: int, ends: float) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while piece := response.read1(65_536):
        size += len(piece)
        if size > most_bytes:
            raise OutboundError("large")
        if time.monotonic() >= ends:
            raise OutboundError("slow")
        pieces.append(piece)
    if time.monotonic() >= ends:
        raise OutboundError("slow")
    return b"".join(pieces)
