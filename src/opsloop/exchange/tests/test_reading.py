"""Files in: encodings, delimiters, sheets, old and new workbooks, Trello, Jira, the clipboard."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter

from opsloop.exchange.reading import ReadError, read_file, read_pasted, read_workbook
from opsloop.exchange.tests import hostile
from opsloop.exchange.unreadable import SENTENCES

TODAY = date(2026, 11, 23)
TEXT = "任务名称,负责人,预计耗时(h),截止日期,费用\n双十二选题会,张敏,2,11月24日,￥500\n首页文案，第一版,李雷,1.5,2026/11/26,\n"
TRADITIONAL = "任務名稱,經辦人,預計耗時(小時),完成時限\n活動檢討會議,陳怡君,2,11月24日\n週報彙整與發佈,林志明,1.5,11月26日\n"


def titles(data: bytes, name: str = "a.csv") -> list[str]:
    return [row.title for row in read_file(data, name, today=TODAY).rows]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_it_reads_every_encoding_that_spreadsheets_save(encoding: str) -> None:
    found = read_file(TEXT.encode(encoding), "a.csv", today=TODAY)
    assert [(row.title, row.owner, row.estimate_minutes, row.due) for row in found.rows] == [
        ("双十二选题会", "张敏", 120, date(2026, 11, 24)),
        ("首页文案，第一版", "李雷", 90, date(2026, 11, 26)),
    ]
    assert not found.problems


def test_it_reads_gbk_and_the_characters_only_gb18030_has() -> None:
    assert titles(TEXT.replace("￥", "¥").encode("gb18030"))[0] == "双十二选题会"
    assert titles(TEXT.replace("张敏", "").encode("gbk"))[0] == "双十二选题会"
    assert titles(TEXT.replace("选题会", "𠮷野家😀").encode("gb18030"))[0] == "双十二𠮷野家😀"


def test_it_reads_big5() -> None:
    assert titles(TRADITIONAL.encode("big5")) == ["活動檢討會議", "週報彙整與發佈"]


def test_it_reads_english_in_any_encoding() -> None:
    assert titles(b"Task,Owner,Due\nSend newsletter,Ann,2026-11-30\n") == ["Send newsletter"]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_it_finds_the_delimiter(mark: str, end: str) -> None:
    text = end.join(
        mark.join(cells)
        for cells in (("任务", "负责人", "工时"), ("写，稿", "张三", "2"), ("排版", "李四", "1,5"))
    )
    if mark == ",":
        text = text.replace("1,5", '"1,500分钟"')
    assert titles(text.encode()) == ["写，稿", "排版"]


def test_a_line_that_names_the_delimiter_is_followed() -> None:
    assert titles("sep=;\n任务;负责人\n写稿, 排版;张三\n".encode()) == ["写稿, 排版"]


def test_rows_are_counted_as_a_spreadsheet_counts_them() -> None:
    data = '任务,负责人,工时\n"两行\n的名称",张三,2\n\n坏的,李四,很久\n'.encode()
    found = read_file(data, "a.csv", today=TODAY)
    assert [(row.row, row.title) for row in found.rows] == [(2, "两行\n的名称"), (4, "坏的")]
    assert [(problem.row, problem.column) for problem in found.problems] == [(4, "工时")]


def test_a_guarded_formula_comes_back_as_it_was() -> None:
    assert titles("任务,负责人\n'=SUM(A1),张三\n'＠提醒,李四\n'''引用,王五\n".encode()) == [
        "=SUM(A1)",
        "＠提醒",
        "'''引用",
    ]


# --- workbooks --------------------------------------------------------------------------------------


def made() -> bytes:
    memory = io.BytesIO()
    with xlsxwriter.Workbook(memory, {"in_memory": True}) as book:
        hidden = book.add_worksheet("参数")
        hidden.write_row(0, 0, ["任务", "负责人"])
        hidden.write_row(1, 0, ["不该读", "某人"])
        hidden.hide()
        sheet = book.add_worksheet("本周")
        sheet.activate()
        day = book.add_format({"num_format": 'm"月"d"日"'})
        moment = book.add_format({"num_format": "yyyy/m/d h:mm"})
        clock = book.add_format({"num_format": "h:mm"})
        sheet.merge_range("A1:E1", "运营部工作表")
        sheet.write_row(1, 0, ["任务", "负责人", "工时(h)", "截止时间", "前置任务"])
        sheet.write_row(2, 0, ["写稿", "张三", 2.5])
        sheet.write_datetime(2, 3, datetime(2026, 11, 30, 18), moment)
        sheet.write_row(3, 0, ["排版"])
        sheet.write_number(3, 2, 0.0625, clock)
        sheet.write_datetime(3, 3, datetime(2026, 12, 1), day)
        sheet.write_formula(3, 4, '="写"&"稿"', None, "写稿")
        sheet.write_row(4, 0, ["坏的", "李四"])
        sheet.write_formula(4, 2, "=1/0", None, "#DIV/0!")
        sheet.write_formula(4, 3, "=VLOOKUP(1,A:A,1)", None, "#N/A")
        sheet.merge_range(2, 1, 3, 1, "张三")
        other = book.add_worksheet("下周")
        other.write_row(0, 0, ["任务", "负责人"])
        other.write_row(1, 0, ["复盘", "王五"])
    return memory.getvalue()


def test_it_reads_the_first_visible_sheet() -> None:
    found = read_file(made(), "a.xlsx", today=TODAY)
    assert found.sheet == "本周"
    first, second, third = found.rows
    assert (first.owner, first.estimate_minutes, first.due) == ("张三", 150, datetime(2026, 11, 30, 18))
    assert (second.owner, second.estimate_minutes, second.due) == ("张三", 90, date(2026, 12, 1))
    assert second.depends_on == ("写稿",)
    assert (third.estimate_minutes, third.due) == (None, None)
    assert [(problem.row, problem.column, problem.value, problem.code) for problem in found.problems] == [
        (5, "工时(h)", "#DIV/0!", "error_cell"),
        (5, "截止时间", "#N/A", "error_cell"),
    ]


def test_it_reads_the_sheet_that_is_named() -> None:
    assert [row.title for row in read_file(made(), "a.xlsx", today=TODAY, sheet="下周").rows] == ["复盘"]
    with pytest.raises(ReadError, match="下周"):
        read_file(made(), "a.xlsx", today=TODAY, sheet="去年")


def test_it_reads_every_sheet_in_order() -> None:
    assert [(grid.name, grid.visible) for grid in read_workbook(made(), "a.xlsx")] == [
        ("参数", False),
        ("本周", True),
        ("下周", True),
    ]


def test_it_reads_a_path_and_tells_bytes_from_their_content(tmp_path: Path) -> None:
    path = tmp_path / "本周 任务.xlsx"
    path.write_bytes(made())
    assert read_workbook(path) == read_workbook(made())
    assert [grid.name for grid in read_workbook(TEXT.encode())] == ["CSV"]


def test_it_reads_an_old_workbook() -> None:
    found = read_file(hostile.good_old_book(), "a.xls", today=TODAY)
    assert [(row.title, row.owner, row.estimate_minutes) for row in found.rows] == [("写周报", "张三", 150)]


def test_a_path_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReadError) as refused:
        read_workbook(tmp_path / "没有.xlsx")
    assert refused.value.code == "not_found"
    assert "没有.xlsx" in refused.value.message("zh-hans")
    with pytest.raises(ReadError) as refused:
        read_workbook(tmp_path)
    assert refused.value.code == "not_readable"


def test_every_refusal_has_its_remedy_in_three_languages() -> None:
    for simplified, traditional, english in SENTENCES.values():
        assert simplified.endswith(("。", "）")) or "：" in simplified
        assert len({simplified, traditional, english}) == 3


# --- other tools ------------------------------------------------------------------------------------

BOARD = {
    "name": "运营看板",
    "lists": [{"id": "l1", "name": "进行中"}, {"id": "l2", "name": "旧的", "closed": True}],
    "members": [{"id": "m1", "fullName": "张三"}, {"id": "m2", "fullName": "李四"}],
    "cards": [
        {"idShort": 7, "name": "=写稿", "idList": "l1", "idMembers": ["m1", "m2"], "due": "2026-11-30T10:00:00.000Z",
         "labels": [{"name": "大促"}, {"name": "", "color": "red"}], "desc": "三个版本", "start": "2026-11-24T00:00:00.000Z"},
        {"idShort": 8, "name": "归档的", "idList": "l1", "closed": True},
        {"idShort": 9, "name": "旧列表里的", "idList": "l2"},
        {"idShort": 10, "name": "排版", "idList": "l1", "due": None, "dueComplete": True},
    ],
}  # fmt: skip


def test_it_reads_a_trello_board() -> None:
    found = read_file(json.dumps(BOARD).encode(), "board.json", today=TODAY, zone=ZoneInfo("Asia/Shanghai"))
    first, second = found.rows
    assert (first.number, first.title, first.owner, first.collaborators) == ("7", "=写稿", "张三", ("李四",))
    assert (first.due, first.earliest) == (datetime(2026, 11, 30, 18), datetime(2026, 11, 24, 8))
    assert (first.tags, first.category, first.status, first.note) == (
        ("大促", "red"),
        "进行中",
        "in_progress",
        "三个版本",
    )
    assert (second.title, second.due, second.status) == ("排版", None, "done")
    assert not found.problems


JIRA = (
    "Summary,Issue key,Issue id,Issue Type,Status,Priority,Assignee,Due date,Original estimate,Labels,Labels,"
    "Inward issue link (Blocks),Inward issue link (Blocks),Outward issue link (Blocks)\n"
    'Write copy,OPS-1,1001,Task,In Progress,Highest,Ann Lee,30/Nov/26 6:00 PM,7200,launch,copy,,,OPS-2\n'
    '"Publish, then check",OPS-2,1002,Task,To Do,Low,,2026-12-01,,,,OPS-1,,\n'
    "Review,OPS-3,1003,Task,Done,Medium,Bo,,5400,,,OPS-1,OPS-2,\n"
)  # fmt: skip


def test_it_reads_jira_issues() -> None:
    found = read_file(JIRA.encode(), "jira.csv", today=TODAY)
    first, second, third = found.rows
    assert (first.number, first.title, first.urgency, first.estimate_minutes) == (
        "OPS-1",
        "Write copy",
        "high",
        120,
    )
    assert (first.due, first.tags, first.status) == (
        datetime(2026, 11, 30, 18),
        ("launch", "copy"),
        "in_progress",
    )
    assert (second.urgency, second.owner, second.depends_on) == ("low", None, ("Write copy",))
    assert (third.estimate_minutes, third.depends_on) == (90, ("Write copy", "Publish, then check"))
    assert not found.problems


def test_a_file_said_to_be_from_jira_must_be() -> None:
    with pytest.raises(ReadError) as refused:
        read_file(TEXT.encode(), "a.csv", today=TODAY, kind="jira")
    assert refused.value.code == "not_jira"


def test_it_reads_what_was_copied_from_a_spreadsheet() -> None:
    found = read_pasted('任务\t负责人\t工时\n"两行\n名称"\t张三\t2h\n写,稿\t李四\t坏\n', today=TODAY)
    assert [(row.title, row.estimate_minutes) for row in found.rows] == [("两行\n名称", 120), ("写,稿", None)]
    assert [(problem.row, problem.column) for problem in found.problems] == [(3, "工时")]
    with pytest.raises(ReadError):
        read_pasted(" \n", today=TODAY)


def test_ten_thousand_rows_are_read_with_progress_in_time() -> None:
    head = "序号,任务名称,负责人,目标关联度,紧急程度,耗时预估,截止时间,前置任务\n"
    rows = "".join(
        f"{n},任务{n} 复盘,张三/李四,{n % 5 + 1},{'高中低'[n % 3]},2.5小时,11月30日,{n - 1 if n > 1 else ''}\n"
        for n in range(1, 10_001)
    )
    seen: list[tuple[int, int]] = []
    begun = datetime.now(UTC)
    found = read_file(
        (head + rows).encode("gb18030"), "a.csv", today=TODAY, progress=lambda *told: seen.append(told)
    )
    assert (datetime.now(UTC) - begun).total_seconds() < 30
    assert len(found.rows) == 10_000
    assert found.rows[-1].depends_on == ("任务9999 复盘",)
    assert not found.problems
    assert len(seen) >= 40
    assert seen == sorted(seen)


def test_a_time_alone_is_no_due_date() -> None:
    memory = io.BytesIO()
    with xlsxwriter.Workbook(memory, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["任务", "截止时间", "负责人"])
        sheet.write_string(1, 0, "写稿")
        sheet.write_datetime(1, 1, time(18), book.add_format({"num_format": "h:mm"}))
    found = read_file(memory.getvalue(), "a.xlsx", today=TODAY)
    assert [(problem.row, problem.column, problem.code) for problem in found.problems] == [
        (2, "截止时间", "not_a_date")
    ]
