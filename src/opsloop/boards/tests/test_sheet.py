from __future__ import annotations

import json
from typing import Any

import pytest

from opsloop.activity.models import Event, Undo
from opsloop.boards.tests.conftest import DAY, EVENING, Plan, browser
from opsloop.organisation.tests.cast import NOW, Cast
from opsloop.work.actions import tasks
from opsloop.work.models import Task


def send(person: Any, cells: list[Any] = [], new: list[Any] = [], **more: Any) -> Any:  # noqa: B006
    batch = {"cells": cells, "new": new, **more}
    return browser(person).post("/tasks/sheet/cells/", {"batch": json.dumps(batch)})


def cell(task: Task, column: str, text: str, was: str = "") -> list[Any]:
    return [task.pk, task.version, column, text, was]


def test_the_page_has_every_key_and_the_first_rows(cast: Cast, plan: Plan) -> None:
    page = browser(cast.lin).get("/tasks/sheet/")
    data = page.context["data"]
    assert data["keys"] == [plan.copy.pk, plan.layout.pk, plan.launch.pk]
    assert data["rows"][0][3:7] == [plan.copy.number, "文案", "林悦", data["rows"][0][6]]
    assert ["林悦", "linyue yue ly y"] in data["choices"]["owner"]


def test_rows_of_others_are_left_out(cast: Cast, plan: Plan) -> None:
    answer = browser(cast.lin).get(f"/tasks/sheet/rows/?keys={plan.secret.pk},{plan.copy.pk},x,9999")
    assert [row[0] for row in answer.json()["rows"]] == [plan.copy.pk]


@pytest.mark.parametrize(
    ("column", "text", "field", "value"),
    [
        ("title", " 文案 二稿 ", "title", "文案 二稿"),
        ("due", "11-30", "due_at", EVENING + 7 * DAY),
        ("due", "明天", "due_at", EVENING + DAY),
        ("due", "周五下午6点", "due_at", EVENING + 4 * DAY),
        ("estimate", "1天", "estimate_minutes", 480),
        ("estimate", "2h", "estimate_minutes", 120),
        ("status", "进行中", "status", "doing"),
        ("urgency", "高", "urgency", "high"),
        ("importance", "5", "importance", 5),
        ("progress", "1", "progress", 1),
        ("note", "给小周", "note", "给小周"),
    ],
)
def test_a_cell_is_read_as_people_type_it(
    cast: Cast, plan: Plan, column: str, text: str, field: str, value: Any
) -> None:
    answer = send(cast.lin, [cell(plan.copy, column, text)]).json()
    assert (answer["bad"], answer["stale"]) == ([], [])
    assert getattr(Task.objects.get(pk=plan.copy.pk), field) == value


def test_names_are_matched_and_tags_are_made(cast: Cast, plan: Plan) -> None:
    texts = {"owner": "陈敏", "category": "内容创作", "project": "双旦活动", "tags": "周会、双旦"}
    send(cast.chen, [cell(plan.launch, column, text) for column, text in texts.items()])
    task = Task.objects.get(pk=plan.launch.pk)
    assert (task.owner, task.category.name if task.category else "") == (cast.chen, "内容创作")
    assert sorted(tag.name for tag in task.tags.all()) == ["双旦", "周会"]


def test_bad_cells_keep_their_reason_and_good_ones_are_saved(cast: Cast, plan: Plan) -> None:
    cells = [
        cell(plan.copy, "due", "9月33日"),
        cell(plan.copy, "estimate", "3h"),
        cell(plan.layout, "owner", "何小满"),
        cell(plan.layout, "title", "排版终稿"),
    ]
    answer = send(cast.lin, cells).json()
    assert {(row, column, text) for row, column, text, _reason in answer["bad"]} == {
        (plan.copy.pk, "due", "9月33日"),
        (plan.layout.pk, "owner", "何小满"),
    }
    assert all(reason for *_rest, reason in answer["bad"])
    assert Task.objects.get(pk=plan.copy.pk).estimate_minutes == 180
    assert Task.objects.get(pk=plan.layout.pk).title == "排版终稿"


def test_a_refused_cell_leaves_the_rest_of_its_row(cast: Cast, plan: Plan) -> None:
    # The due date would lie before the start; the title is good all the same.
    answer = send(
        cast.lin, [cell(plan.layout, "due", "2026-11-20"), cell(plan.layout, "title", "排版二")]
    ).json()
    assert [(row, column) for row, column, *_rest in answer["bad"]] == [(plan.layout.pk, "due")]
    task = Task.objects.get(pk=plan.layout.pk)
    assert (task.title, task.due_at) == ("排版二", EVENING + 2 * DAY)


