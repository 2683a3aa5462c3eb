"""Tables over HTTP: bring, preview, take in, undo, take out."""

from __future__ import annotations

import io
import re
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from opsloop.activity import jobs
from opsloop.activity.models import Job
from opsloop.engines.sheets import read_tasks
from opsloop.exchange.models import Import
from opsloop.exchange.reading import read_grid
from opsloop.goals import actions as goals
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import Cast
from opsloop.work.actions import tasks
from opsloop.work.models import Task

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
HEAD = ["任务名称", "负责人", "目标关联度", "紧急程度", "耗时预估", "截止时间", "前置任务"]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(MONDAY, tick=True):
        yield


def log_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def sheet(*rows: list[Any], head: list[str] = HEAD) -> SimpleUploadedFile:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["内容组十一月任务表"])
    page.append(head)
    for row in rows:
        page.append(row)
    data = io.BytesIO()
    book.save(data)
    return SimpleUploadedFile("任务表.xlsx", data.getvalue())


def bring(client: Client, file: SimpleUploadedFile) -> Import:
    response = client.post("/tables/import/", {"file": file})
    assert response.status_code == 303, response.content.decode()[:2000]
    return Import.objects.latest("pk")


def take_in(client: Client, row: Import, **data: Any) -> Any:
    return client.post(f"/tables/import/{row.pk}/application/", {"version": row.version, **data})


def test_a_preview_takes_nothing_in_and_names_every_bad_cell(cast: Cast) -> None:
    client = log_in(cast.lin)
    row = bring(
        client,
        sheet(["写周报", "林悦", 4, "高", "2h", "2026/11/30", ""], ["盘点", "林悦", 9, "高", "很久", "", ""]),
    )
    page = client.get(f"/tables/import/{row.pk}/").content.decode()
    assert not Task.objects.exists()
    assert "写周报" in page
    assert "很久" in page
    assert "耗时预估" in page
    # Once in the list of what to mend, and once where it stands in the table.
    assert len(re.findall(r">\s*很久\s*<", page)) == 2
    (line,) = re.findall(r"<tr>(?:(?!<tr>).)*盘点.*?</tr>", page, re.DOTALL)
    assert re.search(r"<td[^>]* title=\"[^\"]+\">(?:(?!</td>).)*badge(?:(?!</td>).)*很久", line, re.DOTALL)


def test_taking_in_makes_tasks_with_their_links(cast: Cast) -> None:
    client = log_in(cast.lin)
    row = bring(
        client,
        sheet(
            ["收数据", "林悦", 3, "中", "1.5小时", "2026-11-24", ""],
            ["写周报", "林悦", 4, "高", "2h", "2026-11-25", "收数据"],
        ),
    )
    assert take_in(client, row).status_code == 303
    report = Task.objects.get(title="写周报")
    assert (report.owner, report.importance, report.urgency, report.estimate_minutes) == (
        cast.lin,
        4,
        "high",
        120,
    )
    assert report.due_at == MONDAY.replace(day=25, hour=18)
    assert report.department == cast.content
    assert [link.predecessor.title for link in report.predecessor_links.all()] == ["收数据"]
    assert "写周报" in client.get("/search/", {"q": "zhoubao"}).content.decode()


def test_undo_takes_everything_back(cast: Cast) -> None:
    client = log_in(cast.lin)
    known = tasks.create(by=cast.lin, at=MONDAY, title="旧任务", owner=cast.lin, estimate_minutes=60)
    head = ["任务ID", *HEAD]
    row = bring(
        client,
        sheet(
            [known.number, "旧任务", "林悦", 3, "中", "3h", "", ""],
            ["", "新任务", "林悦", 3, "中", "1h", "", ""],
            head=head,
        ),
    )
    take_in(client, row)
    known.refresh_from_db()
    assert known.estimate_minutes == 180
    assert Task.objects.alive().count() == 2
    assert client.post(f"/tables/import/{row.pk}/reversal/").status_code == 303
    known.refresh_from_db()
    assert known.estimate_minutes == 60
    assert [task.title for task in Task.objects.alive()] == ["旧任务"]
    assert client.post(f"/tables/import/{row.pk}/reversal/").status_code == 409


