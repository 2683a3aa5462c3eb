"""Whether a meeting is needed, in three languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines.language.necessity import PURPOSES, assess, words


@pytest.mark.parametrize(
    ("title", "objective", "path"),
    [
        ("双12预算", "确定双12的投放预算和负责人", "meeting"),
        ("雙12預算", "確定雙12的投放預算和負責人", "meeting"),
        ("Budget", "Decide the budget of December and who owns it", "meeting"),
        ("考勤新规", "告知全员12月起的打卡要求", "notice"),
        ("考勤新規", "通知全體同仁12月起的打卡要求", "notice"),
        ("New rule", "Let everybody know the new rule", "notice"),
        ("用户手册", "请大家审阅第三章，提意见", "comment"),
        ("Handbook", "Collect feedback on chapter three", "comment"),
        ("数据支持", "请数据组提供数据，11月30日前", "request"),
        ("Figures", "We need help from the data team", "request"),
        ("通报并评审", "通报上月数据，并评审下月方案", "meeting"),
        ("周会", "", "meeting"),
    ],
)
def test_words_say_what_would_do(title: str, objective: str, path: str) -> None:
    assert assess(title=title, objective=objective).path == path


def test_what_the_person_says_outweighs_the_words() -> None:
    said = {"title": "双12预算", "objective": "确定双12的投放预算"}
    assert assess(**said, purpose="inform").path == "notice"
    assert assess(title="通报考勤", objective="告知全员打卡要求", purpose="decide").path == "meeting"


def test_remarks_name_what_is_unclear() -> None:
    def codes(**said: object) -> set[str]:
        return {one.code for one in assess(**{"title": "x", "objective": "", **said}).remarks}  # type: ignore[arg-type]

    assert codes() == {"no_objective"}
    assert codes(objective="聊聊") == {"short_objective"}
    assert codes(objective="关于双12的想法") == {"topic_only"}
    assert "vague" in codes(objective="尽快确定双12的投放预算")
    assert codes(objective="确定双12的投放预算", deciders=0) == {"nobody_decides"}
    assert codes(objective="确定双12的投放预算", deciders=1, people=13) == {"many"}
    assert codes(objective="确定双12的投放预算", deciders=1, people=5) == set()
    assert assess(title="x", objective="确定双12的投放预算").is_clear


def test_no_word_stands_in_two_lists() -> None:
    lists = [set(words(name)) for name in PURPOSES]
    assert sum(map(len, lists)) == len(set().union(*lists))


@given(st.text(max_size=200), st.text(max_size=400), st.sampled_from(["", *PURPOSES]))
def test_any_text_is_read(title: str, objective: str, purpose: str) -> None:
    found = assess(title=title, objective=objective, purpose=purpose)
    assert all(word in f"{title}\n{objective}" for word in found.found)
