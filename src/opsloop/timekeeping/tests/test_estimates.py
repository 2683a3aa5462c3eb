"""Advice where somebody estimates, and the reserve of a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import NOW, Cast, count_queries
from opsloop.timekeeping.estimates import reserve_of
from opsloop.timekeeping.models import TimeEntry
from opsloop.work.actions import tasks
from opsloop.work.models import Task

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def done(owner: Person, title: str, estimate: int, actual: int, days: int) -> Task:
    task = tasks.create(by=owner, at=NOW, title=title, owner=owner, estimate_minutes=estimate)
    start = NOW - timedelta(days=days)
    TimeEntry.objects.create(
        person=owner, task=task, started_at=start, ended_at=start + timedelta(minutes=actual), minutes=actual
    )
    tasks.close(
        task=task,
        by=owner,
        at=start + timedelta(minutes=actual),
        version=Task.objects.get(pk=task.pk).version,
    )
    return task


def log_in(person: Person) -> Client:
    client = Client(headers={"HX-Request": "true"})
    client.force_login(person)
    return client


def test_advice_names_the_like_tasks_and_how_few_there_are(cast: Cast) -> None:
    done(cast.lin, "9月第1周周报", 60, 90, 14)
    done(cast.lin, "9月第2周周报", 60, 90, 7)
    done(cast.outsider, "9月第3周周报", 60, 600, 3)
    page = log_in(cast.lin).post("/estimates/advice/", {"title": "9月第4周周报"}).content.decode()
    assert "9月第1周周报" in page
    assert "9月第3周周报" not in page  # the stranger's work is not seen
    assert 'data-take-estimate="1 小时 30 分钟"' in page
    assert "badge" in page
    nothing = log_in(cast.zhou).post("/estimates/advice/", {"title": "搭直播间"}).content.decode()
    assert not nothing.strip()
    assert log_in(cast.lin).post("/estimates/advice/", {"title": "", "owner": "²"}).status_code == 200


def test_advice_stays_within_a_fragment(cast: Cast) -> None:
    for n in range(3):
        done(cast.lin, f"9月第{n}周周报", 60, 90, 14 + n)
    task = tasks.create(by=cast.lin, at=NOW, title="10月第1周周报", owner=cast.lin)
    few = count_queries(log_in(cast.lin), f"/tasks/{task.pk}/advice/")
    for n in range(20):
        done(cast.lin, f"9月第{n}周周报", 60, 90, 40 + n)
    assert count_queries(log_in(cast.lin), f"/tasks/{task.pk}/advice/") == few
    assert few <= 8


def test_the_reserve_follows_the_error_until_somebody_chooses(cast: Cast) -> None:
    assert (reserve_of(cast.lin, at=NOW).percent, reserve_of(cast.lin, at=NOW).n) == (15, 0)
    for n in range(12):
        done(cast.lin, f"稿件{n}", 60, 90, 2 + n)
        done(cast.zhou, f"回访{n}", 60, 60, 2 + n)
    assert reserve_of(cast.lin, at=NOW).percent == 20
    assert reserve_of(cast.zhou, at=NOW).percent == 10
    assert "20" in log_in(cast.lin).get("/estimates/reserve/").content.decode()
    cast.lin.reserve_percent = 5
    cast.lin.save()
    assert reserve_of(cast.lin, at=NOW).percent == 5
