"""Mail: at once what names somebody, the rest in bundles, nothing in quiet hours, nothing twice (R6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from opsloop.background import queue, running
from opsloop.background.models import Errand
from opsloop.channels import packing, sending
from opsloop.channels.models import Channel, Delivery, Letter, Times, Wish
from opsloop.channels.tests.servers import Mailbox
from opsloop.discussion.actions import comments
from opsloop.inbox import actions as inbox
from opsloop.inbox.models import Notification
from opsloop.inbox.telling import tell
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import NOW, Cast
from opsloop.work.actions import tasks
from opsloop.work.models import Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def travel() -> Iterator[Any]:
    # Monday, 09:00 in Shanghai and a little: the bundle of nine has just gone.
    with time_machine.travel(NOW + timedelta(minutes=5), tick=False) as traveller:
        yield traveller


@pytest.fixture
def task(post: Channel, addressed: Cast, travel: Any) -> Task:
    return tasks.create(by=addressed.chen, at=NOW, title="写双十一文案", owner=addressed.lin)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return an hour of November in Shanghai."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


def work(moment: datetime | None = None, travel: Any = None) -> None:
    """Let the clock come to `moment`, and a worker do what is due."""
    if moment is not None:
        travel.move_to(moment)
        packing.pack(at=moment)
    running.drain()


def naming(mailbox: Mailbox) -> list[str]:
    """Return who got mail because somebody named them; bundles are left out."""
    return [mail["To"] for mail in mailbox.mails if "@" in mail["Subject"]]


def name_lin(task: Task, cast: Cast, text: str = "请看 @林悦") -> None:
    comments.add(subject=task, text=text, by=cast.zhao, at=datetime.now(UTC))


def test_who_is_named_gets_a_mail_at_once_that_says_why(
    task: Task, addressed: Cast, mailbox: Mailbox
) -> None:
    name_lin(task, addressed)
    work()
    (mail,) = mailbox.mails
    assert (mail["To"], mail["From"]) == ("linyue@example.cn", "ops@example.cn")
    assert "写双十一文案" in mail["Subject"]
    text = mail.get_body(("plain",)).get_content()
    assert f"https://ops.example.cn/tasks/{task.pk}/" in text
    assert "评论里用 @ 提到了你" in text or "@" in text
    assert mail["List-Unsubscribe"] == "<https://ops.example.cn/settings/notifications/>"
    assert mail["Auto-Submitted"] == "auto-generated"
    html = mail.get_body(("html",)).get_content()
    assert "写双十一文案" in html


def test_the_rest_comes_as_one_bundle_without_what_was_read(
    task: Task, addressed: Cast, mailbox: Mailbox, travel: Any
) -> None:
    second = tasks.create(by=addressed.chen, at=NOW, title="排期会", owner=addressed.lin)
    read = tasks.create(by=addressed.chen, at=NOW, title="已经看过的", owner=addressed.lin)
    work()
    assert not mailbox.mails
    rows = Notification.objects.filter(person=addressed.lin, subject_id=read.pk)
    inbox.read(rows=rows, by=addressed.lin, at=NOW + timedelta(hours=1))
    work(at(23, 15, 59), travel)
    assert not mailbox.mails
    work(at(23, 16, 0), travel)
    (mail,) = mailbox.mails
    text = mail.get_body(("plain",)).get_content()
    assert task.title in text
    assert second.title in text
    assert "已经看过的" not in text


def test_at_night_and_on_the_weekend_it_waits_for_the_next_working_morning(
    task: Task, addressed: Cast, mailbox: Mailbox, travel: Any
) -> None:
    travel.move_to(at(27, 21))
    name_lin(task, addressed)
    work()
    work(at(28, 12), travel)
    assert not mailbox.mails
    work(at(30, 8, 30), travel)
    assert naming(mailbox) == ["linyue@example.cn"]


def test_a_person_chooses_which_way_and_when(
    task: Task, addressed: Cast, mailbox: Mailbox, travel: Any
) -> None:
    Wish.objects.create(person=addressed.lin, topic="named", way="mail", mode="off")
    Wish.objects.create(person=addressed.lin, topic="changes", way="mail", mode="now")
    Times.objects.create(person=addressed.lin, bundles=["11:00"], rests=False)
    name_lin(task, addressed)
    work()
    assert not mailbox.mails
    work(at(23, 11), travel)
    assert len(mailbox.mails) == 1, "the bundle, at the chosen time"


def test_a_bundle_missed_in_a_downtime_comes_when_the_worker_is_back(
    task: Task, mailbox: Mailbox, travel: Any
) -> None:
    travel.move_to(at(23, 16, 40))
    work()
    work(at(23, 16, 41), travel)
    assert len(mailbox.mails) == 1


def test_an_event_told_again_goes_out_once(task: Task, addressed: Cast, mailbox: Mailbox) -> None:
    name_lin(task, addressed)
    events = [row.event for row in Notification.objects.filter(reason="mentioned").select_related("event")]
    for _again in range(5):
        tell(events)
        work()
    assert len(mailbox.mails) == 1
    assert Delivery.objects.filter(reason="mentioned").count() == 1


def test_a_mail_sent_twice_by_accident_carries_the_same_id(
    task: Task, addressed: Cast, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, travel: Any
) -> None:
    name_lin(task, addressed)
    with monkeypatch.context() as patch:
        # Killed between the mail server's answer and the note of it.
        patch.setattr(sending, "_end", lambda *_arguments, **_options: (_ for _ in ()).throw(SystemError()))
        work()
    travel.shift(timedelta(minutes=1))
    work()
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 1
    assert len(mailbox.mails) == 2
    assert Letter.objects.get().state == "sent"


def test_an_unknown_recipient_does_not_hold_up_the_others(
    task: Task, addressed: Cast, mailbox: Mailbox
) -> None:
    mailbox.unknown.add("linyue@example.cn")
    name_lin(task, addressed, "请看 @林悦 @陈敏")
    work()
    assert [mail["To"] for mail in mailbox.mails] == ["chenmin@example.cn"]
    failed = Letter.objects.get(person=addressed.lin)
    assert (failed.state, failed.error) == ("failed", "recipient")
    assert not Errand.objects.filter(status="dead").exists()


def test_a_mail_server_that_is_busy_is_tried_again(
    task: Task, addressed: Cast, mailbox: Mailbox, travel: Any
) -> None:
    mailbox.busy = True
    name_lin(task, addressed)
    work()
    assert Letter.objects.get().error
    mailbox.busy = False
    travel.shift(timedelta(minutes=1))
    work()
    assert (len(mailbox.mails), Letter.objects.get().state) == (1, "sent")


def test_what_one_may_not_see_any_more_is_not_mailed(task: Task, addressed: Cast, mailbox: Mailbox) -> None:
    name_lin(task, addressed)
    Task.objects.filter(pk=task.pk).update(deleted_at=NOW)
    work()
    assert not mailbox.mails
    assert Letter.objects.get().state == "dropped"


def test_who_has_no_address_or_has_left_gets_nothing(task: Task, addressed: Cast, mailbox: Mailbox) -> None:
    Person.objects.filter(pk=addressed.lin.pk).update(email="")
    name_lin(task, addressed)
    work()
    assert not mailbox.mails
    assert Notification.objects.filter(person=addressed.lin, reason="mentioned").exists()


def test_after_the_day_was_closed_nothing_calls_before_the_next(
    task: Task, addressed: Cast, mailbox: Mailbox, travel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from opsloop.activity import registry

    monkeypatch.setattr(registry, "quiet_people", lambda people, *, at: frozenset({addressed.lin.pk}))
    travel.move_to(at(23, 17))
    name_lin(task, addressed)
    work()
    assert not naming(mailbox)
    work(at(24, 8, 30), travel)
    assert naming(mailbox) == ["linyue@example.cn"]


def test_one_connection_serves_many_letters(
    post: Channel,
    addressed: Cast,
    mailbox: Mailbox,
    travel: Any,
    django_assert_max_num_queries: Callable[..., Any],
) -> None:
    task = tasks.create(by=addressed.chen, at=NOW, title="全员通知", owner=addressed.lin)
    work()
    comments.add(subject=task, text="@林悦 @王磊 @赵倩", by=addressed.chen, at=datetime.now(UTC))
    work()
    assert (len(mailbox.mails), mailbox.connections) == (3, 1)
    assert set(Errand.objects.values_list("queue", flat=True)) == {queue.QUICK, queue.OUTSIDE}
