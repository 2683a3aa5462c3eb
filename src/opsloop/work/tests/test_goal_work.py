"""The work behind goals and the gaps in it: weighed, rolled up, counted for who asks."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opsloop.engines.attainment import Work, completion
from opsloop.goals import actions as goals
from opsloop.goals.models import Goal
from opsloop.organisation.tests.cast import NOW, Cast
from opsloop.work.actions import tasks
from opsloop.work.models import Task
from opsloop.work.queries import gaps
from opsloop.work.queries import goals as queries

HTMX = {"HX-Request": "true"}
MEASURE = {"name": "阅读量", "unit": "万", "from_value": Decimal(1), "to_value": Decimal(2)}


@pytest.fixture
def goal(cast: Cast) -> Goal:
    return goals.create(
        by=cast.chen, at=NOW, title="阅读量到2万", department=cast.content, owner=cast.chen,
        due_on=date(2026, 11, 30), key_results=[MEASURE],
    )  # fmt: skip


def task(
    cast: Cast,
    goal: Goal | None,
    *,
    minutes: int | None = None,
    progress: int = 0,
    done: bool = False,
    **values,
):
    made = tasks.create(
        by=cast.chen, at=NOW, title="写稿", owner=cast.lin, goal=goal, estimate_minutes=minutes, **values
    )
    if progress:
        Task.objects.filter(pk=made.pk).update(progress=progress)
    if done:
        tasks.close(task=made, by=cast.chen, at=NOW, version=made.version)
    made.refresh_from_db()
    return made


def percent(cast: Cast, goal: Goal) -> int | None:
    return queries.shares(cast.lin, [goal.pk], now=NOW)[goal.pk].percent


def test_work_is_weighed_by_its_estimates(cast, goal):
    task(cast, goal, minutes=60, done=True)
    task(cast, goal, minutes=180)
    assert percent(cast, goal) == 25
    task(cast, goal, done=True)  # without an estimate it weighs like the mean
    assert percent(cast, goal) == 50


def test_an_open_task_stands_where_its_actions_stand(cast, goal):
    big = task(cast, goal, minutes=120, progress=90)
    task(cast, None, minutes=60, done=True, parent=big)
    task(cast, None, minutes=180, parent=big)
    cancelled = task(cast, None, minutes=600, parent=big)
    tasks.change(
        task=cancelled, values={"status": "cancelled"}, by=cast.chen, at=NOW, version=cancelled.version
    )
    assert percent(cast, goal) == 25


def test_what_is_hidden_is_no_work(cast, goal):
    task(cast, goal, minutes=60, done=True)
    Goal.objects.filter(pk=goal.pk).update(department=None)
    assert queries.shares(cast.zhou, [goal.pk], now=NOW) == {}
    assert percent(cast, goal) == 100
    kinds = {gap.kind: gap.count for gap in gaps.gaps(cast.zhou, now=NOW)}
    assert kinds["goal_tasks"] == 1  # for who sees no task of it, there is none
    assert "goal_tasks" not in {gap.kind for gap in gaps.gaps(cast.lin, now=NOW)}


pieces = st.lists(
    st.tuples(
        st.none() | st.integers(1, 600), st.integers(0, 99), st.booleans(),
        st.lists(st.tuples(st.none() | st.integers(1, 600), st.integers(0, 99), st.booleans()), max_size=3),
    ),
    min_size=1,
    max_size=4,
)  # fmt: skip


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces)
def test_the_database_sums_as_the_engine_says(cast, goal, pieces):
    Task.objects.all().delete()
    plain: list[Work] = []

    def add(minutes, progress, is_done, parent=None):
        made = Task.objects.create(
            number=f"T{Task.objects.count()}", title="t", department=cast.content, owner=cast.lin, parent=parent,
            goal=None if parent else goal, estimate_minutes=minutes, progress=progress, created_at=NOW,
            status="done" if is_done else "doing", closed_at=NOW if is_done else None,
        )  # fmt: skip
        percent = 100 if is_done else progress
        plain.append(Work(made.pk, percent, minutes, parent.pk if parent else None))
        return made

    for minutes, progress, is_done, actions in pieces:
        top = add(minutes, progress, is_done)
        for action in actions:
            add(*action, parent=top)
    expected = completion(plain)
    assert expected is not None
    assert percent(cast, goal) == int(expected)


def test_every_gap_is_counted_by_team_and_mended_in_one_click(cast, goal):
    bare = goals.create(by=cast.chen, at=NOW, title="说不清", department=cast.content)
    late = task(cast, goal, minutes=60, due_at=NOW + timedelta(days=30))
    step = task(cast, None, minutes=30, due_at=NOW + timedelta(days=40), parent=late)
    open_ended = task(cast, goal)
    Task.objects.filter(pk=open_ended.pk).update(owner=None)
    later = NOW + timedelta(days=15)
    counted = gaps.counts(cast.chen, now=later)
    assert {kind: number for kind, teams in counted.items() if (number := teams[cast.content.pk])} == {
        "goal_measure": 1, "goal_tasks": 1, "goal_owner": 1, "goal_due": 1, "check_in": 1,
        "owner": 1, "due": 1, "estimate": 1, "late_action": 1, "after_goal": 1,
    }  # fmt: skip
    shown = {kind: gaps.page(cast.chen, kind, None, now=later).lines for kind in gaps.KINDS}
    assert shown["goal_tasks"][0].goal == bare
    assert shown["late_action"][0].task == step
    assert [one.day for one in shown["after_goal"][0].proposals] == [date(2026, 11, 30)]
    client = Client()
    client.force_login(cast.chen)
    sent = {"due_at": shown["after_goal"][0].proposals[0].value, "version": late.version}
    step_first = {"due_at": "2026-11-30T12:00", "version": step.version}
    assert (
        client.post(reverse("work:field", args=[step.pk, "due_at"]), step_first, headers=HTMX).status_code
        == 204
    )
    assert client.post(reverse("work:field", args=[late.pk, "due_at"]), sent, headers=HTMX).status_code == 204
    counted = gaps.counts(cast.chen, now=later)
    assert not counted["after_goal"].total()
    assert not counted["late_action"].total()


@pytest.mark.parametrize(
    "query", ["", "kind=x", "kind=owner&team=999999", "kind=check_in&team=0", "team=abc"]
)
def test_the_page_of_gaps_answers_any_address(cast, goal, query):
    client = Client()
    client.force_login(cast.lin)
    assert client.get(f"{reverse('work:goal_gaps')}?{query}").status_code == 200
    assert client.get(f"{reverse('work:goal_gaps')}?{query}", headers=HTMX).status_code == 200


def test_the_map_counts_the_open_tasks_of_its_cells(cast, goal):
    module = goals.add_module(name="内容", by=cast.chen, at=NOW)
    goals.change(goal=goal, values={"module": module}, by=cast.chen, at=NOW, version=goal.version)
    task(cast, goal)
    task(cast, goal, done=True)
    cells = queries.map_tasks(cast.lin)
    assert {key: count for key, (count, _address) in cells.items()} == {f"{cast.content.pk}-{module.pk}": 1}
    assert queries.map_tasks(cast.outsider) == {}
