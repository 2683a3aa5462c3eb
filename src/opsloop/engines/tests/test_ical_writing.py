"""What we publish keeps the rules, and says to another reader what was meant, whatever the texts hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from opsloop.engines import ical
from opsloop.engines.ical import Entry
from opsloop.engines.ical.writing import escaped, folded
from opsloop.engines.tests.rfc5545 import violations

SHANGHAI = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 11, 24, 10, 0, tzinfo=SHANGHAI)
MEETING = Entry(
    uid="plan-1@opsloop.example",
    title="写周报, 对账; 收尾\\",
    starts=START,
    ends=START + timedelta(hours=1),
    changed=datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC),
    sequence=3,
    note="第一行\n第二行",
    place="三楼",
    url="https://opsloop.example/tasks/1/",
    category="计划",
)
DAY = replace(MEETING, uid="day@x", starts=date(2026, 11, 24), ends=date(2026, 11, 26), is_busy=False)
HOSTILE = (
    "\r\nBEGIN:VEVENT",
    "a\\nb",
    "\\",
    ';,:"',
    "\x00\x01",
    "\ud800",
    "\u202eabc",
    "👩‍👩‍👧‍👦" * 40,
    "长" * 300,
)


def write(*entries: Entry, name: str = "有序") -> bytes:
    return ical.write(entries, name=name)


def test_another_reader_reads_what_was_written() -> None:
    content = write(MEETING, DAY)
    assert violations(content) == []
    meeting, day = Calendar.from_ical(content).events
    assert str(meeting["SUMMARY"]) == MEETING.title
    assert str(meeting["DESCRIPTION"]) == MEETING.note
    assert (meeting["DTSTART"].dt, meeting["DTEND"].dt) == (MEETING.starts, MEETING.ends)
    assert (day["DTSTART"].dt, day["DTEND"].dt) == (DAY.starts, DAY.ends)
    assert (str(meeting["UID"]), meeting["SEQUENCE"], meeting["DTSTAMP"].dt) == (
        MEETING.uid,
        3,
        MEETING.changed,
    )
    assert [str(one["TRANSP"]) for one in (meeting, day)] == ["OPAQUE", "TRANSPARENT"]
    assert meeting.errors == day.errors == []


def test_ours_reads_what_ours_wrote() -> None:
    reading = ical.read(
        write(MEETING, DAY), since=START - timedelta(days=1), until=START + timedelta(days=3), zone=SHANGHAI
    )
    assert [(one.starts, one.ends, one.takes_time) for one in reading.occurrences] == [
        (datetime(2026, 11, 24, tzinfo=SHANGHAI), datetime(2026, 11, 26, tzinfo=SHANGHAI), False),
        (MEETING.starts, MEETING.ends, True),
    ]


def test_an_empty_calendar_is_one_too() -> None:
    assert violations(write()) == []
    assert Calendar.from_ical(write()).events == []


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    early = datetime(2026, 10, 25, 2, 30, tzinfo=berlin)
    late = early.replace(fold=1)
    (one,) = Calendar.from_ical(write(replace(MEETING, starts=early, ends=late))).events
    assert one["DTEND"].dt - one["DTSTART"].dt == timedelta(hours=1)


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        (START, START),
        (START, START + timedelta(microseconds=5)),
        (START, START - timedelta(hours=1)),
        (START, date(2026, 11, 25)),
        (date(2026, 11, 25), date(2026, 11, 25)),
        (START.replace(tzinfo=None), START + timedelta(hours=1)),
    ],
)
def test_what_does_not_end_after_it_starts_is_refused(starts: datetime, ends: datetime) -> None:
    with pytest.raises(ValueError, match="does not end"):
        write(replace(MEETING, starts=starts, ends=ends))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400), st.text(max_size=120))
@example(HOSTILE[0], HOSTILE[0])
@example("".join(HOSTILE), "".join(HOSTILE))
def test_no_text_breaks_the_rules_or_becomes_another(text: str, name: str) -> None:
    content = write(replace(MEETING, title=text, note=text, place=text), DAY, name=name)
    assert violations(content) == []
    calendar = Calendar.from_ical(content)
    assert len(calendar.events) == 2
    first = calendar.events[0]
    assert escaped(str(first["SUMMARY"])) == escaped(text)


@given(st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc")), max_size=300))
def test_folding_is_undone_by_taking_the_breaks_away(text: str) -> None:
    line = folded(text)
    assert all(len(piece) <= 75 for piece in line.split(b"\r\n"))
    assert line.replace(b"\r\n ", b"") == text.encode() + b"\r\n"


def test_the_validator_itself_sees_what_is_wrong() -> None:
    good = write(MEETING).decode()
    for old, new in (
        ("\r\n", "\n"),
        ("UID:", "X-UID:"),
        ("DTEND:20261124T030000Z", "DTEND:20261124T010000Z"),
        ("DTSTART:", "DTSTART;TZID=Nowhere:"),
        ("END:VEVENT\r\n", ""),
        ("三楼", "三,楼"),
        ("VERSION:2.0\r\n", ""),
        ("SEQUENCE:3", "SEQUENCE:x" + "y" * 90),
    ):
        assert old in good
        assert violations(good.replace(old, new).encode()), old
