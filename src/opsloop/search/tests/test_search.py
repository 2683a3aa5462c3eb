"""What search finds and in which order, on the connected database."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opsloop.search import actions, queries
from opsloop.search.models import Entry

pytestmark = pytest.mark.django_db

TITLES = {
    1: "双十一活动方案",
    2: "活动复盘会议",
    3: "Q4 GMV报表",
    4: "重庆银行对账",
    5: "客户满意度调研",
    6: "整理供应商名录",
    7: "乐器行业分析",
    8: "A/B测试结论 🎉",
    9: "绿色包装采购",
    10: "活动",
}
TEXTS = {1: ["OP-001", "含预算与排期"], 2: ["RW20260007"], 5: ["OP-002", "用户访谈活动记录"]}


@pytest.fixture(autouse=True)
def _tasks(db: None) -> None:
    records = [actions.Searchable(pk, title, TEXTS.get(pk, [])) for pk, title in TITLES.items()]
    actions.index_many(kind="task", records=records)
    actions.index(kind="goal", object_id=1, title="活动目标")


def found(query: str) -> set[int]:
    return set(queries.matching("task", query))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("活动", {1, 2, 5, 10}),
        ("动方", {1}),
        ("方案", {1}),
        ("活", {1, 2, 5, 10}),
        ("案", {1}),
        ("双十一活动方案", {1}),
        ("活动 方案", {1}),
        ("方案活动", set()),
        ("調研", {5}),
        ("滿意度", {5}),
        ("供應商", {6}),
        ("gmv", {3}),
        ("ＧＭＶ", {3}),
        ("gmv报表", {3}),
        ("GM", {3}),
        ("q4", {3}),
        ("a/b测试", {8}),
        ("🎉", {8}),
        ("OP-001", {1}),
        ("op001", {1}),
        ("ＯＰ－００１", {1}),
        ("001", {1}),
        ("op", {1, 5}),
        ("rw2026", {2}),
        ("RW20260007", {2}),
        ("huodongfangan", {1}),
        ("huodong fang", {1}),
        ("huodong", {1, 2, 10}),
        ("huodongf", {1, 2}),
        ("huodongfa", {1}),
        ("hdfa", {1}),
        ("ssyhd", {1}),
        ("hdfp", {2}),
        ("chongqing", {4}),
        ("cqyh", {4}),
        ("yinhang", {4}),
        ("yueqi", {7}),
        ("lvse", {9}),
        ("lüse", {9}),
        ("gmvbaobiao", {3}),
        ("xyz", set()),
        ("", set()),
        ("  ", set()),
        ("%", set()),
        ('"', set()),
        ("活动 OR 测试", set()),
    ],
)
def test_it_finds(query: str, expected: set[int]) -> None:
    assert found(query) == expected


def test_it_finds_traditional_titles_by_simplified_words() -> None:
    actions.index(kind="task", object_id=20, title="庫存週轉檢討", texts=["倉儲"])
    assert found("库存周转") == found("檢討") == found("仓储") == found("kczz") == {20}


def test_it_keeps_kinds_apart() -> None:
    assert list(queries.matching("goal", "活动")) == [1]


def test_it_ranks_exact_before_beginning_before_title_before_text() -> None:
    assert queries.ranked("task", "活动", 10) == [10, 2, 1, 5]


def test_it_ranks_words_before_pinyin_before_initials() -> None:
    actions.index(kind="task", object_id=21, title="hd大屏")
    actions.index(kind="task", object_id=22, title="高德地图", texts=["hd地图"])
    actions.index(kind="task", object_id=23, title="换单")
    assert queries.ranked("task", "hd", 10)[:2] == [21, 22]
    assert set(queries.ranked("task", "hd", 10)) == {21, 22, 23, 1, 2, 10, 4}
    assert queries.ranked("task", "huodong", 10) == [10, 2, 1]


def test_it_ranks_no_more_than_asked_for() -> None:
    assert queries.ranked("task", "活动", 2) == [10, 2]
    assert queries.ranked("task", "", 5) == []


def test_it_finds_new_words_and_forgets_old_ones_after_a_change() -> None:
    actions.index(kind="task", object_id=1, title="年货节预案")
    assert found("双十一") == found("hdfa") == set()
    assert found("年货节") == found("nhj") == {1}


def test_it_forgets_removed_records() -> None:
    actions.remove(kind="task", object_id=10)
    actions.remove(kind="task", object_id=999)
    assert found("活动") == {1, 2, 5}
    assert list(queries.matching("goal", "活动")) == [1]


def test_it_writes_nothing_when_nothing_changed(django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        actions.index(kind="task", object_id=1, title=TITLES[1], texts=TEXTS[1])


def test_it_finds_nothing_across_the_border_of_title_and_text() -> None:
    actions.index(kind="task", object_id=30, title="检查库", texts=["存货清单"])
    assert 30 not in found("库存")
    assert 30 in found("存货")


def test_it_takes_the_last_of_two_records_with_one_id() -> None:
    twice = [actions.Searchable(40, "旧标题"), actions.Searchable(40, "新标题")]
    actions.index_many(kind="task", records=twice)
    assert found("旧标题") == set()
    assert found("新标题") == {40}


def test_it_filters_a_queryset_inside_another() -> None:
    inner = Entry.objects.filter(object_id__in=queries.matching("task", "方案"), kind="task")
    assert [entry.object_id for entry in inner] == [1]


HOSTILE = st.text(st.characters(), max_size=60)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=HOSTILE)
def test_it_takes_any_text_as_query_and_as_title(text: str) -> None:
    queries.ranked("task", text, 5)
    actions.index(kind="any", object_id=1, title=text, texts=[text])
    assert set(queries.matching("any", text)) <= {1}


def test_it_finds_a_very_long_title_by_its_beginning() -> None:
    actions.index(kind="task", object_id=50, title="超长标题" * 2000, texts=["文" * 30000])
    assert found("超长标题") == {50}
    assert queries.ranked("task", "超长标题", 3) == [50]
