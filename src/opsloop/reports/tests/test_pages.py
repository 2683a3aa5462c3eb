"""Reports in the browser: drafted, written, handed in, taken back, read by who may, merged by leads, taken home."""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Callable

import pytest
from django.test import Client
from docx import Document

from opsloop.activity.models import Event
from opsloop.inbox.models import Notification
from opsloop.notices.models import Notice, Receipt
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import Cast, count_queries
from opsloop.paper.tests.reading import fonts_of, links, read, words
from opsloop.reports.models import Part, Report
from opsloop.reports.tests.conftest import HTMX, ME, WEEK, day, hand_in, said, write
from opsloop.rituals.models import RitualRun
from opsloop.work.actions import projects
from opsloop.work.models import Task

pytestmark = pytest.mark.django_db
LogIn = Callable[[Person], Client]


def test_a_report_begins_with_what_the_record_says(cast: Cast, log_in: LogIn, week: dict[str, Task]) -> None:
    client = log_in(cast.lin)
    assert ME in said(client.get("/reports/"))
    back, ahead = said(client.get(f"{ME}lines/back/")), said(client.get(f"{ME}lines/ahead/"))
    for title in ("选题会", "长图", "投放复盘"):
        assert title in back
    assert "周三海报" not in back
    assert "月末盘点" in ahead
    # Two of three are done, one of them in time; of the two key tasks one is done.
    assert re.search(r">66%</a> <span class=\"meta\">2/3", back)
    assert re.search(r">33%</a> <span class=\"meta\">1/3", back)
    assert re.search(r">50%</a> <span class=\"meta\">1/2", back)
    # Nothing was written by reading.
    assert not Report.objects.exists()


def test_each_number_leads_to_the_rows_it_counts(cast: Cast, log_in: LogIn, week: dict[str, Task]) -> None:
    client = log_in(cast.lin)
    page = said(client.get(f"{ME}lines/back/"))
    cells = re.findall(r'<dt>([^<]+)</dt><dd class="num"><a href="([^"]+)">([^<]+)</a>', page)
    found = {html.unescape(label): (html.unescape(url), value) for label, url, value in cells}
    expected = {
        "全部任务完成率": {"选题会", "长图", "投放复盘"},
        "关键任务完成率": {"选题会", "投放复盘"},
        "按时完成率": {"选题会"},
        "完成任务": {"选题会", "长图"},
        "延期任务": {"长图", "投放复盘"},
        "实际对比预计": {"选题会"},
    }
    titles = {task.title for task in week.values()}
    for label, wanted in expected.items():
        url, _value = found[label]
        rows = said(client.get(url))
        assert {title for title in titles if title in rows} == wanted, label
    hours = said(client.get(found["记录工时"][0]))
    assert "2 条" in hours
    assert "3 小时 20 分钟" in hours


def test_rows_show_only_what_the_reader_may_see(cast: Cast, log_in: LogIn, week: dict[str, Task]) -> None:
    address = f"/reports/{WEEK}/u{cast.lin.pk}/rows/late/"
    assert "长图" in said(log_in(cast.chen).get(address))
    stranger = log_in(cast.outsider).get(address)
    assert stranger.status_code in (200, 404)
    assert "长图" not in said(stranger)
    assert "无权查看" not in said(stranger)
    assert log_in(cast.lin).get(f"/reports/{WEEK}/u{cast.lin.pk}/rows/nothing/").status_code == 404


def test_what_is_typed_is_kept_and_the_page_tells_the_version(cast: Cast, log_in: LogIn) -> None:
    client = log_in(cast.lin)
    answer = write(client, summary="主视觉定稿", support="财务给口径")
    kept = Report.objects.get()
    assert answer.status_code == 200
    assert f'name="version" value="{kept.version}"' in said(answer)
    assert kept.words == {"summary": "主视觉定稿", "support": "财务给口径"}
    assert "主视觉定稿" in said(client.get(ME))
    events = Event.objects.count()
    write(client, version=kept.version, summary="主视觉定稿")
    assert Event.objects.count() == events


