"""Reads a calendar file of anybody's: what takes place in a span of time, within a budget of work.

`icalendar` takes the lines apart and knows the names of time zones, Windows' included. Before it sees a file,
everything that is not looked at is left away: texts, alarms, attendees, tasks. Repeats (`repeats.py`) keep their
clock time in the zone of the event; no more than `MOST_STEPS` days are looked at for a file, so that no rule,
however written, costs more than a moment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from opsloop.engines.ical import repeats

if TYPE_CHECKING:
    from icalendar import Component

MOST_EVENTS = 20_000
MOST_OCCURRENCES = 5_000
MOST_ZONES = 60
MOST_STEPS = 400_000
MOST_STEPS_OF_ONE = 50_000
LONGEST_TEXT = 200
LONGEST_EVENT = timedelta(days=400)
_KEPT_PARTS = frozenset({"VCALENDAR", "VEVENT", "VTIMEZONE", "STANDARD", "DAYLIGHT"})
_KEPT_LINES = frozenset({
    "UID", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "SUMMARY", "LOCATION",
    "STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS", "X-WR-CALNAME", "X-WR-TIMEZONE", "TZID", "TZNAME",
    "TZOFFSETFROM", "TZOFFSETTO", "SEQUENCE", "VERSION", "PRODID",
})  # fmt: skip
_ZONE_RULE = re.compile(r"RRULE:FREQ=YEARLY(;(UNTIL|BYMONTH|BYDAY|BYMONTHDAY|WKST)=[^;]*)*$", re.IGNORECASE)
# What some programs write before the name of a zone (RFC 5545 §3.2.19): "/example.org/20070112/Asia/Shanghai".
_VENDOR = re.compile(
    r';TZID="?/[^:;"]*?/((?:Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific|Etc)/[\w/+-]+)"?',
    re.IGNORECASE,
)
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+")


class UnreadableError(Exception):
    """This is no calendar file."""


@dataclass(frozen=True)
class Occurrence:
    """One time an event takes place: [starts, ends), aware, in `read`'s zone if it has none of its own."""

    title: str
    place: str
    starts: datetime
    ends: datetime
    is_all_day: bool
    takes_time: bool


@dataclass(frozen=True)
class Reading:
    """What stands in a file: its own name, the occurrences by start, and how many events could not be read."""

    name: str
    occurrences: tuple[Occurrence, ...]
    left_out: int


def read(content: bytes, *, since: datetime, until: datetime, zone: ZoneInfo) -> Reading:
    """Return what of a calendar file lies in [since, until); days and times without a zone are those of `zone`.

    Raises:
        UnreadableError: the file is no calendar.
    """
    calendars = _parsed(content)
    name = _text(next((one.get("X-WR-CALNAME") for one in calendars if one.get("X-WR-CALNAME")), ""))
    frame = _Frame(since, until, zone)
    events = [event for one in calendars for event in one.walk("VEVENT")]
    left_out = max(0, len(events) - MOST_EVENTS)
    found: list[Occurrence] = []
    changed, masters = _sorted(events[:MOST_EVENTS], frame)
    for event in masters:
        try:
            found.extend(_occurrences(event, changed, frame))
        except (
            _Unknown,
            OverflowError,
            ValueError,
            TypeError,
        ):  # nonsense shows only when it is reckoned with
            left_out += 1
    found.sort(key=lambda one: (one.starts, one.ends, one.title))
    over = max(0, len(found) - MOST_OCCURRENCES)
    return Reading(name, tuple(found[:MOST_OCCURRENCES]), left_out + over)


class _Unknown(Exception):  # noqa: N818  (the event's fault, not the program's)
    """An event that cannot be understood, or costs too much."""


class _Frame:
    """The span that is asked for, and what work is left."""

    def __init__(self, since: datetime, until: datetime, zone: ZoneInfo) -> None:
        self.since, self.until, self.zone = since, until, zone
        self.steps = MOST_STEPS

    def spend(self, steps: int) -> None:
        self.steps -= steps
        if steps > MOST_STEPS_OF_ONE or self.steps < 0:
            raise _Unknown


def _parsed(content: bytes) -> list[Component]:
    text = content.decode("utf-8-sig", errors="replace")
    if "BEGIN:VCALENDAR" not in text[:2000].upper():
        raise UnreadableError
    # Eighty modules and four megabytes, which only those need who subscribe to a calendar.
    from icalendar import Calendar

    try:
        return list(Calendar.from_ical("\r\n".join(_kept(text)) + "\r\n", multiple=True))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError):
        raise UnreadableError from None


