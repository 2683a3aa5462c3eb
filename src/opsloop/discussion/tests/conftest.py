"""What the tests of talk share: a task of 林悦, and a client that speaks htmx."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import NOW, Cast
from opsloop.work.actions import tasks
from opsloop.work.models import Task

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def files_home(settings: Any, tmp_path: Path) -> Path:
    """A folder for the files of one test."""
    settings.OPSLOOP_HOME = tmp_path
    return tmp_path / "files" / "attachments"


@pytest.fixture
def task(cast: Cast) -> Task:
    """A task of 内容组 that 林悦 owns and 陈敏 made."""
    return tasks.create(by=cast.chen, at=NOW, title="写双十一文案", owner=cast.lin)


@pytest.fixture
def as_person() -> Callable[[Person], Client]:
    """Log in somebody and return the client."""

    def logged_in(person: Person) -> Client:
        client = Client(headers=HTMX)
        client.force_login(person)
        return client

    return logged_in
