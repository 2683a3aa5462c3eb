"""Templates: made, changed, kept from existing work, started in one go and taken back in one go."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.http import QueryDict
from django.urls import reverse

from opsloop.activity import actions as activity
from opsloop.engines.playbook import Node, Outline, Step
from opsloop.organisation.tests.cast import NOW
from opsloop.playbooks.actions import editing, keeping, starting, suggesting
from opsloop.playbooks.forms.editor import read_outline
from opsloop.playbooks.models import Playbook, PlaybookStart
from opsloop.playbooks.queries import outlines as queries
from opsloop.records.refusals import Forbidden, Refused, StaleVersion
from opsloop.work.actions import projects, tasks
from opsloop.work.models import Category, Dependency, Project, Task

OUTLINE = Outline(
    name="双11大促",
    roles=("主负责人", "设计"),
    steps=(
        Step(
            "定方案", role="主负责人", days=2, minutes=120, importance=5, urgency="high", category="活动策划"
        ),
        Step("拆目标", level=2, role="主负责人", checklist=("看去年",)),
        Step("定口径", level=3),
        Step("出主视觉", role="设计", offset=2, days=3, tags=("大促",), after=(0,), is_milestone=True),
    ),
    nodes=(Node("需求收集", role="主负责人", hours=24), Node("方案制定", hours=48, follows=True)),
)


@pytest.fixture
def playbook(cast):
    """A template of 内容组, made by its lead."""
    home = {"sharing": "department", "department": cast.content}
    made = editing.create(outline=OUTLINE, by=cast.chen, at=NOW, **home)
    return queries.with_parts().get(pk=made.pk)


def start(playbook, by, **people):
    return starting.start(
        playbook=playbook, name="年货节", start=date(2026, 11, 24), due=None, department=by.department,
        people=people, by=by, at=NOW,
    )  # fmt: skip


def test_what_is_stored_is_what_was_made(playbook):
    assert queries.outline_of(playbook) == OUTLINE


def test_a_start_makes_everything_by_the_verbs_of_work(cast, playbook):
    Category.objects.create(name="活动策划")
    made = start(playbook, cast.chen, 主负责人=cast.chen, 设计=cast.lin)
    first, action, last = Task.objects.order_by("pk")
    assert made.project is not None
    assert (made.project.owner, list(made.project.members.all())) == (cast.chen, [cast.lin])
    assert (first.title, first.owner, first.estimate_minutes, str(first.category)) == (
        "定方案", cast.chen, 120, "活动策划",
    )  # fmt: skip
    assert action.parent == first
    assert (last.owner, last.is_milestone, [str(tag) for tag in last.tags.all()]) == (
        cast.lin,
        True,
        ["大促"],
    )
    assert last.due_at.astimezone().date() == date(2026, 11, 30)
    assert Dependency.objects.get().predecessor == first


def test_one_undo_takes_all_of_it_back(cast, playbook):
    made = start(playbook, cast.chen, 主负责人=cast.chen)
    activity.take_back(undo=made.undo, by=cast.chen, at=NOW)
    assert not Project.objects.alive().exists()
    assert not Task.objects.alive().exists()


def test_who_got_which_role_is_remembered_for_the_next_time(cast, playbook):
    assert queries.remembered(playbook, cast.chen) == {"主负责人": cast.chen}
    start(playbook, cast.chen, 主负责人=cast.chen, 设计=cast.lin)
    assert PlaybookStart.objects.count() == 1
    assert queries.remembered(playbook, cast.chen) == {"主负责人": cast.chen, "设计": cast.lin}
    assert "设计" not in queries.remembered(playbook, cast.wang)


def test_a_member_starts_no_project(cast, playbook):
    with pytest.raises(Forbidden):
        start(playbook, cast.lin, 主负责人=cast.lin)


def test_a_change_is_taken_back_as_a_whole_and_a_stale_one_refused(cast, playbook):
    shorter = replace(OUTLINE, steps=OUTLINE.steps[:1], nodes=())
    change = {"values": {"sharing": "everybody"}, "by": cast.chen, "at": NOW}
    undo = editing.change(playbook=playbook, outline=shorter, version=1, **change)
    with pytest.raises(StaleVersion):
        editing.change(playbook=playbook, outline=replace(shorter, name="旧页"), version=1, **change)
    activity.take_back(undo=undo, by=cast.chen, at=NOW)
    fresh = queries.with_parts().get(pk=playbook.pk)
    assert (queries.outline_of(fresh), fresh.sharing) == (OUTLINE, "department")


def test_it_refuses_a_circle_and_an_empty_outline(cast):
    circle = replace(OUTLINE, steps=(Step("一", after=(1,)), Step("二", after=(0,))))
    for bad in (circle, replace(OUTLINE, steps=()), replace(OUTLINE, name=" ")):
        with pytest.raises(Refused):
            editing.create(outline=bad, by=cast.chen, at=NOW, sharing="private")


def test_a_template_is_seen_by_whom_it_is_shared_with(cast, playbook):
    seen = {who: Playbook.objects.visible_to(who).exists() for who in (cast.lin, cast.zhou, cast.outsider)}
    assert list(seen.values()) == [True, False, False]
    Playbook.objects.update(sharing="everybody")
    assert Playbook.objects.visible_to(cast.outsider).exists()
    Playbook.objects.update(sharing="private")
    assert not Playbook.objects.visible_to(cast.lin).exists()


def test_a_project_is_kept_as_working_days_and_roles(cast):
    project = projects.create(
        by=cast.chen, at=NOW, name="周年庆", department=cast.content, owner=cast.chen, starts_on=date(2026, 11, 23)
    )  # fmt: skip
    first = tasks.create(by=cast.chen, at=NOW, title="定方案", owner=cast.chen, project=project, due_at=NOW)
    other = tasks.create(
        by=cast.chen, at=NOW, title="写文案", owner=cast.lin, project=project, due_at=NOW.replace(day=30)
    )
    tasks.add_dependency(predecessor=first, successor=other, by=cast.chen, at=NOW)
    made = keeping.keep_project(project=project, by=cast.chen, at=NOW)
    outline = queries.outline_of(queries.with_parts().get(pk=made.pk))
    assert [(step.title, step.offset, step.after) for step in outline.steps] == [
        ("定方案", 0, ()), ("写文案", 5, (0,)),
    ]  # fmt: skip
    assert len(outline.roles) == 2


def test_the_suggested_templates_are_read_and_brought_once(cast):
    assert len(suggesting.bring(by=cast.admin, at=NOW)) >= 6
    assert suggesting.bring(by=cast.admin, at=NOW) == []


def sent(**columns: list[str]) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update({"name": "模板", "roles": "主负责人，设计"})
    for name, values in columns.items():
        data.setlist(name.replace("_", "-"), values)
    return data


def test_the_editor_reads_rows_and_drops_empty_ones():
    outline = read_outline(
        sent(
            step_title=["一", "", "二", "三"], step_level=["1", "1", "2", "3"], step_day=["1", "", "2", "3"],
            step_hours=["1.5", "", "", ""], step_after=["", "", "", "1"], step_role=["设计", "", "新角色", ""],
        ),
        is_project=True,
    )  # fmt: skip
    assert [(step.title, step.level, step.offset) for step in outline.steps] == [
        ("一", 1, 0), ("二", 2, 1), ("三", 3, 2),
    ]  # fmt: skip
    assert outline.steps[0].minutes == 90
    assert outline.steps[2].after == (0,)
    assert outline.roles == ("主负责人", "设计", "新角色")


@pytest.mark.parametrize(
    "columns", [{"step_day": ["x"]}, {"step_hours": ["-1"]}, {"step_days": ["0"]}, {"step_after": ["9"]}]
)
def test_a_bad_cell_names_its_row(columns):
    with pytest.raises(Refused) as refused:
        read_outline(sent(step_title=["一"], **columns), is_project=True)
    assert "1" in refused.value.reason


@pytest.mark.parametrize(
    "columns",
    [
        {"step_title": ["一", ""], "step_role": ["", "设计"]},
        {"step_title": ["一", ""], "step_checklist": ["", "看去年"]},
        {"step_title": ["一"], "node_title": ["", ""], "node_output": ["", "清单"]},
    ],
)
def test_a_row_that_says_something_without_a_title_is_refused_and_shown_again(cast, client, columns):
    client.force_login(cast.chen)
    data = sent(**columns)
    data.update({"kind": "project", "sharing": "private", "description": ""})
    response = client.post(reverse("playbooks:new"), data)
    assert response.status_code == 422
    body = response.content.decode()
    assert "没有标题" in body
    for typed in ("设计", "看去年", "清单"):
        if any(typed in values for values in columns.values()):
            assert (
                typed
                in body[body.index("data-outline-rows") :].partition("<template")[0]
                + body.partition("</template>")[2]
            )
    assert not Playbook.objects.exists()


def test_the_pages_work_for_the_lead_and_hide_from_a_stranger(cast, playbook, client):
    client.force_login(cast.chen)
    for name in ("playbooks", "new", "choose"):
        assert client.get(reverse(f"playbooks:{name}")).status_code == 200
    for name in ("playbook", "edit", "start", "preview"):
        assert client.get(reverse(f"playbooks:{name}", args=[playbook.pk])).status_code == 200
    url = reverse("playbooks:start", args=[playbook.pk])
    posted = {"name": "年货节", "start": "2026-11-24", "department": cast.content.pk, "role-0": cast.chen.pk}
    assert client.post(url, {**posted, "due": "2026-11-01"}).status_code == 422
    assert client.post(url, posted).status_code == 303
    client.force_login(cast.outsider)
    for name in ("playbook", "edit", "start", "preview"):
        assert client.get(reverse(f"playbooks:{name}", args=[playbook.pk])).status_code == 404


def test_the_editor_saves_copies_and_archives(cast, playbook, client):
    client.force_login(cast.chen)
    rows = {"name": "双11", "sharing": "private", "roles": "主负责人", "step-title": ["一", "二"]}
    edit = reverse("playbooks:edit", args=[playbook.pk])
    assert client.post(edit, {**rows, "version": 1, "step-day": ["x", "1"]}).status_code == 422
    assert client.post(edit, {**rows, "version": 1}).status_code == 303
    assert [step.title for step in Playbook.objects.get().steps.all()] == ["一", "二"]
    assert (
        client.post(edit, {**rows, "name": "旧", "version": 1}, headers={"HX-Request": "true"}).status_code
        == 412
    )
    assert client.post(reverse("playbooks:copy", args=[playbook.pk])).status_code == 303
    assert Playbook.objects.count() == 2
    assert client.post(reverse("playbooks:archive", args=[playbook.pk]), {"version": 2}).status_code == 303
    assert client.get(reverse("playbooks:start", args=[playbook.pk])).status_code == 409


def test_the_start_names_everybody_once_in_the_order_of_a_phone_book(cast, playbook, client):
    client.force_login(cast.chen)
    start(playbook, cast.chen, 设计=cast.lin)
    body = client.get(reverse("playbooks:start", args=[playbook.pk])).content.decode()
    template = body.partition('<template id="role-people">')[2].partition("</template>")[0]
    names = [name for name in ("陈敏", "林悦", "王磊", "周航") if name in template]
    assert names == sorted(names, key=template.index)
    assert 'data-search="linyue ly"' in template
    fields = body.partition('<fieldset class="role-fields">')[2].partition("</fieldset>")[0]
    assert fields.count("林悦") == 1  # chosen for 设计, as the last time
    assert "王磊" not in fields
    data = {"name": "年货节", "start": "2026-11-24", "due": "", "department": cast.content.pk}
    client.post(reverse("playbooks:start", args=[playbook.pk]), {**data, "role-1": cast.chen.pk})
    assert Task.objects.filter(title="出主视觉", owner=cast.chen).exists()
