"""Reviews in the browser: written, asked why, handed in, taken back, read by those who lead, taken home as a file."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from docx import Document
from pypdf import PdfReader

from opsloop.activity.models import Event
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import Cast, count_queries
from opsloop.paper.tests.reading import fonts_of
from opsloop.reviews.models import Cause, Measure, Review
from opsloop.reviews.tests.conftest import ME, hand_in, write
from opsloop.work.models import Task

pytestmark = pytest.mark.django_db
LogIn = Callable[[Person], Client]
HTMX = {"HX-Request": "true", "HX-Target": "div#review-why"}


def said(response: Any) -> str:
    return str(response.content.decode())


def test_what_is_typed_is_kept_and_the_page_tells_the_version(cast: Cast, log_in: LogIn) -> None:
    client = log_in(cast.lin)
    answer = write(client, unmet="采访改期", focus="国庆专题")
    kept = Review.objects.get()
    assert answer.status_code == 200
    assert f'name="version" value="{kept.version}"' in said(answer)
    assert (kept.unmet, kept.focus, kept.person) == ("采访改期", "国庆专题", cast.lin)
    assert "采访改期" in said(client.get(ME))


def test_a_second_window_does_not_write_over_the_first(cast: Cast, log_in: LogIn) -> None:
    client = log_in(cast.lin)
    write(client, unmet="第一稿")
    assert write(client, unmet="别的窗口").status_code == 412
    assert write(client, version=Review.objects.get().version, unmet="第二稿").status_code == 200
    assert Review.objects.get().unmet == "第二稿"


def test_writing_the_same_again_writes_nothing(cast: Cast, log_in: LogIn) -> None:
    client = log_in(cast.lin)
    write(client, unmet="采访改期")
    version, events = Review.objects.get().version, Event.objects.count()
    write(client, version=version, unmet="采访改期")
    assert (Review.objects.get().version, Event.objects.count()) == (version, events)


def test_too_long_a_text_is_refused_with_its_length_and_keeps_what_was(cast: Cast, log_in: LogIn) -> None:
    client = log_in(cast.lin)
    write(client, unmet="短")
    answer = write(client, version=Review.objects.get().version, unmet="长" * 5001)
    assert answer.status_code == 409
    assert Review.objects.get().unmet == "短"


@pytest.mark.parametrize("name", ["2027-01", "2026-13", "gestern", "2026-Q5"])
def test_a_month_that_is_none_or_lies_ahead_is_not_found(cast: Cast, log_in: LogIn, name: str) -> None:
    assert log_in(cast.lin).get(f"/reviews/{name}/me/").status_code == 404
    assert log_in(cast.lin).get("/reviews/2026-Q4/me/").status_code == 200


def test_the_review_of_a_department_is_written_by_its_leads_alone(cast: Cast, log_in: LogIn) -> None:
    address = f"/reviews/2026-11/{cast.content.pk}/"
    assert write(log_in(cast.lin), address, unmet="x").status_code == 404
    assert write(log_in(cast.chen), address, unmet="素材确认慢").status_code == 200
    assert (
        write(log_in(cast.wang), address, version=Review.objects.get().version, focus="选题库").status_code
        == 200
    )
    assert Review.objects.get().person == cast.wang


def test_causes_grow_under_one_another_and_removal_can_be_undone(
    cast: Cast, log_in: LogIn, november: dict[str, Task]
) -> None:
    client = log_in(cast.lin)
    client.post(f"{ME}causes/", {"task": november["late"].pk}, headers=HTMX)
    top = Cause.objects.get()
    assert (top.text, top.task) == ("长图", november["late"])
    for text in ("需求单没写尺寸", "模板里没有这一栏"):
        client.post(f"{ME}causes/", {"text": text, "parent": top.pk}, headers=HTMX)
    assert Cause.objects.filter(parent=top).count() == 2
    answer = client.post(f"/reviews/causes/{top.pk}/removal/", headers=HTMX)
    assert not Cause.objects.exists()
    undo = json.loads(answer["HX-Trigger"])["toast"]["undo"]
    assert client.post(undo).status_code < 400
    assert sorted(Cause.objects.values_list("text", "parent__text")) == [
        ("模板里没有这一栏", "长图"), ("长图", None), ("需求单没写尺寸", "长图"),
    ]  # fmt: skip


def test_why_is_asked_five_times_at_most(cast: Cast, log_in: LogIn) -> None:
    client, parent = log_in(cast.lin), ""
    for depth in range(6):
        assert (
            client.post(f"{ME}causes/", {"text": f"第{depth}层", "parent": parent}, headers=HTMX).status_code
            == 200
        )
        parent = str(Cause.objects.latest("pk").pk)
    answer = client.post(f"{ME}causes/", {"text": "太深", "parent": parent}, headers=HTMX)
    assert answer.status_code == 409
    assert Cause.objects.count() == 6


def test_nobody_touches_the_causes_of_somebody_else(cast: Cast, log_in: LogIn) -> None:
    log_in(cast.lin).post(f"{ME}causes/", {"text": "改期"}, headers=HTMX)
    cause = Cause.objects.get()
    assert log_in(cast.zhou).post(f"/reviews/causes/{cause.pk}/removal/", headers=HTMX).status_code == 404
    # A draft is not seen by those who lead either.
    assert log_in(cast.chen).post(f"/reviews/causes/{cause.pk}/removal/", headers=HTMX).status_code == 404
    assert Cause.objects.exists()


def test_a_measure_is_a_task_and_the_next_review_asks_for_it(cast: Cast, log_in: LogIn) -> None:
    client = log_in(cast.lin)
    october = "/reviews/2026-10/me/"
    client.post(f"{october}causes/", {"text": "改期"}, headers=HTMX)
    fields = {
        "title": "同时约两位嘉宾",
        "owner": cast.lin.pk,
        "due_on": "2026-12-04",
        "cause": Cause.objects.get().pk,
    }
    assert client.post(f"{october}measures/", fields).status_code == 303
    task = Task.objects.get(title="同时约两位嘉宾")
    assert (task.owner, task.description, Measure.objects.get().task) == (cast.lin, "改期", task)
    assert "同时约两位嘉宾" in said(client.get(ME))


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", ""), ("due_on", "2026-11-01"), ("due_on", "bald"), ("owner", "0"), ("cause", "9")],
)
def test_a_measure_that_lacks_something_is_refused_beside_its_field(
    cast: Cast, log_in: LogIn, field: str, value: str
) -> None:
    client = log_in(cast.lin)
    client.post(f"{ME}causes/", {"text": "改期"}, headers=HTMX)
    fields = {"title": "约嘉宾", "owner": cast.lin.pk, "due_on": "2026-12-04", "cause": "", field: value}
    answer = client.post(f"{ME}measures/", fields)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Measure.objects.exists()


def test_handing_in_keeps_the_figures_of_that_moment(
    cast: Cast, log_in: LogIn, november: dict[str, Task]
) -> None:
    client = log_in(cast.lin)
    assert hand_in(client, unmet="采访改期").status_code == 303
    kept = Review.objects.get()
    Task.objects.filter(pk=november["overdue"].pk).update(deleted_at=kept.submitted_at, deleted_by=cast.lin)
    assert "33%" in said(client.get(f"{ME}facts/"))
    assert write(client, version=kept.version, unmet="再改").status_code == 409
    fields = {"version": kept.version}
    assert client.post(f"/reviews/{kept.pk}/withdrawal/", fields).status_code == 303
    assert "50%" in said(client.get(f"{ME}facts/"))
    assert write(client, version=Review.objects.get().version, unmet="再改").status_code == 200


def test_figures_alone_are_no_review(cast: Cast, log_in: LogIn) -> None:
    assert hand_in(log_in(cast.lin), unmet="  ").status_code == 409
    assert not Review.objects.filter(state="submitted").exists()
    assert hand_in(log_in(cast.lin), unmet="采访改期").status_code == 303


def test_what_is_handed_in_reaches_the_lead_and_nobody_else(cast: Cast, log_in: LogIn) -> None:
    hand_in(log_in(cast.lin), unmet="采访改期")
    sheet = f"/reviews/{Review.objects.get().pk}/"
    assert "采访改期" in said(log_in(cast.chen).get(sheet))
    assert "采访改期" in said(log_in(cast.chen).get(f"/reviews/2026-11/{cast.content.pk}/"))
    assert sheet in said(log_in(cast.chen).get("/reviews/"))
    assert "review" in said(log_in(cast.chen).get("/inbox/"))
    for stranger in (cast.zhou, cast.outsider):
        assert log_in(stranger).get(sheet).status_code == 404
        assert sheet not in said(log_in(stranger).get("/reviews/"))


def test_a_draft_is_seen_by_its_writer_alone(cast: Cast, log_in: LogIn) -> None:
    write(log_in(cast.lin), unmet="还没想好")
    sheet = f"/reviews/{Review.objects.get().pk}/"
    assert log_in(cast.lin).get(sheet).status_code == 200
    for other in (cast.chen, cast.zhao, cast.sun, cast.admin):
        assert log_in(other).get(sheet).status_code == 404


def test_the_parts_of_the_figures_are_together_what_stands_in_all_of_them(
    cast: Cast, log_in: LogIn, november: dict[str, Task]
) -> None:
    client = log_in(cast.chen)
    address = f"/reviews/2026-11/{cast.content.pk}/facts/"

    def lines(query: str) -> list[str]:
        text = re.sub(r'value="\w{64}"', "", client.get(address + query).content.decode())
        return [line.strip() for line in text.split("\n") if line.strip()]

    parts = [line for part in ("figures", "late", "around") for line in lines(f"?part={part}")]
    assert parts == lines("")
    assert "投放复盘" in "".join(lines("?part=late"))
    assert "投放复盘" not in "".join(lines("?part=figures"))
    assert lines("?part=nonsense") == lines("")


def test_the_table_leaves_as_word_pdf_and_excel_with_chinese_fonts_and_a_chart(
    cast: Cast, log_in: LogIn, november: dict[str, Task]
) -> None:
    client = log_in(cast.lin)
    hand_in(client, unmet="采访改期", improvements="=HYPERLINK(1)")
    file = f"/reviews/{Review.objects.get().pk}/file/"
    document = Document(io.BytesIO(client.get(f"{file}?format=docx").content))
    cells = {row.cells[0].text: row.cells[1].text for row in document.tables[0].rows}
    assert list(cells) == ["月份", "核心目标完成情况", "未完成原因", "时间消耗分布", "改进措施"]
    assert "投放复盘（林悦）：逾期 7 天，仍未完成" in cells["未完成原因"]
    assert "内容创作  75%（2.5 小时）" in cells["时间消耗分布"]
    assert 'w:eastAsia="微软雅黑"' in document.styles.element.xml
    sheet = PdfReader(io.BytesIO(client.get(f"{file}?format=pdf").content))
    words = "".join(page.extract_text() for page in sheet.pages).replace("\n", "")
    assert "投放复盘（林悦）：逾期 7 天，仍未完成" in words
    assert "内容创作" in words
    assert {font["/Subtype"] for font in fonts_of(sheet)} == {"/Type0"}
    book = zipfile.ZipFile(io.BytesIO(client.get(file).content))
    assert any("chart" in name for name in book.namelist())
    assert "<f>" not in "".join(
        book.read(name).decode() for name in book.namelist() if "worksheets/sheet" in name
    )


def test_pages_ask_no_more_of_the_database_for_more_rows(
    cast: Cast, log_in: LogIn, november: dict[str, Task], make: Callable[..., Task]
) -> None:
    client = log_in(cast.chen)
    address = f"/reviews/2026-11/{cast.content.pk}/"
    hand_in(log_in(cast.lin), unmet="采访改期")
    for number in range(30):
        make(f"任务{number}", 3 + number % 20)
        if number < 12:
            client.post(f"{address}causes/", {"text": f"原因{number}"}, headers=HTMX)
    assert count_queries(client, address) <= 15
    for part in ("figures", "late", "around"):
        assert count_queries(client, f"{address}facts/?part={part}", **HTMX) <= 8
    assert count_queries(client, "/reviews/") <= 15
