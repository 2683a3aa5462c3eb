"""Sorting work: twenty tasks by keys alone, a task handed over from the ranking table."""

from __future__ import annotations

from secrets import choice
from urllib.parse import quote

from playwright.sync_api import expect

from tests.journeys.conftest import Visit, go
from tests.journeys.test_tasks import make
from tests.journeys.watch import effort

TASKS = 20
# One key puts a task into its quadrant; a reason, putting off and undoing cost a few more on the way.
KEYS_A_TASK = 1.5


def test_twenty_tasks_are_sorted_by_keys_alone(visit: Visit) -> None:
    page = visit("wen")
    # A second try must not count what the first one left.
    name = "分诊" + "".join(choice("甲乙丙丁戊己庚辛") for _n in range(6))
    make(page, "\n".join(f"{name} {n:02} 2026-10-20" for n in range(TASKS)))
    go(page, f"/tasks/quadrants/?scope=mine&q={quote(name)}")
    column = "[data-quadrant='{}'] [data-card]:visible"
    expect(page.locator(column.format(2))).to_have_count(TASKS)
    effort_before = effort(page).keys
    page.keyboard.press("j")
    page.keyboard.press("1")
    page.keyboard.press("Shift+Digit1")
    expect(page.locator("[data-why='期限可以推迟。']")).to_have_attribute("aria-pressed", "true")
    for n in range(1, TASKS - 2):
        page.keyboard.press(str((1, 3, 4)[n % 3]))
    page.keyboard.press("s")
    page.locator("#row-menu .menu-item").first.wait_for()
    page.keyboard.press("Enter")
    page.keyboard.press("d")
    expect(page.locator(".is-pending")).to_have_count(0)
    # What was put off and what is done have left; all the others stand where the keys have put them.
    expect(page.locator("[data-card]:visible")).to_have_count(TASKS - 1)
    expect(page.locator(column.format(1))).to_have_count(6)
    page.keyboard.press("u")
    expect(page.locator("[data-card]:visible")).to_have_count(TASKS)
    expect(page.locator("[data-overridden]")).to_have_count(TASKS - 2)
    expect(page.locator("[data-overridden]").first).to_contain_text("期限可以推迟")
    spent = effort(page)
    assert spent.clicks == 0
    assert spent.keys - effort_before <= TASKS * KEYS_A_TASK


def test_a_refused_move_goes_back_and_says_why(visit: Visit) -> None:
    page = visit("wen")
    task = make(page, "退回去的分诊 2026-10-20")
    go(page, f"/tasks/quadrants/?scope=mine&q={quote('退回去的分诊')}")
    card = page.locator(f"#card-{task}")
    card.evaluate("card => card.dataset.version = '99'")
    page.keyboard.press("j")
    page.keyboard.press("4")
    expect(page.locator("#toasts .toast.is-error")).to_contain_text("退回去的分诊")
    expect(page.locator(f"[data-quadrant='2'] #card-{task}")).to_be_visible()


def test_a_task_is_handed_over_from_the_ranking_table(visit: Visit) -> None:
    page = visit("fang")
    task = make(page, "可以交出去的客诉回访 2026-10-20 2h")
    go(page, f"/tasks/ranking/?scope=mine&q={quote('可以交出去')}")
    before = effort(page).clicks
    page.locator(f"#ranked-{task} [data-row-action=m]").click()
    page.locator("#row-menu a[href$='/candidates/']").click()
    first = page.locator("#drawer .candidate").first
    expect(first.locator(".candidate-reasons li")).not_to_have_count(0)
    name = first.locator(".person-name").inner_text()
    first.get_by_role("button").click()
    expect(page.locator("dialog#drawer")).to_be_hidden()
    expect(page.locator(f"#ranked-{task}")).to_have_count(0)
    assert effort(page).clicks - before <= 3
    go(page, f"/tasks/{task}/")
    expect(page.locator("#task-detail .facts").first).to_contain_text(name)
