"""What the tests of work share: a few tasks of the cast, and a client that speaks htmx."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import NOW, Cast
from opsloop.work.actions import projects, tasks
from opsloop.work.models import Project, Task

HTMX = {"HX-Request": "true"}
MakeTask = Callable[..., Task]


@pytest.fixture
def make(cast: Cast) -> MakeTask:
    """Create a task of 林悦, due in two days, unless told otherwise."""

    def made(title: str = "写双十一文案", by: Person | None = None, **values: Any) -> Task:
        creator = by or cast.lin
        return tasks.create(
            by=creator, at=NOW, title=title, **{"owner": creator, "due_at": NOW + timedelta(days=2), **values}
        )

    return made


@pytest.fixture
def task(make: MakeTask) -> Task:
    """A task that 林悦 owns, in 内容组."""
    return make()


@pytest.fixture
def project(cast: Cast) -> Project:
    """A project of 内容组, owned by its lead."""
    return projects.create(by=cast.chen, at=NOW, name="双十一", department=cast.content, owner=cast.chen)


@pytest.fixture
def as_person(client: Client) -> Callable[[Person], Client]:
    """Log in somebody and return the client."""

    def logged_in(person: Person) -> Client:
        client.force_login(person)
        return client

    return logged_in
