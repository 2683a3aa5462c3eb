"""The report of a week in the browser: drafted by itself, written, saved by itself, merged by the lead, taken home."""

from __future__ import annotations

import re
from uuid import uuid4

from playwright.sync_api import expect

from tests.journeys.conftest import Visit, go
from tests.journeys.watch import settled


def test_a_week_is_told_merged_and_taken_home(visit: Visit) -> None:
    # Another try finds what the first one wrote: the words are its own, and a report that is in is taken back first.
    said = f"视频样片交付 {uuid4().hex[:6]}"
    page = visit("ye", "/reports/?kind=week")
    page.get_by_role("link", name="2026-W37", exact=True).click()
    settled(page)
    if page.get_by_role("button", name="撤回报告").is_visible():
        page.get_by_role("button", name="撤回报告").click()
    expect(page.get_by_role("heading", name="周报 2026-W37")).to_be_visible()
    expect(page.get_by_text("全部任务完成率")).to_be_visible()
    settled(page)
    page.get_by_label("本期小结").fill(said)
    expect(page.locator("#report-saved")).to_contain_text("已于")
    page.get_by_label("目标 1", exact=True).fill("三分钟厨房第二条")
    page.get_by_label("目标 1 的小时数").fill("60")
    # More than the week has is said at once, beside the goals.
    expect(page.get_by_text("比该周可用工时多出")).to_be_visible()
    page.get_by_label("目标 1 的小时数").fill("6")
    expect(page.get_by_text("比该周可用工时多出")).to_be_hidden()

    # A line that does not matter stays out.
    line = page.locator(".report-line", has_text="教师节海报三张").first
    line.hover()
    line.get_by_role("checkbox").check()
    settled(page)
    page.get_by_role("button", name="提交报告").click()
    expect(page.get_by_text("数据为提交时的快照")).to_be_visible()
    expect(page.get_by_text(said)).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="PDF").click()
    assert waiting.value.suggested_filename == "周报-叶蓁-2026-W37.pdf"

    # The lead finds it, opens the team's report again and takes it over.
    page = visit("lin", "/reports/?kind=week")
    page.get_by_role("link", name="内容组", exact=True).click()
    page.get_by_role("link", name="2026-W37", exact=True).click()
    settled(page)
    if page.get_by_role("button", name="撤回报告").is_visible():
        page.get_by_role("button", name="撤回报告").click()
    expect(page.get_by_role("heading", name="周报 2026-W37")).to_be_visible()
    mate = page.locator("#report-team .item", has_text="叶蓁")
    expect(mate).to_contain_text("已提交")
    mate.get_by_role("button", name="合并", exact=True).click()
    expect(page.get_by_label("叶蓁", exact=True)).to_have_value(said)
    settled(page)
    page.get_by_role("button", name="提交报告").click()
    expect(page.get_by_text("数据为提交时的快照")).to_be_visible()
    expect(page.get_by_text(said)).to_be_visible()

    # The director has one page, and leaves by a number for its rows.
    page = visit("shen", "/reports/overview/2026-W37/")
    page.get_by_role("link", name="内容组").click()
    expect(page.get_by_text(said)).to_be_visible()
    page.locator(".report-figures a").first.click()
    expect(page).to_have_url(re.compile("/tasks/.*f=department"))
    go(page, "/reports/")
