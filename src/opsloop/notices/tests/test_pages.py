"""The pages of notices, as the browser asks for them: both sides, and who must not see anything."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client

from opsloop.background import running
from opsloop.notices.actions import correcting, questions, sending
from opsloop.notices.models import Notice, NoticeRules, NoticeTemplate, Question, Receipt, RecipientGroup
from opsloop.notices.ruling import rules, ways_of
from opsloop.notices.tests.conftest import DAY, HOUR, HTMX, WORDS, receipt_of, tap
from opsloop.organisation.models import Person
from opsloop.organisation.roles import Role
from opsloop.organisation.tests.cast import NOW, Cast, count_queries

pytestmark = pytest.mark.django_db
As = Callable[[Person], Client]
Sent = Callable[..., Notice]


def page(client: Client, path: str, **query: str) -> str:
    answer = client.get(path, query)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def fields(notice: Notice, cast: Cast, **values: Any) -> dict[str, Any]:
    """Return what the browser sends of the editor."""
    return {
        "title": notice.title, "cause": notice.cause, "demands": notice.demands, "timing": notice.timing,
        "signature": notice.signature, "importance": "normal", "department": cast.operations.pk,
        "departments": [cast.operations.pk], "below": "on", "version": notice.version, **values,
    }  # fmt: skip


def test_a_notice_is_written_previewed_and_sent(cast: Cast, as_person: As) -> None:
    client = as_person(cast.wang)
    assert "紧急事件处置" in page(client, "/notices/new/")
    begun = client.post("/notices/new/", {"suggestion": "report"})
    assert begun.status_code == 303
    notice = Notice.objects.get()
    assert notice.title == "请报送【材料名称】"
    sent = fields(
        notice, cast, title="请报送周会纪要", due_at="2026-11-25T18:00", responsible=[cast.content.pk]
    )
    kept = client.post(f"/notices/{notice.pk}/edit/", sent, headers=HTMX)
    assert kept.status_code == 200
    assert 'name="version" value="2"' in kept.content.decode()
    onward = client.post(f"/notices/{notice.pk}/edit/", {**sent, "version": 2, "go": "preview"})
    assert onward["Location"] == f"/notices/{notice.pk}/preview/"
    shown = page(client, f"/notices/{notice.pk}/preview/")
    assert "请报送周会纪要" in shown
    assert "发送给 3 人" in shown
    answer = client.post(f"/notices/{notice.pk}/sending/", {"version": 3})
    assert answer["Location"] == f"/notices/{notice.pk}/"
    running.drain()
    seen = page(client, f"/notices/{notice.pk}/")
    assert "未确认" in seen
    assert "立即催办" in seen


def test_a_stale_editor_is_told_and_loses_nothing(cast: Cast, as_person: As, draft: Sent) -> None:
    notice, client = draft(), as_person(cast.wang)
    url = f"/notices/{notice.pk}/edit/"
    assert client.post(url, fields(notice, cast, title="甲"), headers=HTMX).status_code == 200
    stale = client.post(url, fields(notice, cast, title="乙"))
    assert stale.status_code == 412
    assert "乙" in stale.content.decode()
    assert Notice.objects.get().title == "甲"
    without = {name: value for name, value in fields(notice, cast).items() if name != "version"}
    assert client.post(url, without).status_code == 428


def test_bad_input_is_said_beside_its_field(cast: Cast, as_person: As, draft: Sent) -> None:
    notice, client = draft(), as_person(cast.wang)
    bad = client.post(
        f"/notices/{notice.pk}/edit/", fields(notice, cast, due_at="1999-01-01T00:00", title="仍在")
    )
    assert bad.status_code == 422
    assert "仍在" in bad.content.decode()
    assert "due_at" in bad.context["form"].errors
    unfinished = draft(title="", audience={})
    refused = client.post(f"/notices/{unfinished.pk}/sending/", {"version": unfinished.version})
    assert refused.status_code == 422
    assert "请填写通知标题" in refused.content.decode()


def test_the_count_says_how_many_and_whom_one_may_not_write_to(
    cast: Cast, as_person: As, draft: Sent
) -> None:
    notice = draft(by=cast.chen, audience={})
    client = as_person(cast.chen)
    url = f"/notices/{notice.pk}/count/"
    sent = fields(
        notice, cast, department=cast.content.pk, departments=[cast.content.pk], people=[cast.zhou.pk]
    )
    said = client.post(url, sent).content.decode()
    assert "周航" in said
    only = client.post(url, {**sent, "people": []}).content.decode()
    assert '<strong class="num">1</strong>' in only
    assert "周航" not in only


def test_the_reader_sees_one_button_and_confirms_with_it(cast: Cast, as_person: As, sent: Sent) -> None:
    notice, client = sent(), as_person(cast.lin)
    shown = page(client, f"/notices/{notice.pk}/")
    own = shown.partition('id="notice"')[2].partition("</article>")[0]
    assert own.count("btn-primary") == 1
    assert "btn-primary" not in shown.partition("<h1")[2].partition('id="notice"')[0]
    assert "1. 每组报两人" in shown
    assert "周航" not in shown, "who else has to confirm is the sender's business"
    assert client.post(f"/notices/{notice.pk}/seen/").status_code == 204
    done = client.post(f"/notices/{notice.pk}/receipt/", {"edition": "1"}, headers=HTMX)
    assert done.status_code == 204
    assert "已确认" in json.loads(done["HX-Trigger"])["toast"]["text"]
    row = receipt_of(notice, cast.lin)
    assert (row.is_open, row.seen_at, row.confirmed_at) == (False, NOW, NOW)
    assert "你已于" in page(client, f"/notices/{notice.pk}/")
    assert client.get(f"/notices/{notice.pk}/receipt/").status_code == 405, "no GET confirms"


def test_it_is_confirmed_in_the_inbox_on_today_and_in_the_list(cast: Cast, as_person: As, sent: Sent) -> None:
    first, second, third = sent(), sent(importance="important", title="二"), sent(title="三")
    client = as_person(cast.lin)
    tapped = f"/notices/{first.pk}/receipt/?edition=1&amp;way=inbox"
    assert tapped in page(client, "/inbox/")
    strip = client.get("/notices/strip/", headers=HTMX).content.decode()
    assert f"/notices/{second.pk}/receipt/" in strip
    assert f"/notices/{first.pk}/receipt/" not in strip, "Today names only what is important"
    for notice, way in ((first, "inbox"), (second, "today"), (third, "list")):
        client.post(f"/notices/{notice.pk}/receipt/?edition=1&way={way}", headers=HTMX)
        assert receipt_of(notice, cast.lin).way == way
    assert tapped not in page(client, "/inbox/")
    assert not client.get("/notices/strip/", headers=HTMX).content.strip()


@pytest.mark.parametrize("edition", ["", "0", "9", "x", "-1", "99999999999999999999"])
def test_an_edition_that_is_none_is_refused(cast: Cast, as_person: As, sent: Sent, edition: str) -> None:
    notice = sent()
    answer = as_person(cast.lin).post(f"/notices/{notice.pk}/receipt/", {"edition": edition}, headers=HTMX)
    assert answer.status_code == 409
    assert receipt_of(notice, cast.lin).is_open


def test_what_changed_is_shown_to_who_has_to_read_again(cast: Cast, as_person: As, sent: Sent) -> None:
    notice = sent()
    tap(notice, cast.lin)
    client = as_person(cast.wang)
    form = {
        **{name: getattr(notice, name) for name in (*WORDS, "signature")},
        "demands": "1. 每组报三人", "why": "人手不够", "ask": "auto", "version": notice.version,
    }  # fmt: skip
    assert client.post(f"/notices/{notice.pk}/correction/", {**form, "why": ""}).status_code == 422
    assert client.post(f"/notices/{notice.pk}/correction/", form).status_code == 303
    running.drain()
    shown = page(as_person(cast.lin), f"/notices/{notice.pk}/")
    assert "<del>两</del><ins>三</ins>" in shown
    assert "人手不够" in shown
    assert "已重新阅读，收到" in shown
    stale = client.post(f"/notices/{notice.pk}/correction/", {**form, "demands": "1. 每组报四人"})
    assert stale.status_code == 412


def test_the_sender_withdraws_closes_and_copies(cast: Cast, as_person: As, sent: Sent) -> None:
    notice, other, client = sent(), sent(), as_person(cast.wang)
    given = {"version": notice.version, "why": "发错了"}
    assert client.post(f"/notices/{notice.pk}/withdrawal/", {**given, "why": ""}).status_code == 422
    assert client.post(f"/notices/{notice.pk}/withdrawal/", given).status_code == 303
    assert "通知已撤回：发错了" in page(as_person(cast.lin), f"/notices/{notice.pk}/")
    assert client.post(f"/notices/{other.pk}/closure/", {"version": other.version}).status_code == 303
    assert client.post(f"/notices/{other.pk}/copy/").status_code == 303
    copied = Notice.objects.get(state="draft")
    assert (copied.title, copied.audience, copied.number) == (other.title, other.audience, "")


def test_scheduled_recalled_and_discarded(cast: Cast, as_person: As, draft: Sent) -> None:
    notice, client = draft(send_at=NOW + DAY), as_person(cast.wang)
    assert "定时发送" in page(client, f"/notices/{notice.pk}/preview/")
    client.post(f"/notices/{notice.pk}/sending/", {"version": 1})
    assert "将自动发送" in page(client, f"/notices/{notice.pk}/")
    assert client.get(f"/notices/{notice.pk}/edit/").status_code == 302
    client.post(f"/notices/{notice.pk}/recall/", {"version": 2})
    notice.refresh_from_db()
    assert notice.is_draft
    assert client.post(f"/notices/{notice.pk}/removal/").status_code == 303
    assert not Notice.objects.exists()


def test_a_question_is_asked_and_answered_on_the_page(cast: Cast, as_person: As, sent: Sent) -> None:
    notice = sent()
    lin, wang = as_person(cast.lin), as_person(cast.wang)
    assert (
        lin.post(f"/notices/{notice.pk}/questions/", {"text": "周末也要吗？"}, headers=HTMX).status_code
        == 204
    )
    empty = lin.post(f"/notices/{notice.pk}/questions/", {"text": " "})
    assert empty.status_code == 422
    asked = Question.objects.get()
    assert "回答" in page(wang, f"/notices/{notice.pk}/")
    assert (
        wang.post(f"/notices/questions/{asked.pk}/answer/", {"text": "要"}, headers=HTMX).status_code == 204
    )
    assert "周末也要吗？" in page(as_person(cast.zhou), f"/notices/{notice.pk}/")
    assert (
        as_person(cast.outsider).post(f"/notices/questions/{asked.pk}/answer/", {"text": "x"}).status_code
        == 404
    )


def test_the_table_names_who_has_not_confirmed_and_goes_out_as_file(
    cast: Cast, as_person: As, sent: Sent
) -> None:
    notice = sent(title="=1+1")
    tap(notice, cast.lin)
    client = as_person(cast.wang)
    heads = ("通知编号", "主题", "发送部门", "时间", "接收人员", "未确认", "提醒时间", "完成情况")
    shown = page(client, "/notices/table/")
    assert all(head in shown for head in heads)
    assert "已确认 1/3" in shown
    text = b"".join(client.get("/notices/table/csv/").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.reader(io.StringIO(text)))
    assert tuple(rows[0]) == heads
    assert rows[1][0] == notice.number
    assert rows[1][1] == "'=1+1", "no cell is a formula"
    assert set(rows[1][4].split("、")) == {"林悦", "周航", "陈敏"}
    assert set(rows[1][5].split("、")) == {"周航", "陈敏"}
    book = client.get(f"/notices/{notice.pk}/confirmations/xlsx/").content
    assert "林悦" in ZipFile(io.BytesIO(book)).read("xl/sharedStrings.xml").decode()
    assert client.get("/notices/table/exe/").status_code == 404
    assert page(client, "/notices/table/", since="x", until="9999", only="missing").count(notice.number) == 1


def test_the_list_is_found_by_number_words_pinyin_and_initials(cast: Cast, as_person: As, sent: Sent) -> None:
    notice, _other = sent(), sent(title="消防演练")
    client = as_person(cast.lin)
    for wanted in (notice.number, "值班安排", "zhiban", "zbap"):
        found = page(client, "/notices/", box="mine", q=wanted)
        assert "双11值班安排" in found, wanted
        assert "消防演练" not in found, wanted
    assert "没有符合的通知" in page(client, "/notices/", box="mine", q="没有的词")


def test_a_head_sees_their_own_people_and_the_auditor_all(cast: Cast, as_person: As, sent: Sent) -> None:
    notice = sent()
    table = f"/notices/{notice.pk}/confirmations/"
    lead = page(as_person(cast.chen), table, show="all")
    assert "林悦" in lead
    assert "周航" not in lead
    auditor = as_person(cast.sun)
    assert "周航" in page(auditor, table, show="all")
    assert auditor.post(f"/notices/{notice.pk}/reminder/").status_code == 403
    assert as_person(cast.lin).get(table).status_code == 404


SECRET = "薪酬机密"


def test_nobody_outside_learns_of_it_by_any_address(
    cast: Cast, as_person: As, sent: Sent, draft: Sent
) -> None:
    """何远 of another department, and for the draft everybody but its author."""
    texts = {"title": SECRET, "cause": SECRET, "demands": SECRET}
    notice = sent(by=cast.chen, audience={"departments": [cast.content.pk]}, **texts)
    unsent = draft(by=cast.chen, audience={"departments": [cast.content.pk]}, **texts)
    questions.ask(notice=notice, text=SECRET, by=cast.lin, at=NOW)
    correcting.correct(
        notice=notice, values={"demands": f"{SECRET}二"}, responsible=[], why=SECRET, ask="yes", by=cast.chen, at=NOW,
        version=notice.version,
    )  # fmt: skip
    running.drain()
    stranger = as_person(cast.outsider)
    lists = ["/notices/", *(f"/notices/?box={box}" for box in ("confirm", "mine", "sent", "drafts", "all"))]
    lists += [
        "/notices/table/",
        "/inbox/",
        "/",
        f"/search/?q={SECRET}",
        f"/palette/?q={SECRET}",
        f"/notices/?q={SECRET}",
    ]
    for path in lists:
        assert SECRET not in stranger.get(path).content.decode().replace(f'value="{SECRET}"', "").replace(
            f"“{SECRET}”", ""
        ).replace(f"：{SECRET}", "").replace(f'data-quick-add="{SECRET}"', ""), path
    assert (
        notice.number not in stranger.get("/notices/table/csv/", {"since": "2026-01-01"}).getvalue().decode()
    )
    for one in (notice, unsent):
        for part in (
            "",
            "edit/",
            "preview/",
            "confirmations/",
            "confirmations/csv/",
            "correction/",
            "withdrawal/",
        ):
            assert stranger.get(f"/notices/{one.pk}/{part}").status_code == 404, part
        for part in (
            "receipt/",
            "seen/",
            "questions/",
            "reminder/",
            "closure/",
            "copy/",
            "recall/",
            "removal/",
            "count/",
        ):
            assert stranger.post(f"/notices/{one.pk}/{part}", {"version": 1}).status_code == 404, part
    for somebody in (cast.lin, cast.wang, cast.zhao, cast.sun, cast.admin):
        assert as_person(somebody).get(f"/notices/{unsent.pk}/").status_code == 404
        assert not Notice.objects.visible_to(somebody).filter(state="draft").exists()
    assert SECRET in page(as_person(cast.sun), "/notices/", box="all")


def test_its_events_name_people_and_no_department(cast: Cast, sent: Sent) -> None:
    from opsloop.activity.models import Event

    notice = sent()
    tap(notice, cast.lin)
    events = Event.objects.filter(subject_kind="notice")
    assert events.exists()
    assert not events.exclude(department_id=None).exists(), "open pages hear of events by department"
    assert cast.outsider.pk not in {pk for event in events for pk in event.person_ids}


def test_own_templates_and_groups_are_kept_and_guarded(cast: Cast, as_person: As) -> None:
    client = as_person(cast.chen)
    given = {"name": "报送", "importance": "normal", "demands": "1. 报", "is_shared": ""}
    assert client.post("/notices/templates/new/", given).status_code == 303
    own = NoticeTemplate.objects.get()
    assert as_person(cast.wang).get(f"/notices/templates/{own.pk}/").status_code == 404, "not shared"
    changed = client.post(
        f"/notices/templates/{own.pk}/", {**given, "is_shared": "on", "version": own.version}
    )
    assert changed.status_code == 303
    assert as_person(cast.wang).get(f"/notices/templates/{own.pk}/").status_code == 403, "shared, not theirs"
    assert "报送" in page(as_person(cast.wang), "/notices/new/")
    group = {"name": "值守", "members": [cast.lin.pk, cast.zhou.pk], "is_shared": "on"}
    assert client.post("/notices/groups/new/", {**group, "members": ["999999"]}).status_code == 422
    assert client.post("/notices/groups/new/", group).status_code == 303
    made = RecipientGroup.objects.get()
    assert made.members.count() == 2
    url = f"/notices/groups/{made.pk}/"
    assert (
        client.post(url, {**group, "name": "值守组", "members": [cast.lin.pk], "version": 1}).status_code
        == 303
    )
    assert client.post(url, {**group, "version": 1}).status_code == 412
    assert "值守组" in page(client, "/notices/groups/")
    assert client.post(f"{url}removal/").status_code == 303
    assert client.post(f"/notices/templates/{own.pk}/removal/").status_code == 303


def test_the_rules_are_set_by_administrators_and_named_where_they_count(
    cast: Cast, as_person: As, draft: Sent
) -> None:
    admin = as_person(cast.admin)
    shown = admin.get("/notices/rules/")
    assert as_person(cast.wang).get("/notices/rules/").status_code == 403
    form = shown.context["form"]
    given = {name: form[name].value() for name in form.fields}
    sent = {name: "on" if value is True else value for name, value in given.items() if value is not False}
    assert admin.post("/notices/rules/", {**sent, "version": 0, "normal_first": "0"}).status_code == 422
    wanted = {**sent, "version": 0, "normal_first": "30", "normal_times": "0", f"role_{Role.MEMBER}": "own"}
    assert admin.post("/notices/rules/", wanted).status_code == 303
    assert ways_of(rules(), "normal").first == 30
    assert "30 分钟工作时间后仍未确认的，告知其负责人" in page(
        as_person(cast.wang), f"/notices/{draft().pk}/preview/"
    )
    assert as_person(cast.lin).get("/notices/new/").status_code == 200, "members may write to their own now"
    assert admin.post("/notices/rules/", wanted).status_code == 412
    assert NoticeRules.objects.count() == 1


@pytest.mark.parametrize(
    "path", ["/notices/?box=sent", "/notices/?box=all", "/notices/table/", "/notices/?box=mine"]
)
def test_a_list_asks_as_few_queries_however_long_it_is(
    cast: Cast, as_person: As, sent: Sent, path: str
) -> None:
    client = as_person(cast.wang)
    sent()
    few = count_queries(client, path)
    for _more in range(4):
        sent()
    assert count_queries(client, path) == few <= 15


def test_the_page_of_a_notice_asks_as_few_queries_however_many_got_it(
    cast: Cast, as_person: As, sent: Sent
) -> None:
    small = sent()
    Person.objects.bulk_create(
        Person(username=f"p{n}", name=f"同事{n}", department=cast.users, password="!") for n in range(60)
    )
    large = sent()
    for number in range(6):
        questions.ask(notice=large, text=f"问{number}", by=cast.lin, at=NOW)
    client = as_person(cast.wang)
    for part in ("", "confirmations/"):
        few = count_queries(client, f"/notices/{small.pk}/{part}")
        # From the second page on one query more may count the rest.
        assert few <= count_queries(client, f"/notices/{large.pk}/{part}") <= min(few + 1, 15), part
    for path in (f"/notices/{large.pk}/", "/notices/strip/"):
        assert count_queries(as_person(cast.lin), path, **HTMX) <= 15
    fresh = Notice.objects.get(pk=large.pk)
    sending.schedule(
        notice=Notice.objects.create(
            title="x", demands="y", author=cast.wang, created_at=NOW, saved_at=NOW, audience=fresh.audience
        ),
        send_at=NOW + HOUR, by=cast.wang, at=NOW, version=1,
    )  # fmt: skip
    waiting = Notice.objects.get(state="scheduled")
    assert count_queries(client, f"/notices/{waiting.pk}/") <= 15
    assert Receipt.objects.filter(notice=large).count() == 63


def test_the_editor_and_the_preview_ask_few_queries(cast: Cast, as_person: As, draft: Sent) -> None:
    client = as_person(cast.wang)
    notice = draft()
    for part in ("edit/", "preview/"):
        assert count_queries(client, f"/notices/{notice.pk}/{part}") <= 15, part
