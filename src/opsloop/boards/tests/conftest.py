"""Work for the tests of boards: a small plan in one project, and a task of strangers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import NOW, Cast
from opsloop.work.actions import projects, tasks
from opsloop.work.models import Category, Project, Task

HTMX = {"HX-Request": "true"}
DAY = timedelta(days=1)
# 18:00 in Shanghai of the Monday that NOW lies in.
EVENING = NOW + timedelta(hours=9)


@dataclass(frozen=True)
class Plan:
    """文案 Monday–Tuesday → 排版 Wednesday → 上线 (a milestone) Thursday, and 秘密 of the stranger."""

    project: Project
    copy: Task
    layout: Task
    launch: Task
    secret: Task


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def plan(cast: Cast) -> Plan:
    project = projects.create(
        by=cast.chen, at=NOW, name="双旦活动", department=cast.content, owner=cast.chen, members=[cast.lin],
        due_on=(NOW + 4 * DAY).date(),
    )  # fmt: skip
    Category.objects.create(name="内容创作")
    common: dict[str, Any] = {"by": cast.chen, "at": NOW, "project": project, "owner": cast.lin}
    copy = tasks.create(title="文案", starts_at=NOW, due_at=EVENING + DAY, estimate_minutes=480, **common)
    layout = tasks.create(title="排版", starts_at=NOW + 2 * DAY, due_at=EVENING + 2 * DAY, **common)
    launch = tasks.create(title="上线", due_at=EVENING + 3 * DAY, is_milestone=True, **common)
    tasks.add_dependency(predecessor=copy, successor=layout, by=cast.chen, at=NOW)
    tasks.add_dependency(predecessor=layout, successor=launch, by=cast.chen, at=NOW)
    secret = tasks.create(by=cast.outsider, at=NOW, title="秘密", owner=cast.outsider)
    return Plan(project, copy, layout, launch, secret)


def browser(person: Person) -> Client:
    client = Client(headers=HTMX)
    client.force_login(person)
    return client
