"""The review of the week over HTTP: facts, what was left lying, goals against the hours there are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import Cast
from opsloop.rituals.models import RitualRun
from opsloop.rituals.tests.conftest import HTMX, MORNING, run_of
from opsloop.timekeeping.models import TimeEntry
from opsloop.work.actions import tasks
from opsloop.work.models import Task

LogIn = Callable[[Person], Client]
Make = Callable[..., Task]
PAGE = "/rituals/week/"
FRIDAY = MORNING.replace(day=20, hour=16)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(FRIDAY, tick=False):
        yield


def text(response: Any) -> str:
    return response.content.decode()


def step(client: Client, name: str) -> str:
    return text(client.post("/rituals/week/step/", {"step": name}, headers=HTMX))


def test_it_is_offered_on_friday_for_the_next_week(cast: Cast, log_in: LogIn) -> None:
    client = log_in(cast.lin)
    assert 'id="ritual-week"' in text(client.get("/"))
    client.post("/rituals/week/completion/")
    assert run_of(cast.lin, "week").on == (FRIDAY + timedelta(days=3)).date()
    assert 'id="ritual-week"' not in text(client.get("/"))
    # On Monday the same week has been planned already.
    with time_machine.travel(FRIDAY + timedelta(days=2, hours=17), tick=False):
        assert 'id="ritual-week"' not in text(client.get("/"))


def test_the_facts_come_from_the_record(cast: Cast, log_in: LogIn, make: Make) -> None:
    done, late = make("写周报"), make("催合同", due_at=MORNING.replace(hour=18))
    tasks.close(task=done, by=cast.lin, at=MORNING, version=done.version)
    before = make("上周的")
    tasks.close(task=before, by=cast.lin, at=MORNING - timedelta(days=7), version=before.version)
    TimeEntry.objects.create(
        person=cast.lin, task=done, started_at=MORNING, ended_at=MORNING + timedelta(hours=2), minutes=120
    )
    page = text(log_in(cast.lin).get(PAGE))
    assert "写周报" in page
    assert "催合同" in page
    assert "上周的" not in page
    assert "f=closed.within.2026-11-16~2026-11-22" in page
    assert late.title in page


def test_its_source_leads_to_the_same_tasks(cast: Cast, log_in: LogIn, make: Make) -> None:
    done = make("写周报")
    tasks.close(task=done, by=cast.lin, at=MORNING, version=done.version)
    page = text(log_in(cast.lin).get("/tasks/?scope=mine&status=any&f=closed.within.2026-11-16~2026-11-22"))
    assert "写周报" in page


def test_what_was_left_lying_is_dropped_dated_or_kept(cast: Cast, log_in: LogIn, make: Make) -> None:
    old = [make(f"旧事{n}") for n in range(3)]
    touched = make("动过的")
    tasks.change(task=touched, values={"note": "x"}, by=cast.lin, at=MORNING, version=touched.version)
    client = log_in(cast.lin)
    page = step(client, "stale")
    assert all(task.title in page for task in old)
    assert touched.title not in page
    for task, choice in zip(old, ("cancel", "date", "keep"), strict=True):
        sent = {"choice": choice, "version": task.version, "day": "2026-11-25"}
        page = text(client.post(f"/rituals/week/sorting/{task.pk}/", sent, headers=HTMX))
    # Nothing is left, so the next step has come.
    assert 'data-ritual="week-goals"' in page
    states = [
        (task.status, task.due_at)
        for task in Task.objects.filter(pk__in=[one.pk for one in old]).order_by("pk")
    ]
    assert states[0][0] == "cancelled"
    assert states[1] == ("todo", MORNING.replace(day=25, hour=18))
    assert states[2] == ("todo", None)


def test_goals_are_checked_against_the_hours_of_the_week(cast: Cast, log_in: LogIn) -> None:
    client = log_in(cast.lin)
    sent = {"text": ["方案发出", "复盘会", ""], "hours": ["4", "4,5", ""]}
    answer = text(client.post("/rituals/week/goals/", sent, headers={"HX-Request": "true"}))
    assert 'id="goals-sum"' in answer
    assert "text-danger" not in answer
    goals = run_of(cast.lin, "week").answers["goals"]
    assert [goal["minutes"] for goal in goals] == [240, 270, 0]
    assert 'value="4.5"' in step(client, "goals")
    sent["hours"][0] = "60"
    assert "text-danger" in text(client.post("/rituals/week/goals/", sent, headers={"HX-Request": "true"}))
    page = text(client.post("/rituals/week/goals/", sent | {"next": "1"}, headers=HTMX))
    assert 'data-ritual="week-plan"' in page
    assert "方案发出" in page
    assert f"/people/{cast.lin.pk}/plan/2026-W48/proposals/" in page


@pytest.mark.parametrize("hours", ["x", "-1", "161", "nan", "1e9", "９９９"])
def test_hours_that_are_none_are_refused_and_nothing_is_lost(cast: Cast, log_in: LogIn, hours: str) -> None:
    client = log_in(cast.lin)
    assert client.post("/rituals/week/goals/", {"text": ["甲"], "hours": [hours]}).status_code == 409
    assert not RitualRun.objects.exists()


def test_runs_are_nobodys_but_ones_own_to_write(cast: Cast, log_in: LogIn) -> None:
    log_in(cast.lin).post("/rituals/week/completion/")
    assert RitualRun.objects.visible_to(cast.chen).count() == 1
    assert RitualRun.objects.visible_to(cast.outsider).count() == 0
    assert RitualRun.objects.visible_to(cast.wu).count() == 0
    assert log_in(cast.lin).post("/rituals/noon/skip/").status_code == 404
