"""The day's progress and a delay, both sides of each: told, held up, cleared; asked for, weighed, decided."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visit, go
from tests.journeys.test_tasks import make
from tests.journeys.watch import effort


def save(page: Page, button: str) -> None:
    """Press a button of the drawer, and wait until it is closed."""
    page.locator("#drawer").get_by_role("button", name=button, exact=True).click()
    expect(page.locator("dialog#drawer")).to_be_hidden()


def test_a_problem_told_in_two_clicks_becomes_a_task_that_clears_it(visit: Visit) -> None:
    owner, lead = visit("su"), visit("lin")
    # Above what other journeys leave for today.
    pk = make(owner, "进度：选题会纪要 今天18点 1h !高")
    go(owner, "/")
    row = owner.locator(f"#today-{pk}, #late-{pk}")
    before = effort(owner)
    row.get_by_role("link", name="更新“进度：选题会纪要”的进度").click()
    owner.locator("#drawer").get_by_role("button", name="50%", exact=True).click()
    expect(owner.locator("dialog#drawer")).to_be_hidden()
    assert effort(owner).clicks - before.clicks == 2
    # Again by keyboard, with what stands in the way.
    go(owner, f"/tasks/{pk}/")
    expect(owner.locator("#task-progress")).to_contain_text("50%")
    owner.keyboard.press("u")
    owner.fill("#drawer [name=said]", "初稿写完")
    owner.fill("#drawer [name=problem]", "录音文件打不开")
    owner.locator("#drawer [name=problem]").press("Enter")
    expect(owner.locator("dialog#drawer")).to_be_hidden()
    expect(owner.locator("#task-progress")).to_contain_text("录音文件打不开")
    # The lead finds it on the board and makes a task of it.
    go(lead, "/progress/")
    lead.locator("#board").get_by_role("link", name="录音文件打不开").click()
    expect(lead.locator("#drawer")).to_contain_text("由谁解除")
    lead.locator("#drawer").get_by_role("link", name="转为任务").click()
    lead.fill("#drawer [name=title]", "找行政要录音原件")
    save(lead, "创建")
    # Who was held up sees it at once; done, it stands in the way no more.
    go(lead, "/tasks/?scope=mine&q=找行政要录音原件")
    lead.locator("tr", has_text="找行政要录音原件").locator(".check-circle").click()
    expect(owner.locator("#task-progress")).not_to_contain_text("苏念 → 林知夏")
    go(owner, "/inbox/")
    expect(owner.locator(".inbox-row", has_text="录音文件打不开")).to_contain_text("解除了你的阻塞")


def test_a_delay_is_asked_for_weighed_and_approved_with_what_stands_behind(visit: Visit) -> None:
    owner, lead = visit("su"), visit("lin")
    pk = make(owner, "延期：长图改版 明天18点前 2h")
    behind = make(owner, "延期：长图投放 后天18点前 1h")
    token = next(c["value"] for c in owner.context.cookies() if c["name"] == "opsloop_csrf")
    linked = owner.request.post(
        f"/tasks/{behind}/dependencies/", form={"predecessor": pk}, headers={"X-CSRFToken": token}
    )
    assert linked.ok
    go(owner, f"/tasks/{pk}/")
    owner.locator("#task-progress").get_by_role("link", name="申请延期").click()
    expect(owner.locator("#drawer")).to_contain_text("由林知夏决定")
    owner.locator("#drawer").get_by_label("外部依赖").check()
    owner.fill("#drawer [name=reason]", "设计稿要等品牌方确认")
    owner.fill("#drawer [name=remedy]", "文案先定稿")
    save(owner, "提交申请")
    expect(owner.locator("#task-progress")).to_contain_text("待决定")
    # It stands among what waits for the lead, with what would move.
    go(lead, "/delays/waiting/")
    before = effort(lead)
    lead.locator("#delays li", has_text="延期：长图改版").get_by_role("link", name="去决定").click()
    expect(lead.locator("#drawer #approval")).to_contain_text("延期：长图投放")
    save(lead, "批准")
    assert effort(lead).clicks - before.clicks == 2
    expect(lead.locator("#delays li", has_text="延期：长图改版")).to_have_count(0)
    expect(owner.locator("#task-progress")).to_contain_text("已批准")
    go(owner, "/inbox/")
    expect(owner.locator(".inbox-row", has_text="延期：长图改版").first).to_contain_text("定下了新的截止时间")
    # It is counted by its cause, and the number leads to it.
    go(lead, "/delays/?cause=outside")
    expect(lead.locator("#delay-count table").last).to_contain_text("延期：长图改版")
