"""Repeats of calendar files against dateutil, which knows them all."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from opsloop.engines.ical import repeats

DAYS = st.sampled_from(repeats.WEEKDAYS)
MONTHS = st.lists(st.integers(1, 12), min_size=1, max_size=3, unique=True)


def numbers(values: Any, most: int = 4) -> Any:
    return st.lists(values, min_size=1, max_size=most, unique=True).map(
        lambda found: ",".join(map(str, found))
    )


def signed(most: int) -> Any:
    return st.integers(-most, most).filter(bool)


@st.composite
def rules(draw: Any) -> str:
    frequency = draw(st.sampled_from(repeats.FREQUENCIES))
    parts = {"FREQ": frequency, "INTERVAL": draw(st.integers(1, 5)), "WKST": draw(DAYS)}
    if draw(st.booleans()):
        parts["BYMONTH"] = ",".join(map(str, draw(MONTHS)))
    if draw(st.booleans()):
        with_number = frequency in ("MONTHLY", "YEARLY") and draw(st.booleans())
        day = st.tuples(signed(5), DAYS).map(lambda pair: f"{pair[0]}{pair[1]}") if with_number else DAYS
        parts["BYDAY"] = draw(numbers(day))
    elif frequency != "WEEKLY" and draw(st.booleans()):
        # Not the last days of every month, which no February has: dateutil would look for them for ever.
        parts["BYMONTHDAY"] = draw(numbers(signed(28)))
    elif frequency == "YEARLY" and "BYMONTH" not in parts and draw(st.booleans()):
        parts["BYYEARDAY"] = draw(numbers(signed(365)))
    if any(name in parts for name in ("BYDAY", "BYMONTHDAY", "BYYEARDAY")) and draw(st.booleans()):
        parts["BYSETPOS"] = draw(numbers(st.sampled_from([1, -1])))
    if draw(st.booleans()):
        parts["BYHOUR"] = draw(numbers(st.integers(0, 23)))
    if draw(st.booleans()):
        parts["COUNT"] = draw(st.integers(1, 40))
    return ";".join(f"{name}={value}" for name, value in parts.items())


@settings(max_examples=200, deadline=None)
@given(rules(), st.datetimes(datetime(2019, 1, 1), datetime(2026, 12, 28)), st.integers(0, 900))
def test_it_names_what_dateutil_names(rule: str, first: datetime, later: int) -> None:
    first = first.replace(microsecond=0)
    since = first + timedelta(days=later)
    until = since + timedelta(days=400)
    parts = dict(piece.split("=") for piece in rule.split(";"))
    if parts["FREQ"] == "WEEKLY" and "BYSETPOS" in parts:
        # In a first week that is not whole, dateutil counts positions from the start on; RFC 5545 from its Monday.
        first -= timedelta(days=(first.weekday() - repeats.WEEKDAYS.index(parts["WKST"])) % 7)
    count = int(parts.pop("COUNT", "100000"))
    bare = ";".join(f"{name}={value}" for name, value in parts.items())
    # UNTIL does not stop dateutil before it has found something, so what finds nothing is not asked for.
    named = islice(rrulestr(f"RRULE:{bare};UNTIL={until:%Y%m%dT%H%M%S}", dtstart=first), count)
    expected = [moment for moment in named if moment >= since]
    repeat = repeats.read(dict(piece.split("=") for piece in rule.split(";")), first)
    assert list(repeat.occurrences(first, since=since, until=until)) == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", ["2028-02-29"]),
        ("FREQ=YEARLY;BYWEEKNO=53;BYDAY=TH", ["2026-12-31"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3", ["2026-01-31", "2026-03-31", "2026-05-31"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2", ["2026-01-30", "2026-02-27"]),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", []),
    ],
)
def test_leap_days_last_days_and_week_53(rule: str, expected: list[str]) -> None:
    first = datetime(2026, 1, 1, 9)
    repeat = repeats.read(dict(piece.split("=") for piece in rule.split(";")), first)
    found = repeat.occurrences(first, since=first, until=datetime(2030, 12, 31))
    assert [f"{moment:%Y-%m-%d}" for moment in found] == expected


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=HOURLY", "FREQ=SECONDLY", "FREQ=DAILY;BYMINUTE=0,1;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12",
        "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;COUNT=0", "FREQ=WEEKLY;BYDAY=XX", "FREQ=YEARLY;BYEASTER=1",
        "FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=DAILY;BYHOUR=25",
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        repeats.read(dict(piece.split("=") for piece in rule.split(";")), datetime(2026, 1, 1))
