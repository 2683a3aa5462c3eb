"""What the steps ask of the database: at most 15 queries a page, however much there is to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import Cast, count_queries
from opsloop.rituals.actions import runs
from opsloop.rituals.actions.runs import Which
from opsloop.rituals.tests.conftest import EVENING, HTMX, MORNING, place
from opsloop.rituals.views.pages import STEPS
from opsloop.work.actions import tasks
from opsloop.work.models import Task

PAGE = 15
# What is asked does not depend on who answers.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


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


def asked_by_steps(client: Client, who: Person) -> dict[tuple[str, str], int]:
    """Return how many queries each step of each ritual needs now."""
    found = {}
    for kind, steps in STEPS.items():
        day = MORNING.date() - timedelta(days=MORNING.weekday()) if kind == "week" else MORNING.date()
        for step in steps:
            runs.go_to(which=Which(who, kind, day), step=step, at=EVENING)
            found[kind, step] = count_queries(client, f"/rituals/{kind}/")
    return found


def test_a_step_asks_little_however_much_there_is(
    cast: Cast, log_in: Callable[[Person], Client], make: Callable[..., Task]
) -> None:
    client = log_in(cast.lin)
    fill(cast, make, 0, 2)
    few = asked_by_steps(client, cast.lin)
    fill(cast, make, 2, 6)
    many = asked_by_steps(client, cast.lin)
    assert {step: (few[step], many[step]) for step in few if not many[step] <= few[step] <= PAGE} == {}


# Answers write: one row each, its event, its undo, the run; and the step is shown again.
ANSWER = 20


def test_an_answer_asks_no_more_however_much_there_is(
    cast: Cast, log_in: Callable[[Person], Client], make: Callable[..., Task]
) -> None:
    client = log_in(cast.lin)
    counts: list[dict[str, int]] = []
    for start, count in ((0, 2), (2, 6)):
        fill(cast, make, start, count)
        task = make(f"今天要做{start}")
        version = {"version": task.version}
        posts: dict[str, dict[str, object]] = {
            "morning/step/": {"step": "pick"},
            f"morning/picks/{task.pk}/": {"picked": "1"},
            f"morning/estimates/{task.pk}/": {"minutes": 30, **version},
            f"morning/sorting/{task.pk}/": {"choice": "tomorrow", "version": task.version + 1},
            "evening/step/": {"step": "tomorrow"},
            f"evening/top/{task.pk}/": {},
            "week/step/": {"step": "stale"},
            "morning/skip/": {},
        }
        found = {}
        # A run is begun, or opened again, by the first answer only.
        for kind, step in (("morning", "pick"), ("evening", "tomorrow"), ("week", "stale")):
            client.post(f"/rituals/{kind}/step/", {"step": step}, headers=HTMX)
        for path, sent in posts.items():
            with CaptureQueriesContext(connection) as queries:
                answer = client.post(f"/rituals/{path}", sent, headers=HTMX)
            assert answer.status_code < 400, (path, answer.status_code, answer.content.decode()[:300])
            asked = [
                one["sql"] for one in queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN"))
            ]
            found[path.replace(str(task.pk), "n")] = len(asked)
        counts.append(found)
    few, many = counts
    assert all(many[path] <= few[path] <= ANSWER for path in few), counts


def test_today_asks_no_more_for_its_offers(
    cast: Cast, log_in: Callable[[Person], Client], make: Callable[..., Task]
) -> None:
    fill(cast, make, 0, 4)
    client = log_in(cast.lin)
    before = count_queries(client, "/")
    runs.finish(which=Which(cast.lin, "morning", MORNING.date()), at=MORNING, answers={"picked": [1, 2, 3]})
    assert count_queries(client, "/") == before <= PAGE
