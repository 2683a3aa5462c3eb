"""The dashboard in the browser: where a director begins, from a number to its rows, a target set and taken back."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.conftest import Visit
from tests.journeys.watch import settled


def test_a_director_goes_from_a_number_to_its_rows_and_sets_its_target(visit: Visit) -> None:
    page = visit("shen", "/dashboard/")
    expect(page.get_by_role("heading", name="运营驾驶舱", level=1)).to_be_visible()
    expect(page.locator(".dashboard-figure")).to_have_count(6)
    # The parts that come after the page.
    expect(page.get_by_role("heading", name="各部门，差的在前")).to_be_visible()
    expect(page.get_by_role("heading", name="逾期的关键任务")).to_be_visible()
    settled(page)

    # Two clicks from the first page to the tasks behind a number.
    page.get_by_role("link", name="按时完成率", exact=True).first.click()
    expect(page.get_by_role("heading", name="按时完成率", level=1)).to_be_visible()
    page.get_by_role("link", name="全部计入项").click()
    expect(page.locator("#rows tbody tr").first).to_be_visible()

    # The table behind the chart says the same for those who do not look at it.
    page.get_by_text("数字表格").click()
    expect(page.locator(".chart-figures tbody tr")).to_have_count(8)

    page.get_by_role("link", name="设置目标").click()
    page.get_by_label("目标（%）").fill("63")
    page.locator("#drawer-content").get_by_role("button", name="保存").click()
    expect(page.get_by_text("目标已设置。")).to_be_visible()
    page.get_by_role("button", name="撤销").click()
    expect(page.get_by_text("已撤销")).to_be_visible()


def test_a_lead_looks_at_people_and_a_member_at_themselves(visit: Visit) -> None:
    page = visit("lin", "/dashboard/")
    line = page.locator("#dashboard-teams tbody tr").first
    expect(line).to_be_visible()
    line.get_by_role("link").first.click()
    expect(page).to_have_url(re.compile("person="))
    expect(page.get_by_role("heading", level=1)).to_contain_text("的数据")
    member = visit("su", "/dashboard/")
    expect(member.get_by_role("heading", name="我的数据", level=1)).to_be_visible()
    expect(member.locator("#dashboard-teams")).to_have_count(0)
