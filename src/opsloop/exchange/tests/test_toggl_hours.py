"""Hours from a Toggl report over HTTP: shown first, taken in, undone; nothing overlaps and nobody is guessed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from opsloop.exchange.models import Import
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import Cast
from opsloop.timekeeping.models import TimeEntry
from opsloop.work.actions import tasks

NOW = datetime(2026, 11, 24, 18, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
HEADINGS = "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def line(name: str, mail: str, what: str, start: str, end: str, day: str = "2026-11-23") -> str:
    return f"{name},{mail},,大促,,{what},No,{day},{start}:00,{day},{end}:00,01:00:00,"


def bring(person: Person, *lines: str) -> tuple[Client, Import]:
    client = Client()
    client.force_login(person)
    text = "\n".join([HEADINGS, *lines]).encode("utf-8-sig")
    answer = client.post("/tables/import/", {"file": SimpleUploadedFile("Toggl_time_entries.csv", text)})
    assert answer.status_code == 303, answer.content.decode()[-2000:]
    return client, Import.objects.get()


def test_a_report_is_shown_taken_in_and_undone(cast: Cast) -> None:
    task = tasks.create(by=cast.lin, at=NOW, title="写周报", owner=cast.lin)
    client, row = bring(
        cast.chen,
        line("林悦", "linyue@qinghe.example", "写周报", "09:00", "10:30"),
        line("陈敏", "", "对排期", "09:00", "09:30"),
        line("林悦", "linyue@qinghe.example", "对排期", "10:00", "11:00"),
        line("林悦", "linyue@qinghe.example", "对排期", "morgens", "11:00"),
        line("周航", "zhouhang@qinghe.example", "对排期", "10:00", "11:00"),
        line("谁", "", "对排期", "10:00", "11:00"),
    )
    page = client.get(f"/tables/import/{row.pk}/").content.decode()
    for said in ("morgens", "周航", "谁", "写周报"):
        assert said in page
    assert not TimeEntry.objects.exists()
    assert client.post(f"/tables/import/{row.pk}/application/", {"version": row.version}).status_code == 303
    found = {(entry.person, entry.task, entry.minutes, entry.note) for entry in TimeEntry.objects.all()}
    assert found == {(cast.lin, task, 90, ""), (cast.chen, None, 30, "对排期")}
    row.refresh_from_db()
    assert (row.result["overlapping"], row.result["bad"], row.result["unknown"]) == ([4], [5], ["谁", "周航"])
    assert client.post(f"/tables/import/{row.pk}/application/", {"version": row.version}).status_code == 409
    assert client.post(f"/tables/import/{row.pk}/reversal/").status_code == 303
    assert not TimeEntry.objects.exists()
    assert client.get(f"/tables/import/{row.pk}/").status_code == 200


def test_a_member_brings_own_hours_and_what_was_changed_since_stays(cast: Cast) -> None:
    client, row = bring(
        cast.lin,
        line("林悦", "", "对排期", "09:00", "10:00"),
        line("林悦", "", "对排期", "10:00", "11:00"),
        line("陈敏", "", "对排期", "09:00", "10:00"),
        line("林悦", "", "明天的", "09:00", "10:00", "2026-11-30"),
    )
    client.post(f"/tables/import/{row.pk}/application/", {"version": row.version})
    assert TimeEntry.objects.filter(person=cast.lin).count() == TimeEntry.objects.count() == 2
    entry = TimeEntry.objects.order_by("started_at")[0]
    entry.bump(entry.version)
    client.post(f"/tables/import/{row.pk}/reversal/")
    assert list(TimeEntry.objects.all()) == [entry]
