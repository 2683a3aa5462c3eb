"""What the tests of reviews share: November of 内容组, with tasks that were done, late and still open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import Cast
from opsloop.timekeeping.models import TimeEntry
from opsloop.work.actions import tasks
from opsloop.work.models import Category, Task

SHANGHAI = ZoneInfo("Asia/Shanghai")
ME = "/reviews/2026-11/me/"


def day(number: int, hour: int = 18) -> datetime:
    """Return an hour of a day of November."""
    return datetime(2026, 11, number, hour, tzinfo=SHANGHAI)


@pytest.fixture
def make(cast: Cast) -> Callable[..., Task]:
    """Return a function that makes a task of 林悦, due on a day of November and perhaps closed on another."""

    def made(title: str, due: int, closed: int | None = None, **values: Any) -> Task:
        task = tasks.create(
            by=cast.lin,
            at=day(1),
            title=title,
            due_at=day(due),
            **{"owner": cast.lin, "importance": 4, **values},
        )
        if closed:
            done = {"status": Task.Status.DONE, "closed_at": day(closed), "closed_by": task.owner}
            Task.objects.filter(pk=task.pk).update(**done)
        return task

    return made


@pytest.fixture
def november(cast: Cast, make: Callable[..., Task]) -> dict[str, Task]:
    """Four tasks that were due in November: in time, late, open and overdue, and one that is still to come."""
    writing = Category.objects.create(name="内容创作")
    made = {
        "in_time": make("选题会", 5, 4, estimate_minutes=120, category=writing),
        "late": make("长图", 9, 12, importance=3, requester=cast.zhou),
        "overdue": make("投放复盘", 16),
        "ahead": make("月末盘点", 30),
    }
    TimeEntry.objects.create(
        person=cast.lin, task=made["in_time"], started_at=day(4, 9), ended_at=day(4, 12), minutes=150
    )
    TimeEntry.objects.create(person=cast.lin, started_at=day(6, 9), ended_at=day(6, 10), minutes=50)
    return made


@pytest.fixture
def log_in() -> Callable[[Person], Client]:
    """Return a function that opens a browser for somebody."""

    def opened(person: Person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return opened


def write(client: Client, address: str = ME, version: int = 0, **texts: str) -> Any:
    """Send what is typed into a review, as its page does by itself."""
    return client.post(address, {"version": version, **texts}, headers={"HX-Request": "true"})


def hand_in(client: Client, address: str = ME, version: int = 0, **texts: str) -> Any:
    """Hand a review in with what stands in its fields."""
    return client.post(f"{address}submission/", {"version": version, **texts})


def later(weeks: int) -> datetime:
    """Return an instant some weeks after the cast's Monday."""
    return day(23) + timedelta(weeks=weeks)
