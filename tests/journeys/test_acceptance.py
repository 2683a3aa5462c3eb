"""A task from its checklist to its acceptance: two people, one result that comes back once."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visit, go
from tests.journeys.test_tasks import make
from tests.journeys.watch import Watch, effort


def act(page: Page, name: str) -> None:
    """Press a button of the task's page by what stands on it."""
    page.locator("#main").get_by_role("button", name=name, exact=True).click()


def hand_in(page: Page, words: str) -> None:
    """Say what is handed in, in the drawer."""
    page.keyboard.press("d")
    page.locator("#drawer [name=note]").fill(words)
    page.locator("#drawer .form-actions button").click()
    expect(page.locator("dialog#drawer")).to_be_hidden()
    expect(page.locator("#delivery")).to_contain_text(words)


def test_a_result_is_handed_in_returned_and_accepted(visit: Visit, watch: Watch) -> None:
    # Returning without a word is refused.
    watch.expected.add(409)
    owner, asker = visit("su"), visit("lin")
    pk = make(asker, "秋季菜单长图 @苏念")
    go(asker, f"/tasks/{pk}/")
    asker.locator("[data-edits=needs_acceptance]").click()
    with asker.expect_response(lambda answer: answer.request.method == "POST"):
        asker.locator("[name=needs_acceptance]").check()
    go(owner, f"/tasks/{pk}/")
    expect(owner.locator("#delivery")).to_contain_text("林知夏")
    line = owner.locator("#checklist textarea")
    line.fill("拍照\n排版\n校对")
    line.press("Enter")
    items = owner.locator(".check-item")
    expect(items).to_have_count(3)
    expect(line).to_be_focused()
    line.fill("发布")
    line.press("Enter")
    expect(items).to_have_count(4)
    expect(line).to_have_value("")
    for place in range(3):
        items.nth(place).locator(".check-circle").click()
        expect(items.nth(place)).to_have_class("check-item is-done")
    items.nth(3).locator(".inline-edit").press("Alt+ArrowUp")
    expect(items.nth(2)).to_contain_text("发布")
    owner.locator("h2", has_text="检查清单").click()
    hand_in(owner, "长图在共享盘")
    asker.reload()
    expect(asker.locator("#delivery")).to_contain_text("待验收")
    act(asker, "退回")
    expect(asker.locator(".toast.is-error")).to_contain_text("缺什么")
    asker.fill("#delivery textarea", "第三屏的价格写错了")
    act(asker, "退回")
    expect(asker.locator("#delivery")).to_contain_text("已退回")
    expect(owner.locator("#delivery")).to_contain_text("第三屏的价格写错了")
    hand_in(owner, "价格已改")
    expect(asker.locator("#delivery")).to_contain_text("价格已改")
    act(asker, "验收通过")
    expect(asker.locator(".task-facts")).to_contain_text("已完成")
    expect(owner.locator(".task-facts")).to_contain_text("已完成")
    owner.locator(".task-after summary", has_text="历史记录").click()
    expect(owner.locator("#task-history")).to_contain_text("第三屏的价格写错了")
    # The asker: two to ask for acceptance, three to return it with a reason, one to accept.
    assert effort(asker).clicks <= 6
