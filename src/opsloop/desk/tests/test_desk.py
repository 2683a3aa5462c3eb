"""The mixed pages over HTTP: quick-add, today, palette, search, recycle bin."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from opsloop.activity.models import Undo
from opsloop.calendars.actions import appointments
from opsloop.collaboration.models import CollaborationRequest
from opsloop.discussion.actions import comments
from opsloop.engines.playbook import Outline, Step
from opsloop.notices.models import Notice
from opsloop.organisation.models import Organisation, Person
from opsloop.organisation.tests.cast import Cast
from opsloop.planning.models import Placement, Proposal
from opsloop.playbooks.actions import editing
from opsloop.portfolio.actions import records
from opsloop.portfolio.models import Expense, KeyNode, Risk
from opsloop.work.actions import projects, tasks
from opsloop.work.models import Task

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
HTMX = {"HX-Request": "true"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(MONDAY, tick=True):
        yield


def log_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_quick_add_reads_the_line(cast: Cast) -> None:
    line = "明天下午3点 写周报 2h !高 @陈敏 #周会"
    response = log_in(cast.lin).post("/quick-add/", {"text": line}, headers=HTMX)
    assert response.status_code == 204
    task = Task.objects.get()
    assert (task.title, task.estimate_minutes, task.urgency, task.owner) == ("写周报", 120, "high", cast.chen)
    assert task.starts_at == MONDAY.replace(day=24, hour=15)
    assert [tag.name for tag in task.tags.all()] == ["周会"]


def test_something_urgent_becomes_a_task_and_a_proposal_and_moves_nothing_by_itself(cast: Cast) -> None:
    sent = {"text": "答复客户投诉 30m #售后", "kept": "#售后", "interrupts": "1"}
    response = log_in(cast.lin).post("/quick-add/", sent, headers=HTMX)
    task = Task.objects.get()
    assert (task.title, task.urgency, task.owner) == ("答复客户投诉 #售后", "high", cast.lin)
    assert task.due_at == MONDAY.replace(hour=18)
    assert response["HX-Redirect"] == "/plan/2026-W48/?proposal=1"
    proposal = Proposal.objects.get()
    assert proposal.content["only"] == task.pk
    assert {piece["task"] for piece in proposal.content["placements"]} == {task.pk}
    assert proposal.decided_at is None
    assert not Placement.objects.exists()


@pytest.mark.parametrize("text", ["先答复客户\n再补发货", "", "!高 #只有标记"])
def test_what_is_not_one_thing_interrupts_nobody(cast: Cast, text: str) -> None:
    response = log_in(cast.lin).post("/quick-add/", {"text": text, "interrupts": "1"}, headers=HTMX)
    assert response.status_code == 422
    assert not Task.objects.exists()


def test_nobody_is_interrupted_by_who_may_not_plan_their_week(cast: Cast) -> None:
    sent = {"text": "答复客户 @陈敏", "interrupts": "1"}
    response = log_in(cast.lin).post("/quick-add/", sent, headers=HTMX)
    assert (response.status_code, Task.objects.exists()) == (422, False)
    sent = {"text": "答复客户 @林悦", "interrupts": "1"}
    assert log_in(cast.chen).post("/quick-add/", sent, headers=HTMX).status_code == 204


def test_several_lines_become_several_tasks_with_one_undo(cast: Cast) -> None:
    client = log_in(cast.lin)
    client.post("/quick-add/", {"text": "盘点\n\n 对账 \n发货"}, headers=HTMX)
    assert list(Task.objects.order_by("pk").values_list("title", flat=True)) == ["盘点", "对账", "发货"]
    undo = Undo.objects.latest("pk")
    assert client.post(f"/undo/{undo.pk}/", headers=HTMX).status_code == 204
    assert not Task.objects.alive().exists()
    assert client.post(f"/undo/{undo.pk}/", headers=HTMX).status_code in {404, 409}


def test_a_mark_that_names_nobody_stays_in_the_title(cast: Cast) -> None:
    log_in(cast.lin).post("/quick-add/", {"text": "盘点 @不存在的人"}, headers=HTMX)
    task = Task.objects.get()
    assert task.title == "盘点 @不存在的人"
    assert task.owner == cast.lin


def test_a_nickname_finds_the_one_it_fits(cast: Cast) -> None:
    log_in(cast.lin).post("/quick-add/", {"text": "盘点 @小周"}, headers=HTMX)
    assert Task.objects.get().owner == cast.zhou


@pytest.mark.parametrize("text", ["", "   \n ", "明天下午3点", "长" * 300])
def test_what_cannot_be_a_task_is_refused_and_kept(cast: Cast, text: str) -> None:
    response = log_in(cast.lin).post("/quick-add/", {"text": text})
    assert response.status_code == 422
    assert text.strip() in response.content.decode()
    assert not Task.objects.exists()


def test_the_same_submission_twice_makes_one_task(cast: Cast) -> None:
    client = log_in(cast.lin)
    data = {"text": "盘点", "submission_key": "8f6a0c1e-0000-4000-8000-000000000001"}
    first = client.post("/quick-add/", data, headers=HTMX)
    second = client.post("/quick-add/", data, headers=HTMX)
    assert Task.objects.count() == 1
    assert (first.status_code, first["HX-Trigger"]) == (second.status_code, second["HX-Trigger"])


def test_a_refused_submission_may_be_mended_and_sent_again_with_its_key(cast: Cast) -> None:
    client = log_in(cast.lin)
    key = "8f6a0c1e-0000-4000-8000-000000000002"
    assert client.post("/quick-add/", {"text": "", "submission_key": key}, headers=HTMX).status_code == 422
    assert (
        client.post("/quick-add/", {"text": "盘点", "submission_key": key}, headers=HTMX).status_code == 204
    )
    assert Task.objects.count() == 1


def test_a_key_of_somebody_else_repeats_nothing(cast: Cast) -> None:
    data = {"text": "盘点", "submission_key": "8f6a0c1e-0000-4000-8000-000000000003"}
    log_in(cast.lin).post("/quick-add/", data, headers=HTMX)
    log_in(cast.zhou).post("/quick-add/", data, headers=HTMX)
    assert Task.objects.count() == 2


def test_the_preview_shows_chips_and_creates_nothing(cast: Cast) -> None:
    client = log_in(cast.lin)
    shown = client.post("/quick-add/preview/", {"text": "明天 盘点 2h"}, headers=HTMX).content.decode()
    assert "data-unparse" in shown
    kept = client.post(
        "/quick-add/preview/", {"text": "明天 盘点 2h", "kept": ["明天"]}, headers=HTMX
    ).content.decode()
    assert 'data-unparse="明天"' in shown
    assert 'data-unparse="明天"' not in kept
    assert not Task.objects.exists()


@pytest.mark.parametrize("query", ["周报", "zhoubao", "zb", "ＺＢ", "週報", "OP-001"])
def test_search_finds_by_characters_pinyin_initials_and_number(cast: Cast, query: str) -> None:
    tasks.create(by=cast.lin, at=MONDAY, title="写周报", owner=cast.lin)
    client = log_in(cast.lin)
    assert "写周报" in client.get("/palette/", {"q": query}).content.decode()
    assert "写周报" in client.get("/search/", {"q": query}).content.decode()


def test_the_palette_offers_the_timer_of_open_tasks_that_were_found(cast: Cast) -> None:
    made = [tasks.create(by=cast.lin, at=MONDAY, title=f"写周报{n}", owner=cast.lin) for n in range(4)]
    tasks.close(task=made[0], by=cast.lin, at=MONDAY, version=1)
    shown = log_in(cast.lin).get("/palette/", {"q": "周报"}).content.decode()
    timed = [int(pk) for pk in re.findall(r'data-timer-task="(\d+)"', shown)]
    assert len(timed) == 2
    assert set(timed) < {one.pk for one in made[1:]}
    assert "data-timer-task" not in log_in(cast.sun).get("/palette/", {"q": "周报"}).content.decode()


def test_search_never_shows_what_one_may_not_see(cast: Cast) -> None:
    tasks.create(by=cast.lin, at=MONDAY, title="薪酬调整方案", owner=cast.lin)
    for path in ("/palette/", "/search/"):
        assert "薪酬" in log_in(cast.chen).get(path, {"q": "薪酬调整"}).content.decode().replace(
            "薪酬调整”", ""
        )
        assert "薪酬调整方案" not in log_in(cast.outsider).get(path, {"q": "薪酬调整"}).content.decode()


@pytest.mark.parametrize("query", ["'\"*", "a" * 5000, "（）", "🙂", "\u202e", "NEAR(a b)", "-", '"', "%_"])
def test_any_text_may_be_searched_for(cast: Cast, query: str) -> None:
    client = log_in(cast.lin)
    assert client.get("/palette/", {"q": query}).status_code == 200
    assert client.get("/search/", {"q": query}).status_code == 200


def test_a_text_that_no_text_can_hold_is_refused(cast: Cast) -> None:
    assert log_in(cast.lin).get("/search/", {"q": "\0"}).status_code == 400


def test_today_ranks_what_is_open_and_shows_what_is_late(cast: Cast) -> None:
    for number in range(9):
        tasks.create(by=cast.lin, at=MONDAY, title=f"任务{number}", owner=cast.lin, importance=1)
    tasks.create(by=cast.lin, at=MONDAY, title="最要紧", owner=cast.lin, importance=5, urgency="high")
    tasks.create(by=cast.lin, at=MONDAY, title="过期的", owner=cast.lin, due_at=MONDAY.replace(day=20))
    page = log_in(cast.lin).get("/").content.decode()
    assert page.count('id="today-') <= 7
    assert "最要紧" in page
    assert "过期的" in page
    assert "最要紧" not in log_in(cast.zhou).get("/").content.decode()


def test_today_shows_what_is_late_once_and_offers_to_put_it_off(cast: Cast) -> None:
    late = tasks.create(by=cast.lin, at=MONDAY, title="过期的", owner=cast.lin, due_at=MONDAY.replace(day=20))
    client = log_in(cast.lin)
    page = client.get("/").content.decode()
    assert f'id="late-{late.pk}"' in page
    assert f'id="today-{late.pk}"' not in page
    day = re.findall(r'name="due_at" value="([^"]+)" data-row-action="m"', page)[0]
    answer = client.post(f"/tasks/{late.pk}/fields/due_at/", {"due_at": day, "version": late.version})
    assert answer.status_code == 302
    assert f'id="late-{late.pk}"' not in client.get("/").content.decode()


def test_beginning_and_putting_off_say_what_the_task_is_now(cast: Cast) -> None:
    task = tasks.create(by=cast.lin, at=MONDAY, title="写周报", owner=cast.lin)
    client = log_in(cast.lin)
    for name, value, said in (("status", "doing", "进行中"), ("due_at", "2026-11-30T18:00", "11-30")):
        task.refresh_from_db()
        sent = {name: value, "version": task.version}
        answer = client.post(f"/tasks/{task.pk}/fields/{name}/", sent, headers={"HX-Request": "true"})
        toast = json.loads(answer["HX-Trigger"])["toast"]["text"]
        assert "写周报" in toast
        assert said in toast


def test_today_leads_a_lead_to_the_team_and_a_member_not(cast: Cast) -> None:
    assert 'href="/team/"' in log_in(cast.chen).get("/").content.decode()
    assert 'href="/team/"' not in log_in(cast.lin).get("/").content.decode()


def test_the_bin_shows_and_restores_for_those_who_may(cast: Cast) -> None:
    task = tasks.create(by=cast.lin, at=MONDAY, title="误删的", owner=cast.lin)
    tasks.put_in_bin(task=task, by=cast.lin, at=MONDAY, version=task.version)
    assert "误删的" in log_in(cast.lin).get("/bin/").content.decode()
    assert "误删的" not in log_in(cast.outsider).get("/bin/").content.decode()
    url = f"/bin/task/{task.pk}/restoration/"
    assert log_in(cast.outsider).post(url).status_code == 404
    assert log_in(cast.sun).post(url).status_code == 403
    assert log_in(cast.lin).post(url).status_code == 303
    assert Task.objects.alive().filter(pk=task.pk).exists()


def test_removed_parts_of_a_project_and_templates_come_back_from_the_bin(cast: Cast) -> None:
    project = projects.create(
        by=cast.chen, at=MONDAY, name="双旦", department=cast.content, owner=cast.chen, members=[cast.lin]
    )
    common: dict[str, Any] = {"by": cast.chen, "at": MONDAY}
    risk = Risk(project=project, title="断货", probability=3, impact=3, owner=cast.chen)
    node = KeyNode(project=project, title="定稿", due_at=MONDAY)
    expense = Expense(project=project, what="场地", amount=100, spent_on=MONDAY.date())
    for record in (risk, node, expense):
        records.add(record=record, **common)
        records.remove(record=record, version=record.version, **common)
    home = {"sharing": "department", "department": cast.content}
    playbook = editing.create(outline=Outline("模板甲", steps=(Step("一"),)), **home, **common)
    editing.remove(playbook=playbook, version=playbook.version, **common)
    client, stranger = log_in(cast.chen), log_in(cast.outsider)
    body = client.get("/bin/").content.decode()
    hidden = stranger.get("/bin/").content.decode()
    for kind, record in (("risk", risk), ("node", node), ("expense", expense), ("playbook", playbook)):
        assert str(record) in body
        assert str(record) not in hidden
        url = f"/bin/{kind}/{record.pk}/restoration/"
        assert stranger.post(url).status_code == 404
        client.post(url)
        record.refresh_from_db()
        assert record.deleted_at is None
        assert client.post(url, headers={"HX-Request": "true"}).status_code == 409


def test_comments_are_found_by_who_sees_what_they_are_about(cast: Cast) -> None:
    task = tasks.create(by=cast.lin, at=MONDAY, title="推文", owner=cast.lin)
    said = comments.add(subject=task, text="周四之前要排资源位，长度不限", by=cast.lin, at=MONDAY)

    def found(person: Person) -> str:
        return log_in(person).get("/search/?q=资源位").content.decode()

    assert f"/tasks/{task.pk}/#comment-{said.pk}" in found(cast.chen)
    assert "排资源位" not in found(cast.outsider)
    comments.edit(comment=said, text="改成周五", by=cast.lin, at=MONDAY, version=said.version)
    assert "#comment-" not in found(cast.chen)
    comments.edit(comment=said, text="又要资源位", by=cast.lin, at=MONDAY, version=said.version)
    tasks.put_in_bin(task=task, by=cast.lin, at=MONDAY, version=Task.objects.get(pk=task.pk).version)
    assert "#comment-" not in found(cast.chen)


@pytest.mark.once
def test_more_work_does_not_mean_more_queries(cast: Cast) -> None:
    def queries() -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        client = log_in(cast.lin)
        client.get("/")
        with CaptureQueriesContext(connection) as seen:
            client.get("/")
        return len(seen)

    tasks.create(by=cast.lin, at=MONDAY, title="一", owner=cast.lin)
    few = queries()
    for number in range(20):
        tasks.create(by=cast.lin, at=MONDAY, title=f"任务{number}", owner=cast.lin)
    assert queries() == few
    assert few <= 15


def test_the_sample_page_exists_only_for_the_sample_and_only_administrators_remove_it(
    cast: Cast, settings: Any, tmp_path: Any
) -> None:
    settings.OPSLOOP_HOME = tmp_path
    assert log_in(cast.admin).get("/sample/").status_code == 404
    assert log_in(cast.admin).post("/sample/removal/").status_code == 409
    cast.organisation.is_demo = True
    cast.organisation.save()
    assert log_in(cast.lin).get("/sample/").status_code == 200
    assert log_in(cast.lin).post("/sample/removal/").status_code == 403
    assert Person.objects.exists()


@pytest.mark.parametrize(("mode", "who", "is_notice"), [
    ("growth", "wang", True), ("startup", "wang", False), ("growth", "lin", False),
])  # fmt: skip
def test_quick_add_begins_a_notice_for_who_may_send_one(
    cast: Cast, mode: str, who: str, is_notice: bool
) -> None:
    Organisation.objects.update(mode=mode)
    client, typed = log_in(getattr(cast, who)), {"text": "通知：双11值班安排\n每组报两人"}
    preview = client.post("/quick-add/preview/", typed, headers=HTMX).content.decode()
    answer = client.post("/quick-add/", typed, headers=HTMX)
    assert answer.status_code == 204
    assert ("通知草稿" in preview) is is_notice
    if is_notice:
        notice = Notice.objects.get()
        assert answer["HX-Redirect"] == f"/notices/{notice.pk}/edit/"
        assert (notice.title, notice.demands, notice.state) == ("双11值班安排", "每组报两人", "draft")
    assert Notice.objects.exists() is is_notice
    assert Task.objects.exists() is not is_notice


@pytest.mark.parametrize(("mode", "is_request"), [("growth", True), ("startup", False)])
def test_quick_add_begins_a_request_to_another_department(cast: Cast, mode: str, is_request: bool) -> None:
    Organisation.objects.update(mode=mode)
    client, typed = log_in(cast.lin), {"text": "协作单：秋促海报\n横版三张"}
    preview = client.post("/quick-add/preview/", typed, headers=HTMX).content.decode()
    answer = client.post("/quick-add/", typed, headers=HTMX)
    assert answer.status_code == 204
    assert ("协作单草稿" in preview) is is_request
    if is_request:
        draft = CollaborationRequest.objects.get()
        assert answer["HX-Redirect"] == f"/requests/{draft.pk}/edit/"
        assert (draft.title, draft.asked, draft.state) == ("秋促海报", "横版三张", "draft")
    assert Task.objects.exists() is not is_request


def test_what_is_proposed_as_a_request_comes_along(cast: Cast) -> None:
    client = log_in(cast.lin)
    page = client.get("/requests/new/", {"title": "秋促海报", "asked": "三张"}).content.decode()
    assert '<input type="hidden" name="title" value="秋促海报">' in page
    client.post("/requests/new/", {"department": cast.channels.pk, "title": "秋促海报", "asked": "三张"})
    draft = CollaborationRequest.objects.get()
    assert (draft.title, draft.asked, draft.to_department) == ("秋促海报", "三张", cast.channels)


def test_today_shows_what_came_into_the_plan_and_counts_it_off(cast: Cast) -> None:
    client = log_in(cast.lin)
    free = client.get("/").context["available"]
    now = MONDAY
    task = tasks.create(by=cast.lin, at=now, title="写方案", owner=cast.lin)
    at_two, at_four = (now.replace(hour=hour, minute=0) for hour in (14, 16))
    Placement.objects.create(
        person=cast.lin, task=task, starts_at=at_two, ends_at=at_four, block="focus", accepted_at=now, accepted_by=cast.lin
    )  # fmt: skip
    page = client.get("/").content.decode()
    assert "有冲突" not in page
    appointments.add(
        by=cast.lin, at=now, title="看场地", starts_at=now.replace(hour=15, minute=0), ends_at=at_four,
        time_zone="Asia/Shanghai",
    )  # fmt: skip
    response = client.get("/")
    page = response.content.decode()
    assert page.index("写方案") < page.index("看场地")
    assert "有冲突" in page
    assert response.context["available"] == free - 60
