"""The rituals of a day by keys alone (ux.md §3, F1 and F3) and the start of a week's review (F5), counted."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visit, go
from tests.journeys.test_tasks import make
from tests.journeys.watch import effort, settled

# A person has two minutes; a machine that several share must not take them for itself alone.
SECONDS = 120
YESTERDAY, TODAY = "2026-09-15T18:00", "2026-09-16T18:00"


def due(page: Page, task: int, when: str) -> None:
    """Give a task a due time, as the page of the task does."""
    token = next(c["value"] for c in page.context.cookies() if c["name"] == "opsloop_csrf")
    headers = {"X-CSRFToken": token, "HX-Request": "true"}
    form = {"due_at": when, "version": "1"}
    answer = page.request.post(f"/tasks/{task}/fields/due_at/", form=form, headers=headers)
    assert answer.ok, answer.text()


def step(page: Page, name: str) -> None:
    """Wait until the ritual stands at a step."""
    expect(page.locator("[data-ritual]")).to_have_attribute("data-ritual", name)


def home(page: Page) -> None:
    """Wait until the page is Today, alive."""
    page.wait_for_url(lambda url: urlsplit(url).path == "/")
    settled(page)


def test_the_morning_plan_takes_keys_only_and_ends_on_today(visit: Visit) -> None:
    page = visit("su")
    left = [make(page, f"遗留 {name} 1h") for name in ("甲", "乙", "丙", "丁")]
    for task in left:
        due(page, task, YESTERDAY)
    due(page, make(page, "当日交付"), TODAY)
    go(page, "/")
    before, began = effort(page), time.monotonic()
    page.keyboard.press("p")
    step(page, "morning-leftovers")
    rows = page.locator("[data-row]")
    expect(rows).to_have_count(4)
    for place, key in enumerate(("t", "m", "b")):
        page.keyboard.press(key)
        expect(rows).to_have_count(3 - place)
    # A reload comes back to the same step, and nothing that was said is lost.
    page.reload()
    settled(page)
    step(page, "morning-leftovers")
    expect(rows).to_have_count(1)
    page.keyboard.press("x")
    step(page, "morning-pick")
    ticks = page.locator("[name=picked]")
    expect(ticks.first).to_be_focused()
    was = ticks.first.is_checked()
    page.keyboard.press("Space")
    expect(ticks.first).to_be_checked(checked=not was)
    page.keyboard.press("Space")
    expect(ticks.first).to_be_checked(checked=was)
    page.keyboard.press("Enter")
    step(page, "morning-estimates")
    # One of ours; another journey may have left more.
    unestimated = rows.count()
    for left in range(unestimated, 0, -1):
        expect(rows).to_have_count(left)
        page.keyboard.press("2")
    step(page, "morning-plan")
    page.keyboard.press("a")
    expect(page.locator(".ritual-piece").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".ritual-piece")).to_have_count(0)
    page.keyboard.press("Enter")
    home(page)
    took, spent = time.monotonic() - began, effort(page)
    expect(page.locator(".today-first")).to_contain_text("当日交付")
    expect(page.locator(".week-pieces")).to_contain_text("当日交付")
    expect(page.locator("#ritual-morning")).to_have_count(0)
    assert spent.clicks - before.clicks == 0
    assert spent.keys - before.keys <= 13 + unestimated
    assert took <= SECONDS


def test_a_key_of_the_morning_can_be_taken_back(visit: Visit) -> None:
    page = visit("cheng")
    task = make(page, "按错了的 1h")
    due(page, task, YESTERDAY)
    go(page, "/rituals/morning/")
    row = page.locator(f"#left-{task}")
    row.locator("[data-row-action=b]").click()
    expect(row).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(row).to_be_visible()


def test_skipping_is_one_click(visit: Visit) -> None:
    page = visit("bai")
    go(page, "/")
    before = effort(page).clicks
    page.locator("#ritual-morning form button").click()
    expect(page.locator("#ritual-morning")).to_have_count(0)
    assert effort(page).clicks - before == 1


def test_the_day_ends_by_keys_and_the_lead_hears_of_the_blocker(visit: Visit) -> None:
    page = visit("su")
    for name in ("收尾 甲 1h", "收尾 乙 1h"):
        due(page, make(page, name), TODAY)
    go(page, "/")
    before, began = effort(page), time.monotonic()
    go(page, "/rituals/evening/")
    step(page, "evening-review")
    rows = page.locator("[id^=open-]")
    count = rows.count()
    assert count >= 2
    for place, key in enumerate("xm" + "m" * (count - 2)):
        page.keyboard.press(key)
        expect(rows).to_have_count(count - place - 1)
    page.keyboard.press("n")
    # Whether the day has gaps depends on the hour at which the test runs.
    expect(page.locator("[data-ritual=evening-gaps], [data-ritual=evening-note]")).to_be_visible()
    if page.locator("[data-ritual=evening-gaps]").count():
        page.keyboard.press("n")
    step(page, "evening-note")
    page.keyboard.type("谈妥了新价格")
    page.keyboard.press("Tab")
    page.keyboard.type("九月的数据还没到")
    typed = len("谈妥了新价格" + "九月的数据还没到")
    page.keyboard.press("Enter")
    step(page, "evening-tomorrow")
    assert page.locator("[name=top]:checked").count() <= 3
    page.keyboard.press("Enter")
    home(page)
    took, spent = time.monotonic() - began, effort(page)
    expect(page.locator(".day-line .is-closed")).to_be_visible()
    assert spent.clicks - before.clicks == 0
    assert spent.keys - before.keys <= count + typed + 6
    assert took <= SECONDS
    lead = visit("lin", "/inbox/")
    expect(lead.locator(".inbox-row", has_text="九月的数据还没到")).to_be_visible()


def test_the_review_of_a_week_leads_to_its_plan(visit: Visit) -> None:
    page = visit("bai", "/rituals/week/")
    before = effort(page)
    step(page, "week-review")
    page.keyboard.press("n")
    if page.locator("[data-ritual=week-stale]").count():
        page.keyboard.press("n")
    step(page, "week-goals")
    page.keyboard.type("秋促方案发出")
    page.keyboard.press("Tab")
    page.keyboard.type("90")
    page.keyboard.press("Tab")
    expect(page.locator("#goals-sum .text-danger").last).to_be_visible()
    page.keyboard.press("Shift+Tab")
    page.keyboard.type("4")
    page.keyboard.press("Enter")
    step(page, "week-plan")
    expect(page.locator("#ritual")).to_contain_text("秋促方案发出")
    page.keyboard.press("a")
    page.wait_for_url(lambda url: "/plan/2026-W38/" in url and "proposal=1" in url)
    assert effort(page).clicks - before.clicks == 0
