"""Without a connection: Today is read, tasks are written down and sent once, and log-out leaves nothing behind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Error, Page, Playwright, expect

from tests.journeys.conftest import Visit, go, log_in
from tests.journeys.watch import Watch

BOX = "#quick-add textarea"
PHONE = {"width": 390, "height": 844}
KEPT = """async () => {
  const pages = (await caches.keys()).filter(name => name.startsWith('opsloop-pages-'))
  const found = await Promise.all(pages.map(async name => (await (await caches.open(name)).keys()).map(one => one.url)))
  return found.flat().filter(url => url.includes('kept-as'))
}"""


@pytest.fixture
def offline_watch(watch: Watch) -> Iterator[Watch]:
    """Watch, but for what must fail without a connection."""
    yield watch
    no_connection = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "Failed to fetch")
    watch.troubles[:] = [text for text in watch.troubles if not any(one in text for one in no_connection)]


def kept(page: Page) -> list[str]:
    """Return the addresses of the pages that this device keeps."""
    found: list[str] = page.evaluate(KEPT)
    return found


def wait_until_kept(page: Page, path: str) -> None:
    """Load `path` until the worker, once it watches over the page, has kept it."""
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    go(page, path)
    page.wait_for_function(f"async () => (await ({KEPT})()).some(url => url.endsWith('{path}?kept-as=page'))")


def test_a_day_without_a_connection(visit: Visit, offline_watch: Watch) -> None:
    page = visit("gu", "/", service_workers="allow", viewport=PHONE)
    wait_until_kept(page, "/")
    # What the page loads by itself afterwards is not read offline.
    served = page.request.get("/").text()
    task = next(one for one in page.locator("main a[href^='/tasks/']").all() if one.inner_text() in served)
    title = task.inner_text()
    wait_until_kept(page, task.get_attribute("href") or "")

    page.context.set_offline(True)
    go(page, "/")
    expect(page.locator("#offline-bar")).to_contain_text(re.compile(r"离线.*\d\d[-/]\d\d"))
    expect(page.locator("main")).to_contain_text(title)
    go(page, "/goals/")
    expect(page.locator("main")).to_contain_text("你已离线")
    go(page, "/")
    page.locator(".bottom-add").click()
    page.locator(BOX).fill("明天 离线写下的任务")
    page.keyboard.press("Enter")
    expect(page.locator("dialog#quick-add")).to_be_hidden()
    expect(page.locator("[data-outbox-count]")).to_contain_text("1")
    # What waits outlives the page.
    go(page, "/")
    expect(page.locator("[data-outbox-count]")).to_contain_text("1")

    page.context.set_offline(False)
    expect(page.locator("[data-outbox]")).to_be_hidden()
    go(page, "/tasks/?scope=mine&q=离线写下的任务")
    expect(page.locator("[data-row-open]", has_text="离线写下的任务")).to_have_count(1)


def test_log_out_leaves_nothing_on_the_device(
    playwright: Playwright, new_window: Any, address: str, offline_watch: Watch
) -> None:
    state = log_in(playwright, address, "xu")
    page = new_window(base_url=address, storage_state=state, service_workers="allow")
    go(page, "/")
    wait_until_kept(page, "/")
    wait_until_kept(page, "/inbox/")
    assert len(kept(page)) >= 2
    # What the server does not take waits with its reason; leaving asks before it is deleted.
    page.context.set_offline(True)
    page.keyboard.press("q")
    page.locator(BOX).fill("!高 #只有标记")
    page.keyboard.press("Enter")
    expect(page.locator("[data-outbox-count]")).to_contain_text("1")
    page.context.set_offline(False)
    page.locator(".topbar details[data-menu] summary").last.click()
    page.locator("form[data-logout] button").click()
    page.locator("#outbox-leaving").get_by_role("button", name="先不退出").click()
    expect(page.locator("[data-outbox-count]")).to_contain_text("1")
    page.locator(".topbar details[data-menu] summary").last.click()
    page.locator("form[data-logout] button").click()
    page.locator("#outbox-leaving [data-leaving-verb]").click()
    page.wait_for_url("**/accounts/**")
    page.wait_for_function(f"async () => (await ({KEPT})()).length === 0")
    page.context.set_offline(True)
    with suppress(Error):
        page.goto("/")
    expect(page.locator("body")).not_to_contain_text("许")
    expect(page.locator("[data-row]")).to_have_count(0)
