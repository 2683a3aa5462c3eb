"""Sheets as twenty departments keep them: what is a task on each, and which cells are bad."""

from __future__ import annotations

import time as time_module
from datetime import date, datetime, time

import pytest

from opsloop.engines.sheets import Cell, Grid, TaskSheet, read_tasks

TODAY = date(2026, 11, 23)


def sheet(text: str, merges: tuple[tuple[int, int, int, int], ...] = ()) -> Grid:
    """Return a grid from lines of cells between bars; \\n is a line break, empty cells are empty."""
    lines = [line.strip() for line in text.strip("\n").splitlines()]
    rows = tuple(
        tuple(cell.strip().replace("\\n", "\n") or None for cell in line.split("|")) if line else ()
        for line in lines
    )
    return Grid("表", rows, True, merges)


def read(text: str, merges: tuple[tuple[int, int, int, int], ...] = ()) -> TaskSheet:
    return read_tasks(sheet(text, merges), today=TODAY)


def titles(found: TaskSheet) -> list[str]:
    return [row.title for row in found.rows]


def bad(found: TaskSheet) -> list[tuple[int, str, str]]:
    return [(problem.row, problem.column, problem.code) for problem in found.problems]


def test_content_team_with_title_rows_and_numbers() -> None:
    found = read(
        """运营部2026年11月第4周工作计划
        填表人：张敏||填表日期：2026/11/23

        序号|工作事项|责任人|目标关联度|紧急程度|预估工时(h)|截止日期|前置任务|备注
        1|双十二选题会|张敏|5|高|2|11月24日||
        2|首页文案|李雷/韩梅梅|4|中|3.5|2026/11/26 12:00|1|含3个版本
        3|推文排期|李雷|3|低|1|11.27|1、2|
        |合计||||6.5||
        备注：工时含评审"""
    )
    assert titles(found) == ["双十二选题会", "首页文案", "推文排期"]
    assert not found.problems
    second = found.rows[1]
    assert (second.row, second.owner, second.collaborators) == (6, "李雷", ("韩梅梅",))
    assert (second.relevance, second.urgency, second.estimate_minutes) == (4, "medium", 210)
    assert second.due == datetime(2026, 11, 26, 12)
    assert found.rows[2].depends_on == ("双十二选题会", "首页文案")
    assert found.rows[2].due == date(2026, 11, 27)


def test_two_row_headings_with_merged_groups() -> None:
    found = read(
        """双12活动任务分解表
        序号|任务信息||人员||时间||工时（小时）|
        |任务|交付标准|主责|协作|开始|截止|预计|实际
        1|会场搭建|验收通过|王强|赵丽、孙浩|11/24|11/28|16|
        2|压测|峰值1万QPS|孙浩||11/29|11/30|8|2""",
        merges=((0, 0, 0, 8), (1, 0, 2, 0), (1, 1, 1, 2), (1, 3, 1, 4), (1, 5, 1, 6), (1, 7, 1, 8)),
    )
    first, second = found.rows
    assert (first.title, first.owner, first.collaborators) == ("会场搭建", "王强", ("赵丽", "孙浩"))
    assert (first.earliest, first.due, first.estimate_minutes) == (
        date(2026, 11, 24),
        date(2026, 11, 28),
        960,
    )
    assert second.actual_minutes == 120
    assert first.deliverable_standard == "验收通过"
    assert not found.problems


def test_two_row_headings_without_known_merges() -> None:
    found = read(
        """任务|负责人|计划||实际|
        ||开始|完成|开始|完成
        写方案|甲|11-23|11-25|11-24|
        评审|乙|11-25|11-26||"""
    )
    assert [(row.title, row.owner, row.earliest, row.due) for row in found.rows] == [
        ("写方案", "甲", date(2026, 11, 23), date(2026, 11, 25)),
        ("评审", "乙", date(2026, 11, 25), date(2026, 11, 26)),
    ]


def test_sections_and_subtotals_between_the_tasks() -> None:
    found = read(
        """任务名称|负责人|耗时预估|截止时间
        一、内容组
        写稿|张三|2h|11/25
        排版|张三|30min|11/25
        内容组小计||2.5|
        二、渠道组
        投放|李四|1天|11/27
        小计||8|
        总计||10.5|""",
    )
    assert titles(found) == ["写稿", "排版", "投放"]
    assert [row.estimate_minutes for row in found.rows] == [120, 30, 480]
    assert not found.problems


