"""Goals in the browser: a tree from nothing, checking in, folding, a blank of the map, and a goal on a phone.

The budgets, in clicks of the mouse; typing is not counted:
- company, department and person goal with key results, and two tasks: 10 (Feishu OKR asks for about 25);
- a check-in from the tree: 2, and one to take it back;
- a blank of the scope map given to a department's goal: 2.
"""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import Visit, go

TREE_BUDGET, CHECK_IN_BUDGET, BLANK_BUDGET = 10, 2, 2
PHONE = {"width": 390, "height": 844}


def clicks(page: Page) -> int:
    return int(page.evaluate("Number(sessionStorage.getItem('test:clicks'))"))


def goal_row(page: Page, title: str) -> Locator:
    return page.locator(".goal-table tr[data-row]", has_text=title)


def say(page: Page, title: str) -> Locator:
    """Type a goal into the drawer, let its measure and date be filled in, and return the form."""
    form = page.locator("#drawer-content form[method=post]")
    form.locator("[name=title]").fill(title)
    form.locator("[data-fill-goal]").click()
    expect(form.locator("[name=due_on]")).not_to_have_value("")
    return form


def test_a_tree_of_goals_is_built_from_nothing(visit: Visit) -> None:
    page = visit("shen", "/goals/")
    page.get_by_role("link", name="新建目标").click()
    company = say(page, "2026年底前门店数从20家增长至50家")
    expect(company.locator("[name=results-0-name]")).to_have_value("门店数")
    company.locator("[name=title]").press("Enter")
    for above, title in (
        ("2026年底前门店数", "四季度华东新开门店数从0家增长至12家"),
        ("四季度华东新开门店数", "10月选址签约数从0个增长至4个"),
    ):
        goal_row(page, above).hover()
        goal_row(page, above).locator(".goal-add").first.click()
        say(page, title).locator("[name=title]").press("Enter")
        expect(goal_row(page, title)).to_have_count(1)
    person = goal_row(page, "10月选址签约数")
    expect(person).to_have_attribute("data-depth", "2")
    expect(person.locator(".goal-results")).to_contain_text("0 → 4 个")
    page.locator("#toasts").get_by_role("link", name="打开").last.click()
    line = page.locator(".goal-work input[name=text]")
    line.click()
    for number, task in enumerate(("列出候选铺位 4h", "约房东看铺 2h"), start=1):
        line.fill(task)
        line.press("Enter")
        expect(page.locator(".goal-work .item")).to_have_count(number)
    expect(page.locator(".goal-chain li").first).to_contain_text("门店数从20家")
    assert clicks(page) <= TREE_BUDGET


def test_a_check_in_from_the_tree_takes_two_clicks_and_is_taken_back(visit: Visit) -> None:
    page = visit("fang", "/goals/")
    row = goal_row(page, "9月内客诉24小时内答复率")
    expect(row.locator(".goal-results")).to_contain_text("当前值 93")
    row.locator(".result-name").click()
    form = page.locator("#drawer-content form[method=post]")
    form.locator("[name=value]").fill("94")
    form.locator("[name=note]").fill("周末补了一班")
    form.get_by_role("button", name="更新进度").click()
    expect(row.locator(".goal-results")).to_contain_text("当前值 94")
    assert clicks(page) <= CHECK_IN_BUDGET
    page.locator("#toasts").get_by_role("button", name="撤销").click()
    expect(row.locator(".goal-results")).to_contain_text("当前值 93")


def test_the_tree_folds_by_keyboard_and_stays_folded(visit: Visit) -> None:
    page = visit("shen", "/goals/")
    top, below = goal_row(page, "三季度销售额"), goal_row(page, "9月底短视频完播率")
    expect(below).to_be_visible()
    top.locator("[data-row-open]").focus()
    page.keyboard.press("ArrowLeft")
    expect(below).to_be_hidden()
    page.reload()
    expect(below).to_be_hidden()
    page.keyboard.press("]")
    expect(below).to_be_visible()
    below.locator("[data-row-open]").focus()
    page.keyboard.press("ArrowLeft")
    expect(top.locator("[data-row-open]")).to_be_focused()


def test_a_blank_of_the_map_is_given_away(visit: Visit) -> None:
    page = visit("shen", "/goals/map/")
    before = clicks(page)
    page.get_by_role("link", name="把“品牌公关”交给内容组").click()
    offered = page.locator("#drawer-content .item", has_text="提升品牌影响力")
    offered.get_by_role("button").click()
    expect(page.locator(".map-cell[data-module='品牌公关'] .map-goals")).to_contain_text("提升品牌影响力")
    assert clicks(page) - before <= BLANK_BUDGET
    page.locator("#toasts").get_by_role("button", name="撤销").click()
    expect(page.locator(".map-cell[data-module='品牌公关'] .map-goals")).to_have_count(0)


def test_a_phone_shows_goals_without_moving_sideways(visit: Visit) -> None:
    page = visit("lin", viewport=PHONE)
    for path in ("/goals/", "/goals/map/", "/goals/gaps/", "/goals/4/"):
        go(page, path)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
