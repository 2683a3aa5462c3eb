from __future__ import annotations

import re
from typing import Any

from opsloop.activity.models import Event, Undo
from opsloop.boards.models import Baseline
from opsloop.boards.tests.conftest import DAY, EVENING, Plan, browser
from opsloop.organisation.tests.cast import NOW, Cast
from opsloop.work.actions import tasks
from opsloop.work.models import Dependency, Task

TITLE, SLACK, CRITICAL, EDITABLE, BASE = 2, 13, 14, 15, 16


def chart(person: Any, plan: Plan, more: str = "") -> dict[str, Any]:
    answer = browser(person).get(f"/tasks/gantt/bars/?project={plan.project.pk}{more}")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def by_title(found: dict[str, Any]) -> dict[str, list[Any]]:
    return {row[TITLE]: row for row in found["tasks"]}


def test_the_chart_has_bars_links_and_the_critical_path(cast: Cast, plan: Plan) -> None:
    found = chart(cast.lin, plan)
    rows = by_title(found)
    assert rows.keys() == {"文案", "排版", "上线"}
    assert rows["文案"][9:11] == ["2026-11-23T09:00", "2026-11-24T18:00"]
    assert [rows[name][CRITICAL] for name in ("文案", "排版", "上线")] == [0, 0, 1]
    assert rows["文案"][SLACK] == 1
    assert {tuple(link[1:3]) for link in found["links"]} == {
        (plan.copy.pk, plan.layout.pk),
        (plan.layout.pk, plan.launch.pk),
    }


def test_a_hidden_predecessor_shows_without_its_name(cast: Cast, plan: Plan) -> None:
    Dependency.objects.create(predecessor=plan.secret, successor=plan.copy)
    found = chart(cast.lin, plan)
    assert found["hidden"] == [plan.copy.pk]
    assert "秘密" not in str(found)
    assert str(plan.secret.pk) not in {str(end) for link in found["links"] for end in link[1:3]}
    assert chart(cast.zhao, plan)["hidden"] == []


def test_strangers_see_an_empty_chart(cast: Cast, plan: Plan) -> None:
    assert chart(cast.outsider, plan)["tasks"] == []
    page = browser(cast.outsider).get(f"/tasks/gantt/?project={plan.project.pk}")
    assert "双旦活动" not in page.content.decode()


def test_the_table_says_the_same(cast: Cast, plan: Plan) -> None:
    page = browser(cast.lin).get(f"/tasks/gantt/?project={plan.project.pk}&as=table").content.decode()
    assert [page.index(name) for name in ("文案", "排版", "上线")] == sorted(
        page.index(name) for name in ("文案", "排版", "上线")
    )
    assert "2026-11-24 18:00" in page


def preview(person: Any, task: Task, query: str) -> Any:
    return browser(person).get(f"/tasks/gantt/moves/{task.pk}/?{query}")


def moves(page: Any) -> list[str]:
    return re.findall(r'name="move" value="([^"]+)"', page.content.decode())


def test_a_move_shows_who_else_moves_and_what_becomes_late(cast: Cast, plan: Plan) -> None:
    page = preview(cast.lin, plan.copy, "start=2026-11-26")
    # 文案 keeps its two days; 排版 goes behind it, past the end of the project, and takes 上线 along.
    assert [move.split("|")[0] for move in moves(page)] == [
        str(one.pk) for one in (plan.copy, plan.layout, plan.launch)
    ]
    late = page.context["shown"].late
    assert [(one.task, one.owner, one.late_for) for one in late] == [
        (plan.layout, "林悦", "project"),
        (plan.launch, "林悦", "project"),
    ]
    assert Task.objects.get(pk=plan.copy.pk).due_at == EVENING + DAY


