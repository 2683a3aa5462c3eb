"""Working with tasks: keys, forms, two people at once, lost sessions, the bin."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from opsloop.sample.content import PASSWORD
from tests.journeys.conftest import Visit, go
from tests.journeys.watch import Watch, effort

# Resolves once what is typed is kept on the device.
DRAFT_KEPT = """() => new Promise(done => {
  const look = () => Object.values(sessionStorage).some(kept => kept.includes('写到一半的标准')) ? done() : setTimeout(look, 50)
  look()
})"""
SAVE = "#main .form-actions button[type=submit]"


def make(page: Page, text: str) -> int:
    """Create a task as quick-add does, without the window; return its number in the address."""
    token = next(c["value"] for c in page.context.cookies() if c["name"] == "opsloop_csrf")
    headers = {"X-CSRFToken": token, "HX-Request": "true"}
    answer = page.request.post("/quick-add/", form={"text": text}, headers=headers)
    assert answer.status == 204, answer.text()
    link = json.loads(answer.headers["hx-trigger"])["toast"]["link"]
    return int(re.findall(r"\d+", link)[0])


def row(page: Page, title: str) -> Locator:
    """Return the row of a task in a list."""
    return page.locator("tr[data-row]", has=page.locator("[data-row-open]", has_text=title))


@pytest.mark.every_database
def test_the_list_is_worked_through_by_keys_alone(visit: Visit) -> None:
    page = visit("wen")
    for day in ("明天", "周四", "周五"):
        make(page, f"{day} 键盘流 {day}")
    go(page, f"/tasks/?scope=mine&q={quote('键盘流')}")
    current = page.locator("tr.is-current")
    page.keyboard.press("j")
    expect(current).to_contain_text("键盘流 明天")
    page.keyboard.press("j")
    expect(current).to_contain_text("键盘流 周四")
    page.keyboard.press("k")
    expect(current).to_contain_text("键盘流 明天")
    page.keyboard.press("Enter")
    expect(page.locator("#drawer .task-title")).to_contain_text("键盘流 明天")
    page.keyboard.press("Escape")
    expect(page.locator("dialog#drawer")).to_be_hidden()
    expect(current.locator("[data-row-open]")).to_be_focused()
    page.keyboard.press("d")
    expect(row(page, "键盘流 明天")).to_have_count(0)
    expect(current).to_contain_text("键盘流 周四")
    page.keyboard.press("e")
    expect(page.locator("#drawer [name=title]")).to_have_value("键盘流 周四")
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    expect(page.locator("[data-bulk-bar]")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(row(page, "键盘流 明天")).to_have_count(1)
    assert effort(page).clicks == 0


def test_a_form_with_errors_keeps_what_was_typed_and_leads_to_the_error(visit: Visit) -> None:
    page = visit("wen", "/tasks/new/")
    page.fill("[name=title]", "整理客诉口径")
    page.fill("[name=deliverable]", "一页纸，三类问题各有标准答复")
    page.fill("[name=estimate_minutes]", "很久")
    page.get_by_role("radio", name="高").check()
    page.locator(SAVE).click()
    expect(page.locator("[name=estimate_minutes]")).to_be_focused()
    field = page.locator(".field", has=page.locator("[name=estimate_minutes]"))
    expect(field.locator(".field-error")).to_contain_text("1.5h")
    expect(page.locator("[name=estimate_minutes]")).to_have_value("很久")
    expect(page.locator("[name=title]")).to_have_value("整理客诉口径")
    expect(page.locator("[name=deliverable]")).to_have_value("一页纸，三类问题各有标准答复")
    expect(page.get_by_role("radio", name="高")).to_be_checked()
    page.fill("[name=estimate_minutes]", "1.5小时")
    page.locator(SAVE).click()
    page.wait_for_url(re.compile(r"/tasks/\d+/"))
    expect(page.locator(".task-title")).to_contain_text("整理客诉口径")
    expect(page.locator("#task-detail")).to_contain_text("1 小时 30 分钟")


@pytest.mark.every_database
def test_a_double_click_on_save_makes_one_task(visit: Visit) -> None:
    page = visit("wen", "/tasks/new/")
    page.fill("[name=title]", "双击只建一次")
    page.locator(SAVE).dblclick()
    page.wait_for_url(re.compile(r"/tasks/\d+/"))
    go(page, f"/tasks/?scope=mine&q={quote('双击只建一次')}")
    expect(row(page, "双击只建一次")).to_have_count(1)


def test_fields_are_edited_where_they_stand(visit: Visit) -> None:
    page = visit("wen")
    go(page, f"/tasks/{make(page, '就地改一下')}/")
    title = page.locator(".task-title")
    title.locator("button, a, [hx-get]").first.click()
    page.locator("[data-inline-editor] [name=title]").fill("改了又不要")
    page.keyboard.press("Escape")
    expect(title).to_contain_text("就地改一下")
    title.locator("button, a, [hx-get]").first.click()
    page.locator("[data-inline-editor] [name=title]").fill("就地改好了")
    page.keyboard.press("Enter")
    expect(title).to_contain_text("就地改好了")
    expect(page.locator("[data-inline-editor]")).to_have_count(0)


@pytest.mark.parametrize(
    ("choice", "title", "estimate"),
    [
        pytest.param("merge", "我改的标题", "3 小时", marks=pytest.mark.every_database),
        ("overwrite", "我改的标题", "2 小时"),
        ("discard", "同事改的标题", "3 小时"),
    ],
)
def test_two_people_edit_one_task_and_nothing_is_lost(
    visit: Visit, choice: str, title: str, estimate: str
) -> None:
    slow, quick = visit("wen"), visit("fang")
    task = make(slow, f"一起改 {choice} 2h")
    for page in (slow, quick):
        go(page, f"/tasks/{task}/edit/")
    quick.fill("[name=title]", "同事改的标题")
    quick.fill("[name=estimate_minutes]", "3h")
    quick.locator(SAVE).click()
    quick.wait_for_url(f"**/tasks/{task}/")
    slow.fill("[name=title]", "我改的标题")
    slow.locator(SAVE).click()
    conflict = slow.locator("dialog#conflict")
    expect(conflict).to_contain_text("方子昂")
    expect(conflict.locator("tr.clash")).to_contain_text("同事改的标题")
    if choice == "discard":
        conflict.locator("[data-conflict-discard]").click()
        expect(conflict).to_have_count(0)
        expect(slow.locator("[name=title]")).to_have_value(title)
    else:
        conflict.locator(f"button[value={choice}]").click()
        slow.wait_for_url(f"**/tasks/{task}/")
    go(slow, f"/tasks/{task}/")
    expect(slow.locator(".task-title")).to_contain_text(title)
    expect(slow.locator("#task-detail")).to_contain_text(estimate)


def test_a_lost_session_asks_for_the_password_and_sends_what_was_typed(visit: Visit, watch: Watch) -> None:
    watch.expected.add(401)
    page = visit("wen")
    task = make(page, "会话过期前的任务")
    go(page, f"/tasks/{task}/edit/")
    page.fill("[name=title]", "会话过期后保存的任务")
    page.context.clear_cookies(name="opsloop_session")
    page.locator(SAVE).click()
    relogin = page.locator("dialog#relogin")
    expect(relogin).to_be_visible()
    relogin.locator("[name=login]").fill("wen")
    relogin.locator("[name=password]").fill(PASSWORD)
    relogin.locator("[name=password]").press("Enter")
    page.wait_for_url(f"**/tasks/{task}/")
    expect(page.locator(".task-title")).to_contain_text("会话过期后保存的任务")


def test_back_keeps_what_was_typed(visit: Visit) -> None:
    page = visit("wen", "/tasks/new/")
    page.fill("[name=title]", "先去看看目标")
    page.locator("[name=deliverable]").press_sequentially("写到一半的标准")
    page.evaluate(DRAFT_KEPT)
    page.locator(".rail a[href='/goals/']").click()
    page.wait_for_url("**/goals/")
    page.go_back()
    expect(page.locator("[name=title]")).to_have_value("先去看看目标")
    expect(page.locator("[name=deliverable]")).to_have_value("写到一半的标准")


@pytest.mark.every_database
def test_what_a_colleague_does_appears_by_itself(visit: Visit) -> None:
    looking, acting = visit("fang"), visit("wen")
    with looking.expect_response(re.compile("/live/")):
        go(looking, f"/tasks/?scope=team&q={quote('实时出现')}")
    make(acting, "实时出现的任务")
    expect(row(looking, "实时出现的任务")).to_have_count(1)
    go(acting, f"/tasks/?scope=mine&q={quote('实时出现')}")
    row(acting, "实时出现的任务").locator("[data-row-action=d]").click()
    expect(row(looking, "实时出现的任务")).to_have_count(0)


@pytest.mark.every_database
def test_what_a_colleague_does_before_the_page_listens_appears_by_itself(visit: Visit) -> None:
    looking, acting = visit("fang"), visit("wen")
    held: list[Route] = []
    looking.route(re.compile("/live/"), lambda route: held.append(route))
    with looking.expect_request(re.compile("/live/")):
        go(looking, f"/tasks/?scope=team&q={quote('还没在听')}")
    make(acting, "还没在听时建的任务")
    held[0].continue_()
    expect(row(looking, "还没在听时建的任务")).to_have_count(1)


def test_a_deleted_task_waits_in_the_bin(visit: Visit) -> None:
    page = visit("wen")
    go(page, f"/tasks/{make(page, '删错的任务')}/")
    page.locator("#task-detail .task-tools details[data-menu] > summary").click()
    page.locator("#task-detail [hx-post$='/bin/']").click()
    expect(page.locator("#toasts .toast")).to_be_visible()
    go(page, "/bin/")
    binned = page.locator("#bin tr[data-row]", has_text="删错的任务")
    binned.get_by_role("button").click()
    expect(binned).to_have_count(0)
    go(page, f"/tasks/?scope=mine&q={quote('删错的任务')}")
    expect(row(page, "删错的任务")).to_have_count(1)
