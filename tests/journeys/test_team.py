"""F4, the lead's morning round: from the team's day to everybody's arrangement, counted in clicks."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visit, go
from tests.journeys.test_tasks import make
from tests.journeys.watch import effort

# ux.md §3: three minutes and twelve clicks for ten people.
CLICKS = 12


def post(page: Page, path: str, **form: Any) -> None:
    """Send what a form of the page would send, without the page."""
    token = next(c["value"] for c in page.context.cookies() if c["name"] == "opsloop_csrf")
    headers = {"X-CSRFToken": token, "HX-Request": "true"}
    answer = page.request.post(path, form=form, headers=headers)
    assert answer.ok, answer.text()


def field(page: Page, pk: int, version: int, **values: Any) -> None:
    post(page, f"/tasks/{pk}/fields/{next(iter(values))}/", version=version, **values)


def prepare(lead: Page, member: Page) -> None:
    """Let something be stuck, something belong to nobody, and three results wait."""
    stuck = make(member, "晨会：等供应商报价 今天18点")
    field(member, stuck, 1, status="blocked")
    for title in ("晨会：直播间物料清点", "晨会：补一版文案"):
        field(lead, make(lead, f"{title} 今天18点 1h"), 1, owner="")
    for number in range(3):
        asked = make(lead, f"晨会：长图{number} @苏念 今天18点")
        field(lead, asked, 1, needs_acceptance="on")
        post(member, f"/tasks/{asked}/deliveries/", version=2, note="在共享盘", link="")


def test_the_morning_round_takes_a_lead_twelve_clicks(visit: Visit) -> None:
    member = visit("su", "/settings/")
    lead = visit("lin", "/settings/")
    prepare(lead, member)
    go(lead, "/team/")
    before = effort(lead)
    lead.get_by_role("link", name="晨会", exact=True).click()
    lead.wait_for_url("**/team/morning/")
    # 1: who stands where, the blocked one first.
    expect(lead.locator("#rows .team-line").first).to_contain_text("苏念")
    # 2: answered in place, and it goes on.
    blocker = lead.locator("#blocked li", has_text="等供应商报价")
    blocker.locator("summary", has_text="回复").click()
    blocker.locator("[open] textarea").fill("我来催，先做别的")
    blocker.get_by_role("button", name="回复并解除阻塞").click()
    expect(blocker).to_have_count(0)
    # 3: dragged to somebody with room; both loads change before the drop.
    drag(lead)
    # 4: the first candidate of each, in one click.
    for title in ("直播间物料清点", "补一版文案"):
        free = lead.locator("#unassigned li", has=lead.locator(".item-title", has_text=title))
        free.locator(".team-candidates button").first.click()
        expect(lead.locator("#unassigned .item-title", has_text=title)).to_have_count(0)
    # 5: one accepted and one returned by key, with a ready reason; the last one by the bar.
    decide(lead)
    # 6: everybody gets their day.
    lead.locator("#arrangements button", has_text="发送今日安排").click()
    expect(lead.locator("#arrangements h2")).to_contain_text("已全部发送")
    assert effort(lead).clicks - before.clicks <= CLICKS
    # It is done for today, and says so.
    go(lead, "/team/morning/")
    expect(lead.locator(".state-icon + *")).to_contain_text("晨会已完成")
    go(member, "/inbox/")
    expect(member.locator(".inbox-row", has_text="发来了今日安排")).to_have_count(1)


def drag(page: Page) -> None:
    """Take a piece from one person to another and look at both bars on the way."""
    rows = page.locator("#plan [data-plan-row]")
    source = rows.filter(has=page.locator(".grid-chip[draggable][data-piece]")).last
    chip = source.locator(".grid-chip[draggable][data-piece]").last
    title = chip.locator(".grid-title").inner_text()
    person = source.get_attribute("data-plan-row")
    target = page.locator(f"#plan [data-plan-row]:not([data-plan-row='{person}'])", has_text="苏念").locator(
        "[data-slot]"
    )
    # A hand sees both rows; Playwright would scroll under the piece it holds.
    desk = page.viewport_size
    page.set_viewport_size({"width": 1366, "height": 3000})
    texts = [one.locator("[data-load-text]") for one in (source, target)]
    loads = [one.inner_text() for one in texts]
    chip.hover()
    page.mouse.down()
    target.hover()
    target.hover()
    expect(page.locator(".grid-chip.is-dragging .grid-title")).to_have_text(title)
    for one, load in zip(texts, loads, strict=True):
        expect(one).not_to_have_text(load)
    page.mouse.up()
    if desk:
        page.set_viewport_size(desk)
    expect(target.locator(".grid-chip:not(.is-pending)", has_text=title).first).to_be_visible()


def decide(page: Page) -> None:
    """Accept by Y, return by N and a ready reason, and accept the last by the bar."""
    rows = page.locator("#approvals .team-approval", has_text="晨会：长图")
    expect(rows).to_have_count(3)
    rows.first.locator("[data-row-open]").focus()
    page.keyboard.press("y")
    expect(rows).to_have_count(2)
    rows.first.locator("[data-row-open]").focus()
    page.keyboard.press("n")
    rows.first.locator(".team-reasons .menu-item").first.click()
    expect(rows).to_have_count(1)
    rows.first.locator("[data-row-open]").focus()
    page.keyboard.press("x")
    page.locator("#approvals [data-bulk-bar]").get_by_role("button", name="验收通过").click()
    expect(rows).to_have_count(0)
