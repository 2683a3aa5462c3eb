"""The pages of channels: administrators alone, secrets shown to nobody; and one's own preferences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from opsloop.activity.models import Event, Undo
from opsloop.background import running
from opsloop.channels import queries
from opsloop.channels.models import Channel, Letter, Times, Wish
from opsloop.channels.secrets import unlock
from opsloop.channels.tests.conftest import SECRET
from opsloop.channels.tests.servers import Robot
from opsloop.inbox.models import Preference
from opsloop.inbox.reasons import TOPICS
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import Cast

pytestmark = pytest.mark.django_db
As = Callable[[Person], Client]
Group = Callable[..., Channel]
FORM = {"name": "运营群", "topics": ["assigned", "named"], "secret": SECRET}


def test_an_administrator_adds_a_robot_and_tests_it(cast: Cast, as_person: As, robot: Robot) -> None:
    client = as_person(cast.admin)
    assert client.post("/manage/channels/new/dingtalk/", {**FORM, "address": robot.url}).status_code == 204
    channel = Channel.objects.get()
    assert (channel.site, channel.state) == ("http://testserver", "active")
    assert client.post(f"/manage/channels/{channel.pk}/test/").status_code == 204
    running.drain()
    assert len(robot.posts) == 1
    assert "已发送" in client.get(f"/manage/channels/{channel.pk}/").content.decode()


def test_secrets_are_kept_locked_and_shown_to_nobody(
    cast: Cast, as_person: As, group: Group, robot: Robot
) -> None:
    channel = group("dingtalk")
    client = as_person(cast.admin)
    for path in ("", "edit/"):
        page = client.get(f"/manage/channels/{channel.pk}/{path}").content.decode()
        assert "t0ken" not in page
        assert SECRET not in page
    assert "t0ken" not in channel.address_locked
    assert not [
        event
        for event in Event.objects.all()
        if SECRET in str(event.changes) or "t0ken" in str(event.changes)
    ]
    # Left empty they stay.
    values = {"name": "新名字", "topics": ["named"], "version": 1}
    assert client.post(f"/manage/channels/{channel.pk}/edit/", values).status_code == 204
    channel.refresh_from_db()
    assert (channel.name, unlock(channel.secret_locked), unlock(channel.address_locked)) == (
        "新名字",
        SECRET,
        robot.url,
    )
    assert client.post(f"/manage/channels/{channel.pk}/edit/", values).status_code == 412


def test_an_address_that_cannot_be_called_is_refused_at_its_field(cast: Cast, as_person: As) -> None:
    answer = as_person(cast.admin).post("/manage/channels/new/webhook/", {**FORM, "address": "ftp://x.cn/"})
    assert answer.status_code == 422
    assert "https://" in answer.content.decode()
    assert not Channel.objects.exists()


def test_a_second_mail_channel_is_refused(cast: Cast, as_person: As, post: Channel) -> None:
    values = {
        "name": "邮件",
        "host": "smtp.example.cn",
        "port": 587,
        "security": "tls",
        "sender": "a@example.cn",
    }
    answer = as_person(cast.admin).post("/manage/channels/new/mail/", values)
    assert answer.status_code == 422
    assert Channel.objects.count() == 1


def test_it_is_paused_resumed_and_removed_with_the_version_one_saw(
    cast: Cast, as_person: As, group: Group
) -> None:
    channel = group("dingtalk")
    client = as_person(cast.admin)
    assert client.post(f"/manage/channels/{channel.pk}/pause/").status_code == 428
    steps = (("pause", "paused"), ("resumption", "active"), ("removal", "removed"))
    for version, (verb, state) in enumerate(steps, start=1):
        assert client.post(f"/manage/channels/{channel.pk}/{verb}/", {"version": version}).status_code == 204
        channel.refresh_from_db()
        assert channel.state == state
    assert (channel.address_locked, channel.secret_locked) == ("", "")
    assert client.get(f"/manage/channels/{channel.pk}/").status_code == 404


def test_the_pages_ask_as_few_questions_for_many_rows(
    cast: Cast, as_person: As, group: Group, django_assert_max_num_queries: Any
) -> None:
    channels = [group("webhook", name=f"程序{number}") for number in range(6)]
    letters = [
        Letter(channel=one, key=f"{one.pk}-{n}", kind="now", made_at=one.created_at)
        for one in channels
        for n in range(9)
    ]
    Letter.objects.bulk_create(letters)
    client = as_person(cast.admin)
    client.get("/manage/")
    with django_assert_max_num_queries(15):
        client.get("/manage/channels/")
    with django_assert_max_num_queries(15):
        client.get(f"/manage/channels/{channels[0].pk}/")
    with django_assert_max_num_queries(15):
        client.get("/settings/notifications/")


def test_nobody_else_sees_channels(cast: Cast, as_person: As, group: Group) -> None:
    channel = group("dingtalk")
    for person in (cast.lin, cast.chen, cast.zhao):
        client = as_person(person)
        assert client.get("/manage/channels/").status_code == 403
        assert client.get(f"/manage/channels/{channel.pk}/").status_code == 403
        assert not queries.channels(person, at=channel.created_at)


def wishes(**changed: Any) -> dict[str, Any]:
    """Return what the form of preferences sends."""
    mails = {f"mail-{topic}": "digest" for topic in TOPICS}
    times = {"first": "10:00", "second": "", "quiet_from": "19:00", "quiet_until": "08:00", "rests": "on"}
    return {**mails, **times, "topic": list(TOPICS), "group": ["named"], **changed}


def test_a_person_keeps_their_preferences(cast: Cast, as_person: As) -> None:
    client = as_person(cast.lin)
    values = wishes(**{"mail-named": "now", "topic": ["assigned", "named"]})
    assert client.post("/settings/notifications/", values).status_code == 204
    chosen = {(row.topic, row.way): row.mode for row in Wish.objects.filter(person=cast.lin)}
    assert (chosen["named", "mail"], chosen["talk", "mail"]) == ("now", "digest")
    assert (chosen["named", "group"], chosen["talk", "group"]) == ("now", "off")
    assert Times.objects.get(person=cast.lin).bundles == ["10:00"]
    assert set(Preference.objects.filter(person=cast.lin, is_on=True).values_list("topic", flat=True)) == {
        "assigned", "named",
    }  # fmt: skip
    page = client.get("/settings/notifications/").content.decode()
    assert 'value="10:00"' in page
    assert client.post("/settings/notifications/", wishes(first="12:00")).status_code == 204
    assert Wish.objects.filter(person=cast.lin, topic="named", way="mail").count() == 1


def test_preferences_are_taken_back_unless_they_were_changed_since(cast: Cast, as_person: As) -> None:
    client = as_person(cast.lin)
    client.post(
        "/settings/notifications/", wishes(**{"topic": ["named"], "mail-named": "now", "first": "11:00"})
    )
    client.post(
        "/settings/notifications/", wishes(**{"topic": [], "mail-named": "off", "group": [], "rests": ""})
    )
    first, second = Undo.objects.filter(verb="preferences.change").order_by("pk")
    assert client.post(f"/undo/{first.pk}/").status_code == 409
    assert Wish.objects.get(person=cast.lin, topic="named", way="mail").mode == "off"
    assert client.post(f"/undo/{second.pk}/").status_code < 400
    chosen = {(row.topic, row.way): row.mode for row in Wish.objects.filter(person=cast.lin)}
    assert (chosen["named", "mail"], chosen["named", "group"], chosen["talk", "mail"]) == (
        "now",
        "now",
        "digest",
    )
    assert [*Preference.objects.filter(person=cast.lin, is_on=True).values_list("topic", flat=True)] == [
        "named"
    ]
    times = Times.objects.get(person=cast.lin)
    assert (times.bundles, times.rests) == (["11:00"], True)


def test_a_wrong_time_or_mode_is_named(cast: Cast, as_person: As) -> None:
    client = as_person(cast.lin)
    assert client.post("/settings/notifications/", wishes(first="25:00")).status_code == 422
    assert client.post("/settings/notifications/", wishes(**{"mail-named": "loud"})).status_code == 409
    assert not Wish.objects.exists()
    assert not Letter.objects.exists()
