"""Numbers read out of a goal: what is measured, from which value to which, until which day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines.language.goalcheck import quantify
from opsloop.engines.language.goalcheck.quantifying import deadline_day

TODAY = date(2026, 9, 16)


@pytest.mark.parametrize(
    ("text", "measure", "start", "target", "unit", "due"),
    [
        ("12月用户满意度评分从85分提升至90分", "用户满意度评分", "85", "90", "分", "2026-12-31"),
        ("三季度销售额从800万元提升至1,000万元", "销售额", "800", "1000", "万元", "2026-09-30"),
        ("2026年底前会员数从12万增长至20万", "会员数", "12", "20", "万", "2026-12-31"),
        ("9月25日前获客成本从68元降至55元", "获客成本", "68", "55", "元", "2026-09-25"),
        ("三季度投放投入产出比从2.1提升至2.6", "投放投入产出比", "2.1", "2.6", "", "2026-09-30"),
        ("2026年Q4客诉24小时答复率从82%提升至95%", "客诉24小时答复率", "82", "95", "%", "2026-12-31"),
        ("满意度85分提升到90分", "满意度", "85", "90", "分", None),
        ("本月内投诉率降到1.5%以下", "投诉率", None, "1.5", "%", "2026-09-30"),
        ("30天内上线三个页面", "页面", "0", "3", "个", "2026-10-16"),
        ("10月销售额达到90万元", "销售额", None, "90", "万元", "2026-10-31"),
        ("by end of October raise NPS from 30 to 45", "NPS", "30", "45", "", "2026-10-31"),
        ("下季度复购率提升5个百分点", "复购率", None, None, "个百分点", "2026-12-31"),
        ("提升用户满意度", "用户满意度", None, None, "", None),
        ("双11前上线20个页面", "页面", "0", "20", "个", None),
    ],
)
def test_a_measure_is_read_with_its_values_and_its_day(text, measure, start, target, unit, due):
    found = quantify(text, today=TODAY)
    assert found.measure == measure
    assert found.start == (Decimal(start) if start else None)
    assert found.target == (Decimal(target) if target else None)
    assert found.unit == unit
    assert found.due == (date.fromisoformat(due) if due else None)
    assert found.is_measured == (target is not None)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("7月", "2027-07-31"),  # July is over: next year's is meant
        ("2026年7月", "2026-07-31"),
        ("2月30日前", None),
        ("10月上旬", "2026-10-10"),
        ("8月中旬", "2027-08-20"),
        ("上半年", "2027-06-30"),
        ("明年上半年", "2027-06-30"),
        ("本周内", "2026-09-20"),
        ("下周", "2026-09-27"),
        ("下个月底", "2026-10-31"),
        ("年底前", "2026-12-31"),
        ("明年底", "2027-12-31"),
        ("Q3", "2026-09-30"),
        ("2026-12-31前", "2026-12-31"),
        ("双11前", None),
    ],
)
def test_a_deadline_allows_its_last_day(text, day):
    assert deadline_day(text, TODAY) == (date.fromisoformat(day) if day else None)


@given(st.text(max_size=80), st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 1, 1)))
def test_no_text_and_no_day_breaks_the_reading(text, today):
    quantify(text, today=today)
    deadline_day(text, today)


@given(
    st.text(alphabet="0123456789年月日季度上下半前底内周天个Q提升至从到降万元%分.,-/ ", max_size=40),
    st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 1, 1)),
)
def test_no_heap_of_figures_breaks_the_reading(text, today):
    found = quantify(text, today=today)
    assert found.due is None or 2000 <= found.due.year <= 2100