def test_a_second_window_does_not_write_over_the_first(cast: Cast, log_in: LogIn) -> None:
    client = log_in(cast.lin)
    write(client, summary="第一稿")
    assert write(client, summary="别的窗口").status_code == 412
    assert client.post(ME, {"summary": "没说版本"}, headers=HTMX).status_code == 428
    assert write(client, version=Report.objects.get().version, summary="第二稿").status_code == 200
    assert Report.objects.get().words["summary"] == "第二稿"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("summary", "长" * 5001),
        ("hours-0", "bald"),
        ("hours-1", "1²"),
        ("hours-0", "999"),
        ("goal-2", "长" * 121),
    ],
)
def test_what_cannot_be_is_refused_and_keeps_what_was(
    cast: Cast, log_in: LogIn, field: str, value: str
) -> None:
    client = log_in(cast.lin)
    fields = {
        "summary": "好",
        "goal-0": "稿子",
        "hours-0": "3",
        "goal-1": "图",
        "hours-1": "1.5",
        "goal-2": "",
    }
    assert write(client, **fields).status_code == 200
    version = Report.objects.get().version
    assert write(client, version=version, **{**fields, field: value}).status_code == 409
    kept = Report.objects.get()
    assert (kept.version, kept.words) == (version, {"summary": "好"})
    assert kept.goals == [{"text": "稿子", "minutes": 180}, {"text": "图", "minutes": 90}]


def test_a_line_can_be_left_out_and_sections_that_were_not_shown_stay(
    cast: Cast, log_in: LogIn, week: dict[str, Task]
) -> None:
    client = log_in(cast.lin)
    late = f"late:{week['late'].pk}"
    write(client, shown=["done", "late"], left_out=[late, "ahead:1", "done:2"])
    assert Report.objects.get().left_out == ["done:2", late]
    write(client, version=Report.objects.get().version, shown=["ahead"], left_out=["ahead:1"])
    assert Report.objects.get().left_out == ["ahead:1", "done:2", late]
    write(client, version=Report.objects.get().version, shown=["done"])
    assert Report.objects.get().left_out == ["ahead:1", late]
    hand_in(client, version=Report.objects.get().version)
    page = said(client.get(f"/reports/{Report.objects.get().pk}/"))
    section = page[page.index("延期事项") : page.index("目标" if "目标进展" in page else "时间花在哪")]
    assert "投放复盘" in section
    assert "长图" not in section


def test_handing_in_keeps_the_figures_of_that_moment(
    cast: Cast, log_in: LogIn, week: dict[str, Task]
) -> None:
    client = log_in(cast.lin)
    assert hand_in(client, summary="好").status_code == 303
    kept = Report.objects.get()
    page = f"/reports/{kept.pk}/"
    Task.objects.filter(pk=week["overdue"].pk).update(deleted_at=kept.submitted_at, deleted_by=cast.lin)
    assert ">66%</a>" in said(client.get(page))
    assert write(client, version=kept.version, summary="再改").status_code == 409
    assert client.get(ME).status_code == 302
    assert client.post(f"{page}withdrawal/", {"version": kept.version}).status_code == 303
    assert ">100%</a>" in said(client.get(f"{ME}lines/back/"))
    assert write(client, version=Report.objects.get().version, summary="再改").status_code == 200


def test_handing_in_can_be_undone(cast: Cast, log_in: LogIn) -> None:
    client = log_in(cast.lin)
    answer = client.post(f"{ME}submission/", {"version": 0}, headers=HTMX)
    undo = json.loads(answer["HX-Trigger"])["toast"]["undo"]
    assert Report.objects.get().is_submitted
    assert client.post(undo).status_code < 400
    assert not Report.objects.get().is_submitted


def test_what_is_handed_in_reaches_the_lead_and_nobody_else(cast: Cast, log_in: LogIn) -> None:
    write(log_in(cast.lin), summary="还没想好")
    page = f"/reports/{Report.objects.get().pk}/"
    assert log_in(cast.chen).get(page).status_code == 404
    hand_in(log_in(cast.lin), version=Report.objects.get().version, summary="主视觉定稿")
    assert "主视觉定稿" in said(log_in(cast.chen).get(page))
    assert page in said(log_in(cast.chen).get("/reports/"))
    assert page in said(log_in(cast.chen).get("/inbox/"))
    assert log_in(cast.zhao).get(page).status_code == 200
    for stranger in (cast.zhou, cast.outsider):
        for address in (page, f"{page}file/", f"{page}file/?format=md"):
            assert log_in(stranger).get(address).status_code == 404
        assert page not in said(log_in(stranger).get("/reports/"))
        assert log_in(stranger).post(f"{page}withdrawal/", {"version": 3}).status_code == 404


