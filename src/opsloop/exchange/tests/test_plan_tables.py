"""The plan tables as pages: what stands in a day or week, as people know it, and the same as a sheet."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import Cast
from opsloop.planning.models import Placement
from opsloop.work.actions import tasks
from opsloop.work.models import Task

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
TUESDAY = "2026-11-24"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(MONDAY, tick=False):
        yield


def log_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def planned(cast: Cast, title: str, owner: Person | None = None) -> Task:
    who = owner or cast.lin
    task = tasks.create(by=who, at=MONDAY, title=title, owner=who, estimate_minutes=90)
    Placement.objects.create(
        person=who, task=task, block="focus", accepted_at=MONDAY,
        starts_at=MONDAY.replace(day=24), ends_at=MONDAY.replace(day=24, hour=10, minute=30),
    )  # fmt: skip
    return task


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("daily", ["任务名称", "预计耗时", "完成状态", "盘点库存"]),
        ("weekly", ["周次", "核心目标", "进度标记", "09:00–10:30 盘点库存"]),
    ],
)
def test_a_plan_table_holds_the_plan_of_the_day_or_week(cast: Cast, name: str, words: list[str]) -> None:
    planned(cast, "盘点库存")
    planned(cast, "机密", cast.outsider)
    page = log_in(cast.lin).get(f"/tables/plan/{name}/?day={TUESDAY}&scope=all").content.decode()
    for word in words:
        assert word in page
    assert "机密" not in page
    later = log_in(cast.lin).get(f"/tables/plan/{name}/?day=2026-12-08").content.decode()
    assert "盘点库存" not in later


def test_its_sheet_writes_into_the_tasks(cast: Cast) -> None:
    task = planned(cast, "盘点库存")
    client = log_in(cast.lin)
    page = client.get(f"/tables/plan/daily/?day={TUESDAY}&edit=1").content.decode()
    data = json.loads(page.split('id="sheet-data" type="application/json">')[1].split("</script>")[0])
    assert data["keys"] == [task.pk]
    assert [one["name"] for one in data["columns"]][:3] == ["title", "owner", "urgency"]
    cells = [[task.pk, task.version, "estimate", "2h", "1.5h"]]
    answer = client.post("/tasks/sheet/cells/", {"batch": json.dumps({"cells": cells})})
    assert answer.status_code == 200, answer.content[:300]
    assert Task.objects.get(pk=task.pk).estimate_minutes == 120
    assert "2 小时" in client.get(f"/tables/plan/daily/?day={TUESDAY}").content.decode().replace(
        "2小时", "2 小时"
    )


@pytest.mark.parametrize("path", ["ranking/", "x/"])
def test_other_tables_are_no_pages(cast: Cast, path: str) -> None:
    assert log_in(cast.lin).get(f"/tables/plan/{path}").status_code == 404


def test_a_day_that_cannot_be_read_shows_today(cast: Cast) -> None:
    assert "2026-11-23" in log_in(cast.lin).get("/tables/plan/daily/?day=soon").content.decode()


@pytest.mark.once
@pytest.mark.parametrize("address", ["daily/?", "weekly/?", "daily/?edit=1&"])
def test_more_rows_do_not_mean_more_queries(
    cast: Cast, address: str, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        planned(cast, f"任务{number}")
    client = log_in(cast.lin)
    with django_assert_max_num_queries(15):
        client.get(f"/tables/plan/{address}day={TUESDAY}&scope=all")