def test_merged_section_rows_are_no_tasks() -> None:
    found = read(
        """任务名称|负责人|耗时预估|截止时间
        用户运营
        社群日报|钱七|0.5|11/24
        数据运营
        看板维护|孙八|3|11/25""",
        merges=((1, 0, 1, 3), (3, 0, 3, 3)),
    )
    assert titles(found) == ["社群日报", "看板维护"]


def test_owner_and_category_merged_downwards_hold_for_every_row() -> None:
    found = read(
        """类别|任务|负责人|工时|截止
        内容|选题|张三|2|11/24
        |写稿||3|11/25
        |校对|李四|1|11/26
        活动|方案||8|""",
        merges=((1, 0, 3, 0), (1, 2, 2, 2), (3, 2, 4, 2), (3, 3, 4, 3), (3, 4, 4, 4)),
    )
    assert [row.owner for row in found.rows] == ["张三", "张三", "李四", "李四"]
    assert [row.category for row in found.rows] == ["内容", "内容", "内容", "活动"]
    assert found.rows[3].due == date(2026, 11, 26)


def test_an_effort_merged_over_tasks_is_not_counted_twice() -> None:
    found = read("任务|负责人|工时\n甲事|张三|6\n乙事|张三|", merges=((1, 2, 2, 2),))
    assert [row.estimate_minutes for row in found.rows] == [360, None]


def test_table_of_people_beside_the_tasks_is_not_read() -> None:
    found = read(
        """任务|截止日期|工时||姓名|部门|总工时
        写周报|11/27|2||张三|内容组|40
        盘库存|11/26|4||李四|渠道组|32
        ||||王五|数据组|38"""
    )
    assert [(row.title, row.owner, row.department) for row in found.rows] == [
        ("写周报", None, None),
        ("盘库存", None, None),
    ]
    assert not found.problems


def test_two_task_tables_side_by_side_are_both_read() -> None:
    found = read(
        """本周任务|负责人|截止||下周任务|负责人|截止
        写周报|张三|11/27||写月报|李四|12/4
        盘库存|王五|11/26||||"""
    )
    assert [(row.row, row.title, row.owner) for row in found.rows] == [
        (2, "写周报", "张三"),
        (3, "盘库存", "王五"),
        (2, "写月报", "李四"),
    ]


def test_a_blank_column_inside_a_table_does_not_cut_it() -> None:
    found = read(
        """任务|负责人||截止日期|紧急程度
        写周报|张三||11/27|高
        盘库存|王五||11/26|低"""
    )
    assert [(row.owner, row.urgency, row.due) for row in found.rows] == [
        ("张三", "high", date(2026, 11, 27)),
        ("王五", "low", date(2026, 11, 26)),
    ]


def test_headings_repeated_on_every_page_are_skipped() -> None:
    found = read(
        """任务|负责人|工时(h)
        甲事|张三|1
        任务|负责人|工时(h)
        乙事|李四|2

        任务|负责人|工时(h)
        丙事|王五|3"""
    )
    assert titles(found) == ["甲事", "乙事", "丙事"]


def test_a_second_table_below_has_its_own_columns() -> None:
    found = read(
        """本周完成
        事项|负责人|工时(h)
        写周报|张三|2

        下周计划
        事项|截止时间|负责人|预计耗时(分钟)
        拉数据|11/30|李四|90"""
    )
    assert [(row.title, row.owner, row.estimate_minutes) for row in found.rows] == [
        ("写周报", "张三", 120),
        ("拉数据", "李四", 90),
    ]


def test_traditional_chinese() -> None:
    found = read(
        """編號|任務名稱|經辦人|目標關聯度|緊急程度|預計耗時(小時)|完成時限|前置任務|備註
        OP-001|週報彙整|陳怡君|5|緊急|2|11月27日||
        OP-002|活動檢討|林志明|3|不緊急|1.5|12月1日|OP-001|"""
    )
    first, second = found.rows
    assert (first.number, first.title, first.owner, first.urgency) == ("OP-001", "週報彙整", "陳怡君", "high")
    assert (second.urgency, second.due, second.depends_on) == ("low", date(2026, 12, 1), ("週報彙整",))


