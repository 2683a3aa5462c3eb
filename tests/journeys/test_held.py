"""A meeting on all sides: signed in to on the phone, led, written, sent; its item taken on, its successor opened with it."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import Visit, go
from tests.journeys.watch import effort

PHONE = {"width": 390, "height": 844}
TABLET = {"width": 820, "height": 1180}
MEETING = "优惠券事故复盘会"


def open_meeting(page: Page) -> str:
    """Open the meeting of this morning from the list, as everybody finds it; return its address."""
    go(page, "/meetings/")
    page.get_by_role("link", name=MEETING).first.click()
    expect(page.locator("h1")).to_have_text(MEETING)
    return "/meetings/" + page.url.partition("/meetings/")[2].strip("/") + "/"


def look_until(page: Page, path: str, wanted: Locator) -> None:
    """Open a page again and again, as somebody who waits for news that a worker is still bringing."""
    for _look in range(10):
        go(page, path)
        page.wait_for_timeout(300)
        if wanted.count():
            break
        page.wait_for_timeout(1000)
    expect(wanted).to_have_count(1)


def test_a_meeting_runs_its_minutes_go_out_and_what_was_agreed_becomes_a_task(visit: Visit) -> None:
    host, taker, phone = visit("xu"), visit("jiang", viewport=TABLET), visit("wen", viewport=PHONE)
    address = open_meeting(host)
    host.get_by_role("link", name="进入会议").click()
    expect(host.locator(".run-stop.is-running")).to_contain_text("原因")
    # Somebody comes late, signs in on the phone, and everybody sees it without loading anything.
    open_meeting(phone)
    phone.get_by_role("link", name="签到").click()
    phone.get_by_role("button", name="签到").click()
    expect(phone.locator(".presence-done")).to_contain_text("签到")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    expect(host.locator(".run-people li", has_text="温雅")).to_contain_text("迟到")
    # The taker writes beside the topic; it keeps itself, and one line is an item or a decision.
    go(taker, f"{address}run/")
    topic = taker.locator(".run-topic", has=taker.get_by_role("heading", name="原因"))
    topic.get_by_label("结论").fill("领券接口没有幂等校验，重试时重复发放。")
    expect(topic.locator(".run-saved")).to_contain_text("已于")
    line = topic.get_by_label("待办或决议")
    # A key that chooses letters in an input method sends nothing.
    line.fill("@温雅 9月17日 18:00 更新客服口径")
    line.dispatch_event("keydown", {"key": "Enter", "keyCode": 229, "isComposing": True})
    expect(topic.locator(".run-item")).to_have_count(0)
    line.press("Enter")
    expect(topic.locator(".run-item")).to_contain_text("温雅")
    line.fill("决议：发券接口一律加幂等校验")
    line.press("Enter")
    expect(topic.locator(".run-item")).to_have_count(2)
    # Who reads along sees it live, and cannot write.
    go(phone, f"{address}run/")
    read = phone.locator(".run-topic", has=phone.get_by_role("heading", name="原因"))
    expect(read).to_contain_text("幂等校验，重试")
    expect(phone.locator("textarea[name=conclusion]")).to_have_count(0)
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    # The host leads by key, ends the meeting, and the minutes come next.
    host.locator("body").press("n")
    expect(host.locator(".run-stop.is-running")).to_contain_text("改进措施")
    expect(phone.locator(".run-stop.is-running")).to_contain_text("改进措施")
    host.get_by_role("button", name="结束会议").click()
    expect(host.locator(".minutes-paper")).to_contain_text("发券接口一律加幂等校验")
    go(taker, f"{address}minutes/")
    taker.get_by_role("button", name="提交主持人审核").click()
    expect(taker.locator("#minutes")).to_contain_text("待主持人审核")
    go(host, f"{address}minutes/")
    before = effort(host)
    host.get_by_role("button", name="发送纪要").click()
    expect(host.locator("#minutes")).to_contain_text("JY2026")
    assert effort(host).clicks - before.clicks == 1
    # On the other side one tap makes it a task.
    row = phone.locator(".inbox-row", has_text="更新客服口径")
    look_until(phone, "/inbox/", row)
    before = effort(phone)
    row.get_by_role("button", name="确认接手").click()
    expect(row).to_have_count(0)
    assert effort(phone).clicks - before.clicks == 1
    go(phone, "/tasks/?q=更新客服口径")
    expect(phone.locator("#rows")).to_contain_text("更新客服口径")
    # The decision stands on the register, and the host sees how far the items are.
    go(host, "/meetings/decisions/?q=幂等")
    expect(host.locator("#rows")).to_contain_text("JY2026")
    go(host, f"{address}minutes/")
    expect(host.locator(".minutes-standing li", has_text="更新客服口径")).to_contain_text("已确认")
    # The next one, called from here, opens with what is open.
    host.get_by_role("button", name="召集下一次").click()
    expect(host.locator("#meeting-form")).to_be_visible()
    host.fill("[name=starts_at]", "2026-09-18T10:00")
    expect(host.locator("#meeting-saved")).to_contain_text("已于")
    host.get_by_role("button", name="发出邀请").first.click()
    expect(host.locator(".meeting-topics").first).to_contain_text("上次会议未完成待办")


def test_a_disputed_item_comes_back_to_the_host_who_asks_again(visit: Visit) -> None:
    owner, host = visit("jiang"), visit("lu")
    go(owner, "/meetings/items/")
    row = owner.locator("#rows .item", has_text="上线活动看板")
    row.get_by_role("link", name="提出异议").click()
    owner.locator("#drawer-content [name=why]").fill("接口周五才有，请改到 9月22日。")
    owner.locator("#drawer-content").get_by_role("button", name="提出异议").click()
    expect(row).to_have_count(0)
    go(host, "/meetings/items/?box=led")
    host.get_by_role("link", name="上线活动看板").click()
    drawer = host.locator("#drawer-content")
    expect(drawer).to_contain_text("接口周五才有")
    drawer.get_by_role("link", name="修改后重新征求确认").click()
    drawer.locator("[name=due_at]").fill("2026-09-22T18:00")
    drawer.get_by_role("button", name="修改后重新征求确认").click()
    look_until(owner, "/meetings/items/?box=asked", owner.locator("#rows .item", has_text="上线活动看板"))
