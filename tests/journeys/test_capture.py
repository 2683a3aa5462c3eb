"""Writing things down in seconds (F2), finding things again, taking things back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visit
from tests.journeys.watch import effort

BOX = "#quick-add textarea"
CHIPS = "#quick-add-preview .chip"

# Notes when the last letter was typed and when the chips stood there.
CLOCK = """
addEventListener('input', event => { if (event.target.closest('#quick-add')) window.typed = performance.now() }, true)
new MutationObserver(() => {
  if (document.querySelector('#quick-add-preview .chip')) window.shown = performance.now()
}).observe(document, {childList: true, subtree: true})
"""


def add(page: Page, text: str) -> None:
    """Write one task with the quick-add box and wait for the answer."""
    page.keyboard.press("q")
    page.locator(BOX).fill(text)
    page.keyboard.press("Enter")
    expect(page.locator("dialog#quick-add")).to_be_hidden()


def test_quick_add_needs_no_click_and_gives_the_focus_back(visit: Visit) -> None:
    page = visit("gu", "/tasks/")
    page.locator("[data-row] [data-row-open]").first.focus()
    before = page.evaluate("document.activeElement.href")
    page.evaluate(CLOCK)
    page.keyboard.press("q")
    expect(page.locator(BOX)).to_be_focused()
    page.keyboard.type("明天下午3点 写复盘提纲 2h !高 @叶蓁 #周会")
    expect(page.locator(CHIPS)).to_have_count(5)
    expect(page.locator("#quick-add-preview .quick-title")).to_have_text("写复盘提纲")
    page.keyboard.press("Enter")
    toast = page.locator("#toasts .toast", has_text="写复盘提纲")
    expect(toast).to_be_visible()
    assert effort(page).clicks == 0
    assert page.evaluate("document.activeElement.href") == before
    # 100 ms are promised and measured in benchmarks/; here a busy machine has its say.
    assert page.evaluate("shown - typed") <= 5000
    toast.get_by_role("link").click()
    drawer = page.locator("dialog#drawer")
    expect(drawer.locator(".task-title")).to_contain_text("写复盘提纲")
    expect(drawer).to_contain_text("09-17 15:00")
    expect(drawer).to_contain_text("叶蓁")


def test_a_chip_can_be_taken_back_into_the_title(visit: Visit) -> None:
    page = visit("gu", "/")
    page.keyboard.press("q")
    page.keyboard.type("周五前 交 双十一 复盘 #年终")
    expect(page.locator(CHIPS)).to_have_count(2)
    expect(page.locator("#quick-add-preview .quick-title")).to_have_text("交 双十一 复盘")
    page.locator("[data-unparse='#年终']").click()
    expect(page.locator(CHIPS)).to_have_count(1)
    expect(page.locator("#quick-add-preview .quick-title")).to_have_text("交 双十一 复盘 #年终")
    expect(page.locator(BOX)).to_be_focused()
    page.keyboard.press("Enter")
    page.locator("#toasts").get_by_role("link").click()
    expect(page.locator("#drawer .task-title")).to_contain_text("交 双十一 复盘 #年终")


def test_several_pasted_lines_become_several_tasks_and_one_undo_takes_them_back(visit: Visit) -> None:
    page = visit("gu", "/tasks/?scope=mine")
    lines = ["明天 拍封面", "周四 写脚本 3h", "周五前 交样片 !高"]
    page.keyboard.press("q")
    page.locator(BOX).fill("\n".join(lines))
    expect(page.locator("#quick-add-preview .quick-line")).to_have_count(3)
    page.keyboard.press("Enter")
    for title in ("拍封面", "写脚本", "交样片"):
        expect(page.locator("[data-row-open]", has_text=title)).to_have_count(1)
    page.keyboard.press("Control+z")
    for title in ("拍封面", "写脚本", "交样片"):
        expect(page.locator("[data-row-open]", has_text=title)).to_have_count(0)


def test_enter_inside_an_input_method_chooses_a_word_and_submits_nothing(visit: Visit) -> None:
    page = visit("gu", "/")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.keyboard.press("q")
    page.locator(BOX).fill("写总结")
    expect(page.locator("#quick-add-preview .quick-title")).to_have_text("写总结")
    for how in ("isComposing: true", "keyCode: 229"):
        page.locator(BOX).evaluate(
            f"""box => {{
              box.dispatchEvent(new CompositionEvent('compositionstart', {{bubbles: true}}))
              box.dispatchEvent(new KeyboardEvent('keydown', {{key: 'Enter', bubbles: true, cancelable: true, {how}}}))
            }}"""
        )
    expect(page.locator("dialog#quick-add")).to_be_visible()
    assert [url for url in sent if url.endswith("/quick-add/")] == []
    page.locator(BOX).evaluate(
        "box => box.dispatchEvent(new CompositionEvent('compositionend', {bubbles: true}))"
    )
    page.keyboard.press("Enter")
    expect(page.locator("dialog#quick-add")).to_be_hidden()
    assert len([url for url in sent if url.endswith("/quick-add/")]) == 1


def test_the_toast_takes_a_task_back(visit: Visit) -> None:
    page = visit("gu", "/tasks/?scope=mine")
    add(page, "误记的一件事")
    row = page.locator("[data-row-open]", has_text="误记的一件事")
    expect(row).to_have_count(1)
    page.locator("#toasts").get_by_role("button", name="撤销").click()
    expect(row).to_have_count(0)


def test_a_text_that_was_not_sent_is_still_there(visit: Visit) -> None:
    page = visit("gu", "/")
    page.keyboard.press("q")
    page.keyboard.type("写到一半")
    expect(page.locator("#quick-add-preview .quick-title")).to_have_text("写到一半")
    page.keyboard.press("Escape")
    expect(page.locator("dialog#quick-add")).to_be_hidden()
    page.reload()
    page.wait_for_selector("html[data-ready]", state="attached")
    page.keyboard.press("q")
    expect(page.locator(BOX)).to_have_value("写到一半")


@pytest.mark.every_database
def test_the_palette_finds_by_characters_pinyin_initials_and_full_width(visit: Visit) -> None:
    page = visit("lin", "/goals/")
    page.locator("main a").first.focus()
    before = page.evaluate("document.activeElement.outerHTML")
    for query in ("栏目运营", "lanmuyunying", "lmyysc", "ｌｍｙｙ"):
        page.keyboard.press("Control+k")
        expect(page.locator("#palette input")).to_be_focused()
        page.locator("#palette input").fill(query)
        expect(page.locator("#palette-list [data-timer-task]", has_text="栏目运营手册")).to_be_visible()
        found = page.locator("#palette-list [role=option]:not([data-timer-task])", has_text="栏目运营手册")
        expect(found).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("dialog#palette")).to_be_hidden()
    assert page.evaluate("document.activeElement.outerHTML") == before
    assert effort(page).clicks == 0


def test_the_palette_goes_to_a_page_without_a_click(visit: Visit) -> None:
    page = visit("lin", "/")
    page.keyboard.press("Control+k")
    page.keyboard.type("zhoujihua")
    expect(page.locator("#palette-list [aria-selected=true]")).to_contain_text("周计划")
    page.keyboard.press("Enter")
    page.wait_for_url("**/plan/**")
    assert effort(page).clicks == 0
    page.keyboard.press("Control+k")
    expect(page.locator("#palette-list [role=option]").first).to_contain_text("周计划")


def test_the_keyboard_help_opens_only_outside_of_fields(visit: Visit) -> None:
    page = visit("lin", "/tasks/")
    page.locator("#add-task").focus()
    page.keyboard.type("?q")
    expect(page.locator("#add-task")).to_have_value("?q")
    expect(page.locator("dialog#shortcuts")).to_be_hidden()
    page.locator("#add-task").fill("")
    page.locator("[data-row-open]").first.focus()
    page.keyboard.press("?")
    expect(page.locator("dialog#shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog#shortcuts")).to_be_hidden()
