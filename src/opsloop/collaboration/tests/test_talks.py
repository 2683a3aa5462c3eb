"""Records of talks: put down in three fields, filled in, followed up by a task, reminded of, handed out, binned."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from openpyxl import load_workbook

from opsloop.activity.actions import take_back
from opsloop.activity.models import Undo
from opsloop.collaboration.actions import records as actions
from opsloop.collaboration.jobs import remind_of_records as remind_due
from opsloop.collaboration.models import CollaborationRules, CommunicationRecord
from opsloop.inbox.models import Notification
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import NOW, Cast
from opsloop.records.refusals import Forbidden, Refused, StaleVersion
from opsloop.search.queries import matching
from opsloop.work.actions import tasks
from opsloop.work.models import Task

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
As = Callable[[Person], Client]


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def as_person() -> As:
    """Log in somebody and return the client."""

    def logged_in(person: Person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return logged_in


def put_down(cast: Cast, by: Person | None = None, **values: Any) -> CommunicationRecord:
    given = {"matter": "大促会员数据", "talked_at": NOW, **values}
    others = given.pop("to", [cast.users])
    return actions.write(values=given, to_departments=others, by=by or cast.lin, at=NOW)


def filled_in(record: CommunicationRecord, by: Person, **values: Any) -> CommunicationRecord:
    actions.change(
        record=record, values=values, to_departments=None, by=by, at=NOW + HOUR, version=record.version
    )
    return CommunicationRecord.objects.get(pk=record.pk)


def told(person: Person, reason: str) -> Any:
    return Notification.objects.filter(person=person, reason=reason)


def test_three_fields_are_enough(cast: Cast, as_person: As) -> None:
    client = as_person(cast.lin)
    sent = {"matter": "大促会员数据", "to_departments": [cast.users.pk], "talked_at": "2026-11-23T08:30"}
    answer = client.post("/communication/new/", sent)
    assert answer.status_code == 303
    record = CommunicationRecord.objects.get()
    assert (record.number, record.lead, record.from_department) == ("CO-001", cast.lin, cast.content)
    assert record.fill_due_at == NOW + 24 * HOUR
    shown = client.get(answer["Location"]).content.decode()
    assert "大促会员数据" in shown
    assert "决议待填" in shown
    own = client.post("/communication/new/", {**sent, "to_departments": [cast.content.pk]})
    assert own.status_code == 422
    assert own.context["form"]["to_departments"].errors
    assert "大促会员数据" in own.content.decode()


def test_both_sides_see_it_and_strangers_do_not(cast: Cast, as_person: As) -> None:
    record = put_down(cast)
    for person in (cast.lin, cast.zhou, cast.chen, cast.wang, cast.sun):
        assert as_person(person).get(f"/communication/{record.pk}/").status_code == 200, person
    assert as_person(cast.outsider).get(f"/communication/{record.pk}/").status_code == 404
    assert "CO-001" not in as_person(cast.outsider).get("/communication/").content.decode()
    # A member of the other side reads; who leads it, or is named, fills it in.
    with pytest.raises(Forbidden):
        filled_in(record, cast.zhou, resolution="按周同步")
    filled_in(record, cast.wang, resolution="按周同步")


def test_it_is_filled_in_and_a_stale_edit_is_told(cast: Cast, as_person: As) -> None:
    record, client = put_down(cast), as_person(cast.lin)
    page = client.get(f"/communication/{record.pk}/edit/")
    assert page.status_code == 200
    sent = {
        "matter": record.matter, "from_department": cast.content.pk, "to_departments": [cast.users.pk],
        "lead": cast.lin.pk, "talked_at": "2026-11-23T09:00", "resolution": "每周三同步会员名单",
        "follower": cast.zhou.pk, "due_at": "2026-11-27T18:00", "outcome": "", "version": 1,
    }  # fmt: skip
    answer = client.post(f"/communication/{record.pk}/edit/", sent)
    assert answer.status_code == 303, answer.content.decode()[:2000]
    record.refresh_from_db()
    assert (record.follower, record.fill_due_at, record.version) == (cast.zhou, None, 2)
    assert told(cast.zhou, "follow_up").count() == 1
    assert client.post(f"/communication/{record.pk}/edit/", {**sent, "resolution": "乙"}).status_code == 412
    early = client.post(
        f"/communication/{record.pk}/edit/", {**sent, "version": 2, "due_at": "2026-11-20T18:00"}
    )
    assert early.status_code == 422
    assert "due_at" in early.context["form"].errors
    with pytest.raises(StaleVersion):
        actions.change(
            record=record, values={"matter": "丙"}, to_departments=None, by=cast.lin, at=NOW, version=1
        )


def test_the_resolution_is_asked_for_once_after_the_hours_of_the_rule(cast: Cast) -> None:
    record, other = put_down(cast), put_down(cast, matter="另一件")
    filled_in(other, cast.lin, resolution="已定")
    assert remind_due(at=NOW + 23 * HOUR) == 0
    assert remind_due(at=NOW + 25 * HOUR) == 1
    assert remind_due(at=NOW + 49 * HOUR) == 0
    waiting = told(cast.lin, "record_due")
    assert [one.subject_id for one in waiting] == [record.pk]
    filled_in(record, cast.lin, resolution="每周三同步")
    assert waiting.get().done_at is not None
    CollaborationRules.objects.create(record_hours=2)
    later = put_down(cast, matter="第三件")
    assert later.fill_due_at == NOW + 2 * HOUR


def test_what_was_resolved_becomes_a_task_and_back(cast: Cast, as_person: As) -> None:
    record, client = put_down(cast), as_person(cast.zhou)
    with pytest.raises(Refused):
        actions.follow_up(record=record, by=cast.lin, at=NOW, version=record.version)
    due = NOW + 4 * DAY
    record = filled_in(record, cast.lin, resolution="每周三同步会员名单", follower=cast.zhou, due_at=due)
    url = f"/communication/{record.pk}/follow-up/"
    assert client.post(url, {"version": record.version}).status_code == 303
    task = Task.objects.get()
    assert (task.owner, task.due_at, task.department) == (cast.zhou, due, cast.users)
    assert client.post(url, {"version": record.version + 1}).status_code == 409
    tasks.close(task=task, by=cast.zhou, at=NOW + DAY, version=task.version)
    shown = client.get(f"/communication/{record.pk}/").content.decode()
    assert "填写实际完成情况" in shown
    offered = client.get(f"/communication/{record.pk}/edit/").context["form"].initial["outcome"]
    assert task.number in offered
    record.refresh_from_db()
    done = filled_in(record, cast.zhou, outcome="已同步三次")
    assert done.done_at == NOW + HOUR
    assert not told(cast.zhou, "follow_up").filter(done_at=None).exists()


def test_a_record_done_says_what_was_done(cast: Cast) -> None:
    record = put_down(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        CommunicationRecord.objects.filter(pk=record.pk).update(done_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        CommunicationRecord.objects.filter(pk=record.pk).update(resolution="定了")


def test_the_table_is_handed_out_as_the_methodology_names_it(cast: Cast, as_person: As) -> None:
    record = put_down(cast, matter="=1+1", to=[cast.users, cast.data])
    filled_in(record, cast.lin, resolution="每周三同步", follower=cast.zhou, due_at=NOW + DAY, outcome="完成")
    client = as_person(cast.lin)
    out = client.get("/communication/table/csv/")
    rows = list(csv.reader(io.StringIO(b"".join(out.streaming_content).decode("utf-8-sig"))))  # type: ignore[attr-defined]
    assert rows[0][1:] == [
        "事项", "发起部门", "协作部门", "总负责人", "沟通时间", "决议内容", "跟进人", "完成时限", "实际完成情况",
    ]  # fmt: skip
    assert rows[1][0] == "CO-001"
    assert rows[1][1].startswith("'=")
    assert rows[1][3] == "用户组、数据组"
    sheet = load_workbook(io.BytesIO(client.get("/communication/table/xlsx/").content)).active
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.print_title_rows == "$1:$1"
    for kind, begins in (("docx", b"PK"), ("pdf", b"%PDF")):
        assert client.get(f"/communication/table/{kind}/").content.startswith(begins)
    assert client.get(f"/communication/{record.pk}/file/").content.startswith(b"%PDF")
    # Others get what they may see.
    out = as_person(cast.outsider).get("/communication/table/csv/")
    assert len(list(csv.reader(io.StringIO(b"".join(out.streaming_content).decode("utf-8-sig"))))) == 1  # type: ignore[attr-defined]


def test_the_list_is_narrowed(cast: Cast, as_person: As) -> None:
    put_down(cast, matter="会员数据口径")
    late = put_down(cast, matter="素材交接", to=[cast.channels])
    filled_in(late, cast.lin, resolution="周一交", due_at=NOW - HOUR, follower=cast.lin)
    client = as_person(cast.lin)

    def shown(**query: Any) -> list[str]:
        return [line.record.matter for line in client.get("/communication/", query).context["lines"]]

    assert shown() == ["素材交接", "会员数据口径"]
    assert shown(standing="owed") == ["会员数据口径"]
    assert shown(standing="late") == ["素材交接"]
    assert shown(whose="follow") == ["素材交接"]
    assert shown(department=cast.channels.pk) == ["素材交接"]
    assert shown(q="hysj") == ["会员数据口径"]
    assert shown(since="2026-11-24") == []
    assert shown(department="x", standing="y") == ["素材交接", "会员数据口径"]


def test_it_goes_to_the_bin_and_comes_back(cast: Cast, as_person: As) -> None:
    record, client = put_down(cast), as_person(cast.lin)
    url = f"/communication/{record.pk}/removal/"
    assert list(matching("communication", "会员")) == [record.pk]
    assert as_person(cast.zhou).post(url, {"version": 1}).status_code == 403
    assert client.post(url, {}).status_code == 428
    assert client.post(url, {"version": 1}).status_code == 303
    assert client.get(f"/communication/{record.pk}/").status_code == 404
    assert not matching("communication", "会员")
    take_back(undo=Undo.objects.get(), by=cast.lin, at=NOW)
    assert client.get(f"/communication/{record.pk}/").status_code == 200
    assert matching("communication", "会员")
