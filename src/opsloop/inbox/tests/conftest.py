"""What the tests of the inbox share."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import NOW, Cast
from opsloop.work.actions import tasks
from opsloop.work.models import Task

HTMX = {"HX-Request": "true"}


@pytest.fixture
def task(cast: Cast) -> Task:
    """A task of 内容组 that 陈敏 made and handed to 林悦."""
    return tasks.create(by=cast.chen, at=NOW, title="写双十一文案", owner=cast.lin)


@pytest.fixture
def as_person() -> Callable[[Person], Client]:
    """Log in somebody and return the client."""

    def logged_in(person: Person) -> Client:
        client = Client(headers=HTMX)
        client.force_login(person)
        return client

    return logged_in
