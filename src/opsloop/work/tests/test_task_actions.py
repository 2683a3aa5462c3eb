"""The verbs of tasks: what they write, record, refuse and take back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from opsloop.activity import actions as activity
from opsloop.activity.models import Event, Undo
from opsloop.organisation.tests.cast import NOW
from opsloop.records.refusals import Forbidden, Refused, StaleVersion
from opsloop.search import queries as search
from opsloop.work.actions import tasks
from opsloop.work.models import Task

Status = Task.Status


def kinds(task: Task) -> list[str]:
    return list(
        Event.objects.filter(subject_kind="task", subject_id=task.pk)
        .order_by("pk")
        .values_list("kind", flat=True)
    )


def set_to(task: Task, by, **values):
    fresh = Task.objects.get(pk=task.pk)
    return tasks.change(task=fresh, values=values, by=by, at=NOW, version=fresh.version)


def test_a_new_task_has_a_number_a_department_and_a_history(cast, make):
    task = make("写文案", owner=cast.zhou)
    assert task.number.startswith("OP-")
    assert task.department == cast.users
    assert kinds(task) == ["task.created"]


def test_a_task_of_a_project_is_numbered_by_day(make, project):
    assert make(project=project).number.startswith("RW")


def test_an_action_inherits_from_its_task(make, project):
    action = make("拆一步", parent=make(project=project), owner=None)
    assert action.project == project
    assert action.owner_id == action.parent.owner_id


def test_it_refuses_a_blank_title(make):
    with pytest.raises(Refused) as refused:
        make("  ")
    assert refused.value.field == "title"


def test_it_refuses_a_due_time_before_the_start(make):
    with pytest.raises(Refused) as refused:
        make(starts_at=NOW + timedelta(days=3))
    assert refused.value.field == "due_at"


def test_it_refuses_an_action_of_an_action(make, task):
    action = make(parent=task)
    with pytest.raises(Refused) as refused:
        make(parent=action)
    assert refused.value.field == "parent"


def test_it_refuses_an_owner_who_has_left(cast, make):
    with pytest.raises(Refused) as refused:
        make(owner=cast.wu)
    assert refused.value.field == "owner"


def test_an_auditor_creates_nothing(cast, make):
    with pytest.raises(Forbidden):
        make(by=cast.sun)


def test_a_change_is_written_with_old_and_new(cast, task):
    set_to(task, cast.lin, title="改过的标题", importance=5)
    task.refresh_from_db()
    assert (task.title, task.importance, task.version) == ("改过的标题", 5, 2)
    event = Event.objects.get(kind="task.changed", subject_id=task.pk)
    assert event.changes == {"title": ["写双十一文案", "改过的标题"], "importance": [3, 5]}


def test_writing_what_stands_claims_no_version(cast, task):
    assert set_to(task, cast.lin, title=task.title) is None
    task.refresh_from_db()
    assert task.version == 1
    assert kinds(task) == ["task.created"]


def test_it_refuses_a_stale_edit(cast, task):
    set_to(task, cast.lin, title="先到")
    with pytest.raises(StaleVersion):
        tasks.change(
            task=Task.objects.get(pk=task.pk), values={"title": "后到"}, by=cast.lin, at=NOW, version=1
        )
    task.refresh_from_db()
    assert task.title == "先到"


def test_undo_puts_the_old_values_back(cast, task):
    undo = set_to(task, cast.lin, title="改过", collaborators=[cast.zhou])
    activity.take_back(undo=undo, by=cast.lin, at=NOW)
    task.refresh_from_db()
    assert task.title == "写双十一文案"
    assert not task.collaborators.exists()


def test_undo_is_refused_after_somebody_else_has_written(cast, task):
    undo = set_to(task, cast.lin, title="改过")
    set_to(task, cast.chen, title="主管改过")
    with pytest.raises(Refused):
        activity.take_back(undo=undo, by=cast.lin, at=NOW)


def test_undo_works_once(cast, task):
    undo = set_to(task, cast.lin, title="改过")
    activity.take_back(undo=undo, by=cast.lin, at=NOW)
    with pytest.raises(Refused):
        activity.take_back(undo=Undo.objects.get(pk=undo.pk), by=cast.lin, at=NOW)


def test_closing_sets_who_when_and_full_progress(cast, task):
    tasks.close(task=task, by=cast.lin, at=NOW, version=1)
    task.refresh_from_db()
    assert (task.status, task.progress, task.closed_by, task.closed_at) == (Status.DONE, 100, cast.lin, NOW)
    assert kinds(task)[-1] == "task.closed"


@pytest.mark.parametrize("how", ["verb", "status"])
def test_a_task_with_open_actions_does_not_close(cast, make, task, how):
    make("还没做", parent=task)
    close = {
        "verb": lambda: tasks.close(task=task, by=cast.lin, at=NOW, version=task.version),
        "status": lambda: set_to(task, cast.lin, status=Status.DONE),
    }[how]
    with pytest.raises(Refused):
        close()


def test_cancelled_actions_do_not_hold_a_task_back(cast, make, task):
    set_to(make("不做了", parent=task), cast.lin, status=Status.CANCELLED)
    set_to(task, cast.lin, status=Status.DONE)
    task.refresh_from_db()
    assert task.status == Status.DONE


def test_reopening_clears_who_and_when(cast, task):
    tasks.close(task=task, by=cast.lin, at=NOW, version=1)
    tasks.reopen(task=task, by=cast.lin, at=NOW, version=2)
    task.refresh_from_db()
    assert (task.status, task.closed_at, task.closed_by, task.progress) == (Status.DOING, None, None, 90)


def test_progress_rolls_up_by_estimate(cast, make, task):
    big, small = make("大", parent=task, estimate_minutes=180), make("小", parent=task, estimate_minutes=60)
    set_to(small, cast.lin, status=Status.DONE)
    task.refresh_from_db()
    assert task.progress == 25
    set_to(big, cast.lin, progress=50)
    task.refresh_from_db()
    assert task.progress == 62


def test_an_action_that_moves_rolls_up_both_tasks(cast, make, task):
    other = make("另一个")
    make("没做", parent=task)
    done = make("做完", parent=task)
    set_to(done, cast.lin, status=Status.DONE)
    set_to(done, cast.lin, parent=other)
    task.refresh_from_db()
    other.refresh_from_db()
    assert (task.progress, other.progress) == (0, 100)


def test_an_override_of_the_quadrant_needs_a_reason(cast, task):
    with pytest.raises(Refused) as refused:
        set_to(task, cast.lin, quadrant_override=1)
    assert refused.value.field == "quadrant_reason"
    set_to(task, cast.lin, quadrant_override=1, quadrant_reason="客户在等")
    set_to(task, cast.lin, quadrant_override=None)
    task.refresh_from_db()
    assert task.quadrant_reason == ""


@pytest.mark.parametrize("rule", ["FREQ=HOURLY", "每周", "FREQ=WEEKLY;BYDAY=XX"])
def test_it_refuses_a_rule_of_repetition_that_is_none(cast, task, rule):
    with pytest.raises(Refused) as refused:
        set_to(task, cast.lin, recurrence=rule)
    assert refused.value.field == "recurrence"


def test_the_bin_takes_the_actions_along_and_restores_them(cast, make, task):
    action = make("动作", parent=task)
    undo = tasks.put_in_bin(task=task, by=cast.lin, at=NOW, version=1)
    assert not Task.objects.alive().exists()
    assert list(search.matching("task", "文案")) == []
    activity.take_back(undo=undo, by=cast.lin, at=NOW)
    assert set(Task.objects.alive()) == {task, action}
    assert list(search.matching("task", "文案")) == [task.pk]


def test_an_action_binned_before_stays_in_the_bin(cast, make, task):
    early = make("先删", parent=task)
    tasks.put_in_bin(task=early, by=cast.lin, at=NOW, version=1)
    tasks.put_in_bin(task=task, by=cast.lin, at=NOW + timedelta(hours=1), version=1)
    tasks.restore(task=task, by=cast.lin, at=NOW + timedelta(hours=2))
    early.refresh_from_db()
    assert early.is_binned


def test_an_action_is_not_restored_into_a_binned_task(cast, make, task):
    action = make("动作", parent=task)
    tasks.put_in_bin(task=task, by=cast.lin, at=NOW, version=1)
    action = Task.objects.get(pk=action.pk)
    with pytest.raises(Refused):
        tasks.restore(task=action, by=cast.lin, at=NOW)


def test_who_deleted_restores_and_a_colleague_does_not(cast, task):
    tasks.put_in_bin(task=task, by=cast.chen, at=NOW, version=1)
    binned = Task.objects.get(pk=task.pk)
    with pytest.raises(Forbidden):
        tasks.restore(task=binned, by=cast.zhou, at=NOW)
    tasks.restore(task=binned, by=cast.chen, at=NOW)
    assert Task.objects.alive().filter(pk=task.pk).exists()


def test_a_colleague_of_another_team_changes_nothing(cast, task):
    with pytest.raises(Forbidden):
        set_to(task, cast.zhou, title="不该")


def test_a_collaborator_may_change_but_not_delete(cast, make):
    task = make(collaborators=[cast.zhou])
    set_to(task, cast.zhou, progress=30)
    with pytest.raises(Forbidden):
        tasks.put_in_bin(task=Task.objects.get(pk=task.pk), by=cast.zhou, at=NOW, version=2)


def test_a_task_without_a_department_is_no_leads_to_change(cast, task):
    Task.objects.filter(pk=task.pk).update(department=None)
    with pytest.raises(Forbidden):
        set_to(task, cast.chen, title="不属于任何部门")
    set_to(task, cast.zhao, title="总监可以")


def test_many_are_changed_with_one_undo_and_the_refused_are_named(cast, make):
    mine, other = make("我的"), make("别人的", by=cast.outsider)
    both = [Task.objects.get(pk=mine.pk), Task.objects.get(pk=other.pk)]
    came = tasks.change_many(tasks=both, values={"urgency": "high"}, by=cast.lin, at=NOW)
    assert [task.pk for task in came.changed] == [mine.pk]
    assert [task.pk for task, _why in came.refused] == [other.pk]
    activity.take_back(undo=came.undo, by=cast.lin, at=NOW)
    mine.refresh_from_db()
    assert mine.urgency == "medium"


def test_many_go_to_the_bin_and_come_back_together(cast, make):
    rows = [make(f"任务 {n}") for n in range(3)]
    came = tasks.put_many_in_bin(tasks=rows, by=cast.lin, at=NOW)
    assert not Task.objects.alive().exists()
    activity.take_back(undo=came.undo, by=cast.lin, at=NOW)
    assert Task.objects.alive().count() == 3
