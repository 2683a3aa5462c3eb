"""Rules of RFC 5545 (and of what Apple, Google and Outlook insist on) that a published calendar must keep."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

CONTENT_LINE = re.compile(
    r'[A-Za-z0-9-]+(;[A-Za-z0-9-]+=("[^"\x00-\x08\x0a-\x1f\x7f]*"|[^";:,\x00-\x1f\x7f]*))*:'
)
UTC_MOMENT = re.compile(r"\d{8}T\d{6}Z")
DAY = re.compile(r"\d{8}")
TEXT = ("SUMMARY", "DESCRIPTION", "LOCATION", "UID", "CATEGORIES", "NAME", "X-WR-CALNAME")
ONCE = (
    "UID",
    "DTSTAMP",
    "DTSTART",
    "DTEND",
    "SUMMARY",
    "SEQUENCE",
    "LAST-MODIFIED",
    "URL",
    "TRANSP",
    "LOCATION",
)
Properties = list[tuple[str, str, str]]


def violations(content: bytes) -> list[str]:
    """Return every rule that `content` breaks, in words."""
    return list(_bytes(content)) or [*_structure(content), *_events(content)]


def _bytes(content: bytes) -> Iterator[str]:
    if not content.endswith(b"\r\n"):
        yield "§3.1: the last line has no CRLF"
    bare = content.replace(b"\r\n", b"")
    if b"\r" in bare or b"\n" in bare:
        yield "§3.1: a line ends in something else than CRLF"
    for line in content.split(b"\r\n"):
        if len(line) > 75:
            yield f"§3.1: a line of {len(line)} octets"
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            yield "§3.1: a character is split by folding, or it is not UTF-8"
    if re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", bare):
        yield "§3.1: a control character"


def lines(content: bytes) -> list[str]:
    """Return the unfolded lines."""
    return content.decode("utf-8").replace("\r\n ", "").replace("\r\n\t", "").split("\r\n")[:-1]


def _parts(line: str) -> tuple[str, str, str]:
    head, _colon, value = line.partition(":")
    name, _semicolon, params = head.partition(";")
    return name.upper(), params.upper(), value


def _structure(content: bytes) -> Iterator[str]:
    found = lines(content)
    if found[:1] != ["BEGIN:VCALENDAR"] or found[-1] != "END:VCALENDAR":
        yield "§3.4: it is not one VCALENDAR"
    stack: list[str] = []
    for line in found:
        if not CONTENT_LINE.match(line):
            yield f"§3.1: no content line: {line[:60]!r}"
        name, _params, value = _parts(line)
        if name == "BEGIN":
            stack.append(value)
        elif name == "END" and (not stack or stack.pop() != value):
            yield f"§3.4: END:{value} closes nothing"
        if name in TEXT and re.search(r"(?<!\\)(?:\\\\)*[;,](?!\Z)", value) and name != "CATEGORIES":
            yield f"§3.3.11: {name} holds an unescaped , or ;"
        if name in TEXT and re.search(r"(?<!\\)(?:\\\\)*\\(?![\\;,nN])", value):
            yield f"§3.3.11: {name} holds a lone backslash"
    if stack:
        yield f"§3.4: {stack} is not closed"
    head = [_parts(line)[0] for line in found[: found.index("BEGIN:VEVENT")] if line] if "BEGIN:VEVENT" in found else [
        _parts(line)[0] for line in found
    ]  # fmt: skip
    for name in ("PRODID", "VERSION"):
        if head.count(name) != 1:
            yield f"§3.6: {name} stands {head.count(name)} times"


def events(content: bytes) -> list[Properties]:
    """Return the properties of each event."""
    found: list[Properties] = []
    for line in lines(content):
        name, params, value = _parts(line)
        if (name, value) == ("BEGIN", "VEVENT"):
            found.append([])
        elif found and name not in ("BEGIN", "END"):
            found[-1].append((name, params, value))
    return found


def _events(content: bytes) -> Iterator[str]:
    found = events(content)
    zones = {value for name, _params, value in map(_parts, lines(content)) if name == "TZID"}
    uids = [value for event in found for name, _params, value in event if name == "UID"]
    if len(set(uids)) != len(uids):
        yield "§3.8.4.7: a UID stands twice"
    for event in found:
        names = [name for name, _params, _value in event]
        for name in ("UID", "DTSTAMP", "DTSTART"):
            if name not in names:
                yield f"§3.6.1: an event without {name}"
        for name in ONCE:
            if names.count(name) > 1:
                yield f"§3.6.1: {name} stands more than once"
        if "DTEND" in names and "DURATION" in names:
            yield "§3.6.1: DTEND beside DURATION"
        yield from _times(event, zones)


def _times(event: Properties, zones: set[str]) -> Iterator[str]:
    values: dict[str, datetime] = {}
    kinds = set()
    for name, params, value in event:
        if name not in ("DTSTART", "DTEND", "DTSTAMP", "LAST-MODIFIED"):
            continue
        named = re.search(r"TZID=([^;]+)", params)
        if named and named[1] not in {zone.upper() for zone in zones}:
            yield f"§3.2.19: TZID {named[1]} is defined nowhere"
        is_day = "VALUE=DATE" in params
        if not (DAY if is_day else UTC_MOMENT).fullmatch(value):
            yield f"§3.3.5: {name}:{value} is neither UTC nor a plain day"
            continue
        if name in ("DTSTAMP", "LAST-MODIFIED") and is_day:
            yield f"§3.8.7: {name} is not in UTC"
        values[name] = datetime.strptime(value, "%Y%m%d" if is_day else "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        if name in ("DTSTART", "DTEND"):
            kinds.add(is_day)
    if len(kinds) > 1:
        yield "§3.8.2.2: DTEND is of another kind than DTSTART"
    if "DTEND" in values and "DTSTART" in values and values["DTEND"] <= values["DTSTART"]:
        yield "§3.8.2.2: DTEND is not after DTSTART"
    for name, _params, value in event:
        if name == "SEQUENCE" and not re.fullmatch(r"\d+", value):
            yield "§3.8.7.4: SEQUENCE is no number"
        if name == "URL" and not re.fullmatch(r"https?://\S+", value):
            yield "§3.8.4.6: URL is no address"
        if name == "TRANSP" and value not in ("OPAQUE", "TRANSPARENT"):
            yield "§3.8.2.7: TRANSP"
