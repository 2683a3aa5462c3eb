"""The link in a mail: for one person, one edition, some days; a GET confirms nothing, and nobody is logged in by it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.core import signing
from django.core.cache import cache
from django.test import Client

from opsloop.background import running
from opsloop.channels.actions import channels
from opsloop.channels.jobs import pack_due
from opsloop.channels.models import Channel, Delivery
from opsloop.channels.tests import servers
from opsloop.inbox.models import Preference
from opsloop.notices.actions import correcting
from opsloop.notices.doors import SALT, Door, read_token, token_of
from opsloop.notices.models import Notice, NoticeRules
from opsloop.notices.tests.conftest import DAY, HOUR, WORDS, receipt_of, tap
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db
SITE = "https://ops.example.cn"


@pytest.fixture(autouse=True)
def _no_knocks() -> None:
    cache.clear()


@pytest.fixture
def mailbox(cast: Cast) -> Iterator[servers.Mailbox]:
    with servers.mailbox() as running_:
        values = {
            "name": "邮件", "host": "127.0.0.1", "port": running_.port, "security": "none", "sender": "ops@example.cn",
        }  # fmt: skip
        channels.add(kind="mail", values=values, site=SITE, by=cast.admin, at=NOW)
        yield running_


def url(notice: Notice, person: Person, edition: int = 1, days: int = 7) -> str:
    return f"/notices/receipt/{token_of(Door(notice.pk, person.pk, edition), days=days)}/"


def test_opening_the_link_confirms_nothing_and_pressing_the_button_does(
    cast: Cast, sent: Callable[..., Notice]
) -> None:
    notice = sent()
    link, client = url(notice, cast.lin), Client(enforce_csrf_checks=True)
    for _scanner in range(3):
        shown = client.get(link)
        assert shown.status_code == 200
        assert client.head(link).status_code in {200, 405}
    assert receipt_of(notice, cast.lin).is_open
    said = shown.content.decode()
    assert notice.title in said
    assert WORDS["demands"] not in said, "no more than stood in the mail"
    assert said.count("data-once") == 1, "one button"
    done = client.post(link)
    assert "你已于" in done.content.decode()
    row = receipt_of(notice, cast.lin)
    assert (row.is_open, row.way) == (False, "mail")
    assert "你已于" in client.post(link).content.decode(), "pressed again it says so"
    assert "sessionid" not in "".join(client.cookies)
    assert client.get("/").status_code == 302, "nobody is logged in"
    assert done["Cache-Control"].startswith("max-age=0") or "no-store" in done["Cache-Control"]


def test_it_is_good_for_nothing_else(cast: Cast, sent: Callable[..., Notice]) -> None:
    notice = sent()
    token = token_of(Door(notice.pk, cast.lin.pk, 1), days=7)
    outsider = token_of(Door(notice.pk, cast.outsider.pk, 1), days=7)
    forged = signing.dumps([notice.pk, cast.lin.pk, 1, 9_999_999_999], salt="something.else")
    client = Client()
    for bad in (token[:-2], f"{token}x", "x", outsider, forged, signing.dumps("x", salt=SALT), "0" * 900):
        for method in (client.get, client.post):
            cache.clear()
            answer = method(f"/notices/receipt/{bad}/")
            assert answer.status_code == 404, bad[:20]
            assert notice.title not in answer.content.decode()
    assert receipt_of(notice, cast.lin).is_open


def test_it_expires(cast: Cast, sent: Callable[..., Notice], clock: time_machine.Coordinates) -> None:
    notice = sent()
    link = url(notice, cast.lin, days=2)
    clock.move_to(NOW + 2 * DAY - HOUR)
    assert Client().get(link).status_code == 200
    clock.move_to(NOW + 2 * DAY)
    assert Client().post(link).status_code == 404
    assert receipt_of(notice, cast.lin).is_open


def test_it_says_when_the_notice_was_corrected_withdrawn_or_closed(
    cast: Cast, sent: Callable[..., Notice]
) -> None:
    notice = sent()
    link = url(notice, cast.lin)
    correcting.correct(
        notice=notice, values={"demands": "新"}, responsible=[], why="改", ask="yes", by=cast.wang, at=NOW,
        version=notice.version,
    )  # fmt: skip
    running.drain()
    assert "更正" in Client().get(link).content.decode()
    assert Client().post(link).status_code == 409
    assert Client().post(url(notice, cast.lin, edition=2)).status_code == 200
    other = sent()
    correcting.withdraw(notice=other, why="错", by=cast.wang, at=NOW, version=other.version)
    assert Client().post(url(other, cast.lin)).status_code == 409


def test_who_has_left_confirms_nothing(cast: Cast, sent: Callable[..., Notice]) -> None:
    notice = sent()
    link = url(notice, cast.lin)
    Person.objects.filter(pk=cast.lin.pk).update(is_active=False)
    assert Client().post(link).status_code == 404
    assert receipt_of(notice, cast.lin).is_open


@pytest.mark.usefixtures("cast")
def test_who_tries_links_out_is_slowed_down() -> None:
    answers = {Client().get(f"/notices/receipt/guess{n}/").status_code for n in range(40)}
    assert answers == {404, 429}


def mails_of(mailbox: servers.Mailbox) -> dict[str, Any]:
    return {str(mail["To"]): mail for mail in mailbox.mails}


def text_of(mail: Any) -> str:
    return str(mail.get_body(preferencelist=("plain",)).get_content())


def test_an_important_notice_is_mailed_at_once_with_a_link_that_works(
    cast: Cast, sent: Callable[..., Notice], mailbox: servers.Mailbox
) -> None:
    Preference.objects.create(person=cast.lin, topic="notices", channel="inbox", is_on=False)
    notice = sent(importance="important")
    mails = mails_of(mailbox)
    assert {"linyue@qinghe.example", "zhouhang@qinghe.example"} <= mails.keys()
    found = re.search(rf"{SITE}(/notices/receipt/\S+)", text_of(mails["linyue@qinghe.example"]))
    assert found is not None
    assert Client().post(found[1]).status_code == 200
    assert not receipt_of(notice, cast.lin).is_open
    assert receipt_of(notice, cast.zhou).is_open, "a link is one person's own"


def test_a_normal_one_waits_for_the_bundle_and_an_urgent_one_for_no_quiet_hours(
    cast: Cast, sent: Callable[..., Notice], mailbox: servers.Mailbox, clock: time_machine.Coordinates
) -> None:
    sent()
    assert not mailbox.mails
    night = NOW + 14 * HOUR
    clock.move_to(night)
    sent(at=night, importance="important", title="夜里的重要通知")
    assert not [mail for mail in mailbox.mails if "夜里的重要通知" in text_of(mail)]
    sent(at=night, importance="urgent", title="夜里的紧急通知")
    assert [mail for mail in mailbox.mails if "夜里的紧急通知" in text_of(mail)]
    rules = NoticeRules.objects.create(ways={"urgent": {"at_once": False}})
    before = len(mailbox.mails)
    sent(at=night, importance="urgent", title="听规则的")
    pack_due(at=night)
    running.drain()
    assert len(mailbox.mails) == before, rules


def test_a_robot_tells_a_group_once_and_only_if_all_of_it_gets_the_notice(
    cast: Cast, sent: Callable[..., Notice], settings: Any
) -> None:
    settings.OPSLOOP_OUTBOUND_ALLOW = ["127.0.0.1/32"]
    with servers.robot() as robot:
        base = {"topics": ["named"], "address": robot.url, "secret": "SECx"}
        whole = channels.add(
            kind="feishu",
            values={**base, "name": "内容群", "department": cast.content},
            site=SITE,
            by=cast.admin,
            at=NOW,
        )
        everybody = channels.add(
            kind="feishu", values={**base, "name": "全员群"}, site=SITE, by=cast.admin, at=NOW
        )
        notice = sent(audience={"departments": [cast.content.pk]}, title="内容组值班")
        went = Delivery.objects.filter(person=None, subject_kind="notice")
        assert set(went.values_list("channel", flat=True)) == {whole.pk}
        assert len(robot.posts) == 1
        said = str(robot.posts[0].json)
        assert "内容组值班" in said
        assert "新通知" in said
        tap(notice, cast.lin)
        running.drain()
        assert len(robot.posts) == 1
        sent(audience={"departments": [cast.content.pk], "without": [cast.lin.pk]}, title="不含林悦")
        assert "不含林悦" not in "".join(str(post.json) for post in robot.posts)
        assert everybody.pk not in Delivery.objects.filter(person=None).values_list("channel", flat=True)
        assert Channel.objects.get(pk=whole.pk).state == "active"


def test_a_token_is_read_back_and_nothing_else_is() -> None:
    door = Door(3, 4, 5)
    assert read_token(token_of(door, days=1)) == door
    assert read_token(token_of(door, days=0)) is None
