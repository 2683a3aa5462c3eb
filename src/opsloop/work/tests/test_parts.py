"""What belongs to a task: checklist, acceptance, roles, own fields; each with its refusals and its undo."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from opsloop.activity import actions as activity
from opsloop.activity.models import Event
from opsloop.goals import actions as goals
from opsloop.organisation.tests.cast import NOW
from opsloop.records.refusals import Forbidden, Refused
from opsloop.work.actions import acceptance, checklist, customs, roles, tasks
from opsloop.work.models import CustomField, Delivery, Responsibility, Task
from opsloop.work.queries import customs as custom_queries
from opsloop.work.queries.roles import holders, matrix
from opsloop.work.tests.conftest import HTMX

Status, State = Task.Status, Delivery.State


def fresh(task: Task) -> Task:
    return Task.objects.get(pk=task.pk)


def texts(task: Task) -> list[str]:
    return list(task.checklist.values_list("text", flat=True))


# ── Checklist ─────────────────────────────────────────────────────────────────────────────────────


def test_several_lines_become_several_items_and_go_again(cast, task):
    undo = checklist.add(task=task, texts=["拍照", "  ", "排  版"], by=cast.lin, at=NOW)
    assert texts(task) == ["拍照", "排 版"]
    activity.take_back(undo=undo, by=cast.lin, at=NOW)
    assert texts(task) == []


def test_a_long_line_is_named_and_nothing_is_added(cast, task):
    with pytest.raises(Refused) as refused:
        checklist.add(task=task, texts=["好", "长" * 301], by=cast.lin, at=NOW)
    assert refused.value.field == "text"
    assert texts(task) == []


def test_items_are_ticked_moved_reworded_and_removed_with_undo(cast, task):
    checklist.add(task=task, texts=["一", "二", "三"], by=cast.lin, at=NOW)
    last = task.checklist.get(text="三")
    checklist.move(item=last, place=0, by=cast.lin, at=NOW)
    assert texts(task) == ["三", "一", "二"]
    tick = checklist.tick(item=last, done=True, by=cast.lin, at=NOW)
    last.refresh_from_db()
    assert (last.done_by, last.done_at) == (cast.lin, NOW)
    assert checklist.tick(item=last, done=True, by=cast.lin, at=NOW) is None
    activity.take_back(undo=tick, by=cast.lin, at=NOW)
    reworded = checklist.rewrite(item=last, text="三号", by=cast.lin, at=NOW, version=1)
    activity.take_back(undo=reworded, by=cast.lin, at=NOW)
    last.refresh_from_db()
    assert (last.text, last.done_at) == ("三", None)
    removed = checklist.remove(item=last, by=cast.lin, at=NOW)
    assert texts(task) == ["一", "二"]
    activity.take_back(undo=removed, by=cast.lin, at=NOW)
    assert texts(task) == ["三", "一", "二"]


def test_an_item_becomes_an_action_and_comes_back(cast, task):
    checklist.add(task=task, texts=["约拍摄"], by=cast.lin, at=NOW)
    action, undo = checklist.make_action(item=task.checklist.get(), by=cast.lin, at=NOW)
    assert (action.parent, action.title, texts(task)) == (task, "约拍摄", [])
    activity.take_back(undo=undo, by=cast.lin, at=NOW)
    assert texts(task) == ["约拍摄"]
    assert fresh(action).is_binned


def test_a_stale_item_shows_what_stands_now_and_keeps_what_was_typed(cast, task, as_person):
    checklist.add(task=task, texts=["一"], by=cast.lin, at=NOW)
    item = task.checklist.get()
    checklist.rewrite(item=item, text="他人改过", by=cast.chen, at=NOW, version=1)
    address = reverse("work:checklist_item", args=[task.pk, item.pk])
    answer = as_person(cast.lin).post(address, {"text": "我的", "version": 1}, headers=HTMX)
    assert answer.status_code == 422
    assert "他人改过" in answer.content.decode()
    assert 'value="我的"' in answer.content.decode()


def test_item_text_is_shown_as_text_only(cast, task, as_person):
    checklist.add(task=task, texts=["<img src=x onerror=alert(1)> {0} {{ 7|add:1 }}"], by=cast.lin, at=NOW)
    page = as_person(cast.lin).get(reverse("work:task", args=[task.pk])).content.decode()
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt; {0} {{ 7|add:1 }}" in page


# ── Acceptance ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def asked(cast, make):
    """A task of 林悦 that 陈敏 asked for and accepts."""
    return make(by=cast.lin, requester=cast.chen, needs_acceptance=True)


def hand_in(task: Task, by, note: str = "在共享盘"):
    now = fresh(task)
    return acceptance.hand_in(task=now, note=note, by=by, at=NOW, version=now.version)


def test_who_creates_a_task_has_asked_for_it(cast, task):
    assert task.requester == cast.lin


def test_it_is_not_done_before_it_was_accepted(cast, asked):
    with pytest.raises(Refused) as refused:
        tasks.close(task=asked, by=cast.lin, at=NOW, version=1)
    assert cast.chen.name in refused.value.reason
    hand_in(asked, cast.lin)
    acceptance.accept(task=fresh(asked), by=cast.chen, at=NOW)
    done = fresh(asked)
    assert (done.status, done.delivery.state, done.closed_by) == (Status.DONE, State.ACCEPTED, cast.chen)
    kinds = list(Event.objects.filter(subject_id=asked.pk).order_by("pk").values_list("kind", flat=True))
    assert kinds[-3:] == ["task.handed_in", "task.accepted", "task.closed"]
    told = Event.objects.get(kind="task.handed_in")
    assert cast.chen.pk in told.person_ids


def test_returning_needs_a_reason_and_lets_the_owner_hand_in_again(cast, asked):
    hand_in(asked, cast.lin)
    with pytest.raises(Refused) as refused:
        acceptance.send_back(task=fresh(asked), reason=" ", by=cast.chen, at=NOW)
    assert refused.value.field == "reason"
    undo = acceptance.send_back(task=fresh(asked), reason="缺价格", by=cast.chen, at=NOW)
    assert fresh(asked).delivery.state == State.RETURNED
    activity.take_back(undo=undo, by=cast.chen, at=NOW)
    assert fresh(asked).delivery.state == State.WAITING
    acceptance.send_back(task=fresh(asked), reason="缺价格", by=cast.chen, at=NOW)
    hand_in(asked, cast.lin, "价格已补")
    assert fresh(asked).deliveries.count() == 2


def test_of_two_decisions_the_first_one_counts(cast, asked):
    hand_in(asked, cast.lin)
    roles.set_role(record=fresh(asked), person=cast.wang, role="A", by=cast.chen, at=NOW)
    first, second = fresh(asked), fresh(asked)
    assert first.delivery.state == second.delivery.state == State.WAITING
    acceptance.send_back(task=first, reason="缺价格", by=cast.wang, at=NOW)
    with pytest.raises(Refused) as refused:
        acceptance.accept(task=second, by=cast.chen, at=NOW)
    assert cast.wang.name in refused.value.reason
    assert fresh(asked).status == Status.TODO


def test_the_owner_does_not_accept_their_own_work(cast, asked):
    hand_in(asked, cast.lin)
    with pytest.raises(Forbidden):
        acceptance.accept(task=fresh(asked), by=cast.lin, at=NOW)


def test_accepting_is_undone_as_a_whole(cast, asked):
    hand_in(asked, cast.lin)
    undo = acceptance.accept(task=fresh(asked), by=cast.chen, at=NOW)
    activity.take_back(undo=undo, by=cast.chen, at=NOW)
    now = fresh(asked)
    assert (now.is_open, now.delivery.state) == (True, State.WAITING)


def test_a_reopened_task_is_handed_in_anew_and_reopening_can_be_undone(cast, asked):
    hand_in(asked, cast.lin)
    acceptance.accept(task=fresh(asked), by=cast.chen, at=NOW)
    undo = tasks.reopen(task=fresh(asked), by=cast.chen, at=NOW, version=fresh(asked).version)
    assert fresh(asked).delivery is None
    activity.take_back(undo=undo, by=cast.chen, at=NOW)
    assert fresh(asked).status == Status.DONE


def test_open_actions_are_done_before_handing_in(cast, make, asked):
    make("动作", parent=asked)
    with pytest.raises(Refused):
        hand_in(asked, cast.lin)


def test_what_is_handed_in_can_be_taken_back_until_it_is_decided(cast, asked):
    _delivery, undo = hand_in(asked, cast.lin)
    activity.take_back(undo=undo, by=cast.lin, at=NOW)
    assert fresh(asked).delivery.state == State.WITHDRAWN


def test_who_was_asked_for_from_elsewhere_sees_the_task(cast, make):
    asked = make(requester=cast.outsider, needs_acceptance=True)
    assert asked in Task.objects.visible_to(cast.outsider)
    assert make("别的") not in Task.objects.visible_to(cast.outsider)


# ── Roles ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_role_opens_the_task_and_who_does_it_may_change_it(cast, task):
    with pytest.raises(Forbidden):
        roles.set_role(record=task, person=cast.outsider, role="R", by=cast.sun, at=NOW)
    roles.set_role(record=task, person=cast.outsider, role="I", by=cast.lin, at=NOW)
    seen = Task.objects.visible_to(cast.outsider).get(pk=task.pk)
    with pytest.raises(Forbidden):
        tasks.change(task=seen, values={"progress": 10}, by=cast.outsider, at=NOW, version=seen.version)
    undo = roles.set_role(record=task, person=cast.outsider, role="R", by=cast.lin, at=NOW)
    seen = Task.objects.visible_to(cast.outsider).get(pk=task.pk)
    tasks.change(task=seen, values={"progress": 10}, by=cast.outsider, at=NOW, version=seen.version)
    activity.take_back(undo=undo, by=cast.lin, at=NOW)
    assert Responsibility.objects.get().role == "I"


def test_the_matrix_names_what_is_wrong_and_suggests_who_asked(cast, make, project):
    task = make(project=project, requester=cast.chen)
    assert not any(row.problems for row in matrix(project, cast.chen).rows)
    roles.set_role(record=task, person=cast.zhou, role="C", by=cast.chen, at=NOW)
    row = matrix(project, cast.chen).rows[-1]
    assert (row.problems, row.suggested) == (["nobody_answers"], cast.chen)
    roles.set_role(record=project, person=cast.chen, role="A", by=cast.chen, at=NOW)
    assert matrix(project, cast.chen).bad == 0
    roles.set_role(record=task, person=cast.lin, role="A", by=cast.chen, at=NOW)
    roles.set_role(record=task, person=cast.zhou, role="A", by=cast.chen, at=NOW)
    assert matrix(project, cast.chen).rows[-1].problems == ["several_answer", "nobody_does"]


def test_a_press_in_the_matrix_gives_the_next_role(cast, make, project, as_person):
    task = make(project=project)
    client = as_person(cast.chen)
    address = reverse("work:raci_roles", args=[project.pk])
    answer = client.post(address, {"cell": f"{task.pk}:{cast.lin.pk}:A"}, headers=HTMX)
    assert answer.status_code == 200
    assert Responsibility.objects.get(task=task).role == "A"
    assert f"{task.pk}:{cast.lin.pk}:C" in answer.content.decode()
    bad = client.post(address, {"cell": f"{task.pk}:{cast.lin.pk}:X"}, headers=HTMX)
    assert bad.status_code == 409


def test_those_to_be_told_come_from_the_project_where_the_task_says_nothing(cast, make, project):
    task = make(project=project)
    roles.set_role(record=project, person=cast.wang, role="I", by=cast.chen, at=NOW)
    assert holders(task, "I") == [cast.wang.pk]
    roles.set_role(record=task, person=cast.zhou, role="I", by=cast.lin, at=NOW)
    assert holders(task, "I") == [cast.zhou.pk]


# ── Own fields ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def budget(cast, project):
    """A number that every task of the project says."""
    field, _undo = customs.add_field(
        owner=project, name="预算", kind=CustomField.Kind.NUMBER, required=True, by=cast.chen, at=NOW
    )
    return field


def test_a_value_is_saved_in_history_found_by_filters_and_undone(cast, make, project, budget):
    task = make(project=project)
    undo = customs.change_task(
        task=task, values={}, customs={budget: Decimal("3200")}, by=cast.lin, at=NOW, version=1
    )
    other = make("别的", project=project)
    assert custom_queries.values_for([task.pk, other.pk], [budget]) == {task.pk: {budget.pk: Decimal(3200)}}
    assert list(Task.objects.filter(custom_queries.saying(budget, gte=3000))) == [task]
    assert Event.objects.get(kind="task.custom").changes == {"“预算”": [None, "3200"]}
    activity.take_back(undo=undo, by=cast.lin, at=NOW)
    assert custom_queries.values_for([task.pk], [budget]) == {}


def test_a_required_field_is_named_when_it_is_empty_and_a_wrong_value_too(
    cast, make, project, budget, as_person
):
    task = make(project=project)
    client = as_person(cast.lin)
    address = reverse("work:own_field", args=[task.pk, budget.pk])
    for typed, word in (("", "预算"), ("很多", "预算")):
        answer = client.post(address, {"version": 1, f"custom_{budget.pk}": typed}, headers=HTMX)
        assert answer.status_code == 422
        assert word in answer.content.decode()
    good = client.post(address, {"version": 1, f"custom_{budget.pk}": "12.5"}, headers=HTMX)
    assert good.status_code < 300
    stale = client.post(address, {"version": 1, f"custom_{budget.pk}": "13"}, headers=HTMX)
    assert stale.status_code == 412


def test_a_removed_field_keeps_what_was_said(cast, make, project, budget):
    task = make(project=project)
    customs.change_task(task=task, values={}, customs={budget: Decimal(5)}, by=cast.lin, at=NOW, version=1)
    undo = customs.remove_field(field=budget, by=cast.chen, at=NOW)
    assert not custom_queries.fields_for(cast.lin).exists()
    activity.take_back(undo=undo, by=cast.chen, at=NOW)
    field = custom_queries.fields_for(cast.lin, project_id=project.pk).get()
    assert custom_queries.values_for([task.pk], [field]) == {task.pk: {field.pk: Decimal(5)}}


def test_two_fields_of_one_name_and_a_list_without_choices_are_refused(cast, project, budget):
    with pytest.raises(Refused) as same:
        customs.add_field(owner=project, name="预算", kind="text", by=cast.chen, at=NOW)
    assert same.value.field == "name"
    with pytest.raises(Refused) as short:
        customs.add_field(owner=project, name="渠道", kind="choice", options=["一个"], by=cast.chen, at=NOW)
    assert short.value.field == "options"


# ── What is hidden is not named ───────────────────────────────────────────────────────────────────


def test_an_owner_does_not_read_the_names_of_what_they_may_not_see(cast, make, as_person):
    goal = goals.create(by=cast.chen, at=NOW, title="薪酬机密目标", department=cast.content, owner=cast.chen)
    parent = make("薪酬机密任务", by=cast.chen)
    task = make("给外部的一步", by=cast.chen, owner=cast.outsider, parent=parent, goal=goal)
    client = as_person(cast.outsider)
    for name, more in (("task", ()), ("edit", ()), ("field", ("goal",)), ("move", ()), ("task_history", ())):
        page = client.get(reverse(f"work:{name}", args=[task.pk, *more]), headers=HTMX).content.decode()
        assert "薪酬机密" not in page, name
    sent = {"version": task.version, "why": "提前", "due_at": "2026-11-24T18:00"}
    client.post(reverse("work:field", args=[task.pk, "due_at"]), sent, headers=HTMX)
    assert Event.objects.latest("pk").note == "提前"


def test_history_can_be_narrowed_to_one_field(cast, task, as_person):
    for n, values in enumerate(({"progress": 10}, {"title": "新标题"}, {"progress": 20})):
        tasks.change(task=fresh(task), values=values, by=cast.lin, at=NOW, version=1 + n)
    address = reverse("work:task_history", args=[task.pk])
    shown = as_person(cast.lin).get(address, {"field": "progress"}, headers=HTMX).context["history"]
    assert [entry.changes[0][2] for entry in shown.entries] == ["20", "10"]
