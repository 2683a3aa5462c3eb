"""A campaign from a template in three clicks, and what a lead does with it: a risk, a key node, the way back."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visit, go
from tests.journeys.watch import Watch, effort

# 从模板新建 → choose → 创建.
CLICKS_TO_CREATE = 3


def start_campaign(page: Page) -> None:
    """Start the suggested campaign with everything as it is offered."""
    go(page, "/projects/")
    page.locator(".page-header .btn-primary").click()
    page.locator("#drawer a[data-row-open]", has_text="渠道投放测试").click()
    expect(page.locator("#drawer #playbook-preview")).to_contain_text("测试方案与停损线")
    page.locator("#drawer .form-actions .btn-primary").click()
    page.wait_for_url("**/projects/*/")


def test_a_campaign_starts_from_a_template_in_three_clicks_and_is_undone_in_one(
    visit: Visit, watch: Watch
) -> None:
    page = visit("lu")
    start_campaign(page)
    assert effort(page).clicks <= CLICKS_TO_CREATE
    expect(page.locator("h1")).to_have_text("渠道投放测试")
    expect(page.locator("#nodes")).to_contain_text("测试方案")
    expect(page.locator("#project-tasks")).to_contain_text("结论与建议")
    # The page asks whether its project still is, and leads to the list since it is not.
    watch.expected.add(404)
    page.locator(".toast button", has_text="撤销").click()
    page.wait_for_url("**/projects/")
    go(page, "/projects/?q=渠道投放测试")
    expect(page.locator("#rows")).to_contain_text("0 条结果")


def test_a_risk_is_recorded_and_a_key_node_reached(visit: Visit) -> None:
    page = visit("fang")
    go(page, "/projects/2/")
    page.keyboard.press("r")
    page.locator("#drawer [name=title]").fill("灰度名单导出延迟")
    page.locator("#drawer [name=probability]").select_option("5")
    page.locator("#drawer [name=impact]").select_option("5")
    page.locator("#drawer .form-actions .btn-primary").click()
    expect(page.locator("#risks")).to_contain_text("灰度名单导出延迟")
    node = page.locator("#nodes .node", has_text="积分成本确认")
    node.locator(".check-circle").click()
    expect(node).to_contain_text("达成")
    # What waited for it: none here; taking it back leaves the node as it was.
    page.locator(".toast button", has_text="撤销").last.click()
    expect(node).to_contain_text("超时")
    assert effort(page).clicks <= 4