def test_accepting_all_moves_all_with_one_undo(cast: Cast, plan: Plan) -> None:
    client = browser(cast.lin)
    shown = moves(preview(cast.lin, plan.copy, "start=2026-11-25"))
    answer = client.post(f"/tasks/gantt/moves/{plan.copy.pk}/", {"move": shown})
    assert answer.status_code == 204
    stands = {one.title: one.due_at for one in Task.objects.all()}
    assert stands["文案"] == EVENING + 3 * DAY
    assert stands["排版"] == EVENING + 4 * DAY
    assert stands["上线"] == EVENING + 4 * DAY
    assert Event.objects.filter(kind="task.changed", subject_id=plan.layout.pk).exists()
    undo = Undo.objects.get(verb="task.change_many")
    assert client.post(f"/undo/{undo.pk}/").status_code == 204
    assert {one.title: one.due_at for one in Task.objects.all()}["排版"] == EVENING + 2 * DAY


def test_only_this_one_leaves_the_others(cast: Cast, plan: Plan) -> None:
    shown = moves(preview(cast.lin, plan.copy, "start=2026-11-25"))
    browser(cast.lin).post(f"/tasks/gantt/moves/{plan.copy.pk}/", {"move": shown, "only": "1"})
    assert Task.objects.get(pk=plan.copy.pk).due_at == EVENING + 3 * DAY
    assert Task.objects.get(pk=plan.layout.pk).due_at == EVENING + 2 * DAY


def test_a_stale_move_changes_nothing_and_shows_what_follows_now(cast: Cast, plan: Plan) -> None:
    shown = moves(preview(cast.lin, plan.copy, "start=2026-11-25"))
    tasks.change(task=plan.layout, values={"note": "改"}, by=cast.chen, at=NOW, version=plan.layout.version)
    answer = browser(cast.lin).post(f"/tasks/gantt/moves/{plan.copy.pk}/", {"move": shown})
    assert answer.status_code == 412
    assert len(moves(answer)) == 3
    assert Task.objects.get(pk=plan.copy.pk).due_at == EVENING + DAY


def test_a_move_without_its_versions_is_asked_for_them(cast: Cast, plan: Plan) -> None:
    client = browser(cast.lin)
    assert client.post(f"/tasks/gantt/moves/{plan.copy.pk}/").status_code == 428
    address = f"/tasks/gantt/moves/{plan.copy.pk}/"
    for bad in ("x", "1|1|2026-13-01|-", f"{plan.copy.pk}|1|2026-11-25|-", "1|1"):
        assert client.post(address, {"move": [bad]}).status_code == 409
    hidden = f"{plan.secret.pk}|1|-|2026-11-25T18:00:00+08:00"
    answer = client.post(address, {"move": [hidden]})
    assert answer.status_code == 409
    assert "秘密" not in answer.headers["X-Error"]


def test_who_may_not_change_a_task_may_not_move_it(cast: Cast, plan: Plan) -> None:
    assert preview(cast.outsider, plan.copy, "start=2026-11-25").status_code == 404
    assert preview(cast.sun, plan.copy, "start=2026-11-25").status_code == 403


def test_a_baseline_remembers_and_compares(cast: Cast, plan: Plan) -> None:
    client = browser(cast.chen)
    answer = client.post("/tasks/gantt/baselines/", {"project": plan.project.pk, "name": "初版"})
    assert answer.status_code == 204
    taken = Baseline.objects.get()
    tasks.change(
        task=plan.copy, values={"due_at": EVENING + 2 * DAY}, by=cast.lin, at=NOW, version=plan.copy.version
    )
    row = by_title(chart(cast.lin, plan, f"&baseline={taken.pk}"))["文案"]
    assert (row[10], row[BASE]) == ("2026-11-25T18:00", ["2026-11-23T09:00", "2026-11-24T18:00"])
    assert (
        client.post("/tasks/gantt/baselines/", {"project": plan.project.pk, "name": "初版"}).status_code
        == 409
    )
    undo = Undo.objects.get(verb="baseline.forget")
    client.post(f"/undo/{undo.pk}/")
    assert not Baseline.objects.exists()


def test_only_who_plans_a_project_takes_its_baseline(cast: Cast, plan: Plan) -> None:
    sent = {"project": plan.project.pk, "name": "初版"}
    assert browser(cast.lin).post("/tasks/gantt/baselines/", sent).status_code == 403
    assert browser(cast.outsider).post("/tasks/gantt/baselines/", sent).status_code == 404