def test_a_stale_cell_shows_theirs_and_a_changed_neighbour_does_not_matter(cast: Cast, plan: Plan) -> None:
    tasks.change(task=plan.copy, values={"title": "文案甲"}, by=cast.chen, at=NOW, version=plan.copy.version)
    seen = {"version": 1}
    cells = [
        [plan.copy.pk, seen["version"], "title", "文案乙", "文案"],
        [plan.copy.pk, 1, "estimate", "2h", "8h"],
    ]
    answer = send(cast.lin, cells).json()
    assert answer["stale"] == [[plan.copy.pk, "title", "文案乙", "文案甲"]]
    task = Task.objects.get(pk=plan.copy.pk)
    assert (task.title, task.estimate_minutes) == ("文案甲", 120)


def test_a_pasted_range_makes_and_changes_tasks_with_one_undo(cast: Cast, plan: Plan) -> None:
    new = [[f"n{n}", {"title": f"新任务{n}", "due": "12-01", "owner": "林悦"}] for n in range(30)]
    answer = send(cast.lin, [cell(plan.copy, "title", "文案改")], new, project=plan.project.pk).json()
    assert len(answer["created"]) == 30
    made = Task.objects.filter(title__startswith="新任务")
    assert {(one.project, one.owner, one.due_at) for one in made} == {
        (plan.project, cast.lin, EVENING + 8 * DAY)
    }
    assert Event.objects.filter(kind="task.created", subject_id__in=made.values("pk")).count() == 30
    browser(cast.lin).post(answer["undo"])
    assert not made.filter(deleted_at=None).exists()
    assert Task.objects.get(pk=plan.copy.pk).title == "文案"
    assert Undo.objects.filter(verb="sheet.apply").count() == 1


def test_a_new_row_without_a_title_is_kept_back(cast: Cast, plan: Plan) -> None:
    new = [
        ["n1", {"title": "", "due": "12-01"}],
        ["n2", {"title": "有标题", "due": "很久", "start": "12-02"}],
    ]
    answer = send(cast.lin, [], new).json()
    assert {(row, column) for row, column, *_rest in answer["bad"]} == {("n1", "title"), ("n2", "due")}
    assert answer["created"].keys() == {"n2"}


def test_a_new_row_that_ends_before_it_starts_loses_its_start(cast: Cast, plan: Plan) -> None:
    answer = send(cast.lin, [], [["n1", {"title": "倒着", "due": "12-01", "start": "12-05"}]]).json()
    assert [(row, column) for row, column, *_rest in answer["bad"]] == [("n1", "start")]
    assert Task.objects.get(title="倒着").starts_at is None


def test_hidden_tasks_are_refused_without_a_name(cast: Cast, plan: Plan) -> None:
    answer = send(cast.lin, [cell(plan.secret, "title", "我的")])
    assert [row for row, *_rest in answer.json()["bad"]] == [plan.secret.pk]
    assert "秘密" not in answer.content.decode()
    assert Task.objects.get(pk=plan.secret.pk).title == "秘密"


def test_who_may_only_read_changes_nothing(cast: Cast, plan: Plan) -> None:
    answer = send(cast.sun, [cell(plan.copy, "title", "审计")]).json()
    assert [row for row, *_rest in answer["bad"]] == [plan.copy.pk]
    assert send(cast.sun, [], [["n1", {"title": "审计"}]]).status_code == 403


@pytest.mark.parametrize(
    "batch",
    [
        "", "x", "[]", '{"cells": 3}', '{"cells": [[1]]}', '{"cells": [["1", 1, "title", "a", ""]]}',
        '{"cells": [[1, true, "title", "a", ""]]}', '{"cells": [[1, 1, "nothing", "a", ""]]}',
        '{"cells": [[1, 1, "number", "a", ""]]}', '{"new": [["n", {"nothing": "a"}]]}', '{"new": [[1, {}]]}',
        "[" * 100_000,
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_a_sentence(cast: Cast, plan: Plan, batch: str) -> None:
    answer = browser(cast.lin).post("/tasks/sheet/cells/", {"batch": batch})
    assert answer.status_code in {409, 428}


def test_too_many_cells_are_refused_as_a_whole(cast: Cast, plan: Plan) -> None:
    new = [[f"n{n}", {"title": "很多"}] for n in range(501)]
    assert send(cast.lin, [], new).status_code == 409
    assert not Task.objects.filter(title="很多").exists()
