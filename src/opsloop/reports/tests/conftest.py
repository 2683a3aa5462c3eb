"""What the tests of reports share: the week of 林悦 and 内容组 in November, browsers, channels to the outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from opsloop.channels.tests.conftest import (  # noqa: F401  (fixtures)
    addressed,
    group,
    mailbox,
    post,
    robot,
)
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import NOW, Cast
from opsloop.timekeeping.models import TimeEntry
from opsloop.work.actions import tasks
from opsloop.work.models import Category, Task

SHANGHAI = ZoneInfo("Asia/Shanghai")
# The week before the cast's Monday, 2026-11-16 to 22.
WEEK = "2026-W47"
ME = f"/reports/{WEEK}/me/"
HTMX = {"HX-Request": "true"}


def day(number: int, hour: int = 18) -> datetime:
    """Return an hour of a day of November."""
    return datetime(2026, 11, number, hour, tzinfo=SHANGHAI)


@pytest.fixture
def travel() -> Iterator[Any]:
    """Let it be the cast's Monday, a little after nine."""
    with time_machine.travel(NOW + timedelta(minutes=5), tick=False) as traveller:
        yield traveller


@pytest.fixture
def make(cast: Cast) -> Callable[..., Task]:
    """Return a function that makes a task of 林悦, due on a day of November and perhaps closed on another."""

    def made(title: str, due: int, closed: int | None = None, **values: Any) -> Task:
        chosen = {"owner": cast.lin, "importance": 4, **values}
        task = tasks.create(by=cast.lin, at=day(1), title=title, due_at=day(due), **chosen)
        if closed:
            done = {"status": Task.Status.DONE, "closed_at": day(closed, 12), "closed_by": task.owner}
            Task.objects.filter(pk=task.pk).update(**done)
        return task

    return made


@pytest.fixture
def week(cast: Cast, make: Callable[..., Task]) -> dict[str, Task]:
    """One task done in time, one late, one overdue, one of the week before, and one of the next."""
    writing = Category.objects.create(name="内容创作")
    made = {
        "in_time": make("选题会", 18, 17, estimate_minutes=120, category=writing),
        "late": make("长图", 17, 19, importance=3),
        "overdue": make("投放复盘", 20),
        "before": make("周三海报", 11, 11),
        "ahead": make("月末盘点", 26),
    }
    TimeEntry.objects.create(
        person=cast.lin, task=made["in_time"], started_at=day(17, 9), ended_at=day(17, 12), minutes=150
    )
    TimeEntry.objects.create(person=cast.lin, started_at=day(18, 9), ended_at=day(18, 10), minutes=50)
    return made


@pytest.fixture
def log_in(travel: Any) -> Callable[[Person], Client]:
    """Return a function that opens a browser for somebody."""

    def opened(person: Person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return opened


def write(client: Client, address: str = ME, version: int = 0, **fields: Any) -> Any:
    """Send what is typed into a report, as its page does by itself."""
    return client.post(address, {"version": version, **fields}, headers=HTMX)


def hand_in(client: Client, address: str = ME, version: int = 0, **fields: Any) -> Any:
    """Hand a report in with what stands in its fields."""
    return client.post(f"{address}submission/", {"version": version, **fields})


def said(response: Any) -> str:
    """Return the text of an answer."""
    return str(response.content.decode())
