"""Excel in and out."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
import xlsxwriter
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visit, go

TAKE_IN = "button[form=application]"
HEADINGS = ("事项", "责任人", "目标关联度", "紧急程度", "预估工时", "截止日期")
ROWS = (
    ("补拍商品主图", "温雅", 4, "高", "2.5小时", "2026/9/18"),
    ("整理社群问答", "温雅", 3, "中", "90min", "9月21日"),
    ("核对积分规则", "温雅", 5, "高", "很快", "2026.9.22"),
    ("合计", "", "", "", "", ""),
)


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """Write a sheet as departments have them: a title row, other words in the headings, one bad cell."""
    path = tmp_path / "九月补充事项.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("事项")
        page.write(0, 0, "用户组九月补充事项")
        for row, cells in enumerate((HEADINGS, *ROWS), start=2):
            page.write_row(row, 0, cells)
    return path


def bring(page: Page, sheet: Path) -> None:
    """Upload a file and wait for the preview."""
    go(page, "/tables/import/")
    page.locator("input[type=file]").set_input_files(sheet)
    page.locator(".form-actions button[type=submit]").click()
    page.wait_for_url("**/tables/import/*/")


def test_a_sheet_is_looked_at_taken_in_and_taken_back(visit: Visit, sheet: Path) -> None:
    page = visit("fang")
    bring(page, sheet)
    problem = page.locator(".import-problems tbody tr")
    expect(problem).to_have_count(1)
    expect(problem).to_contain_text("6")
    expect(problem).to_contain_text("预估工时")
    expect(problem).to_contain_text("很快")
    expect(page.locator("td.title")).to_have_text(["补拍商品主图", "整理社群问答", "核对积分规则"])
    go(page, f"/tasks/?scope=team&q={quote('补拍商品主图')}")
    expect(page.locator("[data-row]")).to_have_count(0)
    page.go_back()
    page.locator(TAKE_IN).click()
    expect(page.locator("form[action$='/reversal/'] button")).to_be_visible()
    imported = page.url
    go(page, f"/tasks/?scope=team&q={quote('补拍商品主图')}")
    line = page.locator("[data-row]")
    expect(line).to_have_count(1)
    expect(line).to_contain_text("温雅")
    expect(line).to_contain_text("2 小时 30 分钟")
    expect(line).to_contain_text("09-18")
    go(page, imported)
    page.locator("form[action$='/reversal/'] button").click()
    expect(page.locator("form[action$='/reversal/']")).to_have_count(0)
    go(page, f"/tasks/?scope=team&q={quote('补拍商品主图')}")
    expect(page.locator("[data-row]")).to_have_count(0)


def test_a_file_that_is_no_table_is_refused_beside_its_field(visit: Visit, tmp_path: Path) -> None:
    page = visit("fang", "/tables/import/")
    wrong = tmp_path / "表格.xlsx"
    wrong.write_bytes(b"%PDF-1.7 not a sheet")
    page.locator("input[type=file]").set_input_files(wrong)
    page.locator(".form-actions button[type=submit]").click()
    expect(page.locator(".field-error, [role=alert]").first).to_be_visible()


def test_the_weekly_table_is_downloaded_and_opens(visit: Visit, tmp_path: Path) -> None:
    page = visit("lin", "/tables/")
    for number in range(page.locator("button[formaction][value=xlsx]").count()):
        with page.expect_download() as waiting:
            page.locator("button[formaction][value=xlsx]").nth(number).click()
        path = tmp_path / f"{number}.xlsx"
        waiting.value.save_as(path)
        assert waiting.value.suggested_filename.endswith(".xlsx")
        book = load_workbook(path)
        assert book.worksheets[0].max_row > 1
