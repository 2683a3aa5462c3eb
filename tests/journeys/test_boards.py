"""The sheet and the Gantt chart, each as the people use it who have to. Clicks and keys are counted."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visit, go

# Paste 30 rows and mend two cells: 1 click into the column, 6 keys besides what is typed.
PASTE_CLICKS, PASTE_KEYS = 1, 6
# Move a bar and accept what follows: 1 drag, 1 click.
MOVE_CLICKS = 2
ROWS = [
    f"双十二物料{n:02d}\t{'何小满' if n == 3 else '温雅'}\t10-{n:02d}\t{'很久' if n == 5 else '2h'}"
    for n in range(1, 31)
]
PASTED = "任务\t负责人\t截止时间\t预计耗时\n" + "\n".join(ROWS)


class Counted:
    """A page whose clicks and keys are counted."""

    def __init__(self, page: Page) -> None:
        """Start at nothing."""
        self.page, self.clicks, self.keys = page, 0, 0

    def click(self, target: Any) -> None:
        """Click once."""
        self.clicks += 1
        target.click()

    def press(self, *keys: str) -> None:
        """Press keys one after another."""
        for key in keys:
            self.keys += 1
            self.page.keyboard.press(key)


def open_sheet(page: Page) -> None:
    go(page, "/tasks/sheet/?scope=team")
    page.wait_for_selector("[data-sheet][data-ready]")


def cell(page: Page, title: str, column: str) -> Any:
    row = page.locator(".sheet-body .sheet-row", has=page.locator("[data-column=title]", has_text=title))
    return row.locator(f"[data-column={column}]")


def test_thirty_rows_are_pasted_and_two_cells_mended(visit: Visit) -> None:
    page = visit("fang", permissions=["clipboard-read", "clipboard-write"])
    open_sheet(page)
    page.evaluate("text => navigator.clipboard.writeText(text)", PASTED)
    by = Counted(page)
    by.click(page.locator("[data-column=title]").first)
    by.press("Control+ArrowDown", "Control+v")
    problem = page.locator("[data-sheet-problem]")
    expect(problem).to_contain_text("2")
    # From one problem to the next by a key; a name by the first letters of its pinyin.
    by.press("F8")
    expect(page.locator(".sheet-note")).to_contain_text("何小满")
    page.keyboard.type("cy")
    by.press("Enter", "F8")
    page.keyboard.type("3h")
    by.press("Enter")
    expect(problem).to_be_empty()
    expect(page.locator("[data-sheet-state]")).to_have_attribute("data-state", "saved")
    expect(cell(page, "双十二物料03", "owner")).to_have_text("程野")
    expect(cell(page, "双十二物料05", "estimate")).to_have_text("3h")
    assert by.clicks <= PASTE_CLICKS
    assert by.keys <= PASTE_KEYS
    # Each batch is taken back by one key: two mended cells, then all thirty rows.
    for _batch in range(3):
        page.keyboard.press("Control+z")
        expect(page.locator("[data-sheet-state]")).to_have_attribute("data-state", "saved")
    expect(page.locator(".sheet-body [data-column=title]", has_text="双十二物料")).to_have_count(0)


def test_an_input_method_composes_in_a_cell_and_enter_does_not_end_it(visit: Visit) -> None:
    page = visit("fang")
    open_sheet(page)
    page.locator("[data-column=note]").first.click()
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "zhou", "selectionStart": 4, "selectionEnd": 4})
    field = page.locator(".sheet-field")
    expect(field).to_have_class("sheet-field is-editing")
    # Enter while the input method works is its own.
    field.dispatch_event("keydown", {"key": "Enter", "keyCode": 229, "isComposing": True})
    expect(field).to_have_class("sheet-field is-editing")
    session.send("Input.insertText", {"text": "周报要用"})
    page.keyboard.press("Enter")
    expect(page.locator("[data-column=note]").first).to_have_text("周报要用")
    page.keyboard.press("Control+z")
    expect(page.locator("[data-column=note]").first).not_to_have_text("周报要用")


@pytest.fixture
def chart(visit: Visit) -> Page:
    """Open the chart of everything as the lead whose campaign it is."""
    page = visit("xu", "/tasks/gantt/?scope=all")
    page.wait_for_selector("[data-gantt][data-loaded]")
    return page


def due(page: Page, title: str) -> Any:
    return page.locator(".gantt-row", has_text=title).locator(".gantt-due")


def test_a_bar_is_dragged_and_its_consequences_accepted(chart: Page) -> None:
    before = due(chart, "合规与价格审核").inner_text()
    bar = chart.locator("g[data-bar]", has_text="会场页面搭建").locator(".bar-body")
    # Scrolling draws the chart anew: the place counts once the bar stands still.
    bar.hover()
    box = bar.bounding_box()
    assert box is not None
    by = Counted(chart)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    by.clicks += 1
    chart.mouse.move(x, y)
    chart.mouse.down()
    chart.mouse.move(x + 48, y, steps=3)
    chart.mouse.up()
    shown = chart.locator("#gantt-move")
    expect(shown).to_contain_text("合规与价格审核")
    expect(shown).to_contain_text("陆远舟")
    by.click(shown.locator("button.btn-primary"))
    expect(due(chart, "合规与价格审核")).not_to_have_text(before)
    assert by.clicks <= MOVE_CLICKS
    chart.keyboard.press("Control+z")
    expect(due(chart, "合规与价格审核")).to_have_text(before)


def test_a_bar_moves_by_keys_alone(chart: Page) -> None:
    before = due(chart, "客服话术与常见问题").inner_text()
    chart.locator(".gantt-row", has_text="客服话术与常见问题").focus()
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        chart.keyboard.press(key)
    expect(chart.locator("#gantt-move button.btn-primary")).to_be_focused()
    chart.keyboard.press("Enter")
    expect(due(chart, "客服话术与常见问题")).not_to_have_text(before)
    chart.keyboard.press("Control+z")
    expect(due(chart, "客服话术与常见问题")).to_have_text(before)
