"""What the tests of portfolio share: a project of 内容组, its tasks, and a browser for anybody."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from opsloop.organisation.models import Organisation, Person
from opsloop.organisation.tests.cast import NOW, Cast
from opsloop.portfolio.actions import nodes, risks
from opsloop.portfolio.models import KeyNode, Risk
from opsloop.work.actions import projects
from opsloop.work.models import Project

HTMX = {"HX-Request": "true"}
DRAWER = {"HX-Request": "true", "HX-Target": "div#drawer-content"}


@pytest.fixture
def project(cast: Cast) -> Project:
    """A project that 陈敏 leads and 林悦 takes part in, in an organisation that sees every module."""
    Organisation.objects.update(mode=Organisation.Mode.MATURE)
    return projects.create(
        by=cast.chen, at=NOW, name="双十一", department=cast.content, owner=cast.chen, members=[cast.lin]
    )


@pytest.fixture
def node(cast: Cast, project: Project) -> KeyNode:
    """A key node with a limit of 24 working hours, its clock started on Monday at nine."""
    made, _undo = nodes.add(
        project=project, by=cast.chen, at=NOW, title="需求收集", limit_minutes=24 * 60, starts_at=NOW, owner=cast.lin
    )  # fmt: skip
    return made


@pytest.fixture
def risk(cast: Cast, project: Project) -> Risk:
    """A risk of 3 × 4."""
    made, _undo = risks.add(
        project=project, by=cast.lin, at=NOW, title="主视觉延期", probability=3, impact=4, owner=cast.lin
    )
    return made


@pytest.fixture
def as_person(client: Client) -> Callable[[Person], Client]:
    """Log in somebody and return the client."""

    def logged_in(person: Person) -> Client:
        client.force_login(person)
        return client

    return logged_in
