"""A team for the tests of this package: 林悦 and 白露 of 内容组 under 陈敏, on a Monday morning."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from opsloop.organisation.models import Person
from opsloop.organisation.roles import Role
from opsloop.organisation.tests.cast import NOW, Cast
from opsloop.organisation.tests.cast import person as new_person
from opsloop.planning.models import Placement
from opsloop.work.actions import tasks
from opsloop.work.models import Task

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# 18:00 in Shanghai of the Monday that NOW lies in.
EVENING = NOW + 9 * HOUR
WEEK = "2026-W48"


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def bai(cast: Cast) -> Person:
    return new_person("bailu", "白露", cast.content, Role.MEMBER)


@pytest.fixture
def make(cast: Cast) -> Callable[..., Task]:
    """Return a function that makes a task of 内容组, as its lead."""

    def made(title: str, owner: Person | None = None, **values: Any) -> Task:
        values = {"department": cast.content, "estimate_minutes": 60, "due_at": EVENING, **values}
        return tasks.create(by=cast.chen, at=NOW, title=title, owner=owner, **values)

    return made


def piece(task: Task, person: Person, start: Any, minutes: int = 60) -> Placement:
    """Stand a task in a person's plan."""
    return Placement.objects.create(
        person=person, task=task, starts_at=start, ends_at=start + timedelta(minutes=minutes),
        block="focus", accepted_at=NOW, accepted_by=person,
    )  # fmt: skip


def browser(person: Person) -> Client:
    client = Client(headers=HTMX)
    client.force_login(person)
    return client


def page(person: Person, address: str) -> str:
    response = browser(person).get(address)
    assert response.status_code == 200, (address, response.status_code)
    return response.content.decode()
