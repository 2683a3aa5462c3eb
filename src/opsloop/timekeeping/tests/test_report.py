"""The time report: what is added up, for whom, and the entries behind each number."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from django.test import Client
from openpyxl import load_workbook

from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import NOW, Cast
from opsloop.timekeeping import reports
from opsloop.timekeeping.models import TimeEntry
from opsloop.timekeeping.reports import Filters
from opsloop.work.actions import projects, tasks
from opsloop.work.models import Category, Task

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
TODAY = NOW.date()


def worked(person: Person, task: Task | None, month: int, day: int, minutes: int, **values: Any) -> TimeEntry:
    begin = datetime(2026, month, day, 9, tzinfo=ZONE)
    end = begin + timedelta(minutes=minutes)
    return TimeEntry.objects.create(
        person=person, task=task, started_at=begin, ended_at=end, minutes=minutes, **values
    )


@pytest.fixture
def hours(cast: Cast) -> dict[str, Any]:
    """Hours of 林悦 on a project in October and November, of 周航 of another team, and of 林悦 on nothing."""
    writing, calls = Category.objects.create(name="内容创作"), Category.objects.create(name="沟通")
    project = projects.create(by=cast.chen, at=NOW, name="大促", department=cast.content, owner=cast.chen)
    task = tasks.create(by=cast.chen, at=NOW, title="长图", owner=cast.lin, project=project, category=writing)
    other = tasks.create(by=cast.zhou, at=NOW, title="社群排班", owner=cast.zhou)
    worked(cast.lin, task, 10, 31, 60)
    worked(cast.lin, task, 11, 1, 120)
    # Its own category counts before that of its task.
    worked(cast.lin, task, 11, 2, 30, category=calls)
    worked(cast.lin, None, 11, 3, 15)
    worked(cast.zhou, other, 11, 4, 240)
    worked(cast.lin, task, 4, 1, 600)
    return {"project": project, "task": task, "writing": writing, "calls": calls}


def table(person: Person, query: str = "") -> dict[str, list[int]]:
    filters = Filters.read(QueryDict(query), TODAY)
    found = reports.report(person, filters, ZONE)
    assert found.total == sum(found.sums) == sum(line.total for line in found.lines)
    return {line.name: list(line.minutes) for line in found.lines}


def test_it_adds_up_month_by_month_where_the_reader_lives(cast: Cast, hours: dict[str, Any]) -> None:
    assert table(cast.zhao, "since=2026-10&until=2026-11") == {"周航": [0, 240], "林悦": [60, 165]}
    # The last half hour of October in Shanghai is October, whatever UTC says.
    assert table(cast.zhao, "since=2026-10&until=2026-10") == {"林悦": [60]}
    assert [len(minutes) for minutes in table(cast.zhao).values()] == [6, 6]


def test_lines_are_projects_categories_or_departments_as_well(cast: Cast, hours: dict[str, Any]) -> None:
    span = "since=2026-11&until=2026-11"
    assert table(cast.zhao, f"{span}&by=project") == {"无": [255], "大促": [150]}
    assert table(cast.zhao, f"{span}&by=category") == {"无": [255], "内容创作": [120], "沟通": [30]}
    assert table(cast.zhao, f"{span}&by=department") == {"用户组": [240], "内容组": [165]}


def test_filters_narrow_it_and_what_has_none_can_be_chosen(cast: Cast, hours: dict[str, Any]) -> None:
    span = "since=2026-11&until=2026-11"
    project = hours["project"].pk
    assert table(cast.zhao, f"{span}&project={project}") == {"林悦": [150]}
    assert table(cast.zhao, f"{span}&project={project}&project=0") == {"周航": [240], "林悦": [165]}
    assert table(cast.zhao, f"{span}&category={hours['calls'].pk}") == {"林悦": [30]}
    assert table(cast.zhao, f"{span}&category=0") == {"周航": [240], "林悦": [15]}
    assert table(cast.zhao, f"{span}&department={cast.users.pk}") == {"周航": [240]}


def test_everybody_sees_the_hours_they_may_and_no_hidden_names(cast: Cast, hours: dict[str, Any]) -> None:
    span = "since=2026-11&until=2026-11"
    assert table(cast.chen, span) == {"林悦": [165]}
    assert table(cast.zhou, span) == {"周航": [240]}
    assert table(cast.outsider, span) == {}
    # 周航 helps in a project they may not see otherwise: the hours are theirs, the name is not.
    worked(cast.zhou, hours["task"], 11, 9, 10)
    assert "大促" not in table(cast.zhou, f"{span}&by=project")


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_number_leads_to_exactly_its_entries(cast: Cast, hours: dict[str, Any]) -> None:
    client = client_of(cast.zhao)
    shown = client.get("/hours/report/?since=2026-10&until=2026-11").content.decode()
    address = f"/hours/report/entries/?by=person&amp;person={cast.lin.pk}&amp;since=2026-11&amp;until=2026-11"
    assert address in shown
    rows = client.get(address.replace("&amp;", "&")).content.decode()
    assert "共 3 条" in rows
    assert "长图" in rows
    assert "社群排班" not in rows


def test_titles_of_tasks_that_may_not_be_seen_stay_hidden(cast: Cast) -> None:
    secret = tasks.create(by=cast.outsider, at=NOW, title="并购材料", owner=cast.outsider)
    worked(cast.lin, secret, 11, 5, 60)
    for address in ("/hours/report/entries/?since=2026-11", "/hours/report/entries/out/csv/?since=2026-11"):
        answer = client_of(cast.chen).get(address)
        text = b"".join(answer) if answer.streaming else answer.content
        assert "并购材料" not in text.decode()
        assert "林悦" in text.decode()


def test_it_leaves_as_a_workbook_with_its_totals(cast: Cast, hours: dict[str, Any]) -> None:
    answer = client_of(cast.zhao).get("/hours/report/out/xlsx/?since=2026-10&until=2026-11")
    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet is not None
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert rows[0][1:] == ["2026-10", "2026-11", rows[0][3]]
    assert rows[1] == ["周航", 0, 4, 4]
    assert rows[-1][1:] == [1, 6.75, 7.75]
    assert client_of(cast.zhao).get("/hours/report/out/pdf/").status_code == 404


@pytest.mark.parametrize(
    "query", ["since=2026-99", "since=3000-01&until=x", "project=²&person=-1", "by=nothing", "since=2001-01"]
)
def test_an_address_of_nonsense_shows_what_is_usual(cast: Cast, query: str) -> None:
    assert client_of(cast.zhao).get(f"/hours/report/?{query}").status_code == 200
    assert len(Filters.read(QueryDict(query), TODAY).months) <= reports.MOST_MONTHS
