"""Logging in and out, and the second proof."""

from __future__ import annotations

import base64
import hmac
import struct
import time
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from opsloop.sample.content import PASSWORD
from tests.journeys.conftest import Visit, go

Window = Callable[..., Page]
# What a browser tells a page that it takes out of its memory: the live stream opens again.
LOOKED_AT_AGAIN = """() => {
  dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))
  dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))
}"""


def fill_log_in(page: Page | Locator, person: str, password: str) -> None:
    """Type a name and a password and press Enter."""
    page.locator("[name=login]").fill(person)
    page.locator("[name=password]").fill(password)
    page.locator("[name=password]").press("Enter")


def code_of(secret: str, page: Page) -> str:
    """Return the six digits an authenticator app shows now (RFC 6238: SHA-1, 30 seconds).

    As a person would, wait for the next ones when these are about to run out.
    """
    while time.time() % 30 > 22:
        page.wait_for_timeout(200)
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), "sha1")
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def test_logging_in_leads_to_the_page_that_was_asked_for_and_out_again(
    new_window: Window, address: str
) -> None:
    page = new_window(base_url=address)
    go(page, "/goals/")
    page.wait_for_url("**/accounts/login/**")
    expect(page.locator("[name=login]")).to_be_focused()
    fill_log_in(page, "qin", "not-the-password")
    expect(page.locator("[role=alert]")).to_be_visible()
    expect(page.locator("[name=login]")).to_have_value("qin")
    fill_log_in(page, "qin", PASSWORD)
    page.wait_for_url("**/goals/")
    page.locator(".topbar details summary").last.click()
    page.locator("form[data-logout] button").click()
    page.wait_for_url("**/accounts/login/**")
    assert page.evaluate("sessionStorage.length + localStorage.length") == 0
    page.goto("/goals/")
    page.wait_for_url("**/accounts/login/**")


def test_a_second_proof_is_switched_on_and_asked_for(visit: Visit, new_window: Window, address: str) -> None:
    page = visit("bai", "/accounts/2fa/totp/activate/")
    if "reauthenticate" in page.url:
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("[name=password]").press("Enter")
        page.wait_for_url("**/totp/activate/")
    secret = page.locator("#authenticator_secret").input_value()
    page.locator("[name=code]").fill("000000")
    page.locator("[name=code]").press("Enter")
    expect(page.locator(".field-error")).to_be_visible()
    page.locator("[name=code]").fill(code_of(secret, page))
    page.locator("[name=code]").press("Enter")
    page.wait_for_url("**/recovery-codes/**")
    page = new_window(base_url=address)
    go(page, "/accounts/login/")
    fill_log_in(page, "bai", PASSWORD)
    page.wait_for_url("**/2fa/authenticate/**")
    expect(page.locator("[name=code]")).to_be_focused()
    page.locator("[name=code]").fill(code_of(secret, page))
    page.locator("[name=code]").press("Enter")
    page.wait_for_url(f"{address}/")


def test_other_devices_can_be_logged_out(visit: Visit, new_window: Window, address: str) -> None:
    here = visit("cheng")
    there = new_window(base_url=address)
    go(there, "/accounts/login/")
    fill_log_in(there, "cheng", PASSWORD)
    there.wait_for_url(f"{address}/")
    go(here, "/accounts/sessions/")
    with here.expect_response("**/accounts/sessions/"):
        here.locator("#main form button[type=submit]").last.click()
    # The page over there learns of it when it is looked at again, and goes on after a new log-in.
    there.evaluate(LOOKED_AT_AGAIN)
    relogin = there.locator("dialog#relogin")
    expect(relogin).to_be_visible()
    fill_log_in(relogin, "cheng", PASSWORD)
    expect(relogin).to_be_hidden()
    expect(there.locator("h1")).to_contain_text("程")
    go(there, "/tasks/")
    assert there.url == f"{address}/tasks/"
    go(here, "/tasks/")
    assert here.url == f"{address}/tasks/"
