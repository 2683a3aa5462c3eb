"""A request form, both sides: built, asked by, handed out with keys, accepted on the phone; and a talk put on record."""

from __future__ import annotations

from uuid import uuid4

from playwright.sync_api import expect

from tests.journeys.conftest import Visit, go
from tests.journeys.watch import effort

PHONE = {"width": 390, "height": 844}


def test_a_form_is_built_asked_by_handed_out_and_accepted(visit: Visit) -> None:
    lead, asker, phone = visit("lin"), visit("wen"), visit("gu", viewport=PHONE)
    name, title = f"短片需求 {uuid4().hex[:4]}", f"会员日短片 {uuid4().hex[:4]}"
    # The lead builds a form: its head, two questions, the second moved up by a key, and a route.
    go(lead, "/request-forms/")
    lead.get_by_role("link", name="新建表单").first.click()
    lead.fill("[name=name]", name)
    lead.fill("[name=lead_days]", "3")
    lead.fill("[name=standard]", "1. 时长 30 秒以内，附字幕文件")
    lead.get_by_role("button", name="建立表单").click()
    expect(lead.locator("#builder")).to_contain_text("还没有问题")
    for label, kind in (("时长", "number"), ("渠道", "choice")):
        lead.get_by_role("link", name="新增问题").first.click()
        drawer = lead.locator("#drawer-content")
        drawer.locator("[name=label]").fill(label)
        drawer.locator("[name=kind]").select_option(kind)
        if kind == "choice":
            drawer.locator("[name=options]").fill("视频号\n抖音")
            drawer.locator("[name=required]").check()
        drawer.get_by_role("button", name="保存").click()
        expect(lead.locator(".ask-question .item-title", has_text=label)).to_be_visible()
    expect(lead.locator(".ask-preview")).to_contain_text("抖音")
    lead.locator(".ask-question", has_text="渠道").focus()
    lead.keyboard.press("Alt+ArrowUp")
    expect(lead.locator(".ask-question .item-title").first).to_have_text("渠道")
    # A member of another department asks by it; going on without the answer says so at the question.
    go(asker, "/requests/new/")
    asker.get_by_role("button", name=name).click()
    expect(asker.locator("#request-form")).to_be_visible()
    asker.fill("[name=title]", title)
    asker.fill("[name=asked]", "一条 30 秒短片，讲清领券步骤。")
    asker.fill("[name=due_at]", "2026-09-17T18:00")
    expect(asker.locator("#request-saved")).to_contain_text("该部门最早 2026-09-20")
    asker.get_by_role("button", name="预览并发送").click()
    wrong = asker.locator(".request-questions .field[data-invalid]")
    expect(wrong).to_contain_text("必答")
    assert asker.input_value("[name=title]") == title
    wrong.get_by_label("抖音").check()
    asker.fill("[name=due_at]", "2026-09-22T18:00")
    asker.get_by_role("button", name="预览并发送").click()
    expect(asker.locator("#main")).to_contain_text("抖音")
    asker.get_by_role("button", name="发给内容组").click()
    expect(asker.locator("#request")).to_contain_text("XZ2026")
    # The lead finds it in the queue with its answers, and hands it out: select, choose, press.
    go(lead, "/intake/")
    row = lead.locator(".intake-row", has_text=title)
    expect(row).to_contain_text("抖音")
    expect(row).to_contain_text("还剩")
    expect(lead.locator(".intake-hands")).to_contain_text("顾一鸣")
    before = effort(lead)
    row.locator("[data-select-row]").check()
    lead.locator("#hand-to").select_option(label="顾一鸣")
    lead.get_by_role("button", name="转交", exact=True).last.click()
    expect(row).to_contain_text("顾一鸣")
    assert effort(lead).clicks - before.clicks <= 3
    # The handler accepts on the phone, by touch.
    go(phone, "/intake/")
    mine = phone.locator(".intake-row", has_text=title)
    expect(mine).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    mine.locator("[data-row-action=y]").click()
    phone.locator("#drawer-content").get_by_role("button", name="接受").click()
    expect(mine).to_have_count(0)
    # Who asked reads it, and the lead's figures count it with the way to its row.
    asker.reload()
    expect(asker.locator("#request")).to_contain_text("承办中")
    go(lead, "/between-departments/rows/open/")
    expect(lead.locator("table")).to_contain_text(title)


def test_a_request_is_declined_from_the_queue_by_keys(visit: Visit) -> None:
    lead = visit("jiang")
    go(lead, "/intake/")
    first = lead.locator(".intake-row").first
    expect(first).to_be_visible()
    title = first.locator(".item-title").inner_text()
    lead.keyboard.press("j")
    lead.keyboard.press("n")
    drawer = lead.locator("#drawer-content")
    drawer.locator("[name=why]").fill("本周名单要等会员口径定稿，下周一可以给。")
    drawer.locator(
        "form button.btn[type=submit], form button.btn-danger, form button.btn-primary"
    ).first.click()
    expect(lead.locator(".intake-row", has_text=title)).to_have_count(0)


def test_a_talk_is_put_on_record_filled_in_and_followed_up(visit: Visit) -> None:
    writer, follower = visit("fang"), visit("cheng", viewport=PHONE)
    matter = f"会员名单交接 {uuid4().hex[:4]}"
    go(writer, "/communication/")
    before = effort(writer)
    writer.get_by_role("link", name="记录沟通").first.click()
    drawer = writer.locator("#drawer-content")
    drawer.locator("[name=matter]").fill(matter)
    drawer.locator(".field:has(select[name=to_departments]) input").fill("数据")
    writer.locator(".picker-option", has_text="数据组").click()
    drawer.get_by_role("button", name="记下").click()
    row = writer.locator("tr", has_text=matter)
    expect(row).to_contain_text("决议待填")
    assert effort(writer).clicks - before.clicks <= 4
    # What was resolved, who follows it up, by when.
    row.locator("[data-row-open]").click()
    expect(drawer).to_contain_text(matter)
    drawer.get_by_role("link", name="填写").first.click()
    expect(drawer.locator("[name=resolution]")).to_be_visible()
    drawer.locator("[name=resolution]").fill("每周三 18:00 前交名单。")
    drawer.locator(".field:has(select[name=follower]) input").fill("chengye")
    writer.locator(".picker-option", has_text="程野").click()
    drawer.locator("[name=due_at]").fill("2026-09-23T18:00")
    drawer.get_by_role("button", name="保存").click()
    expect(row).to_contain_text("跟进中")
    # The follower is told, and makes it their task with one press.
    go(follower, "/communication/?whose=follow")
    follower.locator("[data-row-open]", has_text=matter).click()
    follower.get_by_role("button", name="转为程野的任务").click()
    expect(follower.locator("#drawer-content")).to_contain_text("OP-")
    go(writer, "/communication/?standing=open")
    expect(writer.locator("tr", has_text=matter)).to_be_visible()
