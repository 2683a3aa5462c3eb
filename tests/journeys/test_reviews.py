"""The review of a month in the browser: typed and saved by itself, asked why, a measure taken, handed in."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.conftest import Visit, go
from tests.journeys.watch import settled


def test_a_lead_reviews_the_month_of_the_team(visit: Visit) -> None:
    page = visit("fang", "/reviews/")
    page.get_by_role("link", name="用户组").click()
    page.get_by_role("link", name="2026-09", exact=True).click()
    expect(page.get_by_role("heading", name="月度复盘 2026-09")).to_be_visible()
    settled(page)
    page.get_by_label("没有达成的，原因是什么？").fill("活动规则两次改口径")
    expect(page.get_by_text("已于")).to_be_visible()

    # Five times why, each answer below the one before.
    page.get_by_label("出了什么问题").fill("规则返工")
    page.get_by_label("出了什么问题").press("Enter")
    why = page.get_by_label("为什么：规则返工")
    why.fill("财务口径周三才定")
    why.press("Enter")
    expect(page.locator(".cause.depth-1 .cause-text")).to_have_text("财务口径周三才定")
    # What was typed before is still there.
    expect(page.get_by_label("没有达成的，原因是什么？")).to_have_value("活动规则两次改口径")

    page.locator(".cause.depth-1").get_by_role("link", name="定措施").click()
    page.get_by_label("要做什么").fill("规则先过财务再写文案")
    page.get_by_role("button", name="生成任务").click()
    expect(page.locator("#review-why").get_by_role("link", name="规则先过财务再写文案")).to_be_visible()

    page.get_by_role("button", name="提交复盘").click()
    expect(page.get_by_role("heading", name="月度运营复盘分析表")).to_be_visible()
    expect(page.locator(".review-table")).to_contain_text("└ 财务口径周三才定")
    expect(page.locator(".review-table")).to_contain_text("规则先过财务再写文案（方子昂")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Word").click()
    assert waiting.value.suggested_filename == "月度运营复盘分析表-用户组-2026年9月.docx"

    # Leaving in the middle of a sentence loses nothing.
    page.get_by_role("button", name="撤回复盘").click()
    expect(page.get_by_role("heading", name="月度复盘 2026-09")).to_be_visible()
    settled(page)
    field = page.get_by_label("下期最重要的是什么？")
    field.fill("国庆会员日")
    address = page.url
    go(page, "/reviews/")
    # What was sent while the page went may arrive after the next one was asked for.
    for _again in range(20):
        go(page, address)
        if page.get_by_label("下期最重要的是什么？").input_value() == "国庆会员日":
            break
        page.wait_for_timeout(500)
    expect(page.get_by_label("下期最重要的是什么？")).to_have_value("国庆会员日")
