"""The sample department: is the same every time, can be removed, and replaces nothing real.

What it holds is seen where the first visitor loads it: tests/test_handover.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from opsloop.goals.models import Goal
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import Cast
from opsloop.planning.models import Placement
from opsloop.records.refusals import Refused
from opsloop.sample import actions
from opsloop.timekeeping.models import TimeEntry
from opsloop.work.models import Task


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Path:
    settings.OPSLOOP_HOME = tmp_path
    return tmp_path


def snapshot() -> dict[str, list[Any]]:
    return {
        "people": list(Person.objects.order_by("pk").values_list("pk", "username", "name")),
        "goals": list(Goal.objects.order_by("pk").values_list("pk", "number", "title")),
        "tasks": list(
            Task.objects.order_by("pk").values_list("pk", "number", "title", "status", "due_at", "closed_at")
        ),
        "hours": list(
            TimeEntry.objects.order_by("pk").values_list("person_id", "task_id", "started_at", "minutes")
        ),
        "plan": list(
            Placement.objects.order_by("pk").values_list("person_id", "task_id", "starts_at", "ends_at")
        ),
    }


@pytest.mark.load
@pytest.mark.django_db(transaction=True)
def test_loading_twice_gives_the_same_department() -> None:
    actions.remove()  # ids count from 1, whatever other tests left behind
    actions.load()
    first = snapshot()
    actions.remove()
    assert not Person.objects.exists()
    assert not Task.objects.exists()
    actions.load()
    assert snapshot() == first


def test_it_refuses_to_replace_a_real_organisation(cast: Cast) -> None:
    with pytest.raises(Refused):
        actions.remove()
    with pytest.raises(Refused):
        actions.load()
    assert set(Person.objects.values_list("pk", flat=True)) >= {person.pk for person in cast.active}
