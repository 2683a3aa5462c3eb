"""Tables out: the methodology's headings, ready to print, inert, and readable again."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsloop.engines.sheets import TaskRow, read_tasks, tables
from opsloop.engines.sheets.tables import Table
from opsloop.exchange import workbooks
from opsloop.exchange.reading import read_file, read_workbook
from opsloop.exchange.texts import rows_of
from opsloop.records.cells import guarded

DAY = date(2026, 11, 23)
END = datetime(2026, 11, 27, 18)

HEADINGS = {
    "每日工作计划表": "日期 任务名称 负责人 优先级 预计耗时 实际耗时 完成状态 备注",
    "周工作计划表": "周次 核心目标 周一 周二 周三 周四 周五 负责人 完成时限 进度标记",
    "任务优先级排序表": "任务名称 目标关联度 紧急程度 耗时预估 优先级排序 处理建议",
    "日常运营任务跟踪表": "任务ID 任务名称 所属部门 负责人 起止时间 优先级 当前状态 关键节点 实际完成情况 备注",
    "任务分配表": "任务ID 任务名称 所属项目 负责人 协作人 开始时间 截止时间 优先级 交付标准",
}


def all_five() -> list[Table]:
    return [
        tables.daily_plan(
            [
                tables.DailyLine(DAY, "写周报", "张三", "high", 150, 100, "done", "已发"),
                tables.DailyLine(DAY, "=排版", "李四", None, 20, None, "not_started", None),
            ],
            subtitle="张三 2026-11-23",
        ),
        tables.weekly_plan(
            [
                tables.WeekLine(
                    "2026-W48", "提升活跃", {0: "写周报\n排版", 2: "发布"}, "张三", END, "in_progress"
                )
            ]
        ),
        tables.ranking(
            [
                tables.RankedLine("写周报", 5, "high", 100, 1, "now"),
                tables.RankedLine("排版", None, None, None, 2, "defer"),
            ]
        ),
        tables.tracking(
            [
                tables.TrackedLine(
                    "OP-001",
                    "写周报",
                    "运营部",
                    "张三",
                    DAY,
                    END,
                    "low",
                    "delayed",
                    "初稿",
                    "完成一半",
                    "等数据",
                ),
                tables.TrackedLine("OP-002", "排版", start=DAY),
                tables.TrackedLine("OP-003", "发布", end=END),
            ]
        ),
        tables.assignment(
            [
                tables.AssignedLine(
                    "RW20261123", "@写周报", "双12", "张三", ("李四", "王五"), DAY, END, "medium", "领导确认"
                ),
                tables.AssignedLine("RW20261124", "排版", due=DAY),
            ]
        ),
    ]


def read_back(table: Table, *, text: bool = False) -> tuple[TaskRow, ...]:
    if text:
        memory = io.BytesIO()
        workbooks.write_csv(table, memory)
        found = read_file(memory.getvalue(), "a.csv", today=DAY)
    else:
        found = read_file(workbooks.workbook([table]), "a.xlsx", today=DAY)
    assert not found.problems
    return found.rows


@pytest.mark.parametrize("table", all_five(), ids=lambda table: table.title)
def test_the_headings_are_exactly_the_methodology_s(table: Table) -> None:
    assert [column.heading for column in table.columns] == HEADINGS[table.title].split()


@pytest.mark.parametrize("text", [False, True], ids=["xlsx", "csv"])
def test_every_table_comes_back_as_it_went(*, text: bool) -> None:
    daily, weekly, ranked, tracked, assigned = (read_back(table, text=text) for table in all_five())
    assert [
        (r.day, r.title, r.owner, r.urgency, r.estimate_minutes, r.actual_minutes, r.status, r.note)
        for r in daily
    ] == [
        (DAY, "写周报", "张三", "high", 150, 100, "done", "已发"),
        (DAY, "=排版", "李四", None, 20, None, "not_started", None),
    ]
    assert [(r.title, r.owner, r.day, r.due, r.goal) for r in weekly] == [
        ("写周报", "张三", DAY, END, "提升活跃"),
        ("排版", "张三", DAY, END, "提升活跃"),
        ("发布", "张三", date(2026, 11, 25), END, "提升活跃"),
    ]
    assert [(r.title, r.relevance, r.urgency, r.estimate_minutes, r.rank, r.disposal) for r in ranked] == [
        ("写周报", 5, "high", 100, "1", "立即"),
        ("排版", None, None, None, "2", "暂缓"),
    ]
    first = tracked[0]
    assert (first.number, first.title, first.department, first.owner) == (
        "OP-001",
        "写周报",
        "运营部",
        "张三",
    )
    assert (first.earliest, first.due, first.urgency, first.status) == (DAY, END, "low", "delayed")
    assert (first.key_node, first.outcome, first.note) == ("初稿", "完成一半", "等数据")
    assert [(r.earliest, r.due) for r in tracked[1:]] == [(DAY, None), (None, END)]
    first, second = assigned
    assert (first.number, first.title, first.project, first.owner) == (
        "RW20261123",
        "@写周报",
        "双12",
        "张三",
    )
    assert (first.collaborators, first.earliest, first.due) == (("李四", "王五"), DAY, END)
    assert (first.urgency, first.deliverable_standard, second.due) == ("medium", "领导确认", DAY)


def test_a_weekend_day_gets_a_column_only_when_something_is_planned_on_it() -> None:
    table = tables.weekly_plan([tables.WeekLine("2026-W41", None, {5: "补班"})])
    assert [column.heading for column in table.columns][6:9] == ["周五", "周六", "负责人"]


def test_it_is_ready_to_print_on_a4() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbooks.workbook(all_five())))
    for sheet in book:
        head = 3 if sheet.title == "每日工作计划表" else 2
        assert sheet.page_setup.paperSize == "9" or sheet.page_setup.paperSize == 9
        assert sheet.page_setup.fitToWidth in (None, 1)
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.print_title_rows == f"${head}:${head}"
        assert sheet.freeze_panes == f"A{head + 1}"
        assert "&P" in sheet.oddFooter.center.text
        assert sheet.auto_filter.ref.startswith(f"A{head}:")
    assert book["任务优先级排序表"].page_setup.orientation != "landscape"
    assert book["任务分配表"].page_setup.orientation == "landscape"
    assert book["每日工作计划表"].data_validations.dataValidation


DANGER = st.sampled_from(["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", "'", "'="])
ANYTHING = st.text(
    st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00\ufffe\uffff"), max_size=30
)


@settings(max_examples=30)
@given(st.lists(st.tuples(DANGER, ANYTHING).map("".join), min_size=1, max_size=40))
def test_no_cell_of_a_workbook_is_a_formula_or_a_link(cells: list[str]) -> None:
    table = Table("表", (tables.Column("任务", "long"),), tuple((cell,) for cell in cells))
    made = workbooks.workbook([table])
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
        assert b"<f" not in sheet.replace(b"<fitTo", b"")
        assert b"hyperlink" not in sheet
    book = openpyxl.load_workbook(io.BytesIO(made))
    for row in book.active.iter_rows(min_row=3):
        assert row[0].data_type != "f"
        assert row[0].quotePrefix or not str(row[0].value).startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.lists(st.tuples(DANGER, ANYTHING).map("".join), min_size=1, max_size=20))
def test_no_cell_of_a_text_table_begins_like_a_formula_and_all_come_back(cells: list[str]) -> None:
    table = Table("表", (tables.Column("任务"), tables.Column("x")), tuple((cell, "1") for cell in cells))
    memory = io.BytesIO()
    workbooks.write_csv(table, memory)
    rows = rows_of(memory.getvalue().decode("utf-8-sig"), ",")
    assert [row[0] for row in rows[1:]] == cells
    for cell in cells:
        assert not guarded(cell).startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))


def test_titles_come_back_word_for_word() -> None:
    strange = [
        "=SUM(A1)",
        "@全员",
        "+1 打卡",
        "-",
        "'引号",
        "_x0041_",
        "a&b<c>",
        "📊 周报",
        "两行\n名称",
        "＝全角",
        "字" * 300,
    ]
    table = tables.ranking([tables.RankedLine(title, 3, "high", 60, 1, "now") for title in strange])
    for text in (False, True):
        memory = io.BytesIO()
        workbooks.write_csv(table, memory)
        data, name = (memory.getvalue(), "a.csv") if text else (workbooks.workbook([table]), "a.xlsx")
        found = read_file(data, name, today=DAY)
        assert [row.title for row in found.rows] == [title for title in strange if title != "-"]


def test_sheet_names_are_ones_a_spreadsheet_accepts() -> None:
    wanted = ["a/b:c", "a b c", "History", "", "长" * 40, "长" * 40, "'x'"]
    grids = read_workbook(
        workbooks.workbook([Table("表", (tables.Column("任务"),), (), name=name) for name in wanted])
    )
    names = [grid.name for grid in grids]
    assert len({name.casefold() for name in names}) == len(names)
    assert all(0 < len(name) <= 31 for name in names)


def test_what_no_file_can_hold_is_replaced() -> None:
    table = Table("表", (tables.Column("任务"),), (("a\ud800b\uffff\x00\x07",), ("x" * 40_000,)))
    grid = read_workbook(workbooks.workbook([table]))[0]
    assert str(grid.rows[2][0]).startswith("a\ufffdb\ufffd")
    assert len(str(grid.rows[3][0])) == 32_767


def test_a_row_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="2 values"):
        Table("表", (tables.Column("任务"),), (("a", "b"),))


def test_a_path_is_replaced_only_by_a_whole_workbook(tmp_path: Path) -> None:
    path = tmp_path / "周.xlsx"
    path.write_bytes(b"old")

    def broken() -> object:
        yield all_five()[0]
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError):
        workbooks.write(broken(), path)  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
    workbooks.write(all_five(), path)
    assert len(read_workbook(path)) == 5
    assert [one.name for one in tmp_path.iterdir()] == ["周.xlsx"]


@given(st.integers(1, 100_000))
def test_a_duration_is_written_without_loss(minutes: int) -> None:
    table = tables.ranking([tables.RankedLine("写稿", 3, "high", minutes, 1, "now")])
    text = tables.minutes_text(minutes)
    found = read_tasks(_grid(table, text), today=DAY)
    assert found.rows[0].estimate_minutes == minutes


def _grid(table: Table, text: str) -> object:
    from opsloop.engines.sheets import Grid

    return Grid("表", (tuple(column.heading for column in table.columns), ("写稿", 3, "高", text, 1, "立即")))
