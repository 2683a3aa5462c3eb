"""A team for the tests of this package: 林悦 of 内容组 under 陈敏, on a Monday morning."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import NOW, Cast
from opsloop.work.actions import tasks
from opsloop.work.models import Task

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TODAY = NOW.date()
# 18:00 in Shanghai of the Monday that NOW lies in.
EVENING = NOW + 9 * HOUR


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def make(cast: Cast) -> Callable[..., Task]:
    """Return a function that makes a task of 内容组, as its lead; 林悦 owns it."""

    def made(title: str, **values: Any) -> Task:
        values = {
            "department": cast.content, "owner": cast.lin, "estimate_minutes": 60, "due_at": EVENING, **values,
        }  # fmt: skip
        return tasks.create(by=cast.chen, at=NOW, title=title, **values)

    return made


def browser(person: Person) -> Client:
    client = Client(headers=HTMX)
    client.force_login(person)
    return client


def page(person: Person, address: str) -> str:
    response = browser(person).get(address)
    assert response.status_code == 200, (address, response.status_code)
    return response.content.decode()
