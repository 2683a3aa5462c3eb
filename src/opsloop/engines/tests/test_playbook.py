"""Templates on the calendar, and templates as text."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines.playbook import (
    Node,
    Outline,
    Step,
    has_circle,
    lay_out,
    numbers,
    parents,
    span,
    tidy_levels,
    workdays_between,
)
from opsloop.engines.playbookfile import BadLineError, read
from opsloop.engines.workcalendar import china

CALENDAR = china([2026])
steps = st.builds(
    Step, title=st.just("一步"), offset=st.integers(0, 40), days=st.integers(1, 15), from_due=st.booleans()
)
outlines = st.builds(Outline, name=st.just("模板"), steps=st.lists(steps, max_size=8).map(tuple))
days = st.integers(0, 250).map(lambda n: date(2026, 2, 1) + timedelta(days=n))


def test_the_national_holiday_is_jumped_and_the_make_up_days_are_worked() -> None:
    """Friday 18 September: day 1 is Sunday the 20th, a make-up day; day 9 falls after 1 to 7 October."""
    outline = Outline(
        "大促", steps=(Step("一", offset=1), Step("二", offset=9)), nodes=(Node("节点", offset=1),)
    )
    laid = lay_out(outline, date(2026, 9, 18), None, CALENDAR)
    assert [placed.due for placed in laid.steps] == [date(2026, 9, 20), date(2026, 10, 8)]
    assert laid.nodes == (date(2026, 9, 20),)


def test_a_step_counted_back_from_the_end_follows_it() -> None:
    outline = Outline("活动", steps=(Step("准备"), Step("走查", offset=2, days=2, from_due=True)))
    laid = lay_out(outline, date(2026, 11, 2), date(2026, 11, 30), CALENDAR)
    assert laid.steps[1].due == date(2026, 11, 26)
    assert laid.steps[1].start == date(2026, 11, 25)


@given(outlines, days, st.none() | days)
def test_everything_falls_on_working_days_and_not_before_the_start(
    outline: Outline, start: date, due: date | None
) -> None:
    laid = lay_out(outline, start, due, CALENDAR)
    for placed in laid.steps:
        assert CALENDAR.is_workday(placed.start)
        assert CALENDAR.is_workday(placed.due)
        assert laid.start <= placed.start <= placed.due
    assert laid.start >= start


@given(outlines, days, days)
def test_a_later_start_moves_nothing_forward(outline: Outline, one: date, other: date) -> None:
    early, late = sorted((one, other))
    before, after = (lay_out(outline, start, None, CALENDAR) for start in (early, late))
    assert all(a.due <= b.due for a, b in zip(before.steps, after.steps, strict=True))


@given(outlines, days)
def test_without_an_end_the_whole_is_as_long_as_its_steps(outline: Outline, start: date) -> None:
    laid = lay_out(outline, start, None, CALENDAR)
    assert len(CALENDAR.workdays(laid.start, laid.due)) == span(outline)
    assert all(placed.due <= laid.due for placed in laid.steps)


@given(st.lists(st.integers(-2, 9)))
def test_tidy_levels_make_an_outline(levels: list[int]) -> None:
    tidy = tidy_levels(levels)
    assert all(1 <= level <= 3 for level in tidy)
    assert not tidy or tidy[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(tidy))
    assert len(set(numbers(tidy))) == len(tidy)
    assert [parent is None for parent in parents(tidy)] == [level == 1 for level in tidy]


def test_numbers_and_parents_read_like_a_table_of_contents() -> None:
    levels = [1, 2, 3, 2, 1, 2]
    assert numbers(levels) == ["1", "1.1", "1.1.1", "1.2", "2", "2.1"]
    assert parents(levels) == [None, 0, 1, 0, None, 4]


def test_a_circle_is_found() -> None:
    assert has_circle([Step("一", after=(1,)), Step("二", after=(0,))])
    assert not has_circle([Step("一"), Step("二", after=(0,)), Step("三", after=(0, 1))])


def test_working_days_between_two_days() -> None:
    assert workdays_between(date(2026, 9, 30), date(2026, 10, 8), CALENDAR) == 1
    assert workdays_between(date(2026, 10, 8), date(2026, 9, 30), CALENDAR) == 0


TEXT = """
模板：双11大促
类型：项目
说明：从目标到复盘
角色：主负责人、设计
节点：需求收集 | 24小时 | 主负责人 | 产出 需求清单
节点：方案制定 | 48小时 | 接上一节点

// 一行说明
- 目标拆解 | 第1-2天 | 6小时 | 主负责人 | 关联5 | 紧急高 | 类别 活动策划 | #双11 #目标
  标准：目标拆到品类
  清单：核对去年；定口径
  - 拆到品类 | 第1天 | 90分钟 | 设计
- 走查 | 截止前3天 | 共2天 | 等1、1.1 | 关键节点
"""


def test_the_text_is_read_as_it_stands() -> None:
    outline = read(TEXT)
    first, action, last = outline.steps
    assert (outline.name, outline.is_project, outline.roles) == ("双11大促", True, ("主负责人", "设计"))
    assert (first.offset, first.days, first.minutes, first.importance, first.urgency) == (
        0,
        2,
        360,
        5,
        "high",
    )
    assert (first.category, first.tags) == ("活动策划", ("双11", "目标"))
    assert (first.deliverable, first.checklist) == ("目标拆到品类", ("核对去年", "定口径"))
    assert (action.level, action.minutes, action.role) == (2, 90, "设计")
    assert (last.from_due, last.offset, last.days, last.after, last.is_milestone) == (
        True,
        3,
        2,
        (0, 1),
        True,
    )
    assert outline.nodes == (
        Node("需求收集", "需求清单", "主负责人", 24), Node("方案制定", hours=48, follows=True),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [("第1天 | 90分钟 | 设计", "文案", 13), ("等1、1.1", "等9", 14), ("// 一行说明", "随便一行", 9)],
)
def test_what_is_not_understood_is_named_by_its_line(old: str, new: str, line: int) -> None:
    with pytest.raises(BadLineError) as bad:
        read(TEXT.replace(old, new))
    assert bad.value.line == line
