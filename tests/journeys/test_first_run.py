"""An empty installation: set up in a minute, or filled with the sample by one click."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import go
from tests.journeys.test_accessibility import violations
from tests.journeys.watch import effort

Window = Callable[..., Page]
SET_UP = ".form-actions button[type=submit]"
TYPED = {
    "organisation": "晨星商贸运营部",
    "name": "周明",
    "username": "zhouming",
    "password": "heng-fan-2026-qiu",
}


def fill(page: Page, **other: str) -> None:
    """Fill in the fields that have no default."""
    for name, text in (TYPED | other).items():
        page.locator(f"[name={name}]").fill(text)


@pytest.mark.every_database
def test_an_organisation_is_set_up_by_four_fields_and_one_click(
    new_window: Window, empty_address: str
) -> None:
    page = new_window(base_url=empty_address, color_scheme="light")
    started = time.monotonic()
    go(page, "/")
    page.wait_for_url("**/setup/")
    assert violations(page) == []
    fill(page, password="12345678")
    page.locator(SET_UP).click()
    expect(page.locator(".field-error")).to_have_count(1)
    expect(page.locator("[name=password]")).to_be_focused()
    expect(page.locator("[name=organisation]")).to_have_value(TYPED["organisation"])
    page.locator("[name=password]").fill(TYPED["password"])
    page.locator(SET_UP).click()
    page.wait_for_url("**/people/")
    expect(page.locator("#main")).to_contain_text(TYPED["name"])
    # One click for the weak password, one for the right one.
    assert effort(page).clicks == 2
    assert time.monotonic() - started < 180
    go(page, "/departments/")
    expect(page.locator("#main")).to_contain_text("内容组")
    go(page, "/plan/")
    expect(page.locator(".plan-day")).not_to_have_count(0)
    go(page, "/setup/")
    page.wait_for_url(f"{empty_address}/")


def test_the_sample_department_is_loaded_by_one_click(new_window: Window, empty_address: str) -> None:
    page = new_window(base_url=empty_address)
    go(page, "/")
    page.locator("form[action='/setup/sample/'] button").click(timeout=60_000)
    page.wait_for_url("**/", timeout=60_000)
    # The sample's clock holds in every process of the server.
    for _ in range(4):
        page.reload()
        expect(page.locator("#main")).to_contain_text("2026-09-16")
