"""Days, weeks and approval over HTTP: nothing overlaps, nothing is lost at midnight, locked is locked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from opsloop.activity.models import Undo
from opsloop.inbox.models import Notification
from opsloop.organisation.models import Organisation, Person
from opsloop.organisation.tests.cast import Cast
from opsloop.timekeeping.models import TimeEntry, Timesheet
from opsloop.work.actions import tasks
from opsloop.work.models import Category, Task

MONDAY = datetime(2026, 11, 23, 16, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
DAY, WEEK = "2026-11-23", "2026-W48"
HTMX = {"HX-Request": "true", "HX-Target": "div#drawer-content"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def task(cast: Cast) -> Task:
    category = Category.objects.create(name="内容创作")
    return tasks.create(by=cast.lin, at=MONDAY, title="写周报", owner=cast.lin, category=category)


def log_in(person: Person, **headers: str) -> Client:
    client = Client(headers=headers or HTMX)
    client.force_login(person)
    return client


def record(client: Client, task: Task | None, typed: str, **more: Any) -> Any:
    fields = {"typed": typed, "day": DAY, "task": task.pk if task else "", "category": "", "note": "", **more}
    return client.post("/hours/entries/", fields)


def spans(person: Person) -> list[str]:
    zone = ZoneInfo("Asia/Shanghai")
    rows = TimeEntry.objects.filter(person=person).order_by("started_at")
    return [f"{e.started_at.astimezone(zone):%H:%M}-{e.ended_at.astimezone(zone):%H:%M}" for e in rows]


def test_a_span_and_a_length_are_recorded_where_there_is_room(cast: Cast, task: Task) -> None:
    client = log_in(cast.lin)
    assert record(client, task, "9:00-10:30").status_code == 204
    # The lunch break is no working time, so a length that does not fit before it goes on after it.
    assert record(client, task, "2h").status_code == 204
    assert spans(cast.lin) == ["09:00-10:30", "10:30-12:00", "14:00-14:30"]
    assert record(client, task, "20h").status_code == 422
    assert record(client, task, "5小时").status_code == 204
    assert record(client, task, "12h").status_code == 422


@pytest.mark.parametrize("typed", ["", "gestern", "0", "16:30-17:00", "10:00-10:00", "25:00-26:00"])
def test_what_is_no_time_worked_is_refused_in_words_and_kept(cast: Cast, task: Task, typed: str) -> None:
    answer = record(log_in(cast.lin), task, typed)
    assert answer.status_code == 422
    assert typed in answer.content.decode()
    assert not TimeEntry.objects.exists()


def test_an_entry_says_what_it_was(cast: Cast) -> None:
    client = log_in(cast.lin)
    assert record(client, None, "1h").status_code == 422
    assert record(client, None, "1h", note="群消息").status_code == 204


@pytest.mark.parametrize(
    ("choice", "expected"),
    [("trim_this", ["09:00-09:30", "09:30-10:30", "10:30-11:00"]), ("trim_other", ["09:00-11:00"])],
)
def test_an_overlap_is_refused_by_name_and_then_trimmed(
    cast: Cast, task: Task, choice: str, expected: list[str]
) -> None:
    client = log_in(cast.lin)
    record(client, task, "9:30-10:30")
    refused = record(client, task, "9:00-11:00")
    assert refused.status_code == 422
    assert "写周报" in refused.content.decode()
    assert choice in refused.content.decode()
    assert record(client, task, "9:00-11:00", overlap=choice).status_code == 204
    assert spans(cast.lin) == expected
    undo = Undo.objects.order_by("-pk")[0]
    assert client.post(f"/undo/{undo.pk}/").status_code == 204
    assert spans(cast.lin) == ["09:30-10:30"]


def test_an_entry_is_changed_split_and_removed_with_undo(cast: Cast, task: Task) -> None:
    client = log_in(cast.lin)
    record(client, task, "9:00-11:00")
    entry = TimeEntry.objects.get()
    fields = {
        "typed": "90min",
        "day": DAY,
        "task": task.pk,
        "category": "",
        "note": "初稿",
        "version": entry.version,
    }
    assert client.post(f"/hours/{entry.pk}/", fields).status_code == 204
    assert client.post(f"/hours/{entry.pk}/", fields).status_code == 412
    assert spans(cast.lin) == ["09:00-10:30"]
    cut = {"moment": f"{DAY}T09:40", "version": entry.version + 1}
    assert client.post(f"/hours/{entry.pk}/division/", cut | {"moment": f"{DAY}T12:00"}).status_code == 409
    assert client.post(f"/hours/{entry.pk}/division/", cut).status_code == 204
    assert spans(cast.lin) == ["09:00-09:40", "09:40-10:30"]
    client.post(f"/hours/{entry.pk}/removal/")
    assert spans(cast.lin) == ["09:40-10:30"]
    client.post("/undo/last/")
    assert spans(cast.lin) == ["09:00-09:40", "09:40-10:30"]


def test_nobody_changes_the_hours_of_others(cast: Cast, task: Task) -> None:
    record(log_in(cast.lin), task, "9:00-11:00")
    entry = TimeEntry.objects.get()
    for person, status in ((cast.wang, 403), (cast.outsider, 404)):
        client = log_in(person)
        assert client.get(f"/hours/{entry.pk}/").status_code == status
        cut = {"moment": f"{DAY}T10:00", "version": entry.version}
        assert client.post(f"/hours/{entry.pk}/division/", cut).status_code == status
    assert log_in(cast.outsider).get(f"/people/{cast.lin.pk}/hours/").status_code == 404
    assert "写周报" in log_in(cast.wang).get(f"/people/{cast.lin.pk}/hours/").content.decode()


def test_an_entry_over_midnight_counts_on_both_days(cast: Cast, task: Task, clock: Any) -> None:
    clock.move_to(MONDAY + timedelta(days=1))
    client = log_in(cast.lin)
    assert record(client, task, "22:00-1:00").status_code == 204
    for day, share in ((DAY, "22:00–00:00"), ("2026-11-24", "00:00–01:00")):
        assert share in client.get(f"/hours/?day={day}").content.decode()
    page = client.get(f"/hours/{WEEK}/").content.decode()
    assert 'value="2:00"' in page
    assert 'value="1:00"' in page


def test_a_cell_of_the_week_is_typed_like_a_timesheet(cast: Cast, task: Task) -> None:
    client = log_in(cast.lin, **{"HX-Request": "true", "HX-Target": "div#week-hours"})
    cell = {"task": task.pk, "day": DAY}
    assert client.post(f"/hours/{WEEK}/cells/", cell | {"typed": "4h"}).status_code == 200
    assert spans(cast.lin) == ["09:00-12:00", "14:00-15:00"]
    client.post(f"/hours/{WEEK}/cells/", cell | {"typed": "2.5h"})
    assert spans(cast.lin) == ["09:00-11:30"]
    assert client.post(f"/hours/{WEEK}/cells/", cell | {"typed": "9-10"}).status_code == 409
    assert (
        client.post(f"/hours/{WEEK}/cells/", cell | {"day": "2026-12-24", "typed": "1h"}).status_code == 404
    )
    assert (
        client.post(f"/hours/{WEEK}/cells/", cell | {"day": "2026-11-27", "typed": "1h"}).status_code == 409
    )
    client.post(f"/hours/{WEEK}/cells/", cell | {"typed": ""})
    assert not TimeEntry.objects.exists()


def test_a_week_is_handed_in_approved_locked_and_returned(cast: Cast, task: Task) -> None:
    own, lead = log_in(cast.lin), log_in(cast.chen)
    record(own, task, "9:00-10:00")
    assert own.post(f"/hours/{WEEK}/handing-in/").status_code == 409  # nobody asks for it
    Organisation.objects.update(hours_approval=True)
    assert own.post(f"/hours/{WEEK}/handing-in/").status_code == 204
    sheet = Timesheet.objects.get()
    seen = {"version": sheet.version}
    record(own, task, "10:00-10:30")
    assert lead.post(f"/timesheets/{sheet.pk}/approval/", seen).status_code == 412  # it is not what was seen
    seen = {"version": Timesheet.objects.get().version}
    assert own.post(f"/timesheets/{sheet.pk}/approval/", seen).status_code == 403
    assert log_in(cast.outsider).post(f"/timesheets/{sheet.pk}/approval/", seen).status_code == 404
    assert lead.post(f"/timesheets/{sheet.pk}/approval/", seen).status_code == 204
    refused = record(own, task, "11:00-11:30")
    assert refused.status_code == 422
    assert "陈敏" in refused.content.decode()
    assert own.post(f"/hours/{TimeEntry.objects.first().pk}/removal/").status_code == 409  # type: ignore[union-attr]
    seen = {"version": Timesheet.objects.get().version}
    assert lead.post(f"/timesheets/{sheet.pk}/return/", seen | {"reason": " "}).status_code == 409
    assert lead.post(f"/timesheets/{sheet.pk}/return/", seen | {"reason": "漏了会议"}).status_code == 204
    assert "漏了会议" in own.get(f"/hours/{WEEK}/").content.decode()
    assert record(own, task, "11:00-11:30").status_code == 204
    assert own.post(f"/hours/{WEEK}/handing-in/").status_code == 204
    assert Timesheet.objects.get().state == "handed"


def test_a_week_that_is_handed_in_waits_for_the_nearest_lead_and_its_end_for_its_person(
    cast: Cast, task: Task
) -> None:
    Organisation.objects.update(hours_approval=True)
    own, lead = log_in(cast.lin), log_in(cast.chen)
    record(own, task, "9:00-10:00")

    def waiting() -> list[tuple[str, str]]:
        rows = Notification.objects.filter(subject_kind="timesheet", done_at__isnull=True).order_by("pk")
        return [(one.person.username, one.reason) for one in rows.select_related("person")]

    own.post(f"/hours/{WEEK}/handing-in/")
    sheet = Timesheet.objects.get()
    assert waiting() == [(cast.chen.username, "hours_in")]
    inbox = lead.get("/inbox/").content.decode()
    assert WEEK in inbox
    assert f"/timesheets/{sheet.pk}/" in inbox
    to = f"/people/{cast.lin.pk}/hours/{WEEK}/"
    assert lead.get(f"/timesheets/{sheet.pk}/")["Location"] == to
    assert own.get(f"/timesheets/{sheet.pk}/")["Location"] == f"/hours/{WEEK}/"
    assert log_in(cast.outsider).get(f"/timesheets/{sheet.pk}/").status_code == 404
    lead.post(f"/timesheets/{sheet.pk}/return/", {"version": sheet.version, "reason": "漏了会议"})
    assert waiting() == [(cast.lin.username, "hours_back")]
    own.post(f"/hours/{WEEK}/handing-in/")
    assert waiting() == [(cast.chen.username, "hours_in")]
    lead.post(f"/timesheets/{sheet.pk}/approval/", {"version": Timesheet.objects.get().version})
    assert waiting() == [(cast.lin.username, "hours_ok")]


def test_a_week_that_is_taken_back_waits_for_nobody(cast: Cast, task: Task) -> None:
    Organisation.objects.update(hours_approval=True)
    own = log_in(cast.lin)
    record(own, task, "9:00-10:00")
    own.post(f"/hours/{WEEK}/handing-in/")
    sheet = Timesheet.objects.get()
    assert own.post(f"/timesheets/{sheet.pk}/taking-back/", {"version": sheet.version}).status_code == 204
    assert not Notification.objects.filter(done_at__isnull=True).exists()


def test_reports_are_rounded_and_rows_stay_raw(cast: Cast, task: Task) -> None:
    Organisation.objects.update(hours_step=15, hours_round_up=True)
    own = log_in(cast.lin)
    record(own, task, "9:00-9:07")
    record(own, task, "10:00-10:16")
    assert [e.minutes for e in TimeEntry.objects.order_by("started_at")] == [7, 16]
    assert "0:45" in own.get(f"/hours/{WEEK}/").content.decode()
    assert "45 " in log_in(cast.chen).get("/hours/team/").content.decode()
    assert own.get("/hours/team/").status_code == 403
