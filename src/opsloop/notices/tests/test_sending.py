"""Sending: to whom, numbered, at its time, once; recalled, discarded, brought to newcomers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from opsloop.activity import actions as activity
from opsloop.background import running
from opsloop.background.models import Errand
from opsloop.inbox.models import Notification
from opsloop.notices.actions import delivering, sending, writing
from opsloop.notices.library import read, suggestions
from opsloop.notices.models import Notice, Receipt, RecipientGroup
from opsloop.notices.queries.audience import Audience, in_words, people_of
from opsloop.notices.tests.conftest import DAY, HOUR, names, receipt_of
from opsloop.organisation.models import Person, RoleAssignment
from opsloop.organisation.tests.cast import NOW, Cast, person
from opsloop.records.refusals import Forbidden, Refused, StaleVersion

pytestmark = pytest.mark.django_db


def test_everybody_in_the_departments_gets_it_and_nobody_else(
    cast: Cast, sent: Callable[..., Notice]
) -> None:
    notice = sent()
    assert notice.state == "sent"
    assert notice.number == "BG2026112301"
    assert names(notice, kind="to") == {"林悦", "周航", "陈敏"}, "not the author, the disabled, the stranger"
    told = Notification.objects.filter(subject_kind="notice", subject_id=notice.pk, reason="notice")
    assert set(told.values_list("person__name", flat=True)) == {"林悦", "周航", "陈敏"}
    assert notice.editions.get().title == notice.title


def test_the_second_notice_of_a_day_has_the_next_number(sent: Callable[..., Notice]) -> None:
    assert [sent().number, sent().number] == ["BG2026112301", "BG2026112302"]


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({"departments": ["operations"], "below": False}, {"王磊"}),
        ({"departments": ["operations"], "without_departments": ["content"]}, {"王磊", "周航"}),
        ({"departments": ["operations"], "roles": ["lead"]}, {"陈敏"}),
        ({"roles": ["director", "auditor"]}, {"赵倩", "孙一"}),
        ({"people": ["lin", "outsider"]}, {"林悦", "何远"}),
        ({"groups": True, "without": ["lin"]}, {"周航"}),
        ({"everybody": True, "without_departments": ["operations"]}, {"赵倩", "孙一", "管理员", "何远"}),
        ({}, set()),
        ({"without": ["lin"]}, set()),
    ],
)
def test_an_audience_is_departments_roles_groups_and_people_less_the_exceptions(
    cast: Cast, values: dict[str, Any], wanted: set[str]
) -> None:
    group = RecipientGroup.objects.create(name="值守", owner=cast.wang, created_at=NOW)
    group.members.set([cast.lin, cast.zhou, cast.wu])
    ids = {
        name: tuple(getattr(cast, one).pk for one in value)
        if name in {"departments", "people", "without", "without_departments"}
        else tuple(value)
        if name == "roles"
        else value
        for name, value in values.items()
    }
    if ids.pop("groups", False):
        ids["groups"] = (group.pk,)
    audience = Audience(**ids)
    assert set(people_of(audience, author_id=None).values_list("name", flat=True)) == wanted
    assert Audience.read(audience.stored()) == audience
    assert isinstance(in_words(audience), str)


def test_an_audience_that_makes_no_sense_means_nobody() -> None:
    read_in = Audience.read({"departments": "1", "people": ["x", None], "roles": ["emperor"], "evil": 1})
    assert read_in == Audience()


def test_a_lead_writes_to_their_own_departments_and_not_beyond(
    cast: Cast, draft: Callable[..., Notice]
) -> None:
    own = draft(by=cast.chen, audience={"departments": [cast.content.pk]})
    sending.send(notice=own, by=cast.chen, at=NOW, version=own.version)
    beyond = draft(by=cast.chen, audience={"departments": [cast.content.pk], "people": [cast.zhou.pk]})
    with pytest.raises(Refused) as refused:
        sending.send(notice=beyond, by=cast.chen, at=NOW, version=beyond.version)
    assert "周航" in refused.value.reason
    beyond.refresh_from_db()
    assert (beyond.state, beyond.number) == ("draft", "")


def test_members_and_auditors_send_nothing(cast: Cast) -> None:
    for somebody in (cast.lin, cast.sun):
        with pytest.raises(Forbidden):
            writing.begin(values={}, by=somebody, at=NOW)
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    ("lacks", "field"),
    [({"title": " "}, "title"), ({"demands": ""}, "demands"), ({"audience": {}}, "departments")],
)
def test_what_is_unfinished_is_refused_beside_its_field(
    cast: Cast, draft: Callable[..., Notice], lacks: dict[str, Any], field: str
) -> None:
    notice = draft(**lacks)
    with pytest.raises(Refused) as refused:
        sending.send(notice=notice, by=cast.wang, at=NOW, version=notice.version)
    assert refused.value.field == field
    assert not Errand.objects.exists()


def test_it_is_sent_once_by_two_who_press_at_the_same_time(cast: Cast, draft: Callable[..., Notice]) -> None:
    notice = draft()
    other = Notice.objects.get(pk=notice.pk)
    sending.send(notice=notice, by=cast.wang, at=NOW, version=1)
    with pytest.raises(StaleVersion):
        sending.send(notice=other, by=cast.wang, at=NOW, version=1)
    running.drain()
    assert Receipt.objects.filter(notice=notice).count() == 3


def test_bringing_it_again_tells_nobody_twice(cast: Cast, sent: Callable[..., Notice]) -> None:
    notice = sent()
    before = Notification.objects.count()
    for _again in range(3):
        delivering.deliver_now(notice.pk, at=NOW + HOUR)
    assert Notification.objects.count() == before
    assert Receipt.objects.filter(notice=notice).count() == 3


def test_a_worker_that_was_killed_half_way_goes_on_where_it_stopped(
    cast: Cast, draft: Callable[..., Notice], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "BATCH", 2)
    notice = draft()
    sending.send(notice=notice, by=cast.wang, at=NOW, version=notice.version)
    record, calls = activity.record, []

    def killed(event: Any) -> Any:
        if event.kind == "notice.sent":
            calls.append(event)
            if len(calls) == 2:
                raise KeyboardInterrupt
        return record(event)

    with monkeypatch.context() as broken:
        broken.setattr(activity, "record", killed)
        with pytest.raises(KeyboardInterrupt):
            delivering.deliver_now(notice.pk, at=NOW)
    assert Receipt.objects.filter(notice=notice).count() == 2, "the second batch is undone as a whole"
    delivering.deliver_now(notice.pk, at=NOW)
    told = Notification.objects.filter(subject_kind="notice", reason="notice")
    assert sorted(told.values_list("person__name", flat=True)) == sorted(["林悦", "周航", "陈敏"])
    notice.refresh_from_db()
    assert notice.state == "sent"


def test_two_receipts_of_one_person_cannot_be(cast: Cast, sent: Callable[..., Notice]) -> None:
    notice = sent()
    with pytest.raises(IntegrityError):
        Receipt.objects.create(notice=notice, person=cast.lin, asked_at=NOW)


def test_a_scheduled_one_goes_at_its_time_and_once(cast: Cast, draft: Callable[..., Notice]) -> None:
    notice = draft()
    sending.schedule(notice=notice, send_at=NOW + DAY, by=cast.wang, at=NOW, version=notice.version)
    assert sending.release_due(at=NOW + DAY - timedelta(minutes=1)) == 0
    assert sending.release_due(at=NOW + DAY) == 1
    assert sending.release_due(at=NOW + DAY) == 0
    running.drain()
    notice.refresh_from_db()
    assert (notice.state, notice.sent_at) == ("sent", NOW + DAY)


def test_it_can_be_recalled_before_and_not_after(cast: Cast, draft: Callable[..., Notice]) -> None:
    notice = draft()
    sending.schedule(notice=notice, send_at=NOW + DAY, by=cast.wang, at=NOW, version=notice.version)
    number = notice.number
    sending.recall(notice=notice, by=cast.wang, at=NOW, version=notice.version)
    assert sending.release_due(at=NOW + 2 * DAY) == 0
    assert (notice.state, notice.number) == ("draft", number)
    sending.send(notice=notice, by=cast.wang, at=NOW, version=notice.version)
    assert notice.number == number
    with pytest.raises(Refused):
        sending.recall(notice=notice, by=cast.wang, at=NOW, version=notice.version)


@pytest.mark.parametrize("when", [NOW, NOW - HOUR, NOW + 400 * DAY])
def test_a_time_that_is_over_or_too_far_is_refused(
    cast: Cast, draft: Callable[..., Notice], when: Any
) -> None:
    notice = draft()
    with pytest.raises(Refused) as refused:
        sending.schedule(notice=notice, send_at=when, by=cast.wang, at=NOW, version=notice.version)
    assert refused.value.field == "send_at"


def test_who_lost_the_right_meanwhile_sends_nothing(cast: Cast, draft: Callable[..., Notice]) -> None:
    notice = draft(by=cast.chen, audience={"departments": [cast.content.pk]})
    sending.schedule(notice=notice, send_at=NOW + DAY, by=cast.chen, at=NOW, version=notice.version)
    RoleAssignment.objects.filter(person=cast.chen).update(role="member")
    assert sending.release_due(at=NOW + DAY) == 0
    notice.refresh_from_db()
    assert notice.state == "draft"
    assert not Receipt.objects.exists()


def test_the_heads_of_the_departments_get_a_copy_of_an_important_one(
    cast: Cast, sent: Callable[..., Notice]
) -> None:
    notice = sent(by=cast.zhao, importance="important", audience={"people": [cast.lin.pk, cast.zhou.pk]})
    assert names(notice, kind="to") == {"林悦", "周航"}
    assert names(notice, kind="copy") == {"陈敏", "王磊"}
    assert not Receipt.objects.filter(notice=notice, kind="copy", is_open=True).exists()
    plain = sent(by=cast.zhao, audience={"people": [cast.lin.pk]})
    assert names(plain, kind="copy") == set()


def test_newcomers_get_only_what_says_so_and_while_it_is_valid(
    cast: Cast, sent: Callable[..., Notice]
) -> None:
    for_all = sent(for_newcomers=True, valid_until=NOW.date() + 2 * DAY)
    plain = sent()
    new = person("qianxin", "钱新", cast.content, None)
    assert delivering.bring_to_newcomers(at=NOW + DAY) == 1
    assert delivering.bring_to_newcomers(at=NOW + DAY) == 0
    assert receipt_of(for_all, new).is_open
    assert not Receipt.objects.filter(notice=plain, person=new).exists()
    late = person("sunwan", "孙晚", cast.content, None)
    assert delivering.bring_to_newcomers(at=NOW + 4 * DAY) == 0
    assert not Receipt.objects.filter(person=late).exists()


def test_a_discarded_draft_comes_back_with_all_of_it(cast: Cast, draft: Callable[..., Notice]) -> None:
    notice = draft(due_at=NOW + DAY, for_newcomers=True)
    notice.responsible.set([cast.content])
    undo = writing.discard(notice=notice, by=cast.wang, at=NOW)
    assert not Notice.objects.exists()
    activity.take_back(undo=undo, by=cast.wang, at=NOW)
    back = Notice.objects.get()
    assert (back.title, back.due_at, back.for_newcomers) == ("双11值班安排", NOW + DAY, True)
    assert list(back.responsible.all()) == [cast.content]
    assert back.audience == notice.audience


def test_a_large_audience_is_told_in_batches_and_completely(
    cast: Cast, sent: Callable[..., Notice], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "BATCH", 7)
    Person.objects.bulk_create(
        Person(username=f"p{n}", name=f"同事{n}", department=cast.users, password="!") for n in range(40)
    )
    notice = sent()
    assert Receipt.objects.filter(notice=notice).count() == 43
    assert Notification.objects.filter(subject_id=notice.pk, reason="notice").count() == 43
    assert Errand.objects.exclude(status="done").count() == 0


def test_the_library_can_be_read_and_a_bad_file_says_what_is_missing() -> None:
    assert len(suggestions()) >= 8
    assert all(one.demands and one.title for one in suggestions())
    with pytest.raises(ValueError, match="时间节点"):
        read("x", "模板：甲\n级别：普通\n说明：乙\n标题：丙\n事由：丁\n具体要求：戊")
    with pytest.raises(ValueError, match="很急"):
        read("x", "模板：甲\n级别：很急\n说明：乙\n标题：丙\n事由：丁\n具体要求：戊\n时间节点：己")
