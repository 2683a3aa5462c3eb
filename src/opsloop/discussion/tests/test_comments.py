"""Talking about a task: who may, whom one may name, what is kept and what is taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from opsloop.activity.models import Event, Undo
from opsloop.discussion.actions import comments
from opsloop.discussion.models import Comment, Watch
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import NOW, Cast, person
from opsloop.records.refusals import Refused
from opsloop.work.models import Task

As = Callable[[Person], Client]


def say(client: Client, task: Task, text: str, **fields: str) -> int:
    return client.post(f"/talk/task/{task.pk}/", {"text": text, **fields}).status_code


def test_a_comment_is_shown_with_its_links_and_line_breaks(cast: Cast, task: Task, as_person: As) -> None:
    client = as_person(cast.lin)
    assert say(client, task, "第一行\n> 引用\nhttps://a.example/x <b>粗</b>") == 200
    page = client.get(f"/talk/task/{task.pk}/").content.decode()
    assert "<blockquote>引用</blockquote>" in page
    assert '<a href="https://a.example/x" target="_blank" rel="noopener noreferrer nofollow">' in page
    assert "&lt;b&gt;粗&lt;/b&gt;" in page


def test_it_is_sent_once(cast: Cast, task: Task, as_person: As) -> None:
    client = as_person(cast.lin)
    assert say(client, task, "好", submission_key="k1") == say(client, task, "好", submission_key="k1") == 200
    assert Comment.objects.count() == 1


@pytest.mark.parametrize("text", ["", " \n ", "长" * 10_001])
def test_it_refuses_nothing_and_too_much(cast: Cast, task: Task, as_person: As, text: str) -> None:
    client = as_person(cast.lin)
    response = client.post(f"/talk/task/{task.pk}/", {"text": text})
    assert response.status_code == 422
    assert response["HX-Retarget"] == f"#talk-error-task-{task.pk}"
    assert not Comment.objects.exists()


def test_who_cannot_see_the_task_cannot_be_named(cast: Cast, task: Task, as_person: As) -> None:
    client = as_person(cast.lin)
    response = client.post(f"/talk/task/{task.pk}/", {"text": "@陈敏 @何远 看一下"})
    assert response.status_code == 422
    assert "何远" in response.content.decode()
    assert "陈敏" not in response.content.decode()
    assert not Comment.objects.exists()
    assert say(client, task, "@陈敏 看一下") == 200
    assert list(Comment.objects.get().mentions.all()) == [cast.chen]


def test_two_of_one_name_are_told_apart_by_their_accounts(cast: Cast, task: Task) -> None:
    twin = person("chenmin2", "陈敏", cast.content, None)
    with pytest.raises(Refused, match="chenmin2"):
        comments.add(subject=task, text="@陈敏 看", by=cast.lin, at=NOW)
    task.collaborators.add(twin)
    said = comments.add(subject=task, text="@陈敏(chenmin2) 看", by=cast.lin, at=NOW)
    assert list(said.mentions.all()) == [twin]


def test_names_are_offered_by_pinyin_and_only_of_those_who_see_it(
    cast: Cast, task: Task, as_person: As
) -> None:
    from opsloop.search import actions as search

    for one in cast.active:
        search.index(kind="person", object_id=one.pk, title=one.name)
    client = as_person(cast.lin)
    found = {
        typed: client.get(f"/talk/task/{task.pk}/names/", {"q": typed}).content.decode()
        for typed in ("cm", "敏", "hy", "wangl")
    }
    assert "陈敏" in found["cm"]
    assert "陈敏" in found["敏"]
    assert "何远" not in found["hy"]
    assert "王磊" in found["wangl"]


def test_an_answer_stands_under_the_first_comment(cast: Cast, task: Task) -> None:
    first = comments.add(subject=task, text="问", by=cast.lin, at=NOW)
    second = comments.add(subject=task, text="答", by=cast.chen, at=NOW, reply_to=first)
    third = comments.add(subject=task, text="再答", by=cast.lin, at=NOW, reply_to=second)
    assert (second.reply_to, third.reply_to) == (first, first)


def test_only_the_author_edits_and_a_stale_edit_gets_a_choice(cast: Cast, task: Task, as_person: As) -> None:
    said = comments.add(subject=task, text="原文", by=cast.lin, at=NOW)
    address = f"/comments/{said.pk}/edit/"
    assert as_person(cast.chen).post(address, {"text": "改", "version": 1}).status_code == 403
    client = as_person(cast.lin)
    assert client.post(address, {"text": "改"}).status_code == 428
    assert client.post(address, {"text": "改", "version": 1}).status_code == 200
    assert client.post(address, {"text": "又改", "version": 1}).status_code == 412
    said.refresh_from_db()
    assert said.text == "改"
    assert said.edited_at is not None


def test_a_deleted_comment_comes_back(cast: Cast, task: Task, as_person: As) -> None:
    said = comments.add(subject=task, text="说错了", by=cast.lin, at=NOW)
    client = as_person(cast.lin)
    response = client.post(f"/comments/{said.pk}/bin/", {"version": 1})
    assert "说错了" not in response.content.decode()
    undo = Undo.objects.get(verb="comment.restore")
    assert client.post(f"/undo/{undo.pk}/").status_code == 204
    assert "说错了" in client.get(f"/talk/task/{task.pk}/").content.decode()


def test_a_member_does_not_delete_what_others_said_but_a_lead_may(
    cast: Cast, task: Task, as_person: As
) -> None:
    said = comments.add(subject=task, text="老板的话", by=cast.wang, at=NOW)
    assert as_person(cast.lin).post(f"/comments/{said.pk}/bin/", {"version": 1}).status_code == 403
    assert as_person(cast.chen).post(f"/comments/{said.pk}/bin/", {"version": 1}).status_code == 200


def test_a_sign_is_given_once_and_taken_back(cast: Cast, task: Task, as_person: As) -> None:
    said = comments.add(subject=task, text="好", by=cast.lin, at=NOW)
    client = as_person(cast.chen)
    page = client.post(f"/comments/{said.pk}/reactions/", {"sign": "agree"}).content.decode()
    assert "陈敏" in page
    assert said.reactions.count() == 1
    client.post(f"/comments/{said.pk}/reactions/", {"sign": "agree"})
    assert said.reactions.count() == 0
    assert client.post(f"/comments/{said.pk}/reactions/", {"sign": "💣"}).status_code == 409


def test_the_stranger_and_the_reader_say_nothing(cast: Cast, task: Task, as_person: As) -> None:
    assert say(as_person(cast.outsider), task, "路过") == 404
    assert as_person(cast.sun).post(f"/talk/task/{task.pk}/", {"text": "记录"}).status_code == 422
    assert as_person(cast.sun).get(f"/talk/task/{task.pk}/").status_code == 200
    assert not Comment.objects.exists()


def test_who_speaks_watches_and_who_left_stays_away(cast: Cast, task: Task, as_person: As) -> None:
    client = as_person(cast.wang)
    say(client, task, "进展如何？")
    assert Watch.objects.get(person=cast.wang).is_on
    client.delete(f"/talk/task/{task.pk}/watching/")
    say(client, task, "再问一句")
    assert not Watch.objects.get(person=cast.wang).is_on


def test_history_holds_no_word_of_what_was_said(cast: Cast, task: Task) -> None:
    comments.add(subject=task, text="机密", by=cast.lin, at=NOW)
    event = Event.objects.get(kind="comment.added")
    assert "机密" not in f"{event.changes}{event.note}"
    assert event.subject_kind == "task_talk"


def test_talk_goes_with_its_subject(cast: Cast, task: Task) -> None:
    comments.add(subject=task, text="好", by=cast.lin, at=NOW)
    task.delete()
    assert not Comment.objects.exists()