def test_bringing_the_same_table_again_changes_by_number_and_makes_nothing_twice(cast: Cast) -> None:
    client = log_in(cast.lin)
    take_in(client, bring(client, sheet(["写周报", "林悦", 4, "高", "2h", "2026-11-25", ""])))
    exported = client.get("/tables/out/assignment/").content
    again = bring(client, SimpleUploadedFile("分配表.xlsx", exported))
    take_in(client, again)
    again.refresh_from_db()
    assert Task.objects.count() == 1
    assert (again.result["created"], again.result["updated"], again.result["same"]) == ([], [], 1)


def test_an_unknown_person_is_offered_and_created_only_by_managers(cast: Cast) -> None:
    for person, offered in ((cast.lin, False), (cast.wang, True)):
        client = log_in(person)
        row = bring(client, sheet(["写周报", "新来的", 4, "高", "2h", "", ""]))
        page = client.get(f"/tables/import/{row.pk}/").content.decode()
        assert "新来的" in page
        assert ('name="new_person"' in page) == offered
        response = take_in(client, row, new_person=["新来的"])
        assert response.status_code == (303 if offered else 403)
        assert Person.objects.filter(name="新来的").exists() == offered
    assert Task.objects.get().owner == Person.objects.get(name="新来的")
    assert not Person.objects.get(name="新来的").has_joined


def test_headings_can_be_mapped_and_are_remembered(cast: Cast) -> None:
    client = log_in(cast.lin)
    head = ["任务名称", "某某列"]
    row = bring(client, sheet(["写周报", "陈敏"], head=head))
    data = {"version": row.version, "heading": ["任务名称", "某某列"], "field": ["title", "owner"]}
    assert client.post(f"/tables/import/{row.pk}/mapping/", data).status_code == 303
    row.refresh_from_db()
    take_in(client, row)
    assert Task.objects.get().owner == cast.chen
    assert bring(client, sheet(["对账", "陈敏"], head=head)).mapping["某某列"] == "owner"


def test_a_stale_preview_is_refused(cast: Cast) -> None:
    client = log_in(cast.lin)
    row = bring(client, sheet(["写周报", "林悦", 4, "高", "2h", "", ""]))
    assert take_in(client, row).status_code == 303
    assert take_in(client, row).status_code in {409, 412}
    assert client.post(f"/tables/import/{row.pk}/application/").status_code in {409, 428}
    assert Task.objects.count() == 1


