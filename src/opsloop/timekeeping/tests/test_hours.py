"""Hours on a task over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import Cast
from opsloop.timekeeping.models import TimeEntry
from opsloop.timekeeping.queries import minutes_by_task
from opsloop.work.actions import tasks
from opsloop.work.models import Task

MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=ZoneInfo("Asia/Shanghai"))

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(MONDAY, tick=True):
        yield


@pytest.fixture
def task(cast: Cast) -> Task:
    return tasks.create(by=cast.lin, at=MONDAY, title="写周报", owner=cast.lin, collaborators=[cast.zhou])


def log_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def record(person: Person, task: Task, start: str = "2026-11-23T10:00", minutes: object = 90) -> Any:
    return log_in(person).post(
        f"/tasks/{task.pk}/hours/", {"started_at": start, "minutes": minutes, "note": ""}
    )


def test_hours_are_recorded_and_added_up(cast: Cast, task: Task) -> None:
    assert record(cast.lin, task).status_code == 200
    assert record(cast.zhou, task).status_code == 200
    assert minutes_by_task([task.pk]) == {task.pk: 180}
    entry = TimeEntry.objects.get(person=cast.lin)
    assert entry.started_at == MONDAY.replace(hour=10)


@pytest.mark.parametrize(
    ("start", "minutes"),
    [
        ("2026-11-23T11:00", 60),  # inside the entry before
        ("2026-11-23T09:30", 31),  # runs into it
        ("2026-11-23T14:30", 60),  # not over yet
        ("2026-11-23T12:00", 0),
        ("2026-11-23T12:00", 5000),
        ("2026-11-23T12:00", "zwei"),
        ("morgen", 60),
    ],
)
def test_impossible_hours_are_refused_in_words_and_kept(
    cast: Cast, task: Task, start: str, minutes: object
) -> None:
    record(cast.lin, task)
    response = record(cast.lin, task, start, minutes)
    assert response.status_code == 422
    assert str(minutes) in response.content.decode()
    assert TimeEntry.objects.count() == 1


def test_hours_that_touch_do_not_overlap(cast: Cast, task: Task) -> None:
    record(cast.lin, task)
    assert record(cast.lin, task, "2026-11-23T11:30", 30).status_code == 200
    assert record(cast.lin, task, "2026-11-23T09:00", 60).status_code == 200


def test_only_those_who_work_on_a_task_record_hours(cast: Cast, task: Task) -> None:
    assert record(cast.sun, task).status_code in {403, 422}
    assert record(cast.outsider, task).status_code == 404
    assert not TimeEntry.objects.exists()


def test_hours_of_others_are_shown_to_leads_only(cast: Cast, task: Task) -> None:
    record(cast.zhou, task)
    url = f"/tasks/{task.pk}/hours/"
    assert "周航" in log_in(cast.wang).get(url).content.decode()
    assert "周航" not in log_in(cast.lin).get(url).content.decode()


def test_one_removes_ones_own_entry_and_no_other(cast: Cast, task: Task) -> None:
    record(cast.zhou, task)
    entry = TimeEntry.objects.get()
    assert log_in(cast.outsider).post(f"/hours/{entry.pk}/removal/").status_code == 404
    assert log_in(cast.wang).post(f"/hours/{entry.pk}/removal/").status_code == 403
    assert log_in(cast.zhou).post(f"/hours/{entry.pk}/removal/").status_code == 303
    assert not TimeEntry.objects.exists()
