"""Writes events as an iCalendar file that Apple, Google and Outlook read alike.

Every time is UTC or a plain day, so no reader has to know a time zone of ours, and repeats come written out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

PRODUCT = "-//Opsloop//Opsloop//EN"
# RFC 5545 §3.1: a line has at most 75 octets without its break, and the break may not split a character.
LINE = 75
# RFC 5545 §3.1: text holds no control characters but the tab; lone surrogates cannot be written in UTF-8.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_BREAK = re.compile("\r\n|\r|\n|\u2028|\u2029|\x85")


@dataclass(frozen=True)
class Entry:
    """One event. `starts` and `ends` are both aware moments, or both days of which the last is left out.

    `uid` stays the same for as long as the thing lives; `sequence` grows with each change, and `changed` is when
    the last one was. `is_busy` False shows the time as free.
    """

    uid: str
    title: str
    starts: datetime | date
    ends: datetime | date
    changed: datetime
    sequence: int = 0
    note: str = ""
    place: str = ""
    url: str = ""
    category: str = ""
    is_busy: bool = True


def write(entries: Iterable[Entry], *, name: str, refresh_minutes: int = 30) -> bytes:
    """Return a calendar called `name` that asks its readers to look again after `refresh_minutes`.

    Raises:
        ValueError: an entry does not end after it starts, or mixes a day with a moment.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{escaped(name)}",
        f"X-WR-CALNAME:{escaped(name)}",
        f"REFRESH-INTERVAL;VALUE=DURATION:PT{refresh_minutes}M",
        f"X-PUBLISHED-TTL:PT{refresh_minutes}M",
    ]
    for entry in entries:
        lines.extend(_event(entry))
    lines.append("END:VCALENDAR")
    return b"".join(folded(line) for line in lines)


def _event(entry: Entry) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{escaped(entry.uid)}"
    # In what is published, DTSTAMP is the time of the last change (RFC 5545 §3.8.7.2).
    yield f"DTSTAMP:{_moment(entry.changed)}"
    yield f"LAST-MODIFIED:{_moment(entry.changed)}"
    yield f"SEQUENCE:{entry.sequence}"
    yield from _span(entry)
    yield f"SUMMARY:{escaped(entry.title)}"
    for name, text in (
        ("DESCRIPTION", entry.note),
        ("LOCATION", entry.place),
        ("CATEGORIES", entry.category),
    ):
        if text:
            yield f"{name}:{escaped(text)}"
    if entry.url:
        yield f"URL:{_FORBIDDEN.sub('', entry.url)}"
    yield f"TRANSP:{'OPAQUE' if entry.is_busy else 'TRANSPARENT'}"
    yield "END:VEVENT"


def _span(entry: Entry) -> Iterator[str]:
    starts, ends = entry.starts, entry.ends
    if isinstance(starts, datetime) and isinstance(ends, datetime):
        if starts.tzinfo is None or _seconds(starts) >= _seconds(ends):
            raise ValueError(f"{entry.uid} does not end after it starts")
        yield f"DTSTART:{_moment(starts)}"
        yield f"DTEND:{_moment(ends)}"
    elif isinstance(starts, datetime) or isinstance(ends, datetime) or starts >= ends:
        raise ValueError(f"{entry.uid} does not end after it starts")
    else:
        yield f"DTSTART;VALUE=DATE:{starts:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{ends:%Y%m%d}"


def _seconds(moment: datetime) -> datetime:
    """Return a moment as it is written: in whole seconds."""
    return moment.astimezone(UTC).replace(microsecond=0)


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def without_forbidden(text: str) -> str:
    """Return text without what no line may hold, and with one kind of line end."""
    return _FORBIDDEN.sub("", _BREAK.sub("\n", text))


def escaped(text: str) -> str:
    """Return text as a TEXT value (RFC 5545 §3.3.11), without what no line may hold."""
    plain = without_forbidden(text)
    for letter, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        plain = plain.replace(letter, written)
    return plain


def folded(line: str) -> bytes:
    """Return one line with its break, folded."""
    raw = line.encode("utf-8")
    if len(raw) <= LINE:
        return raw + b"\r\n"
    pieces = []
    room = LINE
    while raw:
        cut = min(room, len(raw))
        while cut < len(raw) and raw[cut] & 0xC0 == 0x80:
            cut -= 1
        pieces.append(raw[:cut])
        raw = raw[cut:]
        room = LINE - 1  # the space that says that a line goes on
    return b"\r\n ".join(pieces) + b"\r\n"
