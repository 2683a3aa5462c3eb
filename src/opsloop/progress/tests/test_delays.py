"""Asking for another date over HTTP: who decides, what moves along, and why tasks are late in numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from opsloop.inbox.models import Notification
from opsloop.organisation.tests.cast import NOW, Cast
from opsloop.progress.actions import delays
from opsloop.progress.models import DELAY_LIFECYCLE, DelayRequest
from opsloop.progress.permissions import decider_of
from opsloop.progress.tests.conftest import DAY, EVENING, browser, page
from opsloop.records.refusals import Refused
from opsloop.work.actions import projects, roles, tasks
from opsloop.work.models import Task

Make = Callable[..., Task]
LATER = EVENING + 7 * DAY


def ask(cast: Cast, task: Task, **values: Any) -> DelayRequest:
    fresh = Task.objects.select_related("project__owner", "owner__department", "department").get(pk=task.pk)
    values = {
        "cause": "estimate",
        "reason": "低估了",
        "remedy": "拆成两步",
        "help": "",
        "due_wanted": LATER,
        **values,
    }
    return delays.ask(task=fresh, by=cast.lin, at=NOW, **values)


def test_the_owner_asks_and_the_lead_is_told(cast: Cast, make: Make) -> None:
    task = make("写周报")
    address = reverse("progress:ask", args=[task.pk])
    assert cast.chen.name in page(cast.lin, address)
    sent = {
        "cause": "outside",
        "reason": "等供应商",
        "due_wanted": "2026-11-30T18:00",
        "remedy": "",
        "help": "催一下",
    }
    assert browser(cast.lin).post(address, {**sent, "reason": " "}).status_code == 422
    assert browser(cast.lin).post(address, {**sent, "cause": "x"}).status_code == 422
    assert browser(cast.lin).post(address, {**sent, "due_wanted": "2026-11-20T18:00"}).status_code == 422
    assert browser(cast.outsider).post(address, sent).status_code == 404
    assert browser(cast.lin).post(address, sent).status_code == 204
    made = DelayRequest.objects.get()
    assert (made.decider, made.due_before, made.help) == (cast.chen, EVENING, "催一下")
    assert browser(cast.lin).post(address, sent).status_code == 422
    assert Notification.objects.get(reason="delay_asked").person == cast.chen
    for where in (reverse("progress:waiting"), "/inbox/"):
        assert "写周报" in page(cast.chen, where)
    assert "delays" in page(cast.chen, "/team/morning/")


def test_who_answers_decides_else_who_owns_the_project_else_a_lead(cast: Cast, make: Make) -> None:
    project = projects.create(
        by=cast.wang, at=NOW, name="大促", department=cast.content, owner=cast.zhou, members=[cast.lin]
    )
    task = make("写周报", project=project)
    assert decider_of(make("无项目"), cast.lin) == decider_of(make("无项目"), cast.lin)
    assert (decider_of(make("甲"), cast.lin).person, decider_of(make("乙"), cast.lin).role) == (
        cast.chen,
        "lead",
    )
    assert (decider_of(task, cast.lin).person, decider_of(task, cast.lin).role) == (cast.zhou, "project")
    roles.set_role(record=task, person=cast.wang, role="A", by=cast.chen, at=NOW)
    assert (decider_of(task, cast.lin).person, decider_of(task, cast.lin).role) == (cast.wang, "A")
    # Nobody decides about their own request while there is somebody else.
    assert decider_of(task, cast.wang).person == cast.zhou
    assert decider_of(make("丙", owner=cast.chen), cast.chen).person == cast.wang


def test_the_lead_sees_what_follows_and_it_moves_with_one_undo(cast: Cast, make: Make) -> None:
    task, behind = make("写周报"), make("发周报", due_at=EVENING + DAY, starts_at=NOW + DAY)
    tasks.add_dependency(predecessor=task, successor=behind, by=cast.chen, at=NOW)
    made = ask(cast, task)
    address = reverse("progress:approval", args=[made.pk])
    shown = page(cast.chen, address)
    assert "发周报" in shown
    moved = shown.partition('name="move" value="')[2].partition('"')[0]
    task.refresh_from_db()
    assert task.due_at == EVENING
    sent = {"version": task.version, "along": "on", "move": moved, "answer": "下不为例"}
    assert browser(cast.lin).post(address, sent).status_code == 403
    assert browser(cast.chen).post(address, sent).status_code == 204
    task.refresh_from_db()
    behind.refresh_from_db()
    assert task.due_at == LATER
    assert behind.due_at is not None
    assert behind.due_at > LATER
    assert Notification.objects.get(reason="delay_ok", person=cast.lin)
    assert browser(cast.chen).post(address, sent).status_code == 409
    browser(cast.chen).post(reverse("activity:undo_last"))
    task.refresh_from_db()
    behind.refresh_from_db()
    made.refresh_from_db()
    assert (task.due_at, behind.due_at, made.state) == (EVENING, EVENING + DAY, "waiting")


def test_what_was_changed_since_is_shown_anew_and_nothing_moves(cast: Cast, make: Make) -> None:
    task = make("写周报")
    made = ask(cast, task)
    answer = browser(cast.chen).post(reverse("progress:approval", args=[made.pk]), {"version": 9})
    assert answer.status_code == 412
    assert "写周报" in answer.content.decode()
    made.refresh_from_db()
    assert made.state == "waiting"


def test_a_rejection_needs_its_reason(cast: Cast, make: Make) -> None:
    made = ask(cast, make("写周报"))
    address = reverse("progress:rejection", args=[made.pk])
    assert browser(cast.chen).post(address, {"answer": " "}).status_code == 409
    assert browser(cast.chen).post(address, {"answer": "客户在等"}).status_code == 204
    assert "客户在等" in page(cast.lin, reverse("progress:delay", args=[made.pk]))
    assert Notification.objects.filter(reason="delay_asked", done_at__isnull=True).count() == 0


def test_another_date_is_offered_and_taken(cast: Cast, make: Make) -> None:
    task = make("写周报")
    made = ask(cast, task)
    offer = {"due_offered": "2026-11-26T18:00", "answer": "周四前"}
    address = reverse("progress:offer", args=[made.pk])
    assert browser(cast.chen).post(address, {**offer, "due_offered": "2026-11-20T18:00"}).status_code == 409
    assert browser(cast.chen).post(address, offer).status_code == 204
    assert Notification.objects.get(reason="delay_other").person == cast.lin
    taking = reverse("progress:taking", args=[made.pk])
    assert browser(cast.chen).post(taking, {"version": task.version}).status_code == 403
    assert browser(cast.lin).post(taking, {"version": task.version}).status_code == 204
    task.refresh_from_db()
    assert task.due_at == EVENING + 3 * DAY


def test_it_can_be_withdrawn_and_asked_again(cast: Cast, make: Make) -> None:
    task = make("写周报")
    made = ask(cast, task)
    with pytest.raises(Refused):
        ask(cast, task)
    assert browser(cast.chen).post(reverse("progress:withdrawal", args=[made.pk])).status_code == 403
    assert browser(cast.lin).post(reverse("progress:withdrawal", args=[made.pk])).status_code == 204
    assert ask(cast, task).state == "waiting"


def test_what_is_late_without_a_request_is_seen(cast: Cast, make: Make) -> None:
    late = make("早该交了", due_at=NOW - DAY)
    assert "还没有人申请延期" in page(cast.chen, reverse("progress:panel", args=[late.pk]))
    assert "早该交了" in page(cast.chen, reverse("progress:delays"))
    ask(cast, late)
    counted = page(cast.chen, reverse("progress:delays"))
    assert "已逾期且没有延期申请" not in counted


def test_causes_are_counted_filtered_and_exported(cast: Cast, make: Make) -> None:
    ask(cast, make("甲任务"), cause="estimate")
    ask(cast, make("乙任务"), cause="estimate", reason="=1+1")
    ask(cast, make("丙任务"), cause="change")
    address = reverse("progress:delays")
    whole = page(cast.chen, address)
    assert whole.index("耗时预估不足") < whole.index("需求变更")
    drilled = page(cast.chen, f"{address}?cause=change")
    assert "丙任务" in drilled
    assert "甲任务" not in drilled
    for by in ("team", "category", "requester", "nonsense"):
        assert browser(cast.chen).get(f"{address}?by={by}&team=0&since=x").status_code == 200
    assert "甲任务" not in page(cast.outsider, address)
    sent = browser(cast.chen).get(reverse("progress:delays_out", args=["csv"]) + "?cause=estimate")
    rows = list(csv.reader(io.StringIO(sent.getvalue().decode("utf-8-sig"))))
    assert len(rows) == 3
    assert "'=1+1" in rows[1] + rows[2]
    assert browser(cast.sun).get(reverse("progress:delays_out", args=["csv"])).status_code in (200, 403)
    assert browser(cast.chen).get(reverse("progress:delays_out", args=["exe"])).status_code == 404


def test_every_state_a_request_can_reach_is_in_the_table() -> None:
    reached = {new for following in DELAY_LIFECYCLE.moves.values() for new in following}
    assert reached | {DELAY_LIFECYCLE.start} == set(DelayRequest.State.values)
