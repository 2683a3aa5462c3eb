"""How likely a date is, on the pages of tasks, projects and goals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import Cast, count_queries
from opsloop.planning import outlooks
from opsloop.work.actions import projects, tasks
from opsloop.work.models import Task

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
HX = {"HX-Request": "true"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def task(owner: Person | None, title: str, by: Person, *, days: int, **values: Any) -> Task:
    return tasks.create(
        by=by, at=MONDAY, title=title, owner=owner, due_at=MONDAY + timedelta(days=days), **values
    )


def page(person: Person, address: str) -> str:
    client = Client(headers=HX)
    client.force_login(person)
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_a_short_task_with_time_is_almost_certain_and_a_huge_one_is_not(cast: Cast) -> None:
    short = task(cast.lin, "短稿", cast.lin, days=10, estimate_minutes=60)
    huge = task(cast.lin, "年度专题", cast.lin, days=11, estimate_minutes=60 * 300)
    assert "几乎没有问题" in page(cast.lin, f"/tasks/{short.pk}/outlook/")
    said = page(cast.lin, f"/tasks/{huge.pk}/outlook/")
    assert "可能性很小" in said
    assert f"/tasks/{huge.pk}/" in said


def test_what_stands_before_a_task_moves_its_date(cast: Cast) -> None:
    mine = task(cast.lin, "稿件", cast.lin, days=9, estimate_minutes=120)
    alone = outlooks.outlook([mine.pk], due_at=mine.due_at, by=cast.lin, at=MONDAY)
    for number in range(6):
        task(cast.lin, f"更急{number}", cast.lin, days=2, estimate_minutes=400)
    behind = outlooks.outlook([mine.pk], due_at=mine.due_at, by=cast.lin, at=MONDAY)
    assert alone is not None
    assert behind is not None
    assert behind.half > alone.half
    assert behind.percent is not None
    assert alone.percent == 95
    assert {one.task.title for one in behind.deciding} & {f"更急{number}" for number in range(6)}


def test_a_task_waits_for_its_predecessor_of_another_person(cast: Cast) -> None:
    first = task(cast.zhou, "素材", cast.chen, days=9, estimate_minutes=60 * 40, department=cast.content)
    after = task(cast.lin, "成稿", cast.chen, days=9, estimate_minutes=60, department=cast.content)
    free = outlooks.outlook([after.pk], due_at=after.due_at, by=cast.chen, at=MONDAY)
    tasks.add_dependency(predecessor=first, successor=after, by=cast.chen, at=MONDAY)
    bound = outlooks.outlook([after.pk], due_at=after.due_at, by=cast.chen, at=MONDAY)
    assert free is not None
    assert bound is not None
    assert bound.half > free.half + timedelta(days=3)
    assert bound.deciding[0].task.pk == first.pk


def test_a_project_is_done_with_its_last_task_and_says_which_have_no_estimate(cast: Cast) -> None:
    project = projects.create(
        by=cast.chen, at=MONDAY, name="改版", department=cast.content, owner=cast.chen, members=[cast.lin],
        due_on=MONDAY.date() + timedelta(days=20),
    )  # fmt: skip
    assert page(cast.chen, f"/projects/{project.pk}/outlook/").strip() == ""
    task(cast.lin, "页面", cast.chen, days=5, project=project, estimate_minutes=120)
    task(cast.lin, "文案", cast.chen, days=6, project=project)
    said = page(cast.chen, f"/projects/{project.pk}/outlook/")
    assert "有1个任务没有预估" in said
    few = _queries(cast.chen, f"/projects/{project.pk}/outlook/")
    for number in range(12):
        task(cast.zhou, f"切图{number}", cast.chen, days=7, project=project, estimate_minutes=30)
    assert _queries(cast.chen, f"/projects/{project.pk}/outlook/") == few <= 15


def test_a_stranger_gets_nothing_and_deciders_one_may_not_see_are_not_named(cast: Cast) -> None:
    secret = task(cast.lin, "机密准备", cast.lin, days=2, estimate_minutes=60 * 30, department=cast.content)
    seen = task(cast.lin, "共同稿", cast.lin, days=9, estimate_minutes=60, collaborators=[cast.outsider])
    client = Client(headers=HX)
    client.force_login(cast.outsider)
    assert client.get(f"/tasks/{secret.pk}/outlook/").status_code == 404
    assert "机密准备" in page(cast.lin, f"/tasks/{seen.pk}/outlook/")
    assert "机密准备" not in page(cast.outsider, f"/tasks/{seen.pk}/outlook/")


def _queries(person: Person, address: str) -> int:
    client = Client(headers=HX)
    client.force_login(person)
    return count_queries(client, address)
