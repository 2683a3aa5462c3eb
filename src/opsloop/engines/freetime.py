"""When people can meet: from who works and is busy when, to times best first, each with its reasons as codes.

Time is a line of whole minutes, and what somebody's day leaves open is one integer whose n-th bit is the n-th minute
after the start. A meeting of k minutes fits where k bits in a row are set, which is a handful of shifts for all starts
at once. Focus time counts as open: losing it is a cost, not a wall.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

Span = tuple[datetime, datetime]
MINUTE = timedelta(minutes=1)
# What one of these weighs, in minutes of somebody's focus: the order of times in which the same people are free.
OPTIONAL_MISSING, NOT_PREFERRED, NO_ROOM, DAY_LATER = 60, 45, 90, 6


@dataclass(frozen=True)
class Attendee:
    """One person: when they work (leave taken out), what takes their time, and what they mean to focus on."""

    key: int
    works: Sequence[Span]
    busy: Sequence[Span] = ()
    focus: Sequence[Span] = ()
    is_required: bool = True


@dataclass(frozen=True)
class Room:
    """A room that may be booked: when it is taken, and what it has."""

    key: int
    seats: int
    equipment: frozenset[str] = frozenset()
    taken: Sequence[Span] = ()


@dataclass(frozen=True)
class Wish:
    """What is looked for: `minutes` in [since, until), beginning every `step` minutes of the clock in `zone`.

    `good` are the times of day in `zone` in which a meeting should lie whole. `seats` 0: no room is wanted.
    """

    minutes: int
    since: datetime
    until: datetime
    zone: ZoneInfo
    good: Sequence[tuple[time, time]] = ()
    step: int = 15
    seats: int = 0
    equipment: frozenset[str] = frozenset()
    room: int = 0


@dataclass(frozen=True)
class Reason:
    """Why a time is good or bad: a code with whom it concerns and how many minutes.

    "all_free", "missing" (required people), "optional_missing", "good_time", "other_time", "focus" (people who lose
    minutes of it), "room" (its key), "no_room".
    """

    code: str
    people: tuple[int, ...] = ()
    minutes: int = 0
    room: int = 0


@dataclass(frozen=True)
class Slot:
    """A time to meet, [starts, ends), with the room that would be taken (0: none) and why it stands where it does."""

    starts: datetime
    ends: datetime
    missing: tuple[int, ...]
    cost: int
    reasons: tuple[Reason, ...] = field(compare=False)
    room: int = 0


def suggest(
    wish: Wish, people: Sequence[Attendee], rooms: Sequence[Room] = (), *, most: int = 6, a_day: int = 2
) -> list[Slot]:
    """Return the best times that do not overlap each other, best first: at most `most`, `a_day` of one day.

    A time with everybody who is required goes before all others; if there is none, those with the fewest missing come,
    as long as one required person is there. Among equals the cheaper one is better, then the earlier one.
    """
    chosen: list[Slot] = []
    days: dict[object, int] = {}
    for slot in sorted(slots(wish, people, rooms), key=_rank):
        day = slot.starts.astimezone(wish.zone).date()
        if days.get(day, 0) >= a_day or any(_overlap(slot, other) for other in chosen):
            continue
        if chosen and slot.missing and not chosen[0].missing:
            break
        chosen.append(slot)
        days[day] = days.get(day, 0) + 1
        if len(chosen) == most:
            break
    return chosen


def _rank(slot: Slot) -> tuple[int, int, datetime]:
    return len(slot.missing), slot.cost, slot.starts


def _overlap(one: Slot, other: Slot) -> bool:
    return one.starts < other.ends and other.starts < one.ends


def slots(wish: Wish, people: Sequence[Attendee], rooms: Sequence[Room] = ()) -> Iterator[Slot]:
    """Yield every time that is worth a thought: all required people are free, or, if they never are, some of them."""
    line = _Line(wish.since, wish.until)
    if wish.minutes < 1 or wish.minutes > line.length or not people:
        return
    found = [_Open(one, line, wish.minutes) for one in people]
    required = [one for one in found if one.person.is_required] or found
    grid = _grid(wish, line)
    fitting = grid
    for one in required:
        fitting &= one.fits
    if not fitting:
        anybody = 0
        for one in required:
            anybody |= one.fits
        fitting = grid & anybody
    halls = [
        (room, _Open.where(line.mask(room.taken, outward=True), line, wish.minutes))
        for room in _large(wish, rooms)
    ]
    for start in _bits(fitting):
        yield _slot(wish, line, start, required, found, halls)


def _slot(
    wish: Wish, line: _Line, start: int, required: Sequence[_Open], found: Sequence[_Open],
    halls: Sequence[tuple[Room, int]],
) -> Slot:  # fmt: skip
    starts, ends = line.moment(start), line.moment(start + wish.minutes)
    missing = tuple(one.person.key for one in required if not one.is_free(start))
    away = tuple(one.person.key for one in found if one not in required and not one.is_free(start))
    lost = [(one.person.key, one.focus_in(start)) for one in found if one.is_free(start)]
    lost = [(key, minutes) for key, minutes in lost if minutes]
    is_good = _is_good(wish, starts, ends)
    room = next((hall.key for hall, fits in halls if fits >> start & 1), 0)
    minutes = sum(one for _key, one in lost)
    later = (starts.astimezone(wish.zone).date() - wish.since.astimezone(wish.zone).date()).days
    cost = minutes + OPTIONAL_MISSING * len(away) + DAY_LATER * later
    cost += 0 if is_good else NOT_PREFERRED
    cost += NO_ROOM if wish.seats and not room else 0
    reasons = [Reason("missing", missing) if missing else Reason("all_free")]
    if away:
        reasons.append(Reason("optional_missing", away))
    reasons.append(Reason("good_time" if is_good else "other_time"))
    if lost:
        reasons.append(Reason("focus", tuple(key for key, _minutes in lost), minutes))
    if wish.seats:
        reasons.append(Reason("room", room=room) if room else Reason("no_room"))
    return Slot(starts, ends, missing, cost, tuple(reasons), room)


def _is_good(wish: Wish, starts: datetime, ends: datetime) -> bool:
    """Whether a time lies whole in one of the preferred times of its day."""
    local, end = starts.astimezone(wish.zone), ends.astimezone(wish.zone)
    if local.date() != end.date():
        return False
    return any(low <= local.time() and end.time() <= high for low, high in wish.good)


def _large(wish: Wish, rooms: Sequence[Room]) -> list[Room]:
    """Return the rooms that do, the wished one first, then the smallest: a hall for three keeps others out."""
    if not wish.seats:
        return []
    fitting = [one for one in rooms if one.seats >= wish.seats and wish.equipment <= one.equipment]
    return sorted(fitting, key=lambda one: (one.key != wish.room, one.seats, one.key))


class _Line:
    """The minutes of [since, until), counted from 0; `since` in whole minutes."""

    def __init__(self, since: datetime, until: datetime) -> None:
        self.begins = since.replace(second=0, microsecond=0)
        if self.begins < since:
            self.begins += MINUTE
        self.length = max(0, (until - self.begins) // MINUTE)

    def moment(self, minute: int) -> datetime:
        return self.begins + minute * MINUTE

    def mask(self, spans: Collection[Span], *, outward: bool) -> int:
        """Return the minutes of `spans` as bits: those touched (`outward`), or those that lie in them whole."""
        bits = 0
        for start, end in spans:
            low, high = (start - self.begins) / MINUTE, (end - self.begins) / MINUTE
            first, last = (_floor(low), _ceil(high)) if outward else (_ceil(low), _floor(high))
            first, last = max(0, first), min(self.length, last)
            if first < last:
                bits |= ((1 << (last - first)) - 1) << first
        return bits


def _floor(value: float) -> int:
    return int(value // 1)


def _ceil(value: float) -> int:
    return -int(-value // 1)


class _Open:
    """What is open of one person's time, and at which minutes a meeting of the wished length can begin."""

    def __init__(self, person: Attendee, line: _Line, minutes: int) -> None:
        self.person = person
        works = line.mask(person.works, outward=False)
        busy = line.mask(person.busy, outward=True)
        self.fits = runs(works & ~busy, minutes)
        self._starts = self.fits.to_bytes(line.length // 8 + 1, "little")
        self._focus = line.mask(person.focus, outward=True)
        self._span = (1 << minutes) - 1

    @staticmethod
    def where(taken: int, line: _Line, minutes: int) -> int:
        """Return where something that is taken in `taken` is free for the whole length."""
        return runs(((1 << line.length) - 1) & ~taken, minutes)

    def is_free(self, start: int) -> bool:
        return bool(self._starts[start >> 3] >> (start & 7) & 1)

    def focus_in(self, start: int) -> int:
        """Return how many minutes of focus a meeting that begins at `start` takes."""
        return (self._focus >> start & self._span).bit_count() if self._focus else 0


def runs(bits: int, length: int) -> int:
    """Return the places at which `length` set bits in a row begin."""
    have = 1
    while have < length and bits:
        step = min(have, length - have)
        bits &= bits >> step
        have += step
    return bits


def _grid(wish: Wish, line: _Line) -> int:
    """Return the minutes at which a meeting may begin: every `step` minutes of the clock."""
    local = line.begins.astimezone(wish.zone)
    first = -(local.hour * 60 + local.minute) % wish.step
    bits, count = 0, (line.length - first + wish.step - 1) // wish.step
    if count <= 0:
        return 0
    bits = ((1 << (wish.step * count)) - 1) // ((1 << wish.step) - 1)
    return bits << first & ((1 << line.length) - 1)


def _bits(bits: int) -> Iterator[int]:
    """Yield the places of the set bits, in order."""
    raw = bits.to_bytes(bits.bit_length() // 8 + 1, "little")
    for place, byte in enumerate(raw):
        if byte:
            yield from (place * 8 + n for n in range(8) if byte >> n & 1)
