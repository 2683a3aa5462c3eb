"""How much gets done by the week: counted, foretold, and only of what one may see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import Cast, count_queries
from opsloop.planning.pace import pace
from opsloop.work.actions import projects, tasks
from opsloop.work.models import Task

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def finished(owner: Person, weeks_ago: int, count: int, **values: Any) -> None:
    """Let the owner finish `count` tasks on the Wednesday of a week."""
    at = MONDAY - timedelta(weeks=weeks_ago) + timedelta(days=2)
    for number in range(count):
        task = tasks.create(by=owner, at=at, title=f"稿件{weeks_ago}/{number}", owner=owner, **values)
        Task.objects.filter(pk=task.pk).update(status=Task.Status.DONE, closed_at=at, closed_by=owner)


def page(person: Person, address: str = "/throughput/", *, status: int = 200) -> str:
    client = Client()
    client.force_login(person)
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def test_a_steady_pace_is_foretold_as_it_was(cast: Cast) -> None:
    for week in range(1, 25):
        finished(cast.lin, week, 4 + week % 3)
    tasks.create(by=cast.lin, at=MONDAY, title="未完", owner=cast.lin)
    found = pace(Task.objects.visible_to(cast.lin).alive(), by=cast.lin, at=MONDAY)
    assert [week.finished for week in found.weeks] == [4 + week % 3 for week in range(12, 0, -1)]
    assert (found.running.finished, found.running.added, found.open) == (0, 1, 1)
    for said in found.ahead:
        assert 4 * said.weeks <= said.p10 <= said.p50 <= said.p90 <= 6.5 * said.weeks
    assert (found.soonest, found.latest) == (1, 1)
    text = page(cast.lin)
    assert "接下来 8 周" in text
    assert len(re.findall(r'class="pace-done" x', text)) == 12
    assert len(re.findall(r'class="pace-range" x', text)) == len(found.ahead) == 3


def test_a_week_begins_where_the_reader_lives(cast: Cast) -> None:
    """Sunday evening in Berlin is Monday morning in Shanghai."""
    finished(cast.lin, 3, 1)
    Task.objects.update(closed_at=datetime(2026, 11, 9, 2, 0, tzinfo=SHANGHAI))
    mine = Task.objects.visible_to(cast.lin).alive()
    assert pace(mine, by=cast.lin, at=MONDAY).weeks[0].monday == date(2026, 11, 9)
    cast.lin.time_zone = "Europe/Berlin"
    assert pace(mine, by=cast.lin, at=MONDAY).weeks[0].monday == date(2026, 11, 2)


def test_a_short_past_is_shown_and_nothing_is_foretold(cast: Cast) -> None:
    assert "这里还没有完成过任务" in page(cast.lin)
    finished(cast.lin, 2, 3)
    text = page(cast.lin)
    assert "大约三个月" in text
    assert "pace-range" not in text


def test_one_sees_the_pace_of_what_one_may_see(cast: Cast) -> None:
    for week in range(1, 16):
        finished(cast.outsider, week, 7)
        finished(cast.lin, week, 1)
    assert '<td class="num">7</td>' not in page(cast.lin, "/throughput/?scope=all")
    assert '<td class="num">1</td>' in page(cast.lin, "/throughput/?scope=all")
    assert '<td class="num">7</td>' in page(cast.outsider)
    # A member asks for the team and gets what is theirs.
    assert 'aria-current="true">我的<' in page(cast.lin, "/throughput/?scope=team")
    assert 'aria-current="true">我的团队<' in page(cast.chen)


def test_a_project_and_a_goal_have_their_own(cast: Cast) -> None:
    project = projects.create(by=cast.chen, at=MONDAY, name="秋季大促", department=cast.content)
    for week in range(1, 4):
        finished(cast.lin, week, 2, project=project)
        finished(cast.lin, week, 5)
    text = page(cast.lin, f"/throughput/?project={project.pk}")
    assert "秋季大促" in text
    assert '<td class="num">2</td>' in text
    assert '<td class="num">5</td>' not in text
    page(cast.outsider, f"/throughput/?project={project.pk}", status=404)
    page(cast.lin, "/throughput/?project=²", status=404)
    page(cast.lin, "/throughput/?goal=999999", status=404)
    assert f"/throughput/?project={project.pk}" not in page(cast.lin, f"/projects/{project.pk}/outlook/")
    tasks.create(by=cast.lin, at=MONDAY, title="未完", owner=cast.lin, project=project)
    assert f"/throughput/?project={project.pk}" in page(cast.lin, f"/projects/{project.pk}/outlook/")


@pytest.mark.once
def test_more_tasks_ask_no_more_queries(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.lin)
    finished(cast.lin, 1, 1)
    few = count_queries(client, "/throughput/")
    for week in range(1, 30):
        finished(cast.lin, week, 2)
    assert count_queries(client, "/throughput/") == few <= 15
