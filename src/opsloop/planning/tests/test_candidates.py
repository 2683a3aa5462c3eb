"""Handing over and planning from the ranking table: who fits and why, and a place in the owner's week."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.organisation.models import Leave, PersonSkill, Skill
from opsloop.organisation.tests.cast import NOW
from opsloop.planning.candidates import candidates
from opsloop.planning.models import Placement, Proposal
from opsloop.work.actions import tasks
from opsloop.work.models import Category

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _at_now():
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def task(cast):
    category = Category.objects.create(name="内容创作")
    return tasks.create(
        by=cast.chen, at=NOW, title="双十一文案", owner=cast.chen, department=cast.content, category=category,
        estimate_minutes=120, due_at=NOW + timedelta(days=3),
    )  # fmt: skip


def test_skill_and_practice_come_first_and_are_said_in_words(cast, task):
    PersonSkill.objects.create(person=cast.lin, skill=Skill.objects.create(name="文案"), level=4)
    done = tasks.create(by=cast.lin, at=NOW, title="旧文案", owner=cast.lin, category=task.category)
    tasks.close(task=done, by=cast.lin, at=NOW, version=1)
    first = candidates(task, cast.chen, at=NOW)[0]
    assert first.person == cast.lin
    assert "文案" in first.reasons[0]
    assert any("1" in reason for reason in first.reasons[1:])


def test_what_is_placed_or_due_takes_the_room_away(cast, task):
    before = next(one.free for one in candidates(task, cast.chen, at=NOW) if one.person == cast.lin)
    other = tasks.create(
        by=cast.lin,
        at=NOW,
        title="占时间",
        owner=cast.lin,
        estimate_minutes=90,
        due_at=NOW + timedelta(days=2),
    )
    Placement.objects.create(
        person=cast.lin, task=other, starts_at=NOW + timedelta(hours=1), ends_at=NOW + timedelta(hours=2),
        block="focus", accepted_at=NOW,
    )  # fmt: skip
    after = next(one.free for one in candidates(task, cast.chen, at=NOW) if one.person == cast.lin)
    # The hour in the plan is part of the ninety minutes, not on top of them.
    assert before - after == 90


def test_who_is_on_leave_until_the_due_date_stands_last(cast, task):
    Leave.objects.create(person=cast.lin, starts_at=NOW - timedelta(days=1), ends_at=NOW + timedelta(days=9))
    found = candidates(task, cast.chen, at=NOW)
    assert found[-1].person == cast.lin
    assert found[-1].is_away


def test_the_load_of_people_out_of_reach_is_not_told(cast, task):
    helped = tasks.create(by=cast.wang, at=NOW, title="用户组的文案", owner=cast.wang, category=task.category)
    tasks.close(task=helped, by=cast.wang, at=NOW, version=1)
    for one in candidates(task, cast.lin, at=NOW):
        if one.person.department_id != cast.content.pk:
            assert one.free is None
            assert one.available is None


def test_handing_over_changes_the_owner_and_can_be_taken_back(cast, task, client):
    client.force_login(cast.chen)
    address = reverse("planning:candidates", args=[task.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"owner": cast.lin.pk, "version": 9}, headers=HTMX).status_code == 412
    assert client.post(address, {"owner": "²", "version": 1}, headers=HTMX).status_code == 409
    assert client.post(address, {"owner": cast.lin.pk, "version": 1}, headers=HTMX).status_code == 204
    task.refresh_from_db()
    assert task.owner == cast.lin
    activity.take_back(undo=Undo.objects.latest("pk"), by=cast.chen, at=NOW)
    task.refresh_from_db()
    assert task.owner == cast.chen


def test_a_place_for_one_task_leaves_the_rest_of_the_week_alone(cast, task, client):
    other = tasks.create(by=cast.chen, at=NOW, title="已排", owner=cast.chen, estimate_minutes=60)
    begin = NOW + timedelta(hours=1)
    standing = Placement.objects.create(
        person=cast.chen, task=other, starts_at=begin, ends_at=begin + timedelta(hours=1), block="focus",
        accepted_at=NOW,
    )  # fmt: skip
    client.force_login(cast.chen)
    answer = client.post(reverse("planning:task_proposal", args=[task.pk]), headers=HTMX)
    assert "proposal=1" in answer["HX-Redirect"]
    proposal = Proposal.objects.get()
    assert {piece["task"] for piece in proposal.content["placements"]} == {task.pk}
    page = client.get(answer["HX-Redirect"]).content.decode()
    assert "已排" in page
    client.post(reverse("planning:acceptance", args=[proposal.pk]), {"decision": "all"})
    assert Placement.objects.filter(task=task).exists()
    standing.refresh_from_db()
    assert not standing.is_pinned


def test_what_nobody_owns_cannot_be_planned(cast, client):
    orphan = tasks.create(by=cast.chen, at=NOW, title="没人管", department=cast.content)
    client.force_login(cast.chen)
    assert client.post(reverse("planning:task_proposal", args=[orphan.pk]), headers=HTMX).status_code == 409
