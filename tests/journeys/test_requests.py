"""A request between departments, both sides: written, countered, agreed, told, returned, accepted; and decided above, on the phone."""

from __future__ import annotations

from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visit, go
from tests.journeys.watch import effort

PHONE = {"width": 390, "height": 844}


def write(page: Page, department: str, title: str) -> str:
    """Write and send a request; return its address."""
    go(page, "/requests/")
    page.get_by_role("link", name="发起协作").first.click()
    page.locator(".request-department", has_text=department).get_by_role("button").last.click()
    expect(page.locator("#request-form")).to_be_visible()
    page.fill("[name=title]", title)
    page.fill("[name=asked]", "尽快做三张海报")
    page.fill("[name=standard]", "1. 三种尺寸齐全\n2. 价格0处差错")
    page.fill("[name=due_at]", "2026-09-22T12:00")
    expect(page.locator("#vague-words")).to_contain_text("尽快")
    expect(page.locator("#request-saved")).to_contain_text("已于")
    page.get_by_role("button", name="预览并发送").click()
    page.get_by_role("button", name=f"发给{department}").click()
    expect(page.locator("#request")).to_contain_text("XZ2026")
    return page.url.partition("/requests/")[2].strip("/")


def test_a_request_is_written_settled_done_and_accepted(visit: Visit) -> None:
    asker, head, doer = visit("fang"), visit("lin"), visit("gu", viewport=PHONE)
    title = f"会员海报 {uuid4().hex[:6]}"
    go(asker, "/requests/")
    before = effort(asker)
    pk = write(asker, "内容组", title)
    assert effort(asker).clicks - before.clicks <= 5
    # The head finds it and hands it to who offers a later date; who asked agrees with one press.
    go(head, "/")
    expect(head.locator(".request-strip")).to_contain_text("待答复")
    go(head, "/requests/?box=turn")
    head.get_by_role("link", name=title).click()
    expect(head.locator(".request-turn-title")).to_contain_text("轮到你了")
    head.get_by_role("link", name="转交他人").click()
    head.locator("select[name=handler]").select_option(label="顾一鸣", force=True)
    head.get_by_role("button", name="转交他人").click()
    expect(head.locator(".request-turn-title")).to_contain_text("顾一鸣")
    go(doer, f"/requests/{pk}/")
    assert doer.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    doer.get_by_role("link", name="另提时间或范围").click()
    doer.fill("[name=due]", "2026-09-23T18:00")
    doer.fill("[name=why]", "22日有直播")
    doer.get_by_role("button", name="提出方案").click()
    go(asker, f"/requests/{pk}/")
    expect(asker.locator(".request-offer")).to_contain_text("09-23")
    asker.get_by_role("button", name="同意该方案").click()
    expect(asker.locator(".request-tasks li")).to_have_count(2)
    # Progress is told on the phone and read on the other side.
    go(doer, f"/requests/{pk}/")
    doer.fill("#sync-form [name=progress]", "60")
    doer.fill("#sync-form [name=text]", "主视觉已定稿")
    doer.get_by_role("button", name="同步进展").click()
    expect(doer.locator(".request-steps")).to_contain_text("主视觉已定稿")
    doer.locator("a[href$='/delivery/']").click()
    doer.fill("[name=note]", "三张海报在共享盘")
    doer.locator("#drawer-content button.btn-primary").click()
    expect(doer.locator("#request")).to_contain_text("待验收")
    # It comes back once, and is then accepted point by point.
    go(asker, f"/requests/{pk}/")
    expect(asker.locator(".request-steps")).to_contain_text("主视觉已定稿")
    asker.locator("#receive-form [name=met]").first.check()
    asker.fill("#receive-form [name=note]", "价格错了一处")
    asker.get_by_role("button", name="退回").click()
    expect(asker.locator("#request")).to_contain_text("承办中")
    go(doer, f"/requests/{pk}/")
    doer.locator("a[href$='/delivery/']").click()
    doer.fill("[name=note]", "价格已改")
    doer.locator("#drawer-content button.btn-primary").click()
    expect(doer.locator("#request")).to_contain_text("待验收")
    go(asker, f"/requests/{pk}/")
    for box in asker.locator("#receive-form [name=met]").all():
        box.check()
    asker.get_by_role("button", name="验收通过").click()
    expect(asker.locator("#request")).to_contain_text("已完成")
    expect(asker.locator(".request-tasks")).not_to_contain_text("未开始")


def test_a_declined_request_is_decided_by_the_common_superior_on_the_phone(visit: Visit) -> None:
    asker, head, boss = visit("su"), visit("xu"), visit("lu", viewport=PHONE)
    title = f"投放位 {uuid4().hex[:6]}"
    pk = write(asker, "渠道组", title)
    go(head, f"/requests/{pk}/")
    head.get_by_role("link", name="谢绝").click()
    head.fill("[name=why]", "预算已排满")
    head.get_by_role("button", name="谢绝").click()
    expect(head.locator("#request")).to_contain_text("已谢绝")
    go(asker, f"/requests/{pk}/")
    asker.get_by_role("link", name="提交上级").click()
    expect(asker.locator(".request-superior")).to_contain_text("陆远舟")
    asker.fill("[name=why]", "三季度目标需要")
    asker.get_by_role("button", name="提交上级").click()
    expect(asker.locator("#request")).to_contain_text("待上级裁定")
    go(boss, "/inbox/")
    expect(boss.locator(".inbox-row", has_text=title)).to_contain_text("需要你裁定")
    go(boss, f"/requests/{pk}/")
    expect(boss.locator(".request-quote")).to_contain_text("三季度目标需要")
    boss.get_by_role("link", name="裁定").click()
    boss.fill("[name=due]", "2026-09-24T18:00")
    boss.fill("[name=why]", "从机动预算出，按时完成")
    boss.get_by_role("button", name="裁定").click()
    expect(boss.locator("#request")).to_contain_text("承办中")
    go(head, f"/requests/{pk}/")
    expect(head.locator(".request-turn-title")).to_contain_text("轮到你了")
    expect(head.locator(".request-steps")).to_contain_text("从机动预算出")
