"""Copying, moving, merging and converting tasks, and taking each of them back."""

from __future__ import annotations

import pytest
from django.urls import reverse

from opsloop.activity import actions as activity
from opsloop.organisation.tests.cast import NOW
from opsloop.records.refusals import Refused
from opsloop.work.actions import checklist, reshaping, tasks
from opsloop.work.actions.dependencies import change_lag
from opsloop.work.models import Dependency, Project, Task
from opsloop.work.tests.conftest import HTMX


def fresh(task: Task) -> Task:
    return Task.objects.get(pk=task.pk)


def test_a_copy_takes_along_what_was_chosen_and_begins_anew(cast, make, task):
    step = make("动作", parent=task)
    tasks.close(task=step, by=cast.lin, at=NOW, version=1)
    checklist.add(task=task, texts=["一"], by=cast.lin, at=NOW)
    checklist.tick(item=task.checklist.get(), done=True, by=cast.lin, at=NOW)
    made, undo = reshaping.copy(task=fresh(task), title="副本", by=cast.lin, at=NOW)
    assert (made.title, made.owner, made.status) == ("副本", cast.lin, Task.Status.TODO)
    assert [one.status for one in made.actions.all()] == [Task.Status.TODO]
    assert made.checklist.get().done_at is None
    activity.take_back(undo=undo, by=cast.lin, at=NOW)
    assert fresh(made).is_binned
    bare, _undo = reshaping.copy(
        task=fresh(task), title="空的", by=cast.lin, at=NOW, with_actions=False, with_checklist=False
    )
    assert not bare.actions.exists()
    assert not bare.checklist.exists()


def test_actions_go_along_with_their_task_and_come_back(cast, make, task, project):
    along, elsewhere = make("同去", parent=task), make("另处", parent=task, department=cast.users)
    undo = reshaping.move(
        task=fresh(task),
        values={"project": project, "department": cast.operations},
        by=cast.wang,
        at=NOW,
        version=1,
    )
    assert (fresh(along).project, fresh(along).department) == (project, cast.operations)
    assert fresh(elsewhere).department == cast.users
    activity.take_back(undo=undo, by=cast.wang, at=NOW)
    assert fresh(task).project is None
    assert fresh(along).department == cast.content


def test_a_merge_moves_everything_and_is_undone(cast, make, task):
    into, before = make("留下的"), make("之前的")
    step = make("动作", parent=task)
    checklist.add(task=task, texts=["一"], by=cast.lin, at=NOW)
    tasks.add_dependency(predecessor=before, successor=task, by=cast.lin, at=NOW)
    undo = reshaping.merge(task=fresh(task), into=fresh(into), by=cast.lin, at=NOW, version=1)
    assert fresh(step).parent == into
    assert [item.text for item in into.checklist.all()] == ["一"]
    assert Dependency.objects.get().successor == into
    gone = fresh(task)
    assert (gone.status, gone.merged_into) == (Task.Status.CANCELLED, into)
    activity.take_back(undo=undo, by=cast.lin, at=NOW)
    assert fresh(step).parent == task
    assert task.checklist.count() == 1
    assert Dependency.objects.get().successor == task
    assert (fresh(task).status, fresh(task).merged_into) == (Task.Status.TODO, None)


def test_a_merge_makes_no_circle_and_no_double(cast, make, task):
    into = make("留下的")
    tasks.add_dependency(predecessor=task, successor=into, by=cast.lin, at=NOW)
    last = make("之后的")
    tasks.add_dependency(predecessor=into, successor=last, by=cast.lin, at=NOW)
    tasks.add_dependency(predecessor=last, successor=make("更后的"), by=cast.lin, at=NOW)
    reshaping.merge(task=fresh(task), into=fresh(into), by=cast.lin, at=NOW, version=1)
    assert not Dependency.objects.filter(predecessor=into, successor=into).exists()


@pytest.mark.parametrize("case", ["itself", "own action", "closed"])
def test_what_cannot_be_merged_is_refused_with_the_reason(cast, make, task, case):
    into = {"itself": lambda: task, "own action": lambda: make(parent=task), "closed": lambda: make("完")}[
        case
    ]()
    if case == "closed":
        tasks.close(task=into, by=cast.lin, at=NOW, version=1)
    with pytest.raises(Refused) as refused:
        reshaping.merge(task=fresh(task), into=fresh(into), by=cast.lin, at=NOW, version=1)
    assert refused.value.field == "into"


def test_an_action_becomes_a_line_and_comes_back(cast, make, task):
    action = make("小事", parent=task)
    undo = reshaping.make_item(task=action, of=task, by=cast.lin, at=NOW)
    assert [item.text for item in task.checklist.all()] == ["小事"]
    assert fresh(action).is_binned
    activity.take_back(undo=undo, by=cast.lin, at=NOW)
    assert not task.checklist.exists()
    assert not fresh(action).is_binned


def test_a_task_becomes_a_project_and_comes_back(cast, make):
    task = make("年货节", by=cast.chen)
    action = make("选品", by=cast.chen, parent=task)
    project, undo = reshaping.make_project(task=fresh(task), by=cast.chen, at=NOW, version=1)
    assert project.name == "年货节"
    assert (fresh(action).parent, fresh(action).project, fresh(task).project) == (None, project, project)
    activity.take_back(undo=undo, by=cast.chen, at=NOW)
    assert (fresh(action).parent, fresh(task).project) == (task, None)
    assert Project.objects.get().is_binned


def test_the_form_turns_a_task_into_an_action_of_another(cast, make, task, as_person):
    other = make("上级任务")
    client = as_person(cast.lin)
    address = reverse("work:conversion", args=[task.pk])
    missing = client.post(address, {"into": "action", "version": 1}, headers=HTMX)
    assert missing.status_code == 422
    sent = {"into": "action", "of": other.number, "version": 1}
    assert client.post(address, sent).status_code == 303
    assert fresh(task).parent == other


def test_a_lag_is_typed_changed_and_undone_from_both_ends(cast, make, task, as_person):
    before = make("之前的")
    client = as_person(cast.lin)
    sent = {"other": task.pk, "role": "successor", "lag": "+1天"}
    assert client.post(reverse("work:dependencies", args=[before.pk]), sent, headers=HTMX).status_code < 300
    link = Dependency.objects.get()
    assert (link.predecessor, link.successor, link.lag_minutes) == (before, task, 480)
    bad = client.post(reverse("work:lag", args=[before.pk, link.pk]), {"lag": "-2h"}, headers=HTMX)
    assert bad.status_code == 409
    undo = change_lag(dependency=link, lag_minutes=120, by=cast.lin, at=NOW)
    activity.take_back(undo=undo, by=cast.lin, at=NOW)
    link.refresh_from_db()
    assert link.lag_minutes == 480


def test_a_successor_that_begins_too_early_is_pointed_out(cast, make, task, as_person):
    late = make("之前的", due_at=task.due_at.replace(year=2027))
    tasks.add_dependency(predecessor=late, successor=task, by=cast.lin, at=NOW)
    context = as_person(cast.lin).get(reverse("work:task", args=[task.pk])).context
    assert [link.is_early for link in context["detail"].blocking] == [True]
