"""What waits for a lead: blockers, tasks of nobody, results; each dealt with in place, by whom it concerns."""

from __future__ import annotations

import pytest

from opsloop.activity.actions import take_back
from opsloop.activity.models import Undo
from opsloop.inbox.models import Notification
from opsloop.organisation.models import PersonSkill, Skill
from opsloop.organisation.tests.cast import NOW
from opsloop.team.tests.conftest import HOUR, browser, page
from opsloop.work.actions import acceptance, tasks


@pytest.fixture
def stuck(cast, make):
    task = make("等商务报价", cast.lin)
    tasks.change(
        task=task,
        values={"status": "blocked"},
        by=cast.lin,
        at=NOW - HOUR,
        version=task.version,
        why="对方没有回复",
    )
    return task


def test_a_blocker_is_answered_and_goes_on_and_the_owner_hears_of_it(cast, stuck):
    assert "对方没有回复" in page(cast.chen, "/team/blocked/")
    said = {"text": "我来催", "unblock": "1", "version": stuck.version}
    assert browser(cast.outsider).post(f"/team/tasks/{stuck.pk}/answer/", said).status_code == 404
    assert (
        browser(cast.chen).post(f"/team/tasks/{stuck.pk}/answer/", {**said, "text": " "}).status_code == 409
    )
    answer = browser(cast.chen).post(f"/team/tasks/{stuck.pk}/answer/", said)
    assert answer.status_code == 204
    stuck.refresh_from_db()
    assert stuck.status == "todo"
    told = Notification.objects.filter(person=cast.lin, reason="mentioned", subject_id=stuck.pk)
    assert told.count() == 1
    take_back(undo=Undo.objects.latest("pk"), by=cast.chen, at=NOW)
    stuck.refresh_from_db()
    assert stuck.status == "blocked"


def test_a_blocker_is_carried_up_to_who_steers_above_and_to_nobody_else(cast, stuck):
    html = page(cast.chen, "/team/blocked/")
    assert html.index(f'value="{cast.wang.pk}"') < html.index(f'value="{cast.zhao.pk}"')
    sent = {"to": cast.wang.pk, "text": "请协调商务", "version": stuck.version}
    url = f"/team/tasks/{stuck.pk}/carrying-up/"
    assert browser(cast.chen).post(url, {**sent, "to": cast.outsider.pk}).status_code == 409
    assert browser(cast.chen).post(url, {**sent, "text": ""}).status_code == 409
    assert browser(cast.chen).post(url, sent).status_code == 204
    stuck.refresh_from_db()
    assert stuck.urgency == "high"
    assert Notification.objects.filter(person=cast.wang, reason="mentioned").count() == 1


def test_a_task_of_nobody_comes_with_who_fits_and_why_and_is_given_in_one_click(cast, bai, make):
    PersonSkill.objects.create(person=bai, skill=Skill.objects.create(name="文案"), level=4)
    task = make("双旦文案")
    assert "双旦文案" in page(cast.chen, "/team/unassigned/")
    offered = page(cast.chen, f"/team/tasks/{task.pk}/candidates/")
    assert offered.index("白露") < offered.index("林悦")
    assert "会文案" in offered or "文案（" in offered or "文案" in offered
    given = {"owner": bai.pk, "version": task.version}
    assert browser(cast.chen).post(f"/tasks/{task.pk}/fields/owner/", given).status_code == 204
    assert "双旦文案" not in page(cast.chen, "/team/unassigned/")
    assert browser(cast.outsider).get(f"/team/tasks/{task.pk}/candidates/").status_code == 404


def test_results_are_decided_one_by_one_and_together_and_the_undo_brings_all_back(cast, bai, make):
    waiting = [make(f"长图{n}", owner, needs_acceptance=True) for n, owner in enumerate((cast.lin, bai))]
    for task in waiting:
        acceptance.hand_in(task=task, note="在共享盘", by=task.owner, at=NOW, version=task.version)
    html = page(cast.chen, "/team/approvals/")
    assert html.count("在共享盘") == 2
    assert "长图0" not in page(cast.wang, "/team/approvals/")
    sent = {"selected": [task.pk for task in waiting], "decision": "accept"}
    assert browser(cast.outsider).post("/team/approvals/", sent).status_code == 409
    assert browser(cast.chen).post("/team/approvals/", {"decision": "accept"}).status_code == 409
    assert browser(cast.chen).post("/team/approvals/", sent).status_code == 204
    for task in waiting:
        task.refresh_from_db()
        assert task.status == "done"
    take_back(undo=Undo.objects.latest("pk"), by=cast.chen, at=NOW)
    sent = {"selected": waiting[0].pk, "decision": "return", "reason": "价格写错了"}
    assert browser(cast.chen).post("/team/approvals/", sent).status_code == 204
    for task in waiting:
        task.refresh_from_db()
    assert [task.delivery.state for task in waiting] == ["returned", "waiting"]


@pytest.mark.parametrize("path", ["blocked/", "unassigned/", "arrangements/", "morning/", "plan/2026-W48/"])
def test_a_page_of_leads_is_refused_to_a_member_and_shown_to_the_lead(cast, path):
    assert browser(cast.lin).get(f"/team/{path}").status_code == 403
    assert browser(cast.chen).get(f"/team/{path}").status_code == 200
