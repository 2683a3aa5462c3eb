"""Dashboards that come by themselves: on time, once, on working days, and no more once somebody unsubscribes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from typing import Any

import pytest
import time_machine

from opsloop.background import running
from opsloop.channels.actions import channels
from opsloop.channels.models import Channel, Letter
from opsloop.channels.tests.servers import Mailbox, Robot
from opsloop.dashboards.actions import subscriptions as actions
from opsloop.dashboards.jobs import issue_due
from opsloop.dashboards.models import Issue, Subscription
from opsloop.dashboards.tests.conftest import client_of, day
from opsloop.organisation.models import RoleAssignment
from opsloop.organisation.tests.cast import NOW, Cast
from opsloop.records.refusals import Forbidden, Refused
from opsloop.work.models import Task

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
LINE = {
    "scope": "wide", "step": "week", "when": "w0", "at_time": "09:00", "on_day_off": "next", "department": "",
}  # fmt: skip


@pytest.fixture(autouse=True)
def travel() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def subscribe(addressed: Cast, post: Channel) -> Callable[..., Subscription]:
    """Return a function that subscribes the director to Mondays at nine, from Friday noon on."""

    def made(**values: Any) -> Subscription:
        usual = {
            "scope": "wide", "department": None, "step": "week", "weekday": 0, "day": None, "at_time": time(9),
            "on_day_off": "next", "channel": post,
        }  # fmt: skip
        by = values.pop("by", addressed.zhao)
        return actions.subscribe(values={**usual, **values}, by=by, at=day(20, 12))

    return made


def came(mailbox: Mailbox) -> list[Any]:
    """Return the dashboards that came; news of the tasks of the test come as well."""
    return [mail for mail in mailbox.mails if " 2026-" in mail["Subject"]]


def work(moment: datetime, travel: Any) -> int:
    """Let the clock come to `moment`, fire the timer, and let a worker send what is queued."""
    travel.move_to(moment)
    sent = issue_due(at=moment)
    running.drain()
    return sent


def test_it_comes_once_on_monday_at_nine_with_the_numbers_and_a_way_out(
    subscribe: Callable[..., Subscription], mailbox: Mailbox, travel: Any, week: dict[str, Task]
) -> None:
    subscribe()
    assert work(day(23, 8), travel) == 0
    assert work(day(23, 9), travel) == 1
    assert work(day(23, 9) + timedelta(minutes=5), travel) == 0
    (mail,) = came(mailbox)
    assert mail["To"] == "zhaoqian@example.cn"
    assert "2026-W47" in mail["Subject"]
    text = mail.get_body(("plain",)).get_content()
    assert "40% (2/5)" in text
    assert "https://ops.example.cn/dashboard/numbers/in_time/?scope=wide&period=2026-W47" in text
    assert mail["List-Unsubscribe"] == "<https://ops.example.cn/dashboard/subscriptions/>"
    assert "未达标" in mail.get_body(("html",)).get_content()
    assert work(day(30, 9), travel) == 1
    assert len(came(mailbox)) == 2


def test_a_moment_is_sent_once_however_often_it_is_looked_at(
    subscribe: Callable[..., Subscription], mailbox: Mailbox, travel: Any
) -> None:
    one = subscribe()
    assert work(day(23, 9), travel) == 1
    # A worker that had read the row before, and a clock that was set back.
    Subscription.objects.filter(pk=one.pk).update(decided_at=day(20, 12))
    work(day(23, 9), travel)
    assert Issue.objects.count() == 1
    assert len(came(mailbox)) == 1


@pytest.mark.parametrize(
    ("on_day_off", "comes"), [("next", day(23, 9)), ("previous", day(20, 9)), ("skip", None)]
)
def test_a_day_off_is_moved_as_was_said(
    subscribe: Callable[..., Subscription], travel: Any, on_day_off: str, comes: datetime | None
) -> None:
    # Sundays; 2026-11-22 is one like any other.
    one = subscribe(weekday=6, on_day_off=on_day_off)
    Subscription.objects.filter(pk=one.pk).update(decided_at=day(18, 12))
    moments = [hour for hour in (day(20, 9), day(22, 9), day(23, 9)) if work(hour, travel)]
    assert moments == ([comes] if comes else [])


def test_what_was_missed_for_longer_than_half_a_day_is_left_out(
    subscribe: Callable[..., Subscription], travel: Any
) -> None:
    subscribe()
    assert work(day(24, 9), travel) == 0
    assert work(day(30, 15), travel) == 1


def test_paused_and_ended_nothing_comes_and_nothing_is_made_up_for(
    subscribe: Callable[..., Subscription], travel: Any, addressed: Cast
) -> None:
    one = subscribe()
    client = client_of(addressed.zhao)
    address = f"/dashboard/subscriptions/{one.pk}/"
    assert client.post(f"{address}pause/", {"version": 1}, headers=HTMX).status_code == 204
    assert work(day(23, 9), travel) == 0
    travel.move_to(day(23, 10))
    assert client.post(f"{address}resumption/", {"version": 1}, headers=HTMX).status_code == 412
    assert client.post(f"{address}resumption/", {"version": 2}, headers=HTMX).status_code == 204
    assert work(day(23, 11), travel) == 0
    assert work(day(30, 9), travel) == 1
    # The session of a week ago is over.
    client = client_of(addressed.zhao)
    assert client.post(f"{address}removal/", {"version": 3}, headers=HTMX).status_code == 204
    assert client.get(address).status_code == 404
    travel.move_to(day(30, 10))
    assert issue_due(at=day(30, 10) + timedelta(days=7)) == 0


def test_a_subscription_is_made_changed_and_tried_out_on_the_page(
    addressed: Cast, post: Channel, mailbox: Mailbox, week: dict[str, Task]
) -> None:
    client = client_of(addressed.zhao)
    sent = {**LINE, "channel": str(post.pk)}
    refused = client.post("/dashboard/subscriptions/new/", {**sent, "at_time": "03:00"}, headers=HTMX)
    assert refused.status_code == 422
    assert 'value="03:00"' in refused.content.decode()
    assert client.post("/dashboard/subscriptions/new/", sent, headers=HTMX).status_code == 204
    one = Subscription.objects.get()
    assert (one.weekday, one.day, one.channel) == (0, None, post)
    edit = {**sent, "when": "m-1", "version": "1"}
    assert client.post(f"/dashboard/subscriptions/{one.pk}/", edit, headers=HTMX).status_code == 204
    one.refresh_from_db()
    assert (one.weekday, one.day) == (None, -1)
    assert client.post(f"/dashboard/subscriptions/{one.pk}/sending/", headers=HTMX).status_code == 204
    assert client.post(f"/dashboard/subscriptions/{one.pk}/sending/", headers=HTMX).status_code == 409
    running.drain()
    assert len(came(mailbox)) == 1
    assert "每月最后一天" in client.get("/dashboard/subscriptions/").content.decode()
    # What is somebody else's does not exist.
    assert client_of(addressed.wang).get(f"/dashboard/subscriptions/{one.pk}/").status_code == 404


def test_a_group_robot_gets_it_from_who_directs_only(
    subscribe: Callable[..., Subscription], addressed: Cast, robot: Robot, travel: Any, week: dict[str, Task]
) -> None:
    values = {"name": "运营群", "topics": [], "address": robot.url, "secret": "SECx"}
    group = channels.add(
        kind="dingtalk", values=values, site="https://ops.example.cn", by=addressed.admin, at=NOW
    )
    with pytest.raises(Forbidden):
        subscribe(channel=group, by=addressed.chen)
    subscribe(channel=group)
    assert work(day(23, 9), travel) == 1
    (got,) = robot.posts
    assert "按时完成率" in got.json["markdown"]["text"]
    assert "40%" in got.json["markdown"]["text"]


def test_who_may_not_see_it_any_more_gets_nothing(
    subscribe: Callable[..., Subscription], addressed: Cast, mailbox: Mailbox, travel: Any
) -> None:
    subscribe(by=addressed.chen, department=addressed.content)
    RoleAssignment.objects.filter(person=addressed.chen).delete()
    work(day(23, 9), travel)
    assert not came(mailbox)
    assert Letter.objects.get().state == Letter.State.DROPPED


def test_without_an_address_or_after_the_channel_went_it_is_refused(
    subscribe: Callable[..., Subscription], addressed: Cast, post: Channel
) -> None:
    addressed.zhao.email = ""
    addressed.zhao.save(update_fields=["email"])
    with pytest.raises(Refused):
        subscribe()
    shown = client_of(addressed.zhao).get("/dashboard/subscriptions/new/").content.decode()
    assert "你还没有邮箱地址" in shown