def test_pasted_cells_come_in_the_same_way(cast: Cast) -> None:
    client = log_in(cast.lin)
    response = client.post("/tables/import/", {"pasted": "事项\t责任人\t截止日期\n盘点\t林悦\t11月30日\n"})
    assert response.status_code == 303
    take_in(client, Import.objects.get())
    assert Task.objects.get().due_at == MONDAY.replace(day=30, hour=18)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("坏.xlsx", b"PK\x03\x04broken"),
        ("空.xlsx", b""),
        ("图.png", b"\x89PNG\r\n\x1a\n" + b"0" * 64),
        ("x.xlsx", b"a,b\n1,2"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(cast: Cast, name: str, content: bytes) -> None:
    response = log_in(cast.lin).post(
        "/tables/import/", {"file": SimpleUploadedFile(name, content), "sheet": "九月"}
    )
    assert response.status_code == 422
    assert 'value="九月"' in response.content.decode()
    assert not Import.objects.exists()


def test_an_import_is_nobody_elses_business(cast: Cast) -> None:
    row = bring(log_in(cast.lin), sheet(["写周报", "林悦", 4, "高", "2h", "", ""]))
    for other in (cast.chen, cast.admin, cast.outsider):
        assert log_in(other).get(f"/tables/import/{row.pk}/").status_code == 404


def test_a_number_of_a_task_one_may_not_see_makes_a_new_task(cast: Cast) -> None:
    hidden = tasks.create(by=cast.outsider, at=MONDAY, title="机密", owner=cast.outsider)
    client = log_in(cast.lin)
    row = bring(
        client, sheet([hidden.number, "改掉它", "林悦", 3, "中", "3h", "", ""], head=["任务ID", *HEAD])
    )
    take_in(client, row)
    hidden.refresh_from_db()
    assert hidden.title == "机密"
    assert Task.objects.get(title="改掉它").number != hidden.number


@pytest.mark.django_db(transaction=True)
def test_a_long_table_is_a_job_that_reports_its_progress(cast: Cast) -> None:
    client = log_in(cast.lin)
    row = bring(client, sheet(*[[f"任务{n}", "林悦", 3, "中", "1h", "", ""] for n in range(350)]))
    response = take_in(client, row)
    job = Job.objects.get()
    assert response["Location"] == f"/jobs/{job.pk}/"
    jobs.run.call(job.pk)
    job.refresh_from_db()
    assert (job.status, job.percent) == ("done", 100)
    assert Task.objects.count() == 350
    jobs.run.call(job.pk)
    assert Task.objects.count() == 350


@pytest.mark.parametrize("name", ["daily", "weekly", "ranking", "tracking", "assignment"])
def test_each_table_holds_what_one_may_see_and_nothing_else(cast: Cast, name: str) -> None:
    due = MONDAY.replace(hour=18)
    tasks.create(
        by=cast.lin, at=MONDAY, title="=HYPERLINK(1)", owner=cast.lin, due_at=due, estimate_minutes=60
    )
    tasks.create(by=cast.outsider, at=MONDAY, title="机密", owner=cast.outsider, due_at=due)
    response = log_in(cast.lin).get(f"/tables/out/{name}/")
    assert response.status_code == 200
    assert "filename*=UTF-8''" in response["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    cells = [cell for page in book for row in page.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" for cell in cells)
    values = {cell.value for cell in cells}
    assert "机密" not in values
    if name != "weekly":
        assert "=HYPERLINK(1)" in values
        grid, _implied = read_grid(response.content, "x.xlsx")
        assert "=HYPERLINK(1)" in {row.title for row in read_tasks(grid, today=MONDAY.date()).rows}


def test_the_tree_of_goals_is_taken_out_as_it_is_aligned(cast: Cast) -> None:
    measure = {"name": "获客成本", "unit": "元", "from_value": Decimal(100), "to_value": Decimal(80)}
    top = goals.create(by=cast.zhao, at=MONDAY, title="年度", owner=cast.zhao)
    goals.create(
        by=cast.chen, at=MONDAY, title="=HYPERLINK(1)", owner=cast.chen, department=cast.content, parent=top,
        key_results=[measure],
    )  # fmt: skip
    goals.create(by=cast.zhou, at=MONDAY, title="机密", owner=cast.zhou, department=cast.users)
    response = log_in(cast.lin).get("/tables/out/goals/")
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    cells = [cell for page in book for row in page.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" for cell in cells)
    values = {cell.value for cell in cells}
    assert {"年度", "　=HYPERLINK(1)", "获客成本 100 → 80 元（现100）"} <= values
    assert "机密" not in values


def test_reading_roles_export_but_do_not_import(cast: Cast) -> None:
    client = log_in(cast.sun)
    assert client.get("/tables/out/tracking/").status_code == 200
    assert client.get("/tables/import/").status_code == 403
    assert client.get("/tables/out/unknown/").status_code == 404


@pytest.mark.once
def test_more_rows_do_not_mean_more_queries(cast: Cast) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = log_in(cast.lin)
    counts = []
    for number in (2, 40):
        row = bring(client, sheet(*[[f"任务{n}", "林悦", 3, "中", "1h", "", ""] for n in range(number)]))
        with CaptureQueriesContext(connection) as seen:
            client.get(f"/tables/import/{row.pk}/")
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert counts[0] <= 15
