"""Suggested times, compared with a search that tries every minute of everybody's day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines import freetime
from opsloop.engines.freetime import Attendee, Room, Slot, Span, Wish

SHANGHAI = ZoneInfo("Asia/Shanghai")
# Monday 2026-11-23, 08:00 in Shanghai.
BEGIN = datetime(2026, 11, 23, 8, 0, tzinfo=SHANGHAI)
MINUTE = timedelta(minutes=1)
GOOD = ((time(9, 30), time(11)), (time(14, 30), time(16)))
# A span in minutes from BEGIN; not on any grid.
PIECES = st.lists(st.tuples(st.integers(-60, 700), st.integers(1, 300)), max_size=4)


def spans(pieces: Sequence[tuple[int, int]]) -> list[Span]:
    return [(BEGIN + start * MINUTE, BEGIN + (start + length) * MINUTE) for start, length in pieces]


PEOPLE = st.lists(st.tuples(PIECES, PIECES, PIECES, st.booleans()), min_size=1, max_size=4).map(
    lambda rows: [
        Attendee(key, spans([(30, 600), *works[:1]]), spans(busy), spans(focus), required)
        for key, (works, busy, focus, required) in enumerate(rows, 1)
    ]
)
ROOMS = st.lists(st.tuples(st.integers(1, 6), PIECES), max_size=3).map(
    lambda rows: [Room(key, seats, frozenset(), spans(taken)) for key, (seats, taken) in enumerate(rows, 1)]
)


def is_free(person: Attendee, start: datetime, end: datetime) -> bool:
    """Try every minute."""
    moment = start
    while moment < end:
        works = any(low <= moment and moment + MINUTE <= high for low, high in person.works)
        if not works or any(low < moment + MINUTE and moment < high for low, high in person.busy):
            return False
        moment += MINUTE
    return True


def oracle(
    wish: Wish, people: Sequence[Attendee], rooms: Sequence[Room]
) -> dict[datetime, tuple[set[int], int, int]]:
    """Return start -> who of the required is missing, the cost, and the room, of every time worth a thought."""
    required = [one for one in people if one.is_required] or list(people)
    length = wish.minutes * MINUTE
    found: dict[datetime, tuple[set[int], int, int]] = {}
    moment = wish.since
    while moment + length <= wish.until:
        local = moment.astimezone(wish.zone)
        if (local.hour * 60 + local.minute) % wish.step == 0:
            end = moment + length
            free = [one for one in people if is_free(one, moment, end)]
            missing = {one.key for one in required if one not in free}
            if len(missing) < len(required):
                found[moment] = missing, cost(wish, people, required, free, moment), room(wish, rooms, moment)
        moment += MINUTE
    if any(not missing for missing, _cost, _room in found.values()):
        found = {start: one for start, one in found.items() if not one[0]}
    return found


def cost(
    wish: Wish,
    people: Sequence[Attendee],
    required: Sequence[Attendee],
    free: Sequence[Attendee],
    start: datetime,
) -> int:
    end = start + wish.minutes * MINUTE
    lost = sum(
        any(low < minute + MINUTE and minute < high for low, high in one.focus)
        for one in free
        for minute in (start + n * MINUTE for n in range(wish.minutes))
    )
    local = start.astimezone(wish.zone)
    good = any(low <= local.time() and end.astimezone(wish.zone).time() <= high for low, high in wish.good)
    optional = sum(1 for one in people if one not in required and one not in free)
    days = (local.date() - wish.since.astimezone(wish.zone).date()).days
    return lost + 60 * optional + (0 if good else 45) + 6 * days


def room(wish: Wish, rooms: Sequence[Room], start: datetime) -> int:
    end = start + wish.minutes * MINUTE
    fits = [one for one in rooms if one.seats >= wish.seats > 0]
    free = [one for one in fits if not any(low < end and start < high for low, high in one.taken)]
    return min(free, key=lambda one: (one.seats, one.key)).key if free else 0


@given(PEOPLE, ROOMS, st.integers(1, 120), st.sampled_from([15, 30]), st.integers(0, 4))
def test_it_finds_what_trying_every_minute_finds(
    people: list[Attendee], rooms: list[Room], minutes: int, step: int, seats: int
) -> None:
    wish = Wish(minutes, BEGIN, BEGIN + timedelta(hours=11), SHANGHAI, GOOD, step, seats)
    expected = oracle(wish, people, rooms)
    found = {one.starts: one for one in freetime.slots(wish, people, rooms)}
    assert found.keys() == expected.keys()
    for start, (missing, price, chosen) in expected.items():
        slot = found[start]
        assert set(slot.missing) == missing
        assert slot.room == chosen
        assert slot.cost == price + (freetime.NO_ROOM if seats and not chosen else 0)


@given(PEOPLE, st.integers(1, 120))
def test_what_is_suggested_is_ranked_and_does_not_overlap(people: list[Attendee], minutes: int) -> None:
    wish = Wish(minutes, BEGIN, BEGIN + timedelta(days=3), SHANGHAI, GOOD)
    chosen = freetime.suggest(wish, people, most=5, a_day=2)
    everything = sorted(
        freetime.slots(wish, people), key=lambda one: (len(one.missing), one.cost, one.starts)
    )
    assert chosen[:1] == everything[:1], "the best of all comes first"
    ranks = [(len(one.missing), one.cost, one.starts) for one in chosen]
    assert ranks == sorted(ranks)
    for place, one in enumerate(chosen):
        assert all(one.ends <= other.starts or other.ends <= one.starts for other in chosen[:place])


def everybody(*busy: Sequence[tuple[int, int]]) -> list[Attendee]:
    return [Attendee(key, spans([(60, 540)]), spans(pieces)) for key, pieces in enumerate(busy, 1)]


def codes(slot: Slot) -> list[str]:
    return [reason.code for reason in slot.reasons]


def test_the_preferred_times_come_first_and_reasons_are_named() -> None:
    people = everybody([(60, 30)], [])
    people[1] = replace(people[1], focus=spans([(90, 60)]))
    wish = Wish(60, BEGIN, BEGIN + timedelta(hours=12), SHANGHAI, GOOD, seats=2)
    rooms = [Room(1, 8), Room(2, 3, frozenset(), spans([(0, 600)]))]
    best = freetime.suggest(wish, people, rooms)[0]
    assert best.starts == BEGIN + timedelta(hours=6, minutes=30), "the afternoon costs nobody their focus"
    assert codes(best) == ["all_free", "good_time", "room"]
    assert best.room == 1, "the small room is taken"


def test_without_a_time_for_all_it_names_who_is_missing() -> None:
    people = everybody([(0, 700)], [], [])
    best = freetime.suggest(Wish(60, BEGIN, BEGIN + timedelta(hours=12), SHANGHAI, GOOD), people)[0]
    assert best.missing == (1,)
    assert codes(best)[0] == "missing"


def test_people_in_other_zones_meet_where_their_days_overlap() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    there = [(datetime(2026, 11, 23, 9, tzinfo=berlin), datetime(2026, 11, 23, 18, tzinfo=berlin))]
    people = [*everybody([]), Attendee(2, there)]
    found = freetime.suggest(Wish(60, BEGIN, BEGIN + timedelta(hours=12), SHANGHAI, GOOD), people)
    assert [one.starts.astimezone(UTC).hour for one in found] == [8, 9] or found[0].starts.astimezone(
        UTC
    ).hour == 8


def test_nobody_and_nothing_find_nothing() -> None:
    wish = Wish(60, BEGIN, BEGIN + timedelta(minutes=30), SHANGHAI)
    assert freetime.suggest(wish, everybody([])) == []
    assert freetime.suggest(replace(wish, until=BEGIN + timedelta(hours=9)), []) == []
    assert freetime.suggest(replace(wish, until=BEGIN + timedelta(hours=9)), everybody([(0, 700)])) == []
