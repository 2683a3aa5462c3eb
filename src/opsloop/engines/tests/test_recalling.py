"""Which lessons are recalled for which task."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines.recalling import Known, recall

LESSONS = [
    Known(1, "短视频脚本先过提纲", "口播尺度没对齐，返工两轮", 1),
    Known(2, "直播间投流预算分三段放", "首小时烧完预算，后面没有流量", 2),
    Known(3, "社群接龙活动规则一页纸", "规则太长没人看", 3),
    Known(4, "大促主视觉提前锁定文案", "文案改了五次，设计返工", 4),
    Known(5, "短信召回名单先剔除黑名单", "误发投诉用户", 3),
]


def test_a_like_task_recalls_the_lesson_and_says_by_which_words() -> None:
    found = recall("双11短视频脚本五条", 1, LESSONS)
    assert [one.pk for one in found] == [1]
    assert found[0].shared == ("短视频脚本",)
    assert found[0].same_kind


def test_what_shares_no_words_recalls_nothing_though_the_kind_agrees() -> None:
    assert recall("整理季度发票", 1, LESSONS) == []


def test_one_common_pair_is_not_enough() -> None:
    assert recall("预算", None, LESSONS) == []
    assert recall("预算分三段", None, LESSONS)[0].pk == 2


def test_what_others_found_useful_comes_first_among_equals() -> None:
    twins = [Known(1, "会员日预热", "", None), Known(2, "会员日预热", "", None, useful=4)]
    assert [one.pk for one in recall("会员日预热方案", None, twins)] == [2, 1]


@given(st.text(max_size=30), st.lists(st.tuples(st.text(max_size=20), st.text(max_size=40)), max_size=8))
def test_any_text_gives_a_ranking_without_doubles(title: str, texts: list[tuple[str, str]]) -> None:
    lessons = [Known(pk, own, situation, None) for pk, (own, situation) in enumerate(texts)]
    found = recall(title, None, lessons)
    assert len({one.pk for one in found}) == len(found) <= 3
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
