"""Updates, the health, the stage, the end of a project and the way back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from opsloop.activity import actions as activity
from opsloop.organisation.tests.cast import NOW
from opsloop.portfolio.actions import steering
from opsloop.portfolio.models import HealthCall, ProjectUpdate
from opsloop.portfolio.queries import page
from opsloop.portfolio.queries.closing import still_open
from opsloop.portfolio.queries.standing import modules
from opsloop.portfolio.tests.conftest import HTMX
from opsloop.records.refusals import Forbidden, Refused
from opsloop.work.actions import tasks
from opsloop.work.models import Project


def overview(project, person, now=NOW):
    return page.overview(page.find(person).get(pk=project.pk), person, now=now, shown=modules())


def test_the_rule_speaks_until_the_lead_does_and_again_after(cast, project, node):
    late = node.due_at + timedelta(hours=1)
    assert overview(project, cast.chen, late).standing.level == "amber"
    undo = steering.call_health(
        project=project, level="red", reason="供应商停产", by=cast.chen, at=NOW, version=None
    )
    assert HealthCall.objects.get().level == "red"
    activity.take_back(undo=undo, by=cast.chen, at=NOW)
    assert not HealthCall.objects.exists()


def test_a_call_needs_a_reason_and_a_lead(cast, project):
    with pytest.raises(Refused) as refused:
        steering.call_health(project=project, level="red", reason=" ", by=cast.chen, at=NOW, version=None)
    assert refused.value.field == "reason"
    with pytest.raises(Forbidden):
        steering.call_health(project=project, level="red", reason="x", by=cast.lin, at=NOW, version=None)


def test_a_withdrawn_call_can_be_put_back(cast, project):
    steering.call_health(project=project, level="red", reason="停产", by=cast.chen, at=NOW, version=None)
    call = HealthCall.objects.select_related("project").get()
    undo = steering.withdraw_health(call=call, by=cast.chen, at=NOW, version=1)
    activity.take_back(undo=undo, by=cast.chen, at=NOW)
    assert HealthCall.objects.get().reason == "停产"


def test_a_running_project_that_says_nothing_for_a_week_is_asked(cast, project):
    assert not overview(project, cast.chen).wants_update
    assert overview(project, cast.chen, NOW + timedelta(days=7)).wants_update
    steering.post_update(
        project=project, text="顺利", health="green", by=cast.lin, at=NOW + timedelta(days=6)
    )
    assert not overview(project, cast.chen, NOW + timedelta(days=7)).wants_update


def test_closing_keeps_a_note_and_is_taken_back_as_a_whole(cast, project):
    undo = steering.close(
        project=project, note="达成 260 万元，素材已归档", health="green", by=cast.chen, at=NOW, version=1
    )
    assert Project.objects.get().status == "closed"
    assert ProjectUpdate.objects.get().kind == "closing"
    activity.take_back(undo=undo, by=cast.chen, at=NOW)
    assert Project.objects.get().status == "active"
    assert not ProjectUpdate.objects.alive().exists()


def test_the_checklist_names_what_is_open(cast, project, node, risk):
    tasks.create(by=cast.lin, at=NOW, title="收尾素材", owner=cast.lin, project=project)
    lines = still_open(project, cast.chen, shown=modules())
    assert [list(line.first) for line in lines] == [["收尾素材"], ["需求收集"], ["主视觉延期"]]


def test_the_pages_close_and_open_a_project(cast, project, as_person):
    url = reverse("portfolio:closure", args=[project.pk])
    assert as_person(cast.lin).get(url).status_code == 403
    client = as_person(cast.chen)
    assert client.get(url).status_code == 200
    assert client.post(url, {"version": 1, "note": "", "health": "green"}).status_code == 422
    assert client.post(url, {"version": 1, "note": "已归档", "health": "green"}).status_code == 303
    assert client.delete(f"{url}?version=2", headers=HTMX).status_code == 204
    assert Project.objects.get().status == "active"


def test_the_stage_moves_by_a_click_and_closing_does_not(cast, project, as_person):
    url = reverse("portfolio:stage", args=[project.pk])
    client = as_person(cast.chen)
    assert client.post(url, {"version": 1, "status": "closed"}, headers=HTMX).status_code == 409
    assert client.post(url, {"version": 1, "status": "paused"}, headers=HTMX).status_code == 204
    assert Project.objects.get().status == "paused"
