"""A notice, both sides: written, sent, confirmed on Today and on the page, asked about, corrected, chased, on the phone."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import Visit, go
from tests.journeys.watch import effort

PHONE = {"width": 390, "height": 844}


def look_until(page: Page, path: str, wanted: Locator) -> None:
    """Open a page again and again, as somebody who waits for news that a worker is still bringing."""
    for _look in range(10):
        go(page, path)
        page.wait_for_timeout(300)
        if wanted.count():
            break
        page.wait_for_timeout(1000)
    expect(wanted).to_have_count(1)


def test_a_notice_goes_out_is_confirmed_corrected_and_confirmed_again(visit: Visit) -> None:
    lead, reader, phone = visit("lin"), visit("su"), visit("gu", viewport=PHONE)
    title = f"周五前补齐素材 {uuid4().hex[:6]}"
    # The lead begins with a template; what is typed keeps itself.
    go(lead, "/notices/")
    before = effort(lead)
    lead.get_by_role("link", name="发通知").first.click()
    lead.get_by_role("button", name="材料报送").click()
    expect(lead.locator("#notice-form")).to_be_visible()
    lead.fill("[name=title]", title)
    lead.fill("[name=demands]", "1. 每人补齐两张主图。\n2. 尽快上传。")
    lead.locator("[name=importance][value=important]").check()
    lead.locator(".field:has(select[name=departments]) input").fill("内容")
    lead.locator(".picker-option", has_text="内容组").click()
    expect(lead.locator("#audience-count")).to_contain_text("3")
    expect(lead.locator("#notice-saved")).to_contain_text("已于")
    lead.get_by_role("button", name="预览并发送").click()
    # The preview names the rules and the vague word, and sends with one press.
    expect(lead.locator("#main")).to_contain_text("尽快")
    expect(lead.locator("#main")).to_contain_text("最多提醒")
    lead.get_by_role("button", name="发送给 3 人").click()
    expect(lead.locator("#notice")).to_contain_text("BG2026")
    assert effort(lead).clicks - before.clicks <= 7
    expect(lead.locator(".notice-standing")).to_contain_text("/ 3")
    # One confirms on Today with one tap, the other on the phone after reading.
    row = reader.locator(".notice-strip-row", has_text=title)
    look_until(reader, "/", row)
    before = effort(reader)
    row.get_by_role("button", name="收到").click()
    expect(row).to_have_count(0)
    assert effort(reader).clicks - before.clicks == 1
    expect(lead.locator(".notice-standing")).to_contain_text("1")
    address = lead.url.partition("/notices/")[2].strip("/")
    go(phone, f"/notices/{address}/")
    expect(phone.locator(".notice-text").first).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    phone.fill("#ask-form [name=text]", "素材尺寸是多少？")
    phone.locator("#ask-form button").click()
    expect(phone.locator(".notice-question")).to_contain_text("素材尺寸是多少？")
    phone.get_by_role("button", name="收到").click()
    expect(phone.locator(".notice-confirmed")).to_contain_text("你已于")
    # The lead answers, corrects what is asked, and everybody reads what changed.
    question = lead.locator(".notice-question", has_text="素材尺寸")
    question.locator("textarea").fill("宽 1080，高 1440。")
    question.get_by_role("button", name="回答").click()
    expect(lead.locator(".notice-answer")).to_contain_text("1440")
    lead.get_by_role("link", name="更正").click()
    lead.fill("[name=why]", "活动加场，需要多一张")
    lead.fill("[name=demands]", "1. 每人补齐三张主图。\n2. 尽快上传。")
    lead.get_by_role("button", name="发送更正").click()
    expect(lead.locator(".notice-history")).to_contain_text("共 2 版")
    go(reader, f"/notices/{address}/")
    expect(reader.locator(".notice-news ins")).to_have_text("三")
    reader.get_by_role("button", name="已重新阅读，收到").click()
    expect(reader.locator(".notice-confirmed")).to_be_visible()
    # Who is missing is reminded by hand, and finds it in the inbox.
    go(lead, f"/notices/{address}/confirmations/")
    expect(lead.locator("#rows")).to_contain_text("待重新确认")
    lead.get_by_role("button", name="立即催办").click()
    waiting = phone.locator(".inbox-row", has_text=title).filter(has_text="还没有确认")
    look_until(phone, "/inbox/", waiting)
    waiting.get_by_role("button", name="收到").click()
    expect(waiting).to_have_count(0)
    # The table of confirmations names it, and it is found by its number.
    go(lead, "/notices/table/")
    expect(lead.locator("#rows tr", has_text=title)).to_contain_text("已确认 2/3")


def test_a_scheduled_notice_is_recalled_before_it_goes(visit: Visit) -> None:
    lead = visit("lu")
    title = f"定时通知 {uuid4().hex[:6]}"
    go(lead, "/notices/new/")
    lead.get_by_role("button", name="空白通知").click()
    expect(lead.locator("#notice-form")).to_be_visible()
    lead.fill("[name=title]", title)
    lead.fill("[name=demands]", "1. 按时到岗。")
    lead.locator("[name=everybody]").check()
    lead.fill("[name=send_at]", "2026-09-17T09:00")
    lead.get_by_role("button", name="预览并发送").click()
    lead.get_by_role("button", name="09-17 09:00 定时发送").click()
    expect(lead.locator("#notice")).to_contain_text("将自动发送")
    lead.get_by_role("button", name="撤回").click()
    expect(lead.locator("#notice-form [name=title]")).to_have_value(title)
    go(lead, "/notices/?box=drafts")
    expect(lead.locator("#rows", has_text=title)).to_be_visible()


def test_files_go_along_and_the_notice_becomes_a_task(visit: Visit, tmp_path: Path) -> None:
    lead, reader = visit("lin"), visit("su", viewport=PHONE)
    title = f"素材规范 {uuid4().hex[:6]}"
    sheet, old = tmp_path / "尺寸表.csv", tmp_path / "旧版.txt"
    sheet.write_text("位置,宽,高\n首屏,1920,720\n", "utf-8")
    old.write_text("旧", "utf-8")
    # Quick-add begins the draft.
    go(lead, "/")
    lead.keyboard.press("q")
    lead.locator("#quick-add-form textarea, #quick-add textarea").first.fill(f"通知：{title}")
    expect(lead.locator("#quick-add-preview")).to_contain_text("通知草稿")
    lead.keyboard.press("Enter")
    expect(lead.locator("[name=title]")).to_have_value(title)
    lead.fill("[name=demands]", "按新尺寸出图。")
    lead.fill("[name=due_at]", "2026-09-16T18:00")
    lead.locator(".field:has(select[name=departments]) input").fill("内容")
    lead.locator(".picker-option", has_text="内容组").click()
    expect(lead.locator("#audience-count")).to_contain_text("3")
    # Chosen by the button, dropped on the page, taken away and brought back.
    lead.locator('.files input[type="file"]').set_input_files([sheet, old])
    expect(lead.locator(".file")).to_have_count(2)
    data = lead.evaluate_handle(
        "() => { const box = new DataTransfer();"
        " box.items.add(new File([new Uint8Array([137,80,78,71,13,10,26,10,0,0])], '版式.png', {type: 'image/png'}));"
        " return box }"
    )
    lead.dispatch_event("[name=demands]", "drop", {"dataTransfer": data})
    expect(lead.locator(".file")).to_have_count(3)
    lead.locator(".file", has_text="版式.png").get_by_role("button").click()
    expect(lead.locator(".file")).to_have_count(2)
    lead.locator("[data-undo], .toast button", has_text="撤销").last.click()
    expect(lead.locator(".file")).to_have_count(3)
    # Nothing typed was lost by that.
    expect(lead.locator("[name=demands]")).to_have_value("按新尺寸出图。")
    lead.get_by_role("button", name="预览并发送").click()
    expect(lead.locator("#main")).to_contain_text("尺寸表.csv")
    lead.get_by_role("button", name="发送给 3 人").click()
    expect(lead.locator("#notice")).to_contain_text("BG2026")
    expect(lead.locator("#notice .file")).to_have_count(3)
    expect(lead.locator("#notice form[data-upload]")).to_have_count(0)
    address = lead.url.partition("/notices/")[2].strip("/")
    # The reader on the phone looks at a file, takes one along, and makes the notice a task.
    look_until(reader, f"/notices/{address}/", reader.locator(".file", has_text="尺寸表.csv"))
    assert reader.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    with reader.expect_download() as waiting:
        reader.locator(".file", has_text="尺寸表.csv").get_by_role("link", name="下载").click()
    assert waiting.value.suggested_filename == "尺寸表.csv"
    reader.get_by_role("button", name="收到").click()
    expect(reader.locator(".notice-confirmed")).to_be_visible()
    reader.get_by_role("button", name="建成我的任务").click()
    expect(reader.locator("#notice-tasks .item-title")).to_have_text(title)
    # A correction leaves one file out and brings another; the reader sees which.
    lead.get_by_role("link", name="更正").click()
    lead.locator("label", has_text="旧版.txt").click()
    lead.locator('.files input[type="file"]').set_input_files(tmp_path / "尺寸表.csv")
    expect(lead.locator(".file")).to_have_count(1)
    lead.fill("[name=why]", "换成新尺寸")
    lead.get_by_role("button", name="发送更正").click()
    expect(lead.locator(".notice-history")).to_contain_text("共 2 版")
    go(reader, f"/notices/{address}/")
    expect(reader.locator(".notice-news del")).to_contain_text("旧版.txt")
    expect(reader.locator("#notice .notice-paper > .files .file", has_text="旧版.txt")).to_have_count(0)