def test_english() -> None:
    found = read(
        """Ops team – week 48
        #|Task|Assignee|Goal relevance (1-5)|Priority|Estimate (min)|Due date|Depends on|Notes
        1|Draft newsletter|Li Wei|4|P0|90|Nov 27||
        2|Send newsletter|Ann Lee, Bo Chen|5|Medium|30|27 Nov 2026 5:00 PM|Draft newsletter|after review
        Total|||||120|||"""
    )
    first, second = found.rows
    assert (first.owner, first.urgency, first.estimate_minutes) == ("Li Wei", "high", 90)
    assert (second.owner, second.collaborators) == ("Ann Lee", ("Bo Chen",))
    assert second.due == datetime(2026, 11, 27, 17)
    assert second.depends_on == ("Draft newsletter",)
    assert len(found.rows) == 2


def test_hints_below_the_headings_are_no_task() -> None:
    found = read(
        """任务名称*|负责人*|紧急程度|预计耗时|截止日期
        （必填）|（必填）|高/中/低|小时|格式：2026/11/30
        拍摄|周舟|中|3|2026/11/30"""
    )
    assert titles(found) == ["拍摄"]
    assert not found.problems


def test_every_bad_cell_is_named_and_its_row_kept() -> None:
    found = read(
        """任务名称|负责人|目标关联度|紧急程度|耗时预估|截止时间|前置任务
        甲|张三|7|高|2h|2026/11/30|
        乙|张三|4|非常|2-3小时|待定|甲
        丙|张三|3.5|中|-1|2026/2/30|没有的任务
        |张三|3|中|1|2026/11/30|
        丁|#N/A|#REF!|低|1h|05/06/2026|丁"""
    )
    assert titles(found) == ["甲", "乙", "丙", "丁"]
    assert bad(found) == [
        (2, "目标关联度", "relevance_out_of_range"),
        (3, "紧急程度", "not_an_urgency"),
        (3, "耗时预估", "duration_range"),
        (3, "截止时间", "not_a_date"),
        (4, "目标关联度", "relevance_out_of_range"),
        (4, "耗时预估", "duration_not_positive"),
        (4, "截止时间", "no_such_date"),
        (4, "前置任务", "unknown_prerequisite"),
        (5, "任务名称", "title_missing"),
        (6, "负责人", "error_cell"),
        (6, "目标关联度", "error_cell"),
        (6, "截止时间", "ambiguous_date"),
        (6, "前置任务", "depends_on_itself"),
    ]
    assert found.rows[2].relevance is None
    assert found.rows[2].depends_on == ("没有的任务",)


def test_titles_stay_word_for_word() -> None:
    strange = [
        "2h 冲刺复盘",
        "【紧急】  双空格",
        "=SUM(A1:A3) 教程",
        "合计表模板整理",
        "汇总10月数据",
        "备注规范修订",
        "📊周报（终版）",
        "ＡＢＣ　全角",
        "任务 A/B 测试",
    ]
    found = read_tasks(
        Grid("表", (("任务", "负责人", "工时"), *((title, "张三", 1.0) for title in strange))), today=TODAY
    )
    assert titles(found) == strange


def test_prefilled_empty_rows_are_blank() -> None:
    found = read(
        """序号|任务|负责人|状态
        1|写稿|张三|进行中
        2|||未开始
        3|||未开始"""
    )
    assert titles(found) == ["写稿"]
    assert not found.problems


def test_cells_typed_by_the_spreadsheet() -> None:
    rows: tuple[tuple[Cell, ...], ...] = (
        ("任务", "工时", "截止日期", "关联度", "前置任务", "序号"),
        ("甲", 1.5, datetime(2026, 11, 30, 18), 5.0, None, 1.0),
        ("乙", time(2, 30), date(2026, 12, 1), "4", 1.0, 2.0),
        (618.0, 2, 46356.0, 3, "1,2", 3.0),
    )
    found = read_tasks(Grid("表", rows), today=TODAY)
    assert [(r.title, r.estimate_minutes, r.due, r.relevance, r.depends_on) for r in found.rows] == [
        ("甲", 90, datetime(2026, 11, 30, 18), 5, ()),
        ("乙", 150, date(2026, 12, 1), 4, ("甲",)),
        ("618", 120, date(2026, 11, 30), 3, ("甲", "乙")),
    ]


