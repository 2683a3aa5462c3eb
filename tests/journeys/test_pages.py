"""What holds on every page, at a desk, on a phone and without a mouse."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visit, go
from tests.journeys.pages import BY_PERSON
from tests.journeys.test_accessibility import CONTENT, WHOLE, violations
from tests.journeys.watch import Watch

DESK = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
# Elements that reach over the right edge though nothing around them scrolls: what makes a page scroll sideways.
TOO_WIDE = """() => {
  const page = document.documentElement
  if (page.scrollWidth <= page.clientWidth) return []
  return [...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > page.clientWidth + 1)
    .slice(0, 5).map(one => one.outerHTML.slice(0, 120))
}"""


def complaints(page: Page, *, is_first: bool) -> Iterator[object]:
    """Yield what is wrong with the page that is open, at a desk, in both themes, and on two sizes of phone.

    The frame around the pages is the same on all, so axe looks at it with the first.
    """
    headings = page.locator("#main h1, #main [role=heading][aria-level='1']")
    if headings.count() != 1 or not headings.first.inner_text().strip():
        yield f"{headings.count()} main headings"
    if not page.title().endswith("· Opsloop 有序"):
        yield f"title {page.title()}"
    if page.locator(".page-header .btn-primary, #main > form > .form-actions .btn-primary").count() > 1:
        yield "more than one main button"
    yield from violations(page, part=WHOLE if is_first else CONTENT)
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 844})
        if too_wide := page.evaluate(TOO_WIDE):
            yield f"scrolls sideways at {width} px: {too_wide}"
    page.set_viewport_size(DESK)


@pytest.mark.parametrize("part", range(2))
@pytest.mark.parametrize("person", list(BY_PERSON))
def test_every_page_is_in_order(visit: Visit, person: str, part: int) -> None:
    page = visit(person, color_scheme="light")
    found = {}
    paths = BY_PERSON[person][part::2]
    for path in paths:
        go(page, path)
        if wrong := list(complaints(page, is_first=path == paths[0])):
            found[path] = wrong
    assert found == {}


def test_a_phone_has_the_daily_things_under_the_thumb(visit: Visit) -> None:
    page = visit("su", "/", viewport=PHONE, has_touch=True, is_mobile=True)
    bar = page.locator("nav.bottom-bar")
    expect(bar).to_be_in_viewport()
    sizes = bar.locator("a").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect()).map(box => [box.width, box.height])"
    )
    assert len(sizes) == 5
    assert all(width >= 44 and height >= 44 for width, height in sizes)
    bar.locator("[data-quick-add]").tap()
    page.locator("#quick-add textarea").fill("明天 手机记下的事")
    # The chips push the button down; a finger waits for it to stand still.
    expect(page.locator("#quick-add-preview .chip").first).to_be_visible()
    page.locator("#quick-add button[type=submit]").tap()
    expect(page.locator("#toasts .toast")).to_be_visible()
    bar.locator("a[href='/tasks/']").tap()
    page.wait_for_url("**/tasks/")
    expect(page.locator("[data-row-open]", has_text="手机记下的事")).to_be_visible()
    page.locator("[data-row-open]", has_text="手机记下的事").tap()
    expect(page.locator("#drawer .task-title")).to_be_in_viewport()


def test_the_first_tab_stop_skips_to_the_content(visit: Visit) -> None:
    page = visit("lin", "/tasks/")
    page.keyboard.press("Tab")
    skip = page.locator(".skip-link")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_every_tab_stop_shows_where_the_focus_is(visit: Visit) -> None:
    page = visit("lin", "/")
    shown = """() => {
      const one = document.activeElement
      if (!one || one === document.body) return 'end'
      const style = getComputedStyle(one), around = getComputedStyle(one.closest('.input-icon, .add-row, .palette-input') ?? one)
      const ring = [style, around].some(look => (look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 2) || look.boxShadow !== 'none')
      return ring && one.getClientRects().length ? 'seen' : one.outerHTML.slice(0, 120)
    }"""
    unseen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        state = page.evaluate(shown)
        if state == "end":
            break
        if state != "seen":
            unseen.append(state)
    assert unseen == []


def test_the_drawer_keeps_the_focus_and_gives_it_back(visit: Visit) -> None:
    page = visit("lin", "/tasks/")
    opener = page.locator("[data-row-open]").first
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#drawer .task-title")).to_be_visible()
    inside = "document.activeElement === document.body || document.querySelector('#drawer').contains(document.activeElement)"
    for _ in range(30):
        page.keyboard.press("Tab")
        assert page.evaluate(inside)
    page.keyboard.press("Escape")
    expect(page.locator("dialog#drawer")).to_be_hidden()
    expect(opener).to_be_focused()


def test_back_closes_the_drawer_and_keeps_the_list(visit: Visit) -> None:
    page = visit("lin", "/tasks/?scope=all&sort=title")
    page.locator("[data-row-open]").nth(2).click()
    expect(page.locator("#drawer .task-title")).to_be_visible()
    assert "drawer=" in page.url
    page.go_back()
    expect(page.locator("dialog#drawer")).to_be_hidden()
    assert page.url.endswith("/tasks/?scope=all&sort=title")
    page.go_forward()
    expect(page.locator("#drawer .task-title")).to_be_visible()


def test_the_language_changes_for_the_person_and_stays(visit: Visit) -> None:
    page = visit("qin", "/tasks/")
    for code, lang, heading in (
        ("en", "en", "Tasks"),
        ("zh-hant", "zh-Hant", "任務"),
        ("zh-hans", "zh-Hans", "任务"),
    ):
        page.locator(".topbar details summary").last.click()
        page.locator(f".topbar button[name=language][value={code}]").click()
        expect(page.locator("h1")).to_have_text(heading)
        assert page.locator("html").get_attribute("lang") in {
            lang,
            lang.replace("zh-Hans", "zh-CN").replace("zh-Hant", "zh-TW"),
        }
    go(page, "/tasks/")
    expect(page.locator("h1")).to_have_text("任务")


def test_the_theme_changes_at_once_and_stays(visit: Visit) -> None:
    page = visit("qin", "/", color_scheme="light")
    shade = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(shade)
    for theme, is_light in (("dark", False), ("light", True)):
        page.locator(".topbar details summary").last.click()
        with page.expect_response("**/preferences/"):
            page.locator(f".topbar button[name=theme][value={theme}]").click()
        expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
        page.reload()
        expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
        assert (page.evaluate(shade) == light) == is_light


def test_a_page_that_does_not_exist_says_so_and_leads_on(visit: Visit, watch: Watch) -> None:
    watch.expected.add(404)
    page = visit("lin")
    page.goto("/tasks/999999/")
    expect(page.locator("h1")).to_be_visible()
    page.locator("a.btn-primary").click()
    expect(page.locator("h1")).to_contain_text("林知夏")
