"""The timer over HTTP: one a person, never silently recorded, whatever the clock and the tabs do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import Cast
from opsloop.timekeeping.models import TimeEntry, Timer
from opsloop.work.actions import tasks
from opsloop.work.models import Task

MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
HTMX = {"HX-Request": "true", "HX-Target": "div#timer"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def task(cast: Cast, clock: Any) -> Task:
    return tasks.create(by=cast.lin, at=MONDAY, title="写周报", owner=cast.lin)


@pytest.fixture
def other(cast: Cast, clock: Any) -> Task:
    return tasks.create(by=cast.lin, at=MONDAY, title="做海报", owner=cast.lin)


def log_in(person: Person) -> Client:
    client = Client(headers=HTMX)
    client.force_login(person)
    return client


def start(client: Client, task: Task) -> Any:
    return client.post("/timer/", {"task": task.pk})


def test_a_timer_is_started_survives_and_is_stopped_into_an_entry(cast: Cast, task: Task, clock: Any) -> None:
    client = log_in(cast.lin)
    assert "写周报" in start(client, task).content.decode()
    clock.shift(timedelta(minutes=47, seconds=20))
    page = log_in(cast.lin).get("/timer/").content.decode()
    assert 'data-seconds="2840"' in page
    answer = client.post("/timer/stop/", {"timer": Timer.objects.get().pk})
    assert answer.status_code == 200
    assert 'class="timer"' in answer.content.decode()
    entry = TimeEntry.objects.get()
    assert (entry.task, entry.minutes, entry.started_at) == (task, 47, MONDAY)
    assert not Timer.objects.exists()


def test_starting_twice_makes_one_timer_and_stopping_twice_one_entry(
    cast: Cast, task: Task, clock: Any
) -> None:
    first, second = log_in(cast.lin), log_in(cast.lin)
    start(first, task)
    clock.shift(timedelta(minutes=5))
    start(second, task)
    timer = Timer.objects.get()
    assert timer.started_at == MONDAY
    clock.shift(timedelta(minutes=5))
    for client in (first, second):
        assert client.post("/timer/stop/", {"timer": timer.pk}).status_code == 200
    assert TimeEntry.objects.get().minutes == 10


def test_switching_records_what_ran_before(cast: Cast, task: Task, other: Task, clock: Any) -> None:
    client = log_in(cast.lin)
    start(client, task)
    clock.shift(timedelta(minutes=30))
    start(client, other)
    assert TimeEntry.objects.get().task == task
    assert Timer.objects.get().task == other


def test_a_stop_leaves_the_timer_of_another_tab_alone(
    cast: Cast, task: Task, other: Task, clock: Any
) -> None:
    client = log_in(cast.lin)
    start(client, task)
    seen = Timer.objects.get().pk
    clock.shift(timedelta(minutes=30))
    start(log_in(cast.lin), other)
    clock.shift(timedelta(minutes=30))
    client.post("/timer/stop/", {"timer": seen})
    assert Timer.objects.get().task == other
    assert TimeEntry.objects.count() == 1


def test_a_night_is_never_recorded_silently(cast: Cast, task: Task, other: Task, clock: Any) -> None:
    client = log_in(cast.lin)
    start(client, task)
    clock.shift(timedelta(hours=18))
    for refused in (client.post("/timer/stop/", {}), start(client, other)):
        assert refused.status_code == 422
        assert "17:30" in refused.content.decode()  # the end of the working time of that day
    assert not TimeEntry.objects.exists()
    assert client.post("/timer/stop/", {"ended_at": "2026-11-23T14:00"}).status_code == 409
    assert client.post("/timer/stop/", {"ended_at": "gestern"}).status_code == 409
    client.post("/timer/stop/", {"ended_at": "2026-11-23T17:30"})
    assert TimeEntry.objects.get().minutes == 150


def test_a_night_of_work_is_recorded_when_somebody_says_so(cast: Cast, task: Task, clock: Any) -> None:
    client = log_in(cast.lin)
    clock.move_to(MONDAY.replace(hour=22))
    start(client, task)
    clock.shift(timedelta(hours=4))
    assert client.post("/timer/stop/", {}).status_code == 422
    assert client.post("/timer/stop/", {"sure": "yes"}).status_code == 200
    assert TimeEntry.objects.get().minutes == 240
    clock.shift(timedelta(minutes=5))
    start(client, task)
    clock.shift(timedelta(hours=17))
    assert client.post("/timer/stop/", {"sure": "yes"}).status_code == 409  # more than an entry may be long


def test_a_clock_that_steps_back_records_nothing_below_zero(cast: Cast, task: Task, clock: Any) -> None:
    client = log_in(cast.lin)
    start(client, task)
    clock.shift(timedelta(minutes=-10))
    asked = client.post("/timer/stop/", {"sure": "yes"})
    assert asked.status_code == 422
    assert not TimeEntry.objects.exists()
    timer = Timer.objects.get()
    fields = {"version": timer.version, "started_at": "2026-11-23T14:20"}
    assert client.post("/timer/correction/", fields).status_code == 200
    client.post("/timer/stop/", {})
    assert TimeEntry.objects.get().minutes == 30


def test_less_than_a_minute_is_said_to_be_nothing(cast: Cast, task: Task, clock: Any) -> None:
    client = log_in(cast.lin)
    start(client, task)
    clock.shift(timedelta(seconds=40))
    assert client.post("/timer/stop/", {}).status_code == 200
    assert not TimeEntry.objects.exists()
    assert not Timer.objects.exists()


def test_the_start_is_corrected_but_not_into_the_future(cast: Cast, task: Task, clock: Any) -> None:
    client = log_in(cast.lin)
    start(client, task)
    timer = Timer.objects.get()
    ahead = {"version": timer.version, "started_at": "2026-11-23T15:30"}
    assert client.post("/timer/correction/", ahead).status_code == 409
    assert client.post("/timer/correction/", {"started_at": "2026-11-23T14:30"}).status_code == 428
    assert client.post("/timer/correction/", ahead | {"started_at": "2026-11-23T14:30"}).status_code == 200
    assert client.post("/timer/correction/", ahead | {"started_at": "2026-11-23T14:00"}).status_code == 412
    assert Timer.objects.get().started_at == MONDAY - timedelta(minutes=30)


@pytest.mark.parametrize(
    ("choice", "minutes", "runs"), [("keep", [], True), ("cut", [60], False), ("go_on", [60], True)]
)
def test_idle_time_is_kept_or_cut_as_the_person_says(
    cast: Cast, task: Task, clock: Any, choice: str, minutes: list[int], runs: bool
) -> None:
    client = log_in(cast.lin)
    start(client, task)
    clock.shift(timedelta(minutes=90))
    asked = client.get("/timer/idle/?seconds=1800").content.decode()
    assert "16:00" in asked
    fields = {"timer": Timer.objects.get().pk, "since": "2026-11-23T16:00:00+08:00", "choice": choice}
    assert client.post("/timer/idle/", fields).status_code == 200
    assert [entry.minutes for entry in TimeEntry.objects.all()] == minutes
    assert Timer.objects.filter(person=cast.lin).exists() == runs


def test_a_discarded_timer_leaves_nothing(cast: Cast, task: Task, clock: Any) -> None:
    client = log_in(cast.lin)
    start(client, task)
    clock.shift(timedelta(minutes=30))
    assert client.post("/timer/removal/", {"timer": Timer.objects.get().pk}).status_code == 200
    assert not TimeEntry.objects.exists()
    assert not Timer.objects.exists()


def test_what_is_recorded_already_is_left_out_and_said(
    cast: Cast, task: Task, other: Task, clock: Any
) -> None:
    client = log_in(cast.lin)
    start(client, task)
    clock.shift(timedelta(minutes=60))
    TimeEntry.objects.create(
        person=cast.lin, task=other, started_at=MONDAY + timedelta(minutes=10), ended_at=MONDAY + timedelta(minutes=20), minutes=10
    )  # fmt: skip
    client.post("/timer/stop/", {})
    spans = [
        (entry.started_at - MONDAY, entry.minutes)
        for entry in TimeEntry.objects.filter(task=task).order_by("started_at")
    ]
    assert spans == [(timedelta(), 10), (timedelta(minutes=20), 40)]


def test_nobody_starts_a_timer_on_a_task_of_others_or_sees_theirs(cast: Cast, task: Task, clock: Any) -> None:
    assert start(log_in(cast.outsider), task).status_code == 404
    assert start(log_in(cast.sun), task).status_code == 403
    start(log_in(cast.lin), task)
    assert "写周报" not in log_in(cast.chen).get("/timer/").content.decode()
    tasks.close(task=task, by=cast.lin, at=MONDAY, version=Task.objects.get(pk=task.pk).version)
    assert start(log_in(cast.chen), task).status_code == 409
