"""What the tests of goals share."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from opsloop.goals import actions
from opsloop.goals.models import Goal
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import NOW, Cast

HTMX = {"HX-Request": "true"}
SCORE = {"name": "满意度评分", "unit": "分", "from_value": Decimal(85), "to_value": Decimal(90)}


@pytest.fixture
def goal(cast: Cast) -> Goal:
    """A goal of 内容组, set by its lead, with one key result."""
    return actions.create(
        by=cast.chen, at=NOW, title="提升用户满意度", department=cast.content, owner=cast.chen, key_results=[SCORE]
    )  # fmt: skip


@pytest.fixture
def as_person(client: Client) -> Callable[[Person], Client]:
    """Log in somebody and return the client."""

    def logged_in(person: Person) -> Client:
        client.force_login(person)
        return client

    return logged_in
