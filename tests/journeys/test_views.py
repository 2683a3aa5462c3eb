"""The views over tasks: a filter with "or" that others open, a board by keys, many tasks at once, the file."""

from __future__ import annotations

import csv
import io
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visit, go
from tests.journeys.test_tasks import make
from tests.journeys.watch import effort, settled


def add_condition(page: Page, typed: str, field: str, *values: str) -> None:
    """Choose a field of the filter by its pinyin and tick values."""
    page.locator(".filter-bar summary").click()
    page.locator("[data-finder-input]").fill(typed)
    page.locator(".filter-field-list a:not([hidden])", has_text=field).first.click()
    for value in values:
        page.locator(f".filter-editor input[value={value}]").check()
    page.locator(".filter-editor [type=submit]").first.click()


@pytest.mark.every_database
def test_a_filter_with_or_is_saved_for_everybody_and_opened_by_a_colleague(visit: Visit) -> None:
    page = visit("lu", "/tasks/?scope=all")
    add_condition(page, "zt", "状态", "blocked")
    expect(page.locator(".filter-bar .chip")).to_have_count(1)
    narrow = page.locator(".count-of-rows").inner_text()
    add_condition(page, "jj", "紧急程度", "high")
    expect(page.locator(".filter-bar .chip")).to_have_count(2)
    join = page.locator(".chip-join")
    expect(join).to_have_text("且")
    join.click()
    expect(join).to_have_text("或")
    expect(page.locator(".count-of-rows")).not_to_have_text(narrow)
    shown = page.locator(".count-of-rows").inner_text()
    page.locator("#saved-views a[href*='/views/new/']").click()
    page.locator("#drawer [name=name]").fill("阻塞或紧急")
    page.locator("#drawer [name=audience][value=everybody]").check()
    page.locator("#drawer .form-actions [type=submit]").click()
    expect(page.locator("#saved-views [aria-current=page]")).to_contain_text("阻塞或紧急")
    other = visit("shen")
    go(other, page.url)
    expect(other.locator("#saved-views [aria-current=page]")).to_contain_text("阻塞或紧急")
    expect(other.locator(".chip-join")).to_have_text("或")
    expect(other.locator(".count-of-rows")).to_have_text(shown)


def test_a_card_moves_by_keys_and_stays_there(visit: Visit) -> None:
    page = visit("wen")
    make(page, "明天 看板键盘移动")
    go(page, f"/tasks/board/?scope=mine&q={quote('看板键盘移动')}")
    cell = page.locator("[data-column=doing]")
    page.keyboard.press("j")
    expect(page.locator(".board-card.is-current, .board-card:focus-within").first).to_contain_text(
        "看板键盘移动"
    )
    with page.expect_response(
        lambda answer: "/tasks/board/" in answer.url and answer.request.method == "POST"
    ):
        page.keyboard.press("Shift+ArrowRight")
    expect(cell.locator(".board-card")).to_contain_text("看板键盘移动")
    settled(page)
    assert effort(page).clicks == 0
    page.reload()
    expect(cell.locator(".board-card")).to_contain_text("看板键盘移动")


def test_many_tasks_are_changed_after_a_preview_taken_back_and_exported(visit: Visit) -> None:
    page = visit("lu")
    for n in ("一", "二", "三"):
        make(page, f"明天 批量修改{n}")
    go(page, f"/tasks/?scope=mine&q={quote('批量修改')}&cols=title,urgency,spent")
    rows = page.locator("tr[data-row]")
    expect(rows).to_have_count(3)
    page.locator("[data-select-all]").check()
    page.locator("[data-bulk-bar] [hx-post*=bulk]", has_text="更多字段").click()
    page.locator("#bulk-kind").select_option("urgency")
    page.locator("#bulk-edit [name=urgency][value=high]").check()
    page.locator("#bulk-edit [name=preview]").click()
    expect(page.locator(".bulk-outcome")).to_contain_text("3")
    page.locator("#bulk-edit .form-actions [type=submit]").click()
    expect(page.locator("td.urgency", has_text="高")).to_have_count(3)
    with page.expect_download() as download:
        page.locator("a[href*='export/csv'], a[href*='.csv']").first.evaluate("link => link.click()")
    table = list(csv.reader(io.StringIO(download.value.path().read_text("utf-8-sig"))))
    assert table[0] == ["任务", "紧急程度", "实际耗时"]
    assert [row[1] for row in table[1:]] == ["高", "高", "高"]
    page.keyboard.press("Control+z")
    expect(page.locator("td.urgency", has_text="高")).to_have_count(0)
