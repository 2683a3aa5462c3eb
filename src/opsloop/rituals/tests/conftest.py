"""What the tests of rituals share: a Wednesday, a browser for each person, tasks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import Cast
from opsloop.planning.models import Placement
from opsloop.rituals.models import RitualRun
from opsloop.work.actions import tasks
from opsloop.work.models import Task

SHANGHAI = ZoneInfo("Asia/Shanghai")
# A Wednesday in the middle of the month.
MORNING = datetime(2026, 11, 18, 9, 0, tzinfo=SHANGHAI)
EVENING = MORNING.replace(hour=17, minute=10)
HTMX = {"HX-Request": "true", "HX-Target": "div#ritual"}


@pytest.fixture
def log_in() -> Callable[[Person], Client]:
    """Return a function that opens a browser for somebody."""

    def opened(person: Person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return opened


@pytest.fixture
def make(cast: Cast) -> Callable[..., Task]:
    """Return a function that makes a task of 林悦."""

    def made(title: str, **values: Any) -> Task:
        values = {"owner": cast.lin, "estimate_minutes": 60, **values}
        return tasks.create(by=cast.lin, at=MORNING - timedelta(days=20), title=title, **values)

    return made


def place(task: Task, start: datetime, minutes: int = 60) -> Placement:
    """Let a task stand in its owner's plan."""
    return Placement.objects.create(
        person=task.owner,
        task=task,
        starts_at=start,
        ends_at=start + timedelta(minutes=minutes),
        block="focus",
        accepted_at=start,
    )


def run_of(person: Person, kind: str) -> RitualRun:
    """Return the newest run of a person."""
    return RitualRun.objects.filter(person=person, kind=kind).latest("on")


def undo_of(response: Any) -> str:
    """Return where the toast of an answer leads to take it back."""
    import json

    url: str = json.loads(response["HX-Trigger"])["toast"]["undo"]
    return url
