"""The week: proposed, looked at, accepted whole or in part; nothing moves before that."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visit, go
from tests.journeys.test_tasks import make
from tests.journeys.watch import effort, settled

PROPOSE = ".page-header button.btn-primary"
PIECES = ".plan-piece-title"


def titles(page: Page) -> list[str]:
    """Return the titles that stand in the week, in their order."""
    return [title.strip() for title in page.locator(PIECES).all_inner_texts()]


@pytest.mark.every_database
def test_a_proposal_changes_nothing_until_it_is_accepted(visit: Visit) -> None:
    page = visit("ye")
    make(page, "周五前 剪一支试拍片 2h !高")
    go(page, "/plan/")
    before = titles(page)
    assert "剪一支试拍片" not in before
    page.locator(PROPOSE).click()
    expect(page.locator("[name=decision][value=all]")).to_be_visible()
    assert "剪一支试拍片" in titles(page)
    go(page, "/plan/2026-W38/")
    if page.locator("[name=decision][value=dismiss]").count():
        page.locator("[name=decision][value=dismiss]").click()
        expect(page.locator(PROPOSE)).to_be_visible()
    assert titles(page) == before
    page.locator(PROPOSE).click()
    page.locator("[name=decision][value=all]").click()
    expect(page.locator(PROPOSE)).to_be_visible()
    expect(page.locator(PIECES, has_text="剪一支试拍片")).not_to_have_count(0)
    assert effort(page).clicks <= 4


def test_the_ticked_part_of_a_proposal_can_be_accepted(visit: Visit) -> None:
    page = visit("xu")
    make(page, "周四前 要留下的安排 1h !高")
    make(page, "周五前 先不排的安排 1h !高")
    go(page, "/plan/")
    page.locator(PROPOSE).click()
    expect(page.locator("[name=decision][value=chosen]")).to_be_visible()
    page.get_by_role("checkbox", name="先不排的安排").uncheck()
    page.locator("[name=decision][value=chosen]").click()
    expect(page.locator(PROPOSE)).to_be_visible()
    expect(page.locator(PIECES, has_text="要留下的安排")).not_to_have_count(0)
    expect(page.locator(PIECES, has_text="先不排的安排")).to_have_count(0)


def test_a_piece_says_why_and_can_be_taken_out(visit: Visit) -> None:
    page = visit("jiang")
    make(page, "周五前 可以拿掉的安排 1h !高")
    go(page, "/plan/")
    page.locator(PROPOSE).click()
    page.locator("[name=decision][value=all]").click()
    expect(page.locator(PROPOSE)).to_be_visible()
    page.locator(".plan-piece-link", has_text="可以拿掉的安排").first.click()
    expect(page.locator("#drawer .plan-why")).to_contain_text("。")
    page.locator("#drawer [hx-post$='/removal/'] button").click()
    expect(page.locator(PIECES, has_text="可以拿掉的安排")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(page.locator(PIECES, has_text="可以拿掉的安排")).not_to_have_count(0)


def test_what_matters_why_and_what_if_are_seen_before_anything_moves(visit: Visit) -> None:
    page = visit("jiang")
    make(page, "周五前 装不下的安排 60h !高")
    go(page, "/plan/")
    before = titles(page)
    page.locator(".page-header a[href$='/style/']").click()
    slider = page.locator("#drawer [name=early]")
    expect(page.locator("#style-effect p")).to_be_visible()
    slider.focus()
    page.keyboard.press("End")
    expect(page.locator("#drawer output[for=id_early]")).to_have_text("最看重")
    expect(page.locator("#style-effect p, #style-effect dl")).not_to_have_count(0)
    page.locator("#drawer .btn-primary").click()
    expect(page.locator("#drawer[open]")).to_have_count(0)
    page.locator(PROPOSE).click()
    page.locator("#preview .plan-late a", has_text="装不下的安排").click()
    expect(page.locator("#drawer .plan-reasons")).to_contain_text("需要")
    page.locator("#drawer .plan-remedies a", has_text="放到下周").click()
    expect(page.locator("#what-if-effect")).to_contain_text("暂缓至")
    page.locator("#what-if-effect .btn-primary").click()
    expect(page.locator("#preview")).to_be_visible()
    expect(page.locator("#preview")).not_to_contain_text("装不下的安排")
    assert effort(page).clicks <= 6
    go(page, "/plan/")
    assert titles(page) == before


def test_a_task_is_dragged_in_moved_by_keys_and_an_interruption_is_let_in(visit: Visit) -> None:
    page = visit("wen")
    make(page, "下周五前 拖进来的安排 30m")
    go(page, "/plan/")
    card = page.locator(".plan-card", has_text="拖进来的安排")
    expect(card).to_be_visible()
    column = page.locator("[data-day]").last.locator("[data-column]")
    # The page scrolls to neither while the pointer is down.
    column.scroll_into_view_if_needed()
    start, box = card.bounding_box(), column.bounding_box()
    assert start
    assert box
    page.mouse.move(start["x"] + 40, start["y"] + 16)
    page.mouse.down()
    page.mouse.move(box["x"] + 30, box["y"] + 40, steps=3)
    # Half past nine of the last day, which nothing else fills.
    page.mouse.move(box["x"] + 30, box["y"] + 40)
    page.mouse.up()
    piece = page.locator("[data-piece]", has_text="拖进来的安排")
    expect(piece).to_have_count(1)
    expect(card).to_have_count(0)
    before = piece.locator("time").inner_text()
    piece.locator("a").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-planner-said]")).to_contain_text("拖进来的安排")
    expect(piece.locator("time")).not_to_have_text(before)
    moved = piece.locator("time").inner_text()
    expect(piece).to_have_attribute("data-version", "2")
    expect(page.locator(".plan-piece-link:focus")).to_have_count(1)
    page.reload()
    expect(piece.locator("time")).to_have_text(moved)
    page.keyboard.press("i")
    page.locator("#drawer [name=text]").fill("答复客户投诉 30m")
    page.locator("#drawer [name=text]").press("Enter")
    expect(page.locator("#preview")).to_contain_text("答复客户投诉")
    page.locator("[name=decision][value=all]").click()
    expect(page.locator("[data-piece]", has_text="答复客户投诉")).not_to_have_count(0)
    expect(piece.locator("time")).to_have_text(moved)
    assert effort(page).clicks <= 3
    settled(page)
    before = effort(page).clicks
    page.keyboard.press("q")
    page.locator("#quick-add textarea").fill("补发客户的样品 15m")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#preview")).to_contain_text("补发客户的样品")
    settled(page)
    page.keyboard.press("Enter")
    expect(page.locator("[data-piece]", has_text="补发客户的样品")).not_to_have_count(0)
    assert effort(page).clicks == before
