"""Lessons: written, found, offered where a like task is opened, rated, confirmed, put away."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from opsloop.knowledge import actions
from opsloop.knowledge.models import STALE, Lesson, Vote
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import NOW, Cast, count_queries
from opsloop.work.actions import tasks
from opsloop.work.models import Category

pytestmark = pytest.mark.django_db
WORDS = {"title": "短视频脚本先过提纲", "situation": "返工两轮", "deed": "先写五行提纲"}
DRAWER = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "div#drawer-content"}


def log_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def learned(by: Person, days: int = 0, **values: Any) -> Lesson:
    return actions.write(values={**WORDS, **values}, task=None, by=by, at=NOW - timedelta(days=days))


def test_a_lesson_is_written_and_read_by_everybody(cast: Cast) -> None:
    assert log_in(cast.lin).post("/knowledge/new/", WORDS).status_code == 303
    made = Lesson.objects.get()
    assert (made.author, made.department) == (cast.lin, cast.content)
    assert "先写五行提纲" in log_in(cast.outsider).get(f"/knowledge/{made.pk}/").content.decode()


@pytest.mark.parametrize("field", ["title", "situation", "deed"])
def test_a_lesson_that_lacks_something_is_refused_beside_its_field(cast: Cast, field: str) -> None:
    answer = log_in(cast.lin).post("/knowledge/new/", {**WORDS, field: ""})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert WORDS["deed"] in answer.content.decode() or field == "deed"
    assert not Lesson.objects.exists()


def test_it_is_found_by_chinese_pinyin_and_initials(cast: Cast) -> None:
    learned(cast.lin)
    learned(cast.lin, title="社群接龙规则一页纸", deed="配一张截图")
    client = log_in(cast.zhou)
    for wanted in ("短视频", "五行提纲", "duanshipin", "dspjb"):
        found = client.get("/knowledge/", {"q": wanted}).content.decode()
        assert "短视频脚本先过提纲" in found, wanted
        assert "社群接龙" not in found, wanted
    assert "短视频脚本先过提纲" in client.get("/search/", {"q": "短视频"}).content.decode()


def test_a_like_task_is_offered_it_with_the_reason_and_others_are_not(cast: Cast) -> None:
    writing = Category.objects.create(name="内容创作")
    learned(cast.lin, category=writing)
    like = tasks.create(by=cast.zhou, at=NOW, title="双12短视频脚本", owner=cast.zhou, category=writing)
    other = tasks.create(by=cast.zhou, at=NOW, title="整理发票", owner=cast.zhou, category=writing)
    client = log_in(cast.zhou)
    said = client.get(f"/tasks/{like.pk}/lessons/").content.decode()
    assert "短视频脚本先过提纲" in said
    assert "因为都涉及：短视频脚本" in said
    assert "同类工作" in said
    assert client.get(f"/tasks/{other.pk}/lessons/").content.decode().strip() == ""
    assert log_in(cast.outsider).get(f"/tasks/{like.pk}/lessons/").status_code == 404


def test_a_vote_counts_once_and_the_same_again_takes_it_back(cast: Cast) -> None:
    made = learned(cast.lin)
    client = log_in(cast.zhou)
    for useful, left in (("1", [True]), ("0", [False]), ("0", [])):
        assert client.post(f"/knowledge/{made.pk}/vote/", {"useful": useful}).status_code == 303
        assert list(Vote.objects.values_list("is_useful", flat=True)) == left
    assert log_in(cast.lin).post(f"/knowledge/{made.pk}/vote/", {"useful": "1"}).status_code == 409


def test_what_nobody_confirmed_for_half_a_year_comes_up_again(cast: Cast) -> None:
    old = learned(cast.lin, days=STALE.days + 1)
    learned(cast.lin, title="社群接龙规则一页纸")
    client = log_in(cast.zhou)
    assert "社群接龙" not in client.get("/knowledge/?sign=stale").content.decode()
    assert old.title in client.get("/knowledge/?sign=stale").content.decode()
    assert client.post(f"/knowledge/{old.pk}/confirmation/", {"version": old.version}).status_code == 303
    assert old.title not in client.get("/knowledge/?sign=stale").content.decode()


def test_it_is_changed_by_its_author_and_their_lead_alone(cast: Cast) -> None:
    made = learned(cast.lin)
    address = f"/knowledge/{made.pk}/edit/"
    for person, status in ((cast.zhou, 403), (cast.outsider, 403), (cast.lin, 303), (cast.chen, 303)):
        version = Lesson.objects.get().version
        fields = {**WORDS, "outcome": f"{person.name}写的", "version": version}
        assert log_in(person).post(address, fields).status_code == status, person
    assert log_in(cast.lin).post(address, {**WORDS, "version": 1}).status_code == 412


def test_what_was_put_away_is_offered_and_found_no_more_until_it_is_brought_back(cast: Cast) -> None:
    made = learned(cast.lin)
    client = log_in(cast.lin)
    answer = client.post(f"/knowledge/{made.pk}/archive/", {"version": made.version}, headers=DRAWER)
    assert made.title not in client.get("/knowledge/").content.decode()
    assert made.title not in client.get("/search/", {"q": "短视频"}).content.decode()
    assert client.post(json.loads(answer["HX-Trigger"])["toast"]["undo"]).status_code < 400
    assert made.title in client.get("/knowledge/", {"q": "短视频"}).content.decode()


def test_more_lessons_ask_no_more_of_the_database(cast: Cast) -> None:
    task = tasks.create(by=cast.lin, at=NOW, title="短视频脚本", owner=cast.lin)
    for number in range(12):
        learned(cast.zhou, title=f"短视频脚本{number}")
    client = log_in(cast.lin)
    assert count_queries(client, "/knowledge/") <= 15
    assert count_queries(client, f"/tasks/{task.pk}/lessons/", **DRAWER) <= 8
