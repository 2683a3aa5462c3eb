"""The inbox in the browser's words: groups, acting on rows, putting off, and what vanishes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from opsloop.activity.models import Undo
from opsloop.discussion.actions import comments
from opsloop.discussion.models import Comment
from opsloop.inbox.models import Notification
from opsloop.inbox.snoozing import choices
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import NOW, Cast
from opsloop.work.actions import tasks
from opsloop.work.models import Task

As = Callable[[Person], Client]
SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_it_says_who_did_what_and_why_it_is_told(cast: Cast, task: Task, as_person: As) -> None:
    comments.add(subject=task, text="@林悦 周五前可以吗？", by=cast.chen, at=NOW)
    page = as_person(cast.lin).get("/inbox/").content.decode()
    assert "陈敏 交给你负责" in page
    assert "@林悦 周五前可以吗？" in page
    assert "评论里 @了你。" in page
    assert page.index(">需要我处理 ") < page.index(">@我 ")


def test_what_one_may_not_see_any_more_vanishes_and_is_not_counted(
    cast: Cast, task: Task, as_person: As
) -> None:
    other = tasks.create(by=cast.zhou, at=NOW, title="用户组的事", collaborators=[cast.lin])
    comments.add(subject=other, text="@林悦 帮忙看", by=cast.zhou, at=NOW)
    client = as_person(cast.lin)
    assert "用户组的事" in client.get("/inbox/").content.decode()
    before = client.get("/inbox/count/").content.decode()
    other.collaborators.clear()
    page = client.get("/inbox/").content.decode()
    assert "用户组的事" not in page
    assert "帮忙看" not in page
    assert ">2" in before
    assert ">1" in client.get("/inbox/count/").content.decode()


def test_a_deleted_comment_is_not_shown(cast: Cast, task: Task, as_person: As) -> None:
    said = comments.add(subject=task, text="@林悦 说漏嘴了", by=cast.chen, at=NOW)
    comments.put_in_bin(comment=said, by=cast.chen, at=NOW, version=1)
    page = as_person(cast.lin).get("/inbox/").content.decode()
    assert "说漏嘴了" not in page
    assert "该评论已删除" in page


def test_a_row_is_finished_and_comes_back(cast: Cast, task: Task, as_person: As) -> None:
    client = as_person(cast.lin)
    row = Notification.objects.get()
    assert client.post("/inbox/completion/", {"selected": str(row.pk)}).status_code == 200
    assert "写双十一文案" not in client.get("/inbox/").content.decode()
    assert "写双十一文案" in client.get("/inbox/?box=done").content.decode()
    client.post(f"/undo/{Undo.objects.get(verb='inbox.done').pk}/")
    assert "写双十一文案" in client.get("/inbox/").content.decode()


def test_rows_of_others_are_out_of_reach(cast: Cast, task: Task, as_person: As) -> None:
    row = Notification.objects.get()
    client = as_person(cast.wang)
    client.post("/inbox/completion/", {"selected": str(row.pk)})
    client.post("/inbox/reading/", {"selected": str(row.pk)})
    client.post("/inbox/snooze/", {"selected": str(row.pk), "until": "tomorrow"})
    assert client.post(f"/inbox/{row.pk}/unread/").status_code == 404
    assert client.post(f"/inbox/{row.pk}/reply/", {"text": "好"}).status_code == 404
    row.refresh_from_db()
    assert (row.done_at, row.read_at, row.snoozed_until) == (None, None, None)


def test_all_read_is_taken_back_exactly(cast: Cast, task: Task, as_person: As) -> None:
    tasks.create(by=cast.chen, at=NOW, title="第二件", owner=cast.lin)
    first = Notification.objects.order_by("pk")[0]
    Notification.objects.filter(pk=first.pk).update(read_at=NOW - timedelta(days=1))
    client = as_person(cast.lin)
    client.post("/inbox/reading/", {"everything": "1"})
    assert not Notification.objects.unread().exists()
    client.post(f"/undo/{Undo.objects.get(verb='inbox.read').pk}/")
    assert [row.read_at is None for row in Notification.objects.order_by("pk")] == [False, True]


def test_answering_in_place_finishes_the_row(cast: Cast, task: Task, as_person: As) -> None:
    comments.add(subject=task, text="@林悦 周五前可以吗？", by=cast.chen, at=NOW)
    client = as_person(cast.lin)
    row = Notification.objects.get(reason="mentioned")
    assert "回复 陈敏" in client.get(f"/inbox/{row.pk}/reply/").content.decode()
    assert client.post(f"/inbox/{row.pk}/reply/", {"text": " "}).status_code == 422
    assert client.post(f"/inbox/{row.pk}/reply/", {"text": "可以，@何远 也来"}).status_code == 422
    assert client.post(f"/inbox/{row.pk}/reply/", {"text": "可以"}).status_code == 200
    answer = Comment.objects.latest("pk")
    assert (answer.text, answer.author, answer.reply_to_id) == (
        "可以",
        cast.lin,
        row.event.changes["comment"],
    )
    assert Notification.objects.get(pk=row.pk).done_at is not None
    assert Notification.objects.filter(person=cast.chen, reason="answered").exists()


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        # Friday before the make-up Sunday of 20 September 2026: Monday is not the next working day.
        ("2026-09-18T10:00", {"tomorrow": "09-19", "workday": "09-20", "week": "09-21"}),
        # Before the National Day holiday, which ends on 7 October.
        ("2026-09-30T10:00", {"tomorrow": "10-01", "workday": "10-08"}),
        ("2026-09-16T22:30", {"tomorrow": "09-17", "week": "09-21"}),
    ],
)
def test_putting_off_knows_the_working_calendar(db: None, now: str, expected: dict[str, str]) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=SHANGHAI)
    with timezone.override(SHANGHAI):
        found = {one.name: f"{one.until:%m-%d}" for one in choices(at) if one.name != "later"}
    assert found == expected


def test_what_was_put_off_comes_back_unread(cast: Cast, task: Task, as_person: As) -> None:
    client = as_person(cast.lin)
    row = Notification.objects.get()
    assert client.post("/inbox/snooze/", {"selected": row.pk, "until": "never"}).status_code == 409
    assert client.post("/inbox/snooze/", {"selected": row.pk, "until": "tomorrow"}).status_code == 200
    assert "写双十一文案" not in client.get("/inbox/").content.decode()
    assert "写双十一文案" in client.get("/inbox/?box=later").content.decode()
    Notification.objects.update(snoozed_until=NOW - timedelta(days=400))
    assert "写双十一文案" in client.get("/inbox/").content.decode()
    assert Notification.objects.get().read_at is None


def test_several_of_one_record_are_one_row(cast: Cast, task: Task, as_person: As) -> None:
    for text in ("一", "二", "三"):
        comments.add(subject=task, text=text, by=cast.chen, at=NOW)
    page = as_person(cast.lin).get("/inbox/?group=know").content.decode()
    assert page.count("data-row ") == 1
    assert "还有更早的 2 条" in page


def test_filters_narrow_and_an_empty_inbox_praises(cast: Cast, task: Task, as_person: As) -> None:
    client = as_person(cast.lin)
    assert "写双十一文案" in client.get("/inbox/?topic=assigned").content.decode()
    assert "没有符合筛选条件的消息" in client.get("/inbox/?topic=talk").content.decode()
    assert "没有符合筛选条件的消息" in client.get("/inbox/?project=999").content.decode()
    assert "都处理完了" in as_person(cast.zhou).get("/inbox/").content.decode()


def test_today_shows_what_waits_longest(cast: Cast, task: Task, as_person: As) -> None:
    for number in range(4):
        tasks.create(by=cast.chen, at=NOW + timedelta(minutes=number), title=f"任务{number}", owner=cast.lin)
    page = as_person(cast.lin).get("/inbox/waiting/").content.decode()
    assert page.count("data-row-open") == 3
    assert "写双十一文案" in page
