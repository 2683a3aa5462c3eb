"""Robots and webhooks over HTTP: signed as their documents say, not called too often, paused when they fail."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from opsloop.background import running
from opsloop.background.models import Errand
from opsloop.channels import packing
from opsloop.channels.actions import channels as actions
from opsloop.channels.actions import pausing
from opsloop.channels.models import Channel, Delivery, Letter, Wish
from opsloop.channels.tests.conftest import SECRET
from opsloop.channels.tests.servers import Robot
from opsloop.inbox.models import Notification
from opsloop.organisation.tests.cast import NOW, Cast
from opsloop.work.actions import tasks

pytestmark = pytest.mark.django_db
Group = Callable[..., Channel]


@pytest.fixture(autouse=True)
def travel() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def assign(cast: Cast, title: str = "写双十一文案", **values: Any) -> Any:
    made = tasks.create(by=cast.chen, at=NOW, title=title, owner=values.pop("owner", cast.lin), **values)
    running.drain()
    return made


def signed(key: str, text: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


def test_dingtalk_gets_markdown_signed_in_its_address(group: Group, cast: Cast, robot: Robot) -> None:
    group("dingtalk")
    task = assign(cast)
    (post,) = robot.posts
    stamp = post.query["timestamp"]
    assert post.query["access_token"] == "t0ken"
    assert abs(int(stamp) - NOW.timestamp() * 1000) < 3_600_000
    assert post.query["sign"] == signed(SECRET, f"{stamp}\n{SECRET}")
    text = post.json["markdown"]["text"]
    assert post.json["msgtype"] == "markdown"
    assert f"https://ops.example.cn/tasks/{task.pk}/" in text
    assert "林悦" in text
    assert Letter.objects.get().state == "sent"


def test_feishu_gets_a_post_with_time_and_signature_inside(group: Group, cast: Cast, robot: Robot) -> None:
    robot.answer = {"code": 0, "msg": "success"}
    group("feishu")
    assign(cast)
    said = robot.posts[0].json
    assert said["sign"] == signed(f"{said['timestamp']}\n{SECRET}", "")
    assert said["msg_type"] == "post"
    assert "写双十一文案" in json.dumps(said, ensure_ascii=False)


def test_wecom_gets_markdown_of_at_most_4096_bytes(group: Group, cast: Cast, robot: Robot) -> None:
    group("wecom")
    for number in range(60):
        tasks.create(by=cast.chen, at=NOW, title=f"任务{number}" + "长" * 100, owner=cast.lin)
    running.drain()
    assert len(robot.posts) == 1, "what comes together goes together"
    content = robot.posts[0].json["markdown"]["content"]
    assert len(content.encode()) <= 4096
    assert "https://ops.example.cn/inbox/" in content


def test_slack_gets_text_in_which_titles_call_nobody(group: Group, cast: Cast, robot: Robot) -> None:
    group("slack")
    assign(cast, "<!channel> & 文案")
    assert "&lt;!channel&gt; &amp; 文案" in robot.posts[0].json["text"]


def test_a_program_gets_data_signed_over_key_time_and_body(group: Group, cast: Cast, robot: Robot) -> None:
    group("webhook")
    task = assign(cast)
    (post,) = robot.posts
    key, stamp = post.headers["webhook-id"], post.headers["webhook-timestamp"]
    expected = hmac.new(SECRET.encode(), f"{key}.{stamp}.".encode() + post.body, hashlib.sha256).digest()
    assert post.headers["webhook-signature"] == "v1," + base64.b64encode(expected).decode()
    assert post.headers["idempotency-key"] == key == Letter.objects.get().key
    (item,) = post.json["items"]
    assert (item["title"], item["to"], item["number"]) == (task.title, ["林悦"], task.number)


def test_a_department_s_group_hears_of_its_own_work_alone(group: Group, cast: Cast, robot: Robot) -> None:
    group("dingtalk", department=cast.product)
    assign(cast, "内容组的事")
    assert not robot.posts
    assert not Delivery.objects.exists()


def test_work_that_moved_to_another_department_is_left_out(group: Group, cast: Cast, robot: Robot) -> None:
    group("dingtalk", department=cast.content)
    task = tasks.create(by=cast.chen, at=NOW, title="要搬走的", owner=cast.lin)
    type(task).objects.filter(pk=task.pk).update(department=cast.product)
    running.drain()
    assert not robot.posts


def test_who_does_not_want_to_be_named_in_groups_is_not(group: Group, cast: Cast, robot: Robot) -> None:
    group("dingtalk")
    Wish.objects.create(person=cast.lin, topic="assigned", way="group", mode="off")
    assign(cast)
    assert not robot.posts


def test_a_robot_is_not_called_too_often(group: Group, cast: Cast, robot: Robot, travel: Any) -> None:
    group("dingtalk")
    for number in range(25):
        assign(cast, f"任务{number}")
    assert len(robot.posts) == 18
    travel.shift(timedelta(seconds=61))
    packing.pack(at=NOW + timedelta(seconds=61))
    running.drain()
    assert len(robot.posts) == 19
    assert robot.posts[-1].json["markdown"]["text"].count("/tasks/") == 7


def test_a_group_is_not_called_at_night(group: Group, cast: Cast, robot: Robot, travel: Any) -> None:
    group("dingtalk")
    travel.move_to(NOW + timedelta(hours=13))
    tasks.create(by=cast.chen, at=NOW + timedelta(hours=13), title="夜里的事", owner=cast.lin)
    running.drain()
    assert not robot.posts


def test_one_that_asks_for_fewer_is_left_alone_for_a_while(
    group: Group, cast: Cast, robot: Robot, travel: Any
) -> None:
    group("dingtalk")
    robot.answer = {"errcode": 130101, "errmsg": "send too fast"}
    assign(cast)
    errand = Errand.objects.get(task__endswith="sending.send")
    assert (errand.status, errand.tries, errand.due_at) == ("waiting", 0, NOW + timedelta(minutes=10))
    robot.answer = {"errcode": 0}
    travel.shift(timedelta(minutes=11))
    running.drain()
    assert len({post.headers["idempotency-key"] for post in robot.posts}) == 1
    assert Letter.objects.get().state == "sent"


@pytest.mark.parametrize(("kind", "status", "answer", "error"), [
    ("dingtalk", 200, {"errcode": 310000, "errmsg": "sign not match"}, "signature"),
    ("dingtalk", 200, {"errcode": 310000, "errmsg": "keywords not in content"}, "keyword"),
    ("feishu", 200, {"code": 19021, "msg": "sign match fail"}, "signature"),
    ("wecom", 200, {"errcode": 93000}, "gone"),
    ("slack", 404, {}, "gone"),
    ("webhook", 302, {}, "redirects"),
], ids=["signature", "keyword", "feishu", "wecom", "slack", "redirect"])  # fmt: skip
def test_what_will_not_work_the_second_time_is_given_up_at_once(
    group: Group, cast: Cast, robot: Robot, kind: str, status: int, answer: Any, error: str
) -> None:
    robot.status, robot.answer = status, answer
    group(kind)
    assign(cast)
    letter = Letter.objects.get()
    assert (letter.state, letter.error) == ("failed", error)
    assert Errand.objects.get(task__endswith="sending.send").status == "dead"


def test_ten_failures_within_an_hour_pause_it_and_tell_the_administrators(
    group: Group, cast: Cast, robot: Robot, travel: Any
) -> None:
    channel = group("webhook")
    robot.status = 500
    for number in range(10):
        channel.refresh_from_db()
        assert channel.state == "active"
        assign(cast, f"任务{number}")
    channel.refresh_from_db()
    assert (channel.state, channel.paused_by_failures) == ("paused", True)
    notice = Notification.objects.get(reason="channel_paused")
    assert (notice.person, notice.subject_kind, notice.subject_id) == (cast.admin, "channel", channel.pk)
    # While it is paused nothing is sent, and nothing counts as a try.
    before = len(robot.posts)
    assign(cast, "等着")
    travel.shift(timedelta(hours=1))
    running.drain()
    assert len(robot.posts) == before
    # A day later it is no news any more; the inbox has it.
    robot.status, robot.answer = 200, {}
    channel.refresh_from_db()
    pausing.resume(channel=channel, by=cast.admin, at=NOW, version=channel.version)
    travel.shift(timedelta(days=2))
    running.drain()
    assert len(robot.posts) == before
    assert not Letter.objects.filter(state="waiting").exists()


def test_a_private_network_is_never_called(group: Group, cast: Cast, robot: Robot, settings: Any) -> None:
    channel = group("webhook", address="http://169.254.169.254/latest/")
    settings.OPSLOOP_OUTBOUND_ALLOW = []
    actions.test(channel=channel, by=cast.admin, at=NOW)
    running.drain()
    assert Letter.objects.get().error == "private"
    assert Channel.objects.get().state == "active", "a test pauses nothing"


def test_a_new_secret_key_asks_for_the_secrets_again(
    group: Group, cast: Cast, robot: Robot, settings: Any
) -> None:
    channel = group("dingtalk")
    settings.SECRET_KEY = "another key of at least thirty-two letters"
    actions.test(channel=channel, by=cast.admin, at=NOW)
    running.drain()
    assert (Letter.objects.get().error, robot.posts) == ("key", [])
