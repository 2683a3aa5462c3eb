"""axe-core, in the light and in the dark, on what opens over and below the main pages (those: test_pages)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visit, go
from tests.journeys.pages import LISTS

AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# The themes differ in nothing but colours, so in the dark only those are looked at again.
COLOURS = ["color-contrast", "link-in-text-block"]
RUN = """([part, rules, kind]) => axe.run(part, {runOnly: {type: kind, values: rules}, resultTypes: ['violations']}).then(found =>
  found.violations.map(one => `${one.id}: ${one.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(' | ')}`))"""
THEME = "theme => document.documentElement.setAttribute('data-bs-theme', theme)"
WHOLE = {"include": [["html"]]}
# What differs from page to page: without the bars and the closed dialogs around it, which are most of a small page.
CONTENT = {**WHOLE, "exclude": [["body > :not(.shell)"], [".rail"], [".topbar"]]}


def violations(page: Page, *, part: dict[str, Any] = WHOLE) -> list[str]:
    """Return what axe finds on a part of a page as it stands, in the light and then in the dark."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    found: list[Any] = page.evaluate(RUN, [part, RULES, "tag"])
    page.evaluate(THEME, "dark")
    found += [f"dark {one}" for one in page.evaluate(RUN, [part, COLOURS, "rule"])]
    page.evaluate(THEME, "light")
    return found


FIRST_RECORD = """list => [...document.querySelectorAll('#main a')].map(link => link.pathname)
  .find(path => path.startsWith(list) && /^\\d+\\/$/.test(path.slice(list.length)))"""


@pytest.mark.parametrize("path", list(LISTS))
def test_a_record_has_no_barriers_on_its_page_and_in_the_drawer(visit: Visit, path: str) -> None:
    page = visit(LISTS[path], path, color_scheme="light")
    record = page.evaluate(FIRST_RECORD, path)
    go(page, record)
    assert violations(page) == []
    if path in {"/tasks/", "/people/"}:
        go(page, f"{path}?drawer={record}")
        expect(page.locator("#drawer-content").locator("h1, h2, [role=heading]").first).to_be_visible()
        assert violations(page) == []


def test_what_opens_over_a_page_has_no_barriers(visit: Visit) -> None:
    page = visit("lin", "/tasks/", color_scheme="light")
    found = {}
    page.keyboard.press("Control+k")
    page.locator("#palette input").fill("方案")
    expect(page.locator("#palette-list [role=option]").first).to_be_visible()
    found["palette"] = violations(page)
    page.keyboard.press("Escape")
    page.keyboard.press("q")
    page.locator("#quick-add textarea").fill("明天 写 2h !高 @苏念 #周会")
    expect(page.locator("#quick-add-preview .chip")).to_have_count(5)
    found["quick-add"] = violations(page)
    page.keyboard.press("Escape")
    page.locator("[data-row-menu]").first.click()
    expect(page.locator("#row-menu")).to_be_visible()
    found["menu"] = violations(page)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("dialog#shortcuts")).to_be_visible()
    found["shortcuts"] = violations(page)
    assert {place: barriers for place, barriers in found.items() if barriers} == {}


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/password/reset/", "/no-such-page/"])
def test_pages_before_log_in_have_no_barriers(new_window: Any, address: str, watch: Any, path: str) -> None:
    watch.expected.add(404)
    page = new_window(base_url=address, color_scheme="light")
    page.goto(path)
    assert violations(page) == []
