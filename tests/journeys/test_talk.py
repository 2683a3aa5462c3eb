"""Talking about work: named by pinyin, told live, answered from the inbox; a file there and back."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.conftest import Visit, go
from tests.journeys.test_tasks import make
from tests.journeys.watch import effort


def test_who_is_named_by_pinyin_is_told_live_and_answers_from_the_inbox(visit: Visit) -> None:
    writer = visit("xu")
    number = make(writer, "口播素材加投 @秦朗")
    reader = visit("qin", "/tasks/")
    badge = reader.locator(".rail .rail-count")
    go(writer, f"/tasks/{number}/")
    box = writer.get_by_label("写评论", exact=True)
    box.click()
    # From "@" to the suggestion and back to the sentence without the mouse.
    writer.keyboard.type("@ql")
    expect(writer.get_by_role("option", name="秦朗")).to_be_visible()
    writer.keyboard.press("Enter")
    writer.keyboard.type("预算加到多少合适？")
    writer.keyboard.press("Control+Enter")
    expect(writer.locator(".comment-text .named")).to_have_text("@秦朗")
    expect(box).to_have_value("")

    before = badge.text_content()
    expect(badge).to_be_visible()
    go(reader, "/inbox/")
    row = reader.locator("[data-row]", has_text="口播素材加投").filter(has_text="预算加到多少合适？")
    expect(row).to_be_visible()
    start = effort(reader)
    row.get_by_role("button", name="回复").click()
    expect(reader.get_by_placeholder("回复 许嘉言")).to_be_focused()
    reader.keyboard.type("先加两成")
    reader.keyboard.press("Control+Enter")
    expect(row).to_have_count(0)
    done = effort(reader)
    assert done.clicks - start.clicks == 1, (before, done)
    # The writer's page shows the answer without being asked.
    expect(writer.locator(".comment.is-reply .comment-text")).to_contain_text("先加两成")


def test_a_file_is_added_and_comes_back(visit: Visit, tmp_path: Path) -> None:
    page = visit("xu")
    go(page, f"/tasks/{make(page, '报价核对')}/")
    sheet = tmp_path / "九月报价.csv"
    sheet.write_text("渠道,报价\n抖音,12\n", "utf-8")
    page.locator('form[data-upload] input[type="file"]').set_input_files(sheet)
    link = page.get_by_role("link", name="九月报价.csv", exact=True)
    expect(link).to_be_visible()
    with page.expect_download() as waiting:
        link.click()
    assert waiting.value.suggested_filename == "九月报价.csv"
    assert Path(waiting.value.path()).read_text("utf-8") == "渠道,报价\n抖音,12\n"
    page.get_by_role("button", name="删除 九月报价.csv").click()
    expect(link).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(link).to_be_visible()


def test_the_inbox_is_worked_through_by_keys(visit: Visit) -> None:
    page = visit("fang", "/inbox/")
    rows = page.locator(".inbox-row")
    expect(rows.first).to_be_visible()
    count = rows.count()
    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(rows).to_have_count(count - 1)
    # The next row has taken its place; it is put off to the next working day.
    page.keyboard.press("s")
    page.get_by_role("menuitem").first.click()
    expect(rows).to_have_count(count - 2)
    page.keyboard.press("Control+z")
    expect(rows).to_have_count(count - 1)