def test_signatures_and_numbered_remarks_below_are_no_tasks() -> None:
    found = read(
        """任务|负责人|截止
        甲事|张三|11/25
        说明：会议纪要|李四|11/26
        制表人：张三|审核人：李四|2026/11/23
        说明：
        1、本表每周五更新
        2、逾期请说明"""
    )
    assert titles(found) == ["甲事", "说明：会议纪要"]


def test_a_name_above_repeated_headings_is_a_caption() -> None:
    found = read(
        """张三
        任务|截止|工时
        甲事|11/24|2
        李四
        任务|截止|工时
        乙事|11/24|2"""
    )
    assert titles(found) == ["甲事", "乙事"]


def test_a_column_of_dates_and_one_of_times_make_one_due() -> None:
    found = read(
        """任务|截止日期|截止时间|负责人
        甲事|2026/11/25|18:00|张三
        乙事|2026/11/26||李四"""
    )
    assert [row.due for row in found.rows] == [datetime(2026, 11, 25, 18), date(2026, 11, 26)]


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        (("11.23-11.25", "11.26"), "period"),
        (("2h", "30min"), "estimate"),
        (("11/25", "11/26"), "due"),
    ],
)
def test_a_heading_with_several_meanings_follows_its_cells(cells: tuple[str, str], field: str) -> None:
    found = read_tasks(
        Grid("表", (("事项", "时间", "责任人"), ("甲事", cells[0], "张三"), ("乙事", cells[1], "李四"))),
        today=TODAY,
    )
    assert found.mapping["时间"] == field
    assert not found.problems


def test_subtasks_are_the_tasks_where_tasks_are_merged_over_them() -> None:
    found = read(
        """任务|子任务|负责人|截止
        双12筹备|选品|张三|11/24
        |定价|李四|11/25""",
        merges=((1, 0, 2, 0),),
    )
    assert [(row.parent, row.title) for row in found.rows] == [("双12筹备", "选品"), ("双12筹备", "定价")]


def test_a_week_plan_gives_the_tasks_of_each_day() -> None:
    found = read(
        """周次|核心目标|周一|周二|周三|周四|周五|负责人|完成时限|进度标记
        2026-W48|提升活跃|09:00-11:00 选题会\\n□写稿|写稿|发布|||张三|2026-11-27|□进行中"""
    )
    assert [(row.title, row.owner, row.day, row.due) for row in found.rows] == [
        ("选题会", "张三", date(2026, 11, 23), date(2026, 11, 27)),
        ("写稿", "张三", date(2026, 11, 23), date(2026, 11, 27)),
        ("发布", "张三", date(2026, 11, 25), date(2026, 11, 27)),
    ]


def test_prerequisites_hold_titles_with_separators_numbers_and_quotes() -> None:
    found = read(
        """任务编号|任务|前置任务
        T-01|收集、整理素材|
        T-02|A/B测试，第一轮|T01
        T-03|发布|收集、整理素材、A/B测试，第一轮
        T-04|复盘|《发布》；1
        T-05|归档|1-3"""
    )
    assert [row.depends_on for row in found.rows] == [
        (),
        ("收集、整理素材",),
        ("收集、整理素材", "A/B测试，第一轮"),
        ("发布", "收集、整理素材"),
        ("收集、整理素材", "A/B测试，第一轮", "发布"),
    ]
    assert not found.problems


def test_fixed_times_take_day_and_length_from_the_row() -> None:
    found = read(
        """任务|工时|固定时间|可拆分|最早开始|截止时间
        周会|1h|周三 14:00-15:00|否||
        培训|2h|14:00|否||11/26
        访谈|1h|是|否|2026/11/25 09:00|
        其他|1h|否|是||
        坏的|1h|下午|是||"""
    )
    assert [(row.fixed_start, row.fixed_end) for row in found.rows] == [
        (datetime(2026, 11, 25, 14), datetime(2026, 11, 25, 15)),
        (datetime(2026, 11, 26, 14), datetime(2026, 11, 26, 16)),
        (datetime(2026, 11, 25, 9), datetime(2026, 11, 25, 10)),
        (None, None),
        (None, None),
    ]
    assert bad(found) == [(6, "固定时间", "fixed_time_without_clock")]


def test_relevance_in_words_counts_only_where_no_figure_stands() -> None:
    words = read("任务|目标关联度\n甲事|高\n乙事|中\n丙事|低")
    assert [row.relevance for row in words.rows] == [5, 3, 1]
    mixed = read("任务|目标关联度\n甲事|5\n乙事|高")
    assert bad(mixed) == [(3, "目标关联度", "not_a_relevance")]


