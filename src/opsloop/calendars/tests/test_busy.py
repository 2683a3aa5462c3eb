"""Busy time: who is told what, repeats, and plans that keep out of it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from opsloop.activity.models import Event, Undo
from opsloop.calendars.actions import appointments
from opsloop.calendars.models import Appointment, OutsideCalendar, OutsideEvent
from opsloop.calendars.queries import Busy, busy, busy_and_notes
from opsloop.organisation.models import CalendarDay, Person
from opsloop.organisation.tests.cast import Cast
from opsloop.records.refusals import Forbidden, Refused

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
WEEK = (MONDAY.replace(hour=0), MONDAY.replace(hour=0) + timedelta(days=7))

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(MONDAY, tick=True):
        yield


def add(by: Person, title: str = "看牙", *, day: int = 24, hour: int = 14, **values: Any) -> Appointment:
    starts = MONDAY.replace(day=day, hour=hour)
    spans = {"starts_at": starts, "ends_at": starts + timedelta(hours=1), "time_zone": "Asia/Shanghai"}
    return appointments.add(by=by, at=MONDAY, title=title, **{**spans, **values})[0]


def log_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def of(person: Person, *, by: Person | None = None, span: tuple[datetime, datetime] = WEEK) -> list[Busy]:
    return busy([person.pk], *span, by=by)[person.pk]


def outside(person: Person, title: str = "董事会", **values: Any) -> OutsideEvent:
    of_calendar = {name: values.pop(name) for name in ("colour",) if name in values}
    busy_as_a_whole = values.pop("whole", True)
    row = OutsideCalendar.objects.create(
        person=person, name="公司", url=f"https://x.example/{title}", due_at=MONDAY, takes_time=busy_as_a_whole,
        **of_calendar,
    )  # fmt: skip
    span = {"starts_at": MONDAY.replace(hour=10), "ends_at": MONDAY.replace(hour=11)}
    return OutsideEvent.objects.create(calendar=row, title=title, **{**span, **values})


def test_one_is_told_of_all_ones_own_titles(cast: Cast) -> None:
    add(cast.lin, is_private=True)
    outside(cast.lin, colour="gold")
    assert [(one.title, one.source, one.colour) for one in of(cast.lin, by=cast.lin)] == [
        ("董事会", "outside", "gold"),
        ("看牙", "appointment", ""),
    ]


def test_who_sees_the_work_is_told_open_titles_and_nothing_more(cast: Cast) -> None:
    add(cast.lin, "培训")
    add(cast.lin, "看牙", day=25, is_private=True)
    outside(cast.lin)
    assert [one.title for one in of(cast.lin, by=cast.chen)] == [None, "培训", None]


def test_the_stranger_is_told_the_time_alone(cast: Cast) -> None:
    add(cast.lin, place="三楼")
    (one,) = of(cast.lin, by=cast.outsider)
    assert (one.title, one.place, one.starts) == (None, "", MONDAY.replace(day=24, hour=14))
    assert [one.title for one in of(cast.lin)] == [None]


def test_what_is_free_or_only_shown_takes_no_time(cast: Cast) -> None:
    outside(cast.lin, "生日", whole=False)
    outside(cast.lin, "可选", takes_time=False)
    assert of(cast.lin, by=cast.lin) == []


def test_an_all_day_event_is_a_note_unless_its_calendar_says_it_is_busy(cast: Cast) -> None:
    day = {
        "starts_at": WEEK[0] + timedelta(days=2),
        "ends_at": WEEK[0] + timedelta(days=4),
        "is_all_day": True,
    }
    event = outside(cast.lin, "外地出差", **day)
    client = log_in(cast.lin)

    def week(viewer: Client, url: str = "/plan/2026-W48/") -> str:
        return viewer.get(url).content.decode()

    assert of(cast.lin, by=cast.lin) == []
    assert [one.title for one in busy_and_notes(cast.lin, *WEEK, by=cast.lin)[1]] == ["外地出差"]
    assert [one.title for one in busy_and_notes(cast.lin, *WEEK, by=cast.chen)[1]] == [None]
    assert week(client).count("外地出差") == 2
    assert "plan-busy is-busy" not in week(client)
    other = week(log_in(cast.chen), f"/people/{cast.lin.pk}/plan/2026-W48/")
    assert "外地出差" not in other
    assert "plan-notes" in other
    row = event.calendar
    form = {"url": row.url, "name": "公司", "colour": "cyan", "takes_time": "on", "all_day_takes_time": "on"}
    changed = client.post(f"/settings/calendars/outside/{row.pk}/", {**form, "version": row.version})
    assert changed.status_code == 303
    assert [one.title for one in of(cast.lin, by=cast.lin)] == ["外地出差"]
    assert busy_and_notes(cast.lin, *WEEK, by=cast.lin)[1] == []
    assert "plan-busy is-busy" in week(client)


def test_one_occurrence_is_left_out_and_brought_back(cast: Cast) -> None:
    row = add(cast.lin, "晨会", day=23, rule="FREQ=DAILY")
    client = log_in(cast.lin)
    url = f"/appointments/{row.pk}/skips/"

    def days() -> list[int]:
        return [one.starts.day for one in of(cast.lin)]

    assert f"/appointments/{row.pk}/?day=2026-11-25" in client.get("/plan/2026-W48/").content.decode()
    shown = client.get(f"/appointments/{row.pk}/?day=2026-11-25").content.decode()
    assert re.findall(r'name="day" value="([^"]+)"', shown)[0] == "2026-11-25"
    assert client.post(url, {"day": "2026-11-25"}).status_code == 428
    assert client.post(url, {"day": "2026-11-25", "version": 1}).status_code == 303
    assert days() == [23, 24, 26, 27, 28, 29]
    client.post(f"/undo/{Undo.objects.latest('pk').pk}/")
    assert days() == [23, 24, 25, 26, 27, 28, 29]
    client.post(url, {"day": "2026-11-26", "version": 3})
    client.post(url, {"day": "2026-11-27", "version": 4})
    assert days() == [23, 24, 25, 28, 29]
    client.post(url, {"day": "2026-11-26", "version": 5, "back": "1"})
    assert days() == [23, 24, 25, 26, 28, 29]
    row.refresh_from_db()
    client.post(f"/appointments/{row.pk}/removal/", {"version": row.version})
    client.post(f"/undo/{Undo.objects.latest('pk').pk}/")
    assert days() == [23, 24, 25, 26, 28, 29]


@pytest.mark.parametrize("day", ["2026-11-24", "2026-11-16", "gestern", ""])
def test_only_a_day_on_which_it_takes_place_is_left_out(cast: Cast, day: str) -> None:
    row = add(cast.lin, "例会", day=23, rule="FREQ=WEEKLY")
    sent = {"day": day, "version": row.version}
    assert log_in(cast.lin).post(f"/appointments/{row.pk}/skips/", sent).status_code == 409
    row.refresh_from_db()
    assert row.skipped == []
    sent = {"day": "2026-11-30", "version": row.version}
    assert log_in(cast.chen).post(f"/appointments/{row.pk}/skips/", sent).status_code == 403
    assert log_in(cast.lin).post(f"/appointments/{row.pk}/skips/", sent).status_code == 303


def test_an_appointment_that_repeats_keeps_its_clock_time_across_summer_time(cast: Cast) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 3, 24, 10, 0, tzinfo=berlin)
    add(
        cast.lin, rule="FREQ=WEEKLY", starts_at=start, ends_at=start + timedelta(hours=1), time_zone="Europe/Berlin"
    )  # fmt: skip
    found = of(cast.lin, span=(start, start + timedelta(days=15)))
    assert [(one.starts.hour, one.starts.utcoffset()) for one in found] == [
        (10, timedelta(hours=1)),
        (10, timedelta(hours=2)),
        (10, timedelta(hours=2)),
    ]


def test_every_working_day_follows_the_calendar(cast: Cast) -> None:
    add(cast.lin, "早会", day=23, rule="FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR")
    CalendarDay.objects.create(day="2026-11-25", kind="holiday", name="店庆")
    CalendarDay.objects.create(day="2026-11-28", kind="makeup", name="补班")
    assert [one.starts.day for one in of(cast.lin)] == [23, 24, 26, 27, 28]


@pytest.mark.once
def test_it_asks_the_database_as_often_for_many_people_as_for_one(cast: Cast) -> None:
    everybody = [person.pk for person in cast.active]

    def asked(people: list[int]) -> int:
        by = Person.objects.get(pk=cast.chen.pk)
        with CaptureQueriesContext(connection) as queries:
            busy(people, *WEEK, by=by)
        return len(queries)

    add(cast.lin, rule="FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR")
    one = asked([cast.lin.pk])
    for person in cast.active:
        add(person, rule="FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR")
        outside(person, person.name)
    assert asked(everybody) == one <= 5


FORM = {
    "title": "看牙", "first_day": "2026-11-24", "start": "14:00", "end": "15:30", "repeats": "FREQ=WEEKLY",
    "until": "2026-12-31", "is_private": "on",
}  # fmt: skip


def test_an_appointment_is_entered_changed_and_removed_by_forms_each_undone(cast: Cast) -> None:
    client = log_in(cast.lin)
    assert client.post("/appointments/new/", FORM).status_code == 303
    row = Appointment.objects.get()
    assert (row.rule, row.is_private, row.ends_at) == (
        "FREQ=WEEKLY;UNTIL=20261231", True, MONDAY.replace(day=24, hour=15, minute=30),
    )  # fmt: skip
    assert "看牙" in client.get("/settings/calendars/").content.decode()
    shown = client.get(f"/appointments/{row.pk}/").content.decode()
    assert 'value="2026-12-31"' in shown
    changed = {**FORM, "title": "看牙医", "version": row.version}
    assert client.post(f"/appointments/{row.pk}/", changed).status_code == 303
    row.refresh_from_db()
    assert row.title == "看牙医"
    assert client.post(f"/undo/{Undo.objects.latest('pk').pk}/").status_code in (204, 303)
    row.refresh_from_db()
    assert row.title == "看牙"
    assert client.post(f"/appointments/{row.pk}/removal/", {"version": row.version}).status_code == 303
    assert not Appointment.objects.exists()
    client.post(f"/undo/{Undo.objects.latest('pk').pk}/")
    back = Appointment.objects.get()
    assert (back.title, back.starts_at, back.rule) == ("看牙", row.starts_at, row.rule)


def test_a_stale_or_versionless_change_is_refused(cast: Cast) -> None:
    row = add(cast.lin)
    client = log_in(cast.lin)
    assert client.post(f"/appointments/{row.pk}/", FORM).status_code == 428
    assert client.post(f"/appointments/{row.pk}/", {**FORM, "version": 7}).status_code == 412
    row.refresh_from_db()
    assert row.version == 1


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("end", "13:00", "end"),
        ("start", "", "start"),
        ("until", "2026-11-01", "until"),
        ("last_day", "2027-11-01", "last_day"),
        ("first_day", "9999-12-31", "first_day"),
        ("repeats", "FREQ=SECONDLY", "repeats"),
        ("title", "", "title"),
    ],
)
def test_a_mistake_is_named_at_its_field_and_nothing_is_lost(
    cast: Cast, field: str, value: str, named: str
) -> None:
    response = log_in(cast.lin).post("/appointments/new/", {**FORM, field: value})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [named]
    kept = {name: text for name, text in FORM.items() if name != field}
    assert kept.items() <= response.context["form"].data.dict().items()
    assert not Appointment.objects.exists()


def test_only_its_person_changes_an_appointment(cast: Cast) -> None:
    row = add(cast.lin, "培训")
    hidden = add(cast.lin, "看牙", is_private=True)
    lead = log_in(cast.chen)
    assert "培训" in lead.get(f"/appointments/{row.pk}/").content.decode()
    assert lead.post(f"/appointments/{row.pk}/", {**FORM, "version": 1}).status_code == 403
    assert lead.post(f"/appointments/{row.pk}/removal/", {"version": 1}).status_code == 403
    assert lead.get(f"/appointments/{hidden.pk}/").status_code == 404
    assert log_in(cast.outsider).get(f"/appointments/{row.pk}/").status_code == 404
    with pytest.raises(Forbidden):
        appointments.remove(appointment=row, by=cast.chen, at=MONDAY, version=1)


def test_the_history_keeps_no_title_of_a_private_appointment(cast: Cast) -> None:
    row = add(cast.lin, "看牙", is_private=True, place="口腔医院")
    appointments.change(appointment=row, values={"title": "复诊"}, by=cast.lin, at=MONDAY, version=1)
    kept = str(list(Event.objects.values_list("changes", flat=True)))
    assert "看牙" not in kept
    assert "复诊" not in kept
    assert "口腔" not in kept


def test_what_repeats_is_over_within_a_day(cast: Cast) -> None:
    with pytest.raises(Refused) as refusal:
        add(cast.lin, rule="FREQ=WEEKLY", ends_at=MONDAY.replace(day=27))
    assert refusal.value.field == "last_day"
