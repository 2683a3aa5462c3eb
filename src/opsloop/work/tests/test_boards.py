"""The ranking table, the quadrants, and why a task stands where it does."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from opsloop.organisation.tests.cast import NOW
from opsloop.work import priorities
from opsloop.work.queries import ranking
from opsloop.work.queries.gaps import gaps
from opsloop.work.queries.lists import ListState
from opsloop.work.tests.conftest import HTMX


def test_what_is_urgent_and_important_comes_first(cast, make):
    make("有空再说", importance=1, urgency="low", due_at=None)
    make("马上做", importance=5, urgency="high", due_at=NOW + timedelta(hours=1))
    make("排进计划", importance=5, urgency="low", due_at=NOW + timedelta(days=20))
    found = ranking.ranking(cast.lin, ListState(), now=NOW)
    assert [(one.rank, one.task.title, one.priority.disposal.value) for one, _row in found.rows] == [
        (1, "马上做", "now"),
        (2, "排进计划", "plan"),
        (3, "有空再说", "defer"),
    ]


def test_a_quadrant_chosen_by_hand_holds(cast, make):
    task = make(importance=1, urgency="low", due_at=None, quadrant_override=1, quadrant_reason="客户在等")
    board = ranking.board(cast.lin, ListState(), now=NOW)
    assert [len(column.rows) for column in board.columns] == [1, 0, 0, 0]
    assert "客户在等" in priorities.reasons(task, priorities.assess(task, now=NOW))[0]
    assert priorities.suggestion(task, now=NOW).quadrant == 4


def test_moving_a_card_keeps_its_reason(cast, task, as_person):
    address = reverse("work:field", args=[task.pk, "quadrant_override"])
    client = as_person(cast.lin)
    sent = {"quadrant_override": "3", "version": 1}
    assert client.post(address, sent, headers=HTMX).status_code == 422
    assert client.post(address, {**sent, "quadrant_reason": "别人在等"}, headers=HTMX).status_code == 204
    task.refresh_from_db()
    assert (task.quadrant_override, task.quadrant_reason) == (3, "别人在等")


@pytest.mark.parametrize("name", ["ranking", "quadrants"])
def test_boards_show_nothing_hidden_and_cost_the_same(
    cast, make, as_person, name, django_assert_max_num_queries
):
    make("产品部机密", by=cast.outsider)
    make("我的")
    client = as_person(cast.lin)
    address = reverse(f"work:{name}") + "?scope=all"
    client.get(address)
    with django_assert_max_num_queries(15) as few:
        page = client.get(address).content.decode()
    assert "产品部机密" not in page
    assert "我的" in page
    for n in range(10):
        make(f"任务 {n}", collaborators=[cast.zhou])
    with django_assert_max_num_queries(15) as many:
        client.get(address)
    assert len(many) == len(few)


def test_gaps_are_counted_within_what_is_visible(cast, make, task):
    make("没有期限", due_at=None, estimate_minutes=30)
    make("别人的", by=cast.outsider, due_at=None)
    counted = {gap.kind: gap.count for gap in gaps(cast.lin, now=NOW)}
    assert counted["due"] == 1
    assert counted["estimate"] == 1


def test_a_column_counts_what_it_does_not_show(cast, make):
    for n in range(30):
        make(f"任务 {n}", importance=5, urgency="high", estimate_minutes=30)
    column = ranking.board(cast.lin, ListState(), now=NOW, shown=10).columns[0]
    assert (len(column.rows), column.count, column.left, column.minutes) == (10, 30, 20, 900)


def test_more_cards_are_asked_for_by_the_address(cast, make, as_person):
    for n in range(30):
        make(f"任务 {n}", importance=5, urgency="high")
    client = as_person(cast.lin)
    page = client.get(reverse("work:quadrants")).content.decode()
    assert page.count("data-card=") == ranking.CARDS
    assert "shown=100" in page
    assert client.get(reverse("work:quadrants") + "?shown=100").content.decode().count("data-card=") == 30


def test_tomorrow_holds_what_is_due_overdue_or_begins_then(cast, make, as_person):
    make("逾期", due_at=NOW - timedelta(days=1))
    make("明天到期", due_at=NOW + timedelta(days=1))
    make("下周再说", due_at=NOW + timedelta(days=9))
    make("明天开会", due_at=None, starts_at=NOW + timedelta(days=1))
    with time_machine.travel(NOW, tick=True):
        page = as_person(cast.lin).get(reverse("work:quadrants") + "?for=tomorrow").content.decode()
    assert all(title in page for title in ("逾期", "明天到期", "明天开会"))
    assert "下周再说" not in page


def test_the_score_says_what_it_is_made_of(cast, make):
    placed = priorities.assess(make(importance=4, urgency="high"), now=NOW)
    assert sum(placed.parts) == placed.score
    assert str(placed.score) in priorities.score_reasons(make(importance=4, urgency="high"), placed)[-1]


def test_a_new_relevance_ranks_anew_at_once(cast, make, as_person):
    first = make("甲", importance=5, urgency="low", due_at=None)
    second = make("乙", importance=4, urgency="low", due_at=None)
    client = as_person(cast.lin)
    address = reverse("work:priority", args=[first.pk])
    assert client.post(address, {"importance": "3"}, headers=HTMX).status_code == 428
    assert client.post(address, {"importance": "9", "version": 1}, headers=HTMX).status_code == 409
    page = client.post(address, {"importance": "3", "version": 1}, headers=HTMX).content.decode()
    assert page.index(f"ranked-{second.pk}") < page.index(f"ranked-{first.pk}")