def test_a_mapping_overrides_every_guess() -> None:
    grid = sheet("谁|干啥|几点交|多久|备注\n张三|写稿|11/25|2|私下")
    assert [problem.code for problem in read_tasks(grid, today=TODAY).problems] == ["no_headings"]
    given = {"谁": "owner", "干啥": "title", "几点交": "due", "多久": "estimate", "备注": ""}
    found = read_tasks(grid, today=TODAY, mapping=given)
    assert found.mapping == given
    row = found.rows[0]
    assert (row.title, row.owner, row.due, row.estimate_minutes, row.note) == (
        "写稿",
        "张三",
        date(2026, 11, 25),
        120,
        None,
    )


def test_a_mapping_to_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValueError, match="colour"):
        read_tasks(sheet("任务|颜色\n写稿|红"), today=TODAY, mapping={"颜色": "colour"})


def test_what_was_understood_can_be_given_again() -> None:
    grid = sheet("序号|事项|责任人|时间|工时(h)\n1|写稿|张三|11/25|2")
    found = read_tasks(grid, today=TODAY)
    assert read_tasks(grid, today=TODAY, mapping=found.mapping) == found


@pytest.mark.parametrize(
    ("heading", "cell", "minutes"),
    [
        ("预计耗时(h)", "2", 120),
        ("预计耗时（小时）", "1.5", 90),
        ("工时(小时)", "2.5小时", 150),
        ("耗时（分钟）", "45", 45),
        ("Estimate (min)", "45", 45),
        ("工时(人天)", "2", 960),
        ("预计工时/天", "0.5", 240),
        ("预估时长", "2", 120),
        ("耗时(h)", "30min", 30),
        ("预计分钟", "20", 20),
        ("Effort (days)", "1", 480),
        ("计划工时\n（单位：小时）", "3", 180),
    ],
)
def test_a_bare_number_counts_the_unit_of_its_heading(heading: str, cell: str, minutes: int) -> None:
    found = read_tasks(Grid("表", (("任务", "负责人", heading), ("甲事", "张三", cell))), today=TODAY)
    assert [row.estimate_minutes for row in found.rows] == [minutes]


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("事项", "title"), ("任务描述", "title"), ("工作内容", "title"), ("待办", "title"), ("標題", "title"),
        ("Summary", "title"), ("本周重点工作", "title"), ("责任人", "owner"), ("任务负责人", "owner"),
        ("經辦人", "owner"), ("DDL", "due"), ("第一责任人", "owner"),
        ("任务截止时间", "due"), ("要求完成日期", "due"), ("完成时限", "due"), ("Deadline", "due"),
        ("预估工时", "estimate"), ("耗时预估", "estimate"), ("预计耗时(h)", "estimate"),
        ("实际耗时", "actual"), ("重要性", "relevance"), ("与目标的关联度", "relevance"),
        ("紧急程度（高/中/低）", "urgency"), ("优先级", "urgency"), ("优先级排序", "rank"),
        ("任务优先级", "urgency"), ("依赖任务", "depends_on"), ("前置任务编号", "depends_on"),
        ("最早开始时间", "earliest"), ("协作人", "collaborators"), ("配合人员", "collaborators"),
        ("任务ID", "number"), ("序号", "index"), ("所属项目", "project"), ("责任部门", "department"),
        ("验收标准", "deliverable_standard"), ("当前状态", "status"), ("是否可拆分", "splittable"),
        ("固定时间", "fixed_time"), ("起止时间", "period"), ("完成进度", "progress"), ("标签", "tags"),
        ("  负 责 人 ", "owner"), ("*截止日期", "due"), ("截止日期：", "due"), ("Due Date", "due"),
        ("Task owner", "owner"), ("Planned start date", "earliest"), ("实际完成时间", "actual_end"),
    ],
)  # fmt: skip
def test_a_heading_is_known_in_other_words(heading: str, field: str) -> None:
    from opsloop.engines.sheets.layout import meanings

    assert meanings(heading)[0].field == field


def test_a_cell_as_long_as_a_book_costs_no_more_than_its_length() -> None:
    begun = time_module.thread_time()
    assert not read("长" * 100_000).rows
    assert time_module.thread_time() - begun < 2
