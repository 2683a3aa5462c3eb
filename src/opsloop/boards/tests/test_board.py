"""The board: columns and lanes with honest counts, cards that follow, moving with refusals, limits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.http import QueryDict

from opsloop.boards.queries import board as queries
from opsloop.boards.queries.board import CARDS, KEEP, Looks
from opsloop.organisation.tests.cast import NOW
from opsloop.work.actions import tasks
from opsloop.work.models import Task
from opsloop.work.queries.lists import ListState
from opsloop.work.tests import conftest as work

HTMX = {"HX-Request": "true"}
# Fixtures of the package below.
make, project, as_person = work.make, work.project, work.as_person


def board(person, query: str):
    asked = QueryDict(query)
    return queries.board(person, ListState.read(asked, keep=KEEP), Looks.read(asked, person), now=NOW)


def counts(shown) -> dict[str, int]:
    return {column.key: column.count for column in shown.columns}


def test_columns_count_all_their_tasks(cast, make):
    for n in range(CARDS + 5):
        make(f"第{n}", due_at=NOW + timedelta(hours=n), estimate_minutes=60)
    tasks.change(task=make("在做"), values={"status": "doing"}, by=cast.lin, at=NOW, version=1)
    shown = board(cast.lin, "scope=all")
    assert counts(shown) == {"todo": CARDS + 5, "doing": 1, "blocked": 0, "delayed": 0, "done": 0}
    cell = shown.lanes[0].cells[0]
    assert (cell.shown, cell.more, cell.minutes) == (CARDS, 5, 60 * (CARDS + 5))


def test_a_board_of_states_shows_what_was_done_lately(cast, make):
    tasks.close(task=make("刚做完"), by=cast.lin, at=NOW, version=1)
    tasks.close(task=make("早做完"), by=cast.lin, at=NOW - timedelta(days=20), version=1)
    assert counts(board(cast.lin, "scope=all"))["done"] == 1
    assert counts(board(cast.lin, "scope=all&status=any"))["done"] == 2
    assert "cancelled" in counts(board(cast.lin, "scope=all&status=any"))


def test_further_cards_follow_without_gap_or_repetition(cast, make, as_person):
    made = [make(f"第{n:02}", due_at=NOW + timedelta(hours=n)).title for n in range(CARDS * 2 + 3)]
    client = as_person(cast.lin)
    first = board(cast.lin, "scope=all").lanes[0].cells[0]
    seen = [row.task.title for row in first.rows]
    for start in (CARDS, CARDS * 2):
        state, looks = ListState(scope="all"), Looks.read(QueryDict(""), cast.lin)
        rows, has_more = queries.cards(cast.lin, state, looks, key="todo", lane="", start=start, now=NOW)
        seen += [row.task.title for row in rows]
        assert has_more is (start == CARDS)
    assert seen == made
    body = client.get(
        f"/tasks/board/cards/?scope=all&key=todo&start={CARDS * 2}", headers=HTMX
    ).content.decode()
    assert body.count("data-card=") == 3
    assert "intersect" not in body


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("owner", {"林悦": 1, "陈敏": 1, "暂无": 1}),
        ("urgency", {"高": 1, "中": 2, "低": 0}),
        ("quadrant", {"重要且紧急": 3, "重要不紧急": 0, "紧急不重要": 0, "不重要不紧急": 0}),
        ("project", {"双十一": 1, "无项目": 2}),
    ],
)
def test_columns_stand_by_any_field(cast, make, project, by, expected):
    make("甲", urgency="high")
    make("乙", by=cast.chen, project=project)
    make("丙", by=cast.chen, owner=None)
    shown = board(cast.chen, f"scope=all&by={by}")
    assert sorted(column.count for column in shown.columns) == sorted(expected.values())
    assert shown.count == 3


def test_lanes_divide_the_columns(cast, make):
    make("甲", urgency="high")
    make("乙", by=cast.chen, urgency="high")
    make("丙", by=cast.chen, urgency="low")
    shown = board(cast.chen, "scope=all&by=owner&lanes=urgency")
    assert [(lane.key, lane.count) for lane in shown.lanes] == [("high", 2), ("low", 1)]
    assert sum(cell.count for lane in shown.lanes for cell in lane.cells) == 3


def move(client, task, **sent):
    return client.post(f"/tasks/board/{task.pk}/", {"version": task.version, **sent}, headers=HTMX)


def test_a_card_moves_and_the_answer_is_the_card(cast, make, as_person):
    task = make("写文案")
    response = move(as_person(cast.lin), task, by="status", key="doing")
    assert response.status_code == 200
    assert f'data-card="{task.pk}"' in response.content.decode()
    assert 'data-version="2"' in response.content.decode()
    assert "undo" in response["HX-Trigger"]
    assert Task.objects.get().status == "doing"


@pytest.mark.parametrize(
    ("by", "key", "field", "expected"),
    [
        ("urgency", "high", "urgency", "high"),
        ("owner", "", "owner", None),
        ("quadrant", "3", "quadrant_override", 3),
    ],
)
def test_a_move_writes_the_field_of_the_columns(cast, make, as_person, by, key, field, expected):
    task = make("写文案")
    move(as_person(cast.lin), task, by=by, key=key, reason="客户在等")
    assert getattr(Task.objects.get(), field) == expected


def test_a_refused_move_says_why(cast, make, as_person):
    task = make("有动作")
    make("没做完的动作", parent=task)
    client = as_person(cast.lin)
    assert move(client, task, by="status", key="done").status_code == 409
    assert move(client, task, by="status", key="nosuch").status_code == 409
    assert move(client, task, by="owner", key="999999").status_code == 409
    assert move(client, task, by="quadrant", key="1").status_code == 409
    stale = client.post(
        f"/tasks/board/{task.pk}/", {"by": "status", "key": "doing", "version": 9}, headers=HTMX
    )
    assert stale.status_code == 412
    missing = client.post(f"/tasks/board/{task.pk}/", {"by": "status", "key": "doing"}, headers=HTMX)
    assert missing.status_code == 428
    assert Task.objects.get(pk=task.pk).status == "todo"
    assert move(as_person(cast.outsider), task, by="status", key="doing").status_code == 404


def test_a_task_typed_into_a_column_belongs_there(cast, as_person):
    sent = {"text": "明天写周报 2h", "by": "urgency", "key": "high"}
    assert as_person(cast.lin).post("/tasks/board/tasks/", sent, headers=HTMX).status_code == 204
    task = Task.objects.get()
    assert (task.title, task.urgency, task.estimate_minutes, task.owner) == ("写周报", "high", 120, cast.lin)


def test_a_limit_is_a_hint_that_travels_in_the_address(cast, make, as_person):
    for n in range(3):
        make(f"第{n}")
    client = as_person(cast.lin)
    response = client.get("/tasks/board/limit/?scope=all&limits=doing:4&column=todo&most=2")
    assert "limits=doing:4,todo:2" in response["Location"]
    shown = board(cast.lin, response["Location"].partition("?")[2])
    assert [column.is_over for column in shown.columns][:2] == [True, False]
    assert "同时进行过多" in client.get(response["Location"]).content.decode()
    cleared = client.get("/tasks/board/limit/?limits=todo:2&column=todo&most=")
    assert "limits" not in cleared["Location"]


def test_the_board_of_a_stranger_is_empty(cast, make, as_person):
    make("内容组的")
    page = as_person(cast.outsider).get("/tasks/board/?scope=all&by=owner").content.decode()
    assert "内容组的" not in page
    assert cast.lin.name not in page
