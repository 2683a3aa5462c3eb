"""Sending the day: one line each, once, with the reader's own rights, to be taken back for ten minutes."""

from __future__ import annotations

import pytest

from opsloop.activity.actions import take_back
from opsloop.activity.models import Undo
from opsloop.inbox.models import Arrangement, Notification
from opsloop.organisation.tests.cast import NOW
from opsloop.records.refusals import Refused
from opsloop.rituals.models import RitualRun
from opsloop.team.tests.conftest import EVENING, HOUR, browser, page, piece
from opsloop.work.actions import tasks

URL = "/team/arrangements/"


@pytest.fixture
def day(cast, bai, make):
    piece(make("写推文", cast.lin, due_at=None), cast.lin, NOW + HOUR)
    make("交周报", bai)
    return {"person": [cast.lin.pk, bai.pk], "note": "今天大促，辛苦了"}


def test_everybody_gets_one_line_with_what_their_day_holds(cast, bai, day):
    shown = page(cast.chen, URL)
    assert "写推文" in shown
    assert "交周报" in shown
    assert browser(cast.lin).post(URL, day).status_code == 403
    assert browser(cast.chen).post(URL, day).status_code == 204
    mine = Arrangement.objects.get(person=cast.lin)
    inbox = page(cast.lin, "/inbox/")
    assert "陈敏 发来了今日安排" in inbox
    assert f"/team/arrangements/{mine.pk}/" in inbox
    got = page(cast.lin, f"/team/arrangements/{mine.pk}/")
    assert "写推文" in got
    assert "今天大促" in got
    assert "交周报" not in got
    assert browser(bai).get(f"/team/arrangements/{mine.pk}/").status_code == 404


def test_sending_the_day_ends_the_round(cast, day):
    assert "data-round-all" in page(cast.chen, "/team/morning/")
    browser(cast.chen).post(URL, day)
    assert RitualRun.objects.get().state == "finished"
    assert "data-round-all" not in page(cast.chen, "/team/morning/")
    take_back(undo=Undo.objects.latest("pk"), by=cast.chen, at=NOW)
    assert not Arrangement.objects.exists()


def test_sending_twice_sends_once(cast, day):
    assert browser(cast.chen).post(URL, day).status_code == 204
    assert browser(cast.chen).post(URL, day).status_code == 409
    assert browser(cast.wang).post(URL, day).status_code == 409
    assert Notification.objects.filter(reason="arranged").count() == 2
    assert "已全部发送" in page(cast.chen, URL)


def test_it_is_taken_back_in_time_and_stays_after_that(cast, day):
    browser(cast.chen).post(URL, day)
    undo = Undo.objects.latest("pk")
    with pytest.raises(Refused):
        take_back(undo=undo, by=cast.chen, at=NOW + HOUR)
    take_back(undo=undo, by=cast.chen, at=NOW)
    assert not Arrangement.objects.exists()
    assert not Notification.objects.filter(reason="arranged").exists()
    assert browser(cast.chen).post(URL, day).status_code == 204


def test_only_ones_own_people_get_it_and_hidden_words_stay_hidden(cast, bai, day):
    tasks.create(
        by=cast.outsider,
        at=NOW,
        title="产品部的秘密",
        owner=cast.lin,
        department=cast.product,
        due_at=EVENING,
    )
    assert "产品部的秘密" not in page(cast.chen, URL)
    assert browser(cast.chen).post(URL, {"person": [cast.outsider.pk, cast.zhou.pk]}).status_code == 409
    browser(cast.chen).post(URL, day)
    mine = Arrangement.objects.get(person=cast.lin)
    assert "产品部的秘密" in page(cast.lin, f"{URL}{mine.pk}/")
    assert "产品部的秘密" not in page(cast.chen, f"{URL}{mine.pk}/")
    assert not Arrangement.objects.filter(person=cast.outsider).exists()