def _kept(text: str) -> Iterator[str]:
    """Yield the lines that are looked at, each in one piece."""
    depth: list[str] = []
    zones = 0
    for line in _unfolded(text):
        name, _colon, value = line.partition(":")
        name = name.partition(";")[0].strip().upper()
        part = value.strip().upper()
        if name == "BEGIN":
            zones += part == "VTIMEZONE"
            if len(depth) < 8:
                depth.append(
                    part if part in _KEPT_PARTS and (zones <= MOST_ZONES or part != "VTIMEZONE") else ""
                )
            if all(depth) and len(depth) <= 3:
                yield f"BEGIN:{part}"
        elif name == "END":
            if all(depth) and 0 < len(depth) <= 3:
                yield f"END:{depth[-1]}"
            if depth:
                depth.pop()
        elif depth and all(depth) and name in _KEPT_LINES and _is_fair(line, name, depth):
            yield _VENDOR.sub(r";TZID=\1", line)


def _is_fair(line: str, name: str, depth: Sequence[str]) -> bool:
    """Whether a line may cost what it costs: zones repeat yearly, and one line is no book."""
    if len(line) > (4000 if name in ("SUMMARY", "LOCATION", "X-WR-CALNAME") else 60_000):
        return False
    return "VTIMEZONE" not in depth or name != "RRULE" or _ZONE_RULE.match(line) is not None


def _unfolded(text: str) -> Iterator[str]:
    whole: list[str] = []
    for line in re.split(r"\r\n|\n|\r", text):
        if line[:1] in (" ", "\t"):
            whole.append(line[1:])
            continue
        if whole:
            yield "".join(whole)
        whole = [line]
    yield "".join(whole)


Key = tuple[str, str]


def _sorted(events: Iterable[Component], frame: _Frame) -> tuple[set[Key], list[Component]]:
    """Return which occurrences of which event have a form of their own, and every event to expand."""
    changed: set[Key] = set()
    masters: list[Component] = []
    for event in events:
        masters.append(event)
        try:
            own = _value(event, "RECURRENCE-ID")
            if own is not None:
                changed.add((str(event.get("UID", "")), _key(own, frame)))
        except (_Unknown, OverflowError, ValueError):
            continue  # it is counted when its times are read
    return changed, masters


def _key(moment: date, frame: _Frame) -> str:
    """Return a name of an occurrence that its exceptions share, whatever zone they are written in."""
    if isinstance(moment, datetime):
        return _aware(moment, frame.zone).astimezone(UTC).isoformat()
    return moment.isoformat()


def _occurrences(event: Component, changed: set[Key], frame: _Frame) -> Iterator[Occurrence]:
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return
    start = _value(event, "DTSTART")
    _value(event, "RECURRENCE-ID")
    if start is None:
        raise _Unknown
    lasts = _length(event, start)
    is_single = event.get("RECURRENCE-ID") is not None
    uid = str(event.get("UID", ""))
    for begins in [start] if is_single else _starts(event, start, lasts, frame):
        if not is_single and (uid, _key(begins, frame)) in changed:
            continue
        one = _occurrence(event, begins, lasts, frame)
        if one is not None:
            yield one


def _occurrence(event: Component, begins: date, lasts: timedelta, frame: _Frame) -> Occurrence | None:
    try:
        if isinstance(begins, datetime):
            starts = _aware(begins, frame.zone)
            # By the clock on the wall, as the length of a repeating event is meant.
            ends = (starts.replace(tzinfo=None) + lasts).replace(tzinfo=starts.tzinfo)
            starts, ends = starts.astimezone(UTC), ends.astimezone(UTC)
        else:
            starts = datetime.combine(begins, time(), tzinfo=frame.zone)
            ends = datetime.combine(begins + lasts, time(), tzinfo=frame.zone)
    except OverflowError:
        raise _Unknown from None
    if not (starts < ends and starts < frame.until and ends > frame.since):
        return None  # nothing that takes no time can be in the way
    free = str(event.get("TRANSP", "")).upper() == "TRANSPARENT"
    free = free or str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() == "FREE"
    is_all_day = not isinstance(begins, datetime)
    return Occurrence(
        _text(event.get("SUMMARY", "")), _text(event.get("LOCATION", "")), starts, ends, is_all_day, not free
    )


