"""Calendar files of others: what they mean, and that none costs more than a moment."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsloop.engines import ical
from opsloop.engines.ical import Reading, UnreadableError

SHANGHAI = ZoneInfo("Asia/Shanghai")
SINCE = datetime(2026, 11, 1, tzinfo=SHANGHAI)
UNTIL = datetime(2027, 2, 1, tzinfo=SHANGHAI)


def event(*lines: str, uid: str = "1", title: str = "会") -> str:
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{title}", *lines, "END:VEVENT"])


def read(*events: str, before: str = "") -> Reading:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", "X-WR-CALNAME:公司", *([before] if before else [])]
    text = "\r\n".join([*lines, *events, "END:VCALENDAR", ""])
    return ical.read(text.encode(), since=SINCE, until=UNTIL, zone=SHANGHAI)


def starts(reading: Reading, zone: ZoneInfo = SHANGHAI) -> list[str]:
    return [f"{one.starts.astimezone(zone):%m-%d %H:%M}" for one in reading.occurrences]


def test_it_reads_the_name_the_title_and_the_span() -> None:
    reading = read(event("DTSTART:20261127T020000Z", "DTEND:20261127T033000Z", "LOCATION:三楼\\, 东"))
    (one,) = reading.occurrences
    assert reading.name == "公司"
    assert (one.title, one.place, one.is_all_day, one.takes_time) == ("会", "三楼, 东", False, True)
    assert (one.starts, one.ends) == (
        datetime(2026, 11, 27, 2, tzinfo=UTC),
        datetime(2026, 11, 27, 3, 30, tzinfo=UTC),
    )
    assert reading.left_out == 0


@pytest.mark.parametrize(
    ("written", "hour"),
    [
        ("DTSTART;TZID=Asia/Shanghai:20261127T100000", 10),
        ("DTSTART;TZID=China Standard Time:20261127T100000", 10),
        ("DTSTART;TZID=W. Europe Standard Time:20261127T030000", 10),
        ("DTSTART;TZID=/freeassociation.example/Asia/Shanghai:20261127T100000", 10),
        ("DTSTART:20261127T100000", 10),
        ("DTSTART;TZID=Nobody Knows:20261127T100000", 10),
        ("DTSTART;TZID=America/New_York:20261126T210000", 10),
    ],
)
def test_it_knows_the_zones_of_all_programs(written: str, hour: int) -> None:
    assert starts(read(event(written, "DURATION:PT1H"))) == [f"11-27 {hour}:00"]


OUTLOOK = "\r\n".join([
    "BEGIN:VTIMEZONE", "TZID:Customized Time Zone", "BEGIN:STANDARD", "DTSTART:16010101T030000",
    "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", "END:STANDARD",
    "BEGIN:DAYLIGHT", "DTSTART:16010101T020000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200",
    "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3", "END:DAYLIGHT", "END:VTIMEZONE",
])  # fmt: skip


def test_it_reads_a_zone_that_the_file_defines() -> None:
    written = "DTSTART;TZID=Customized Time Zone:20261127T030000"
    assert starts(read(event(written, "DURATION:PT1H"), before=OUTLOOK)) == ["11-27 10:00"]


def test_a_zone_that_repeats_every_second_costs_nothing() -> None:
    hostile = OUTLOOK.replace("FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", "FREQ=SECONDLY")
    began = time.perf_counter()
    reading = read(
        event("DTSTART;TZID=Customized Time Zone:20261127T030000", "DURATION:PT1H"), before=hostile
    )
    assert time.perf_counter() - began < 2
    assert len(reading.occurrences) == 1


def test_a_repeat_keeps_its_clock_time_in_its_own_zone() -> None:
    new_york = ZoneInfo("America/New_York")
    written = ("DTSTART;TZID=America/New_York:20261001T090000", "DURATION:PT1H", "RRULE:FREQ=MONTHLY")
    assert starts(read(event(*written)), new_york) == ["11-01 09:00", "12-01 09:00", "01-01 09:00"]


def test_days_left_out_moved_and_cancelled() -> None:
    base = ("DTSTART;TZID=Asia/Shanghai:20261102T100000", "DTEND;TZID=Asia/Shanghai:20261102T110000")
    reading = read(
        event(*base, "RRULE:FREQ=WEEKLY;COUNT=5", "EXDATE;TZID=Asia/Shanghai:20261109T100000"),
        event(
            "RECURRENCE-ID:20261116T020000Z",
            "DTSTART:20261117T060000Z",
            "DTEND:20261117T070000Z",
            title="改期",
        ),
        event("RECURRENCE-ID;TZID=Asia/Shanghai:20261123T100000", *base, "STATUS:CANCELLED"),
    )
    assert starts(reading) == ["11-02 10:00", "11-17 14:00", "11-30 10:00"]
    assert [one.title for one in reading.occurrences] == ["会", "改期", "会"]


def test_whole_days_last_from_midnight_to_midnight_and_transparent_ones_take_no_time() -> None:
    reading = read(
        event("DTSTART;VALUE=DATE:20261201", "DTEND;VALUE=DATE:20261203", "TRANSP:TRANSPARENT"),
        event("DTSTART;VALUE=DATE:20261210", "RRULE:FREQ=WEEKLY;UNTIL=20261217", uid="2"),
        event("DTSTART:20261220T020000Z", "DURATION:PT1H", "X-MICROSOFT-CDO-BUSYSTATUS:FREE", uid="3"),
    )
    assert starts(reading) == ["12-01 00:00", "12-10 00:00", "12-17 00:00", "12-20 10:00"]
    assert [one.takes_time for one in reading.occurrences] == [False, True, True, False]
    assert reading.occurrences[0].ends - reading.occurrences[0].starts == timedelta(days=2)


def test_until_in_utc_includes_the_last_one() -> None:
    written = ("DTSTART;TZID=Asia/Shanghai:20261202T100000", "DURATION:PT1H")
    assert len(read(event(*written, "RRULE:FREQ=DAILY;UNTIL=20261204T020000Z")).occurrences) == 3


def test_added_dates_and_what_repeats_since_long_ago() -> None:
    reading = read(
        event("DTSTART:20261127T020000Z", "DURATION:PT1H", "RDATE:20261128T020000Z,20261129T020000Z"),
        event("DTSTART:19950106T020000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;BYDAY=FR", uid="2"),
    )
    assert len(reading.occurrences) == 3 + 13


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;COUNT=999999999",
        "FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11;BYMINUTE=" + ",".join(map(str, range(60))),
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=3",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=HOURLY;BYHOUR=25",
        "FREQ=BOGUS",
        "FREQ=WEEKLY;INTERVAL=0",
        "FREQ=DAILY;UNTIL=99999999T999999Z",
        "FREQ=WEEKLY;BYDAY=XX",
    ],
)
@pytest.mark.parametrize(
    "first", ["00010101T000000Z", "19700101T000000Z", "20261101T000000Z", "99991231T235959Z"]
)
def test_a_hostile_rule_costs_no_time_and_spoils_nothing_else(rule: str, first: str) -> None:
    began = time.perf_counter()
    good = event("DTSTART:20261127T020000Z", "DURATION:PT1H", uid="good", title="好的")
    reading = read(
        *(event(f"DTSTART:{first}", "DURATION:PT1H", f"RRULE:{rule}", uid=str(n)) for n in range(9)), good
    )
    assert time.perf_counter() - began < 4
    assert "好的" in [one.title for one in reading.occurrences]
    assert len(reading.occurrences) <= 5_000


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html></html>",
        b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 50_000,
        b"\xff\xfe\x00",
        b"BEGIN:VTODO\r\nEND:VTODO",
        b"BEGIN:VCALENDAR\r\nEND:VEVENT\r\nEND:VCALENDAR\r\nEND:VCALENDAR",
    ],
)
def test_what_is_no_calendar_is_refused(content: bytes) -> None:
    try:
        reading = ical.read(content, since=SINCE, until=UNTIL, zone=SHANGHAI)
    except UnreadableError:
        return
    assert reading.occurrences == ()


def test_alarms_tasks_and_long_texts_are_not_looked_at() -> None:
    alarm = "BEGIN:VALARM\r\nTRIGGER:-PT15M\r\nDTSTART:20261101T000000Z\r\nEND:VALARM"
    reading = read(
        event("DTSTART:20261127T020000Z", "DURATION:PT1H", "DESCRIPTION:" + "长" * 90_000, alarm),
        "BEGIN:VTODO\r\nUID:9\r\nDTSTART:20261127T020000Z\r\nEND:VTODO",
    )
    assert starts(reading) == ["11-27 10:00"]


def test_what_cannot_be_read_is_counted() -> None:
    good = event("DTSTART:20261127T020000Z", "DURATION:PT1H")
    bad = event("DTSTART:99999999T999999Z", uid="2"), event("DTEND:20261127T020000Z", uid="3")
    reading = read(good, *bad)
    assert (len(reading.occurrences), reading.left_out) == (1, 2)


VALUES = st.one_of(
    st.text(max_size=40), st.sampled_from(["20261127T100000", "PT1H", "20261127", "-P1W", "1E9"])
)
LINES = st.tuples(
    st.sampled_from(["DTSTART", "DTEND", "DURATION", "RRULE", "EXDATE", "RDATE", "RECURRENCE-ID", "SUMMARY"]),
    st.sampled_from(["", ";VALUE=DATE", ";TZID=China Standard Time", ";TZID="]),
    VALUES,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES, max_size=6))
def test_no_event_breaks_the_reader(lines: list[tuple[str, str, str]]) -> None:
    try:
        reading = read(event(*(f"{name}{params}:{value}" for name, params, value in lines)))
    except UnreadableError:
        return
    assert all(one.starts < one.ends for one in reading.occurrences)