@pytest.mark.parametrize("name", ["2027-W01", "2026-13", "gestern", "2026-Q4", "2026-W54"])
def test_a_period_that_is_none_or_lies_ahead_is_not_found(cast: Cast, log_in: LogIn, name: str) -> None:
    assert log_in(cast.lin).get(f"/reports/{name}/me/").status_code == 404
    assert log_in(cast.lin).get("/reports/2026-11/me/").status_code == 200


def test_the_week_ritual_gives_the_goals_and_the_week_its_room(cast: Cast, log_in: LogIn) -> None:
    client = log_in(cast.lin)
    goals = [{"text": "国庆专题", "minutes": 600}, {"text": "短视频", "minutes": 2400}]
    RitualRun.objects.create(
        person=cast.lin, kind="week", on="2026-11-23", answers={"goals": goals}, begun_at="2026-11-22T10:00Z"
    )
    assert "国庆专题" in said(client.get(ME))
    over = said(client.get(f"{ME}capacity/"))
    assert "多出" in over
    write(client, **{"goal-0": "国庆专题", "hours-0": "10"})
    assert "多出" not in said(client.get(f"{ME}capacity/"))
    hand_in(client, version=Report.objects.get().version)
    assert Report.objects.get().goals == [{"text": "国庆专题", "minutes": 600}]


def test_the_owner_of_a_project_writes_its_report_and_its_members_read_it(
    cast: Cast, log_in: LogIn, week: dict[str, Task]
) -> None:
    project = projects.create(
        by=cast.chen, at=week["late"].created_at, name="国庆大促", department=cast.content, owner=cast.chen
    )
    Task.objects.filter(pk=week["late"].pk).update(project=project)
    address = f"/reports/{WEEK}/p{project.pk}/"
    assert log_in(cast.lin).get(address).status_code == 404
    client = log_in(cast.chen)
    page = said(client.get(f"{address}lines/back/"))
    assert "长图" in page
    assert "选题会" not in page
    assert hand_in(client, address, summary="按计划").status_code == 303
    assert log_in(cast.lin).get(f"/reports/{Report.objects.get().pk}/").status_code == 200
    assert log_in(cast.outsider).get(f"/reports/{Report.objects.get().pk}/").status_code == 404


def test_a_lead_merges_what_members_handed_in(cast: Cast, log_in: LogIn, week: dict[str, Task]) -> None:
    hand_in(log_in(cast.lin), summary="主视觉定稿", support="财务给口径")
    source = Report.objects.get()
    address = f"/reports/{WEEK}/d{cast.content.pk}/"
    lead = log_in(cast.chen)
    page = said(lead.get(address))
    assert f'value="{source.pk}"' in page
    assert "未提交" in page
    assert lead.post(f"{address}parts/", {"source": source.pk}).status_code == 303
    part = Part.objects.get()
    assert part.text == "主视觉定稿\n财务给口径"
    report = part.report
    assert (
        write(lead, address, report.version, **{f"part-{part.pk}": "主视觉定稿，下周铺开"}).status_code == 200
    )
    hand_in(lead, address, Report.objects.get(pk=report.pk).version, summary="团队小结")
    read_by_director = said(log_in(cast.zhao).get(f"/reports/{report.pk}/"))
    assert "主视觉定稿，下周铺开" in read_by_director
    assert "成员工作量" in read_by_director
    assert "林悦" in read_by_director
    overview = said(log_in(cast.zhao).get(f"/reports/overview/{WEEK}/"))
    assert "团队小结" in overview
    assert "用户组" in overview
    assert words(read(lead.get(f"/reports/overview/{WEEK}/?format=pdf").content)).count("内容组") >= 1


def test_nothing_is_merged_that_was_not_handed_in_nor_by_somebody_else(cast: Cast, log_in: LogIn) -> None:
    write(log_in(cast.lin), summary="草稿")
    draft = Report.objects.get()
    address = f"/reports/{WEEK}/d{cast.content.pk}/"
    assert log_in(cast.chen).post(f"{address}parts/", {"source": draft.pk}).status_code == 409
    hand_in(log_in(cast.lin), version=draft.version)
    assert log_in(cast.lin).post(f"{address}parts/", {}).status_code == 404
    assert not Part.objects.exists()
    assert log_in(cast.chen).post(f"{address}parts/", {}).status_code == 303
    part = Part.objects.get()
    assert log_in(cast.zhou).post(f"/reports/parts/{part.pk}/removal/").status_code == 404
    assert log_in(cast.chen).post(f"/reports/parts/{part.pk}/removal/").status_code == 303
    assert not Part.objects.exists()


