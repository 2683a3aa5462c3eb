"""Projects: their verbs, their pages, who may."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from opsloop.activity import actions as activity
from opsloop.organisation.tests.cast import NOW
from opsloop.records.refusals import Forbidden, Refused, StaleVersion
from opsloop.work.actions import projects, tasks
from opsloop.work.models import Project, Task
from opsloop.work.queries import projects as queries
from opsloop.work.queries.projects import TASKS_A_STATUS
from opsloop.work.tests.conftest import HTMX


def url(project: Project, name: str = "project_tasks") -> str:
    return reverse(f"work:{name}", args=[project.pk])


def change(project: Project, by, **values):
    fresh = Project.objects.get(pk=project.pk)
    return projects.change(project=fresh, values=values, by=by, at=NOW, version=fresh.version)


def test_a_member_creates_no_project_and_a_lead_does(cast):
    with pytest.raises(Forbidden):
        projects.create(by=cast.lin, at=NOW, name="年货节", department=cast.content)
    assert projects.create(by=cast.chen, at=NOW, name="年货节", department=cast.content).number.startswith(
        "XM"
    )


def test_a_lead_moves_no_project_into_a_department_of_others(cast, project):
    with pytest.raises(Forbidden):
        change(project, cast.chen, department=cast.users)
    change(project, cast.wang, department=cast.users)


def test_it_refuses_an_end_before_the_start(cast, project):
    with pytest.raises(Refused) as refused:
        change(project, cast.chen, starts_on=date(2026, 12, 2), due_on=date(2026, 12, 1))
    assert refused.value.field == "due_on"


def test_a_change_is_taken_back(cast, project):
    undo = change(project, cast.chen, name="双十一大促", members=[cast.zhou])
    activity.take_back(undo=undo, by=cast.chen, at=NOW)
    project.refresh_from_db()
    assert project.name == "双十一"
    assert not project.members.exists()


def test_it_refuses_a_stale_edit(cast, project):
    change(project, cast.chen, name="先改")
    with pytest.raises(StaleVersion):
        projects.change(
            project=Project.objects.get(pk=project.pk),
            values={"name": "后改"},
            by=cast.chen,
            at=NOW,
            version=1,
        )


def test_the_bin_and_back(cast, project):
    undo = projects.put_in_bin(project=project, by=cast.chen, at=NOW, version=1)
    assert not Project.objects.alive().exists()
    with pytest.raises(Forbidden):
        projects.restore(project=Project.objects.get(), by=cast.zhou, at=NOW)
    activity.take_back(undo=undo, by=cast.chen, at=NOW)
    assert Project.objects.alive().exists()


def test_a_task_counts_once_and_the_cancelled_not_at_all(cast, make, project):
    done, cancelled = make("完成", project=project), make("取消", project=project)
    make("在做", project=project, estimate_minutes=90)
    make("动作", parent=done)
    for task in done.actions.all():
        tasks.close(task=task, by=cast.lin, at=NOW, version=1)
    tasks.close(task=done, by=cast.lin, at=NOW, version=1)
    tasks.change(task=cancelled, values={"status": "cancelled"}, by=cast.lin, at=NOW, version=1)
    tally = queries.tallies(Task.objects.visible_to(cast.chen), "project", [project.pk], now=NOW)[project.pk]
    assert (tally.total, tally.done, tally.percent, tally.minutes) == (2, 1, 50, 90)


def test_a_full_status_does_not_hide_the_others(cast, make, project):
    for n in range(TASKS_A_STATUS + 3):
        make(f"任务 {n}", project=project)
    done = make("做完了", project=project)
    tasks.close(task=done, by=cast.lin, at=NOW, version=1)
    groups = {group.status: group for group in queries.by_status(project, cast.chen)}
    assert (len(groups["todo"].tasks), groups["todo"].more) == (TASKS_A_STATUS, 3)
    assert [task.title for task in groups["done"].tasks] == ["做完了"]


@pytest.mark.parametrize("name", ["project_tasks", "edit_project"])
def test_a_stranger_finds_no_project_where_its_owner_does(cast, project, as_person, name):
    assert as_person(cast.outsider).get(url(project, name), headers=HTMX).status_code == 404
    assert as_person(cast.chen).get(url(project, name), headers=HTMX).status_code == 200


def test_a_reader_may_look_and_not_touch(cast, project, as_person):
    reader = as_person(cast.sun)
    assert "add-row" not in reader.get(url(project)).content.decode()
    assert reader.get(url(project, "edit_project")).status_code == 403
    assert reader.post(url(project, "bin_project"), {"version": 1}, headers=HTMX).status_code == 403
    assert reader.get(reverse("work:new_project")).status_code == 403
    assert (
        as_person(cast.chen).post(url(project, "bin_project"), {"version": 1}, headers=HTMX).status_code
        == 204
    )


def test_the_form_creates_and_changes_a_project(cast, as_person):
    client = as_person(cast.chen)
    sent = {
        "name": "年货节",
        "department": cast.content.pk,
        "status": "active",
        "members": [cast.zhou.pk, cast.lin.pk],
    }
    assert client.post(reverse("work:new_project"), sent).status_code == 303
    made = Project.objects.get()
    assert set(made.members.all()) == {cast.zhou, cast.lin}
    again = client.post(url(made, "edit_project"), {**sent, "name": "年货节大促", "version": 1})
    assert again.status_code == 303
    stale = client.post(url(made, "edit_project"), {**sent, "name": "旧页面", "version": 1}, headers=HTMX)
    assert stale.status_code == 412
    made.refresh_from_db()
    assert made.name == "年货节大促"


def test_a_wrong_project_form_comes_back_as_it_was(cast, as_person):
    sent = {"name": "", "department": cast.content.pk, "status": "active", "description": "别丢了我"}
    response = as_person(cast.chen).post(reverse("work:new_project"), sent)
    assert response.status_code == 422
    assert "别丢了我" in response.content.decode()


@pytest.mark.once
def test_more_tasks_mean_no_more_queries(cast, make, project, as_person, django_assert_max_num_queries):
    client = as_person(cast.chen)
    make("一", project=project)
    client.get(url(project))
    with django_assert_max_num_queries(9) as few:
        client.get(url(project))
    for n in range(5):
        make(f"任务 {n}", project=project)
    with django_assert_max_num_queries(9) as many:
        client.get(url(project))
    assert len(many) == len(few)
