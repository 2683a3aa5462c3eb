"""Advice where somebody estimates, and the reserve of a person."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import NOW, Cast, count_queries
from opsloop.timekeeping.estimates import reserve_of
from opsloop.timekeeping.forecasts import Question, forecasts
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


@pytest.mark.once
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


def test_the_range_of_an_estimate_follows_ones_own_record(cast: Cast) -> None:
    for n in range(40):
        done(cast.lin, f"稿件{n}", 60, 120, 2 + n)
    page = log_in(cast.lin).post("/estimates/advice/", {"title": "新稿件", "estimate_minutes": "1h"})
    text = page.content.decode()
    assert "预估1 小时的这类任务" in text
    assert "你最近完成的40个" in text
    assert "+100 %" in text
    colleague = log_in(cast.chen).post(
        "/estimates/advice/", {"title": "新稿件", "estimate_minutes": "1h", "owner": str(cast.lin.pk)}
    )
    assert "你最近" not in colleague.content.decode()
    assert "+100 %" not in colleague.content.decode().split("负责人自己完成过的任务")[1]
    unread = log_in(cast.lin).post("/estimates/advice/", {"title": "新稿件", "estimate_minutes": "很久"})
    assert unread.status_code == 200


def test_forecasts_learn_what_closes_and_forget_what_was_opened_again(cast: Cast) -> None:
    asked = [Question(cast.zhou.pk, None, 60)]
    done(cast.zhou, "回访0", 60, 60, 9)
    (before,), _ = forecasts(asked, at=NOW)
    late = [done(cast.zhou, f"回访{n}", 60, 240, 8 - n) for n in range(1, 7)]
    (after,), _ = forecasts(asked, at=NOW)
    assert after.p50 > 1.2 * before.p50
    Task.objects.filter(pk__in=[task.pk for task in late]).update(estimate_minutes=None)
    (again,), _ = forecasts(asked, at=NOW)
    assert again.p50 == pytest.approx(before.p50)


@pytest.mark.django_db(transaction=True)
def test_where_there_is_much_to_learn_a_request_learns_the_latest_and_a_thread_the_rest(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opsloop.timekeeping.forecasts.TAIL", 3)
    monkeypatch.setattr("opsloop.timekeeping.forecasts.AT_ONCE", 3)
    monkeypatch.setattr("opsloop.timekeeping.forecasts._known", {})
    asked = [Question(cast.zhou.pk, None, 60)]
    for n in range(8):
        done(cast.zhou, f"回访{n}", 60, 60 if n < 3 else 300, 2 + n)
    (before,), _ = forecasts(asked, at=NOW)
    for thread in threading.enumerate():
        if thread.name == "opsloop-forecasts":
            thread.join()
    (after,), _ = forecasts(asked, at=NOW)
    assert after.p80 > 1.2 * before.p80
