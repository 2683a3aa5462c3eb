"""What the steps ask of the database: at most 15 queries a page, however much there is to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import Cast, count_queries
from opsloop.rituals.actions import runs
from opsloop.rituals.actions.runs import Which
from opsloop.rituals.tests.conftest import EVENING, MORNING, place
from opsloop.rituals.views.pages import STEPS
from opsloop.work.actions import tasks
from opsloop.work.models import Task

PAGE = 15
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(EVENING, tick=False):
        yield


def fill(cast: Cast, make: Callable[..., Task], start: int, count: int) -> None:
    """Make work for every step: left over, due, planned, done, without an estimate, long untouched."""
    for number in range(start, start + count):
        left = make(f"遗留{number}")
        place(left, MORNING - timedelta(days=1, minutes=-number))
        make(f"到期{number}", due_at=MORNING.replace(hour=18), estimate_minutes=None)
        planned = make(f"已排{number}")
        place(planned, MORNING + timedelta(minutes=20 * number), 15)
        done = make(f"完成{number}")
        tasks.close(task=done, by=cast.lin, at=MORNING, version=done.version)
        make(f"旧事{number}")


@pytest.mark.parametrize(("kind", "step"), [(kind, step) for kind, steps in STEPS.items() for step in steps])
def test_a_step_asks_little_however_much_there_is(
    cast: Cast, log_in: Callable[[Person], Client], make: Callable[..., Task], kind: str, step: str
) -> None:
    day = MORNING.date() - timedelta(days=MORNING.weekday()) if kind == "week" else MORNING.date()
    client = log_in(cast.lin)
    counts = []
    for start, count in ((0, 2), (2, 6)):
        fill(cast, make, start, count)
        runs.go_to(which=Which(cast.lin, kind, day), step=step, at=EVENING)
        counts.append(count_queries(client, f"/rituals/{kind}/"))
    assert counts[1] <= counts[0] <= PAGE, counts


def test_today_asks_no_more_for_its_offers(
    cast: Cast, log_in: Callable[[Person], Client], make: Callable[..., Task]
) -> None:
    fill(cast, make, 0, 4)
    client = log_in(cast.lin)
    before = count_queries(client, "/")
    runs.finish(which=Which(cast.lin, "morning", MORNING.date()), at=MORNING, answers={"picked": [1, 2, 3]})
    assert count_queries(client, "/") == before <= PAGE
