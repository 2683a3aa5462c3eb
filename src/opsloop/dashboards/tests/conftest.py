"""What the tests of dashboards share: the week before the cast's Monday, with tasks that were done, late and open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from opsloop.channels.tests.conftest import addressed, mailbox, post, robot
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import Cast
from opsloop.timekeeping.models import TimeEntry
from opsloop.work.actions import tasks
from opsloop.work.models import Task

__all__ = ["addressed", "mailbox", "post", "robot"]
SHANGHAI = ZoneInfo("Asia/Shanghai")
# The cast's Monday is 2026-11-23; on it one still looks at the week before.
WEEK = "2026-W47"


def day(number: int, hour: int = 18) -> datetime:
    """Return an hour of a day of November."""
    return datetime(2026, 11, number, hour, tzinfo=SHANGHAI)


@pytest.fixture
def make(cast: Cast) -> Callable[..., Task]:
    """Return a function that makes a key task of 林悦, due on a day of November and perhaps done on another."""

    def made(title: str, due: int | None, closed: int | None = None, **values: Any) -> Task:
        task = tasks.create(
            by=cast.chen, at=day(1), title=title, due_at=day(due) if due else None,
            **{"owner": cast.lin, "importance": 4, "department": cast.content, **values},
        )  # fmt: skip
        if closed:
            done = {"status": Task.Status.DONE, "closed_at": day(closed, 17), "closed_by": task.owner}
            Task.objects.filter(pk=task.pk).update(**done)
        return task

    return made


@pytest.fixture
def week(cast: Cast, make: Callable[..., Task]) -> dict[str, Task]:
    """Of the week of 2026-11-16: done in time, done late, not done (all key), one without weight, one of another team."""
    made = {
        "in_time": make("选题会", 17, 17, estimate_minutes=120),
        "late": make("长图", 18, 20),
        "open": make("投放复盘", 19),
        "light": make("归档", 20, 19, importance=2),
        "other": make("社群排班", 18, owner=cast.zhou, department=cast.users),
        # Not counted: due in the week after, and cancelled.
        "ahead": make("月末盘点", 27),
    }
    cancelled = make("不做了", 18)
    Task.objects.filter(pk=cancelled.pk).update(
        status=Task.Status.CANCELLED, closed_at=day(18), closed_by=cast.lin
    )
    TimeEntry.objects.create(
        person=cast.lin, task=made["in_time"], started_at=day(17, 9), ended_at=day(17, 12), minutes=180
    )
    return made


def client_of(person: Person) -> Client:
    """Return a browser in which somebody is logged in."""
    client = Client()
    client.force_login(person)
    return client


def moved(moment: datetime, **by: int) -> datetime:
    """Return another moment."""
    return moment + timedelta(**by)
