"""Hours without effort: a timer by key that survives a reload, and a gap filled in one click."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.conftest import Visit, go
from tests.journeys.test_tasks import make
from tests.journeys.watch import effort

YESTERDAY = "2026-09-15"


def test_a_timer_runs_by_key_and_a_gap_is_filled_in_one_click(visit: Visit) -> None:
    page = visit("lin")
    make(page, "计时用的一页纸 2026-10-20 1h")
    go(page, "/tasks/?scope=mine&q=计时用")
    page.locator("#timer [data-timer-key]").wait_for(state="attached")
    clicks = effort(page).clicks
    page.keyboard.press("j")
    page.keyboard.press("t")
    timer = page.locator("#timer.is-running")
    expect(timer).to_contain_text("计时用的一页纸")
    go(page, "/")
    expect(timer).to_contain_text("计时用的一页纸")
    page.keyboard.press("t")
    expect(timer).to_have_count(0)
    # From anywhere: found in the palette, and timed.
    page.keyboard.press("Control+k")
    page.locator("#palette input").fill("计时用的一页纸")
    expect(page.locator("#palette-list [data-timer-task]")).to_have_count(1)
    page.keyboard.press("Shift+Enter")
    expect(timer).to_contain_text("计时用的一页纸")
    page.keyboard.press("t")
    expect(timer).to_have_count(0)
    assert effort(page).clicks == clicks

    go(page, f"/hours/?day={YESTERDAY}")
    gaps = page.locator(".hours-gap")
    before = gaps.count()
    offer = page.locator(".hours-offer").first
    title = offer.locator(".text-truncate").inner_text()
    clicks = effort(page).clicks
    offer.click()
    expect(page.locator("#hours .item-title", has_text=title).first).to_be_visible()
    expect(gaps).to_have_count(before - 1)
    assert effort(page).clicks - clicks == 1


def test_a_phone_starts_and_stops_with_the_thumb(visit: Visit) -> None:
    page = visit("bai", "/", viewport={"width": 390, "height": 844})
    page.locator("[data-timer-open]").click()
    page.locator(".timer-panel input[name=note]").fill("电话沟通")
    page.locator(".timer-panel .timer-start .btn-primary").click()
    running = page.locator("#timer.is-running")
    expect(running).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    running.locator(".timer-stop").click()
    expect(running).to_have_count(0)