def _length(event: Component, start: date) -> timedelta:
    end = _value(event, "DTEND")
    lasts: timedelta | None = _value(event, "DURATION", timedelta)
    is_day = not isinstance(start, datetime)
    if end is not None:
        if isinstance(end, datetime) == is_day:
            raise _Unknown
        if isinstance(end, datetime) and isinstance(start, datetime):
            # In one zone, so that the length is what a clock on the wall shows.
            same = end.astimezone(start.tzinfo) if end.tzinfo and start.tzinfo else end
            lasts = same.replace(tzinfo=None) - start.replace(tzinfo=None)
        else:
            lasts = end - start
    elif lasts is None:
        lasts = timedelta(days=1) if is_day else timedelta()
    if is_day:
        lasts = max(timedelta(days=lasts.days), timedelta(days=1))
    if not timedelta() <= lasts <= LONGEST_EVENT:
        raise _Unknown
    return lasts


def _starts(event: Component, start: date, lasts: timedelta, frame: _Frame) -> Iterator[date]:
    """Yield when an event begins, once each: its rules and added dates, without the left out ones."""
    left_out = {_key(day, frame) for day in _dates(event, "EXDATE")}
    seen: set[str] = set()
    rules = event.get("RRULE")
    rules = rules if isinstance(rules, list) else [rules] if rules is not None else []
    series: list[Iterable[date]] = [[start], _dates(event, "RDATE")]
    series += [_expanded(rule, start, lasts, frame) for rule in rules]
    for dates in series:
        for begins in dates:
            key = _key(begins, frame)
            if key not in left_out and key not in seen:
                seen.add(key)
                yield begins


def _expanded(rule: Any, start: date, lasts: timedelta, frame: _Frame) -> list[date]:
    """Return what a rule names from the frame on and up to its end, in the form of `start`."""
    zone = start.tzinfo if isinstance(start, datetime) else None
    first = start.replace(tzinfo=None) if isinstance(start, datetime) else datetime.combine(start, time())
    last = frame.until.astimezone(zone or frame.zone).replace(tzinfo=None)
    last = min(last, _until(rule, zone, frame) or last)
    # Two days for zones whose clocks jump.
    since = frame.since.astimezone(zone or frame.zone).replace(tzinfo=None) - lasts - timedelta(days=2)
    repeat = repeats.read(_rule_parts(rule), first)
    frame.spend(repeat.days_to_look_at(first, since=since, until=last))
    moments = list(islice(repeat.occurrences(first, since=since, until=last), MOST_OCCURRENCES + 1))
    if isinstance(start, datetime):
        return [moment.replace(tzinfo=zone) for moment in moments]
    return [moment.date() for moment in moments]


def _rule_parts(rule: Any) -> dict[str, str]:
    try:
        text = rule.to_ical().decode("ascii").upper()
        return dict(piece.split("=", 1) for piece in text.split(";") if piece)
    except (ValueError, AttributeError, TypeError):
        raise _Unknown from None


def _until(rule: Any, zone: tzinfo | None, frame: _Frame) -> datetime | None:
    """Return the UNTIL of a rule on the clock of the event."""
    ends = rule.get("UNTIL")
    end = ends[0] if isinstance(ends, list) and ends else ends
    if isinstance(end, datetime):
        return (end.astimezone(zone or frame.zone) if end.tzinfo else end).replace(tzinfo=None)
    return datetime.combine(end, time(23, 59, 59)) if isinstance(end, date) else None


def _dates(event: Component, name: str) -> list[date]:
    """Return the dates of EXDATE or RDATE; of a period only its beginning counts."""
    held = event.get(name)
    lists = held if isinstance(held, list) else [held] if held is not None else []
    found = []
    for one in lists:
        for value in getattr(one, "dts", ()):
            dt = value.dt[0] if isinstance(value.dt, tuple) else value.dt
            if isinstance(dt, date):
                found.append(dt)
    return found


def _value(event: Component, name: str, kind: type = date) -> Any:
    """Return a date, moment or duration of an event, None if there is none.

    Raises _Unknown for one that cannot be read.
    """
    held = event.get(name)
    if isinstance(held, list):
        held = held[0] if held else None
    if held is None:
        return None
    try:
        value = held.dt
    except Exception:
        raise _Unknown from None
    if not isinstance(value, kind):
        raise _Unknown
    return value


def _aware(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _text(value: Any) -> str:
    return _INVISIBLE.sub(" ", str(value)).strip()[:LONGEST_TEXT]