def test_the_lead_asks_who_is_missing_and_handing_in_settles_it(cast: Cast, log_in: LogIn) -> None:
    address = f"/reports/{WEEK}/d{cast.content.pk}/"
    assert log_in(cast.chen).post(f"{address}asking/").status_code == 303
    told = Notification.objects.get(reason="report_due")
    assert told.person == cast.lin
    assert "有一份报告待提交" in said(log_in(cast.lin).get("/inbox/"))
    hand_in(log_in(cast.lin), version=1, summary="好")
    assert Notification.objects.get(pk=told.pk).done_at is not None


def test_it_leaves_as_pdf_word_and_markdown(cast: Cast, log_in: LogIn, week: dict[str, Task]) -> None:
    client = log_in(cast.lin)
    hand_in(client, summary="采访改期 =HYPERLINK(1)\n# 不是标题", **{"goal-0": "盘点", "hours-0": "2"})
    file = f"/reports/{Report.objects.get().pk}/file/"
    answer = client.get(file)
    assert answer["Content-Type"] == "application/pdf"
    reader = read(answer.content)
    assert fonts_of(reader)
    text = words(reader)
    for part in ("周报 2026-W47", "林悦", "采访改期", "选题会", "内容创作", "75%", "盘点", "第 1 页"):
        assert part in text, part
    assert f"http://testserver/tasks/{week['late'].pk}/" in links(reader)
    document = Document(io.BytesIO(client.get(f"{file}?format=docx").content))
    assert any("采访改期" in one.text for one in document.paragraphs)
    markdown = said(client.get(f"{file}?format=md"))
    assert markdown.startswith("# 周报 2026-W47")
    assert "\\# 不是标题" in markdown


def test_a_department_reads_how_its_notices_were_taken(
    cast: Cast, log_in: LogIn, week: dict[str, Task]
) -> None:
    sent = day(18)
    notice = Notice.objects.create(
        title="值班", state="sent", author=cast.chen, department=cast.content, created_at=sent, saved_at=sent,
        sent_at=sent, edition=1,
    )  # fmt: skip
    asked = {"notice": notice, "asked_at": sent}
    done = {"is_open": False, "confirmed_at": sent, "confirmed_edition": 1}
    Receipt.objects.create(**asked, **done, person=cast.lin)
    Receipt.objects.create(**asked, **done, person=cast.zhou, reminded_at=sent)
    Receipt.objects.create(**asked, person=cast.wang)
    Receipt.objects.create(**asked, person=cast.zhao, kind="copy", is_open=False)
    address = f"/reports/{WEEK}/d{cast.content.pk}/lines/back/"
    page = said(log_in(cast.chen).get(address))
    for part in (
        "发出 1 份通知",
        "3 人中 2 人已确认，1 人无需催办",
        "还有 1 人未确认",
        "/notices/table/?since=",
    ):
        assert part in page, part
    Notice.objects.update(state="withdrawn")
    assert "份通知" not in said(log_in(cast.chen).get(address))
    assert "份通知" not in said(log_in(cast.lin).get(f"{ME}lines/back/"))


def test_pages_ask_no_more_of_the_database_for_more_rows(
    cast: Cast, log_in: LogIn, week: dict[str, Task], make: Callable[..., Task]
) -> None:
    hand_in(log_in(cast.lin), summary="好")
    address = f"/reports/{WEEK}/d{cast.content.pk}/"
    lead = log_in(cast.chen)
    lead.post(f"{address}parts/", {})
    for number in range(30):
        make(f"任务{number}", 16 + number % 6, 16 + number % 5)
    own = Report.objects.get(person=cast.lin, department=None)
    assert count_queries(lead, "/reports/") <= 15
    assert count_queries(lead, f"/reports/?of=d{cast.content.pk}") <= 15
    assert count_queries(lead, address) <= 15
    assert count_queries(lead, f"/reports/{own.pk}/") <= 10
    assert count_queries(lead, f"{address}lines/back/", **HTMX) <= 18
    assert count_queries(lead, f"{address}lines/ahead/", **HTMX) <= 17
    assert count_queries(lead, f"{address}capacity/", **HTMX) <= 13
    assert count_queries(lead, f"/reports/overview/{WEEK}/") <= 10
    assert count_queries(lead, f"/reports/{WEEK}/d{cast.content.pk}/rows/late/") <= 15
