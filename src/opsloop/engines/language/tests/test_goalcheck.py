"""The goal check against labelled goals of our own, and its promises for any text."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from opsloop.engines.language.goalcheck import check, report, vague_words

PARTS = {"m": "measure", "t": "target", "d": "deadline"}


def labelled() -> list[tuple[str, str, tuple[str, ...]]]:
    """Return (text, verdict, missing) of every case in the goalcheck_*.tsv files beside this one."""
    cases = []
    for path in sorted(Path(__file__).parent.glob("goalcheck_*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                verdict, missing, text = line.split("\t")
                cases.append((text, verdict, tuple(PARTS[letter] for letter in missing if letter != "-")))
    return cases


@pytest.mark.parametrize(("text", "verdict", "missing"), labelled())
def test_it_agrees_with_the_label(text: str, verdict: str, missing: tuple[str, ...]) -> None:
    result = check(text)
    assert (result.verdict, result.missing) == (verdict, missing)


def test_the_labels_cover_three_languages_and_verdicts_evenly() -> None:
    cases = labelled()
    assert len(cases) >= 570
    for verdict in ("smart", "incomplete", "vague"):
        assert sum(label == verdict for _, label, _ in cases) >= len(cases) / 4


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("尽快提升转化率", ["尽快"]),
        ("盡快提升轉換率", ["盡快"]),
        ("儘量減少客訴", ["儘量"]),
        ("尽量适当提升", ["尽量", "适当"]),
        ("大幅提升，进一步加强", ["大幅", "进一步", "加强"]),
        ("在一定程度上有所提升", ["一定程度上", "有所"]),
        ("Reply as soon as possible", ["as soon as possible"]),
        ("Do it ASAP and improve significantly", ["ASAP", "significantly"]),
        ("提升及时回复率至95%", []),
        ("及时回复客户", ["及时"]),
        ("Q3将满意度评分从85分提升至90分", []),
        ("Cut soonest-arrival costs", []),
    ],
)
def test_it_finds_vague_words_where_they_stand(text: str, words: list[str]) -> None:
    found = vague_words(text)
    assert [word.text for word in found] == words
    assert all(text[word.start : word.end] == word.text and word.proposal for word in found)


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("提升用户满意度", "用户满意度评分从【现值】提升至【目标值】，截止【日期】，负责人【姓名】"),
        ("提升用戶滿意度", "用戶滿意度評分從【現值】提升至【目標值】，截止【日期】，負責人【姓名】"),
        (
            "Improve customer satisfaction",
            "Increase customer satisfaction score from [current value] to [target value] by [date], owner [name]",
        ),
        ("大幅降低投诉率", "投诉率从【现值】降低至【目标值】，截止【日期】，负责人【姓名】"),
        ("目前满意度85分，需要提升", "满意度评分从85分提升至【目标值】，截止【日期】，负责人【姓名】"),
        ("Q3提升20%", "【指标】从【现值】提升20%，截止Q3，负责人【姓名】"),
        ("转化率提升15%", "转化率提升15%，截止【日期】，负责人【姓名】"),
        (
            "加强团队协作",
            "【指标，如协作单按时完成率】从【现值】提升至【目标值】，截止【日期】，负责人【姓名】",
        ),
        ("争取Q3 GMV达到100万", "Q3 GMV达到100万"),
        ("Q3 GMV达到100万", None),
        ("", None),
    ],
)
def test_it_suggests_the_quantified_form(text: str, suggestion: str | None) -> None:
    assert check(text).suggestion == suggestion


def test_it_speaks_the_language_asked_for() -> None:
    result = check("提升用户满意度", language="en")
    assert result.suggestion is not None
    assert "[target value]" in result.suggestion
    assert "by" in vague_words("尽快", language="en")[0].proposal
    assert report(result, language="zh-Hant").startswith("含糊")


def test_it_tells_where_each_piece_stands() -> None:
    text = "Q3将用户满意度评分从85分提升至90分"
    found = {piece.kind: piece.text for piece in check(text).found}
    assert found == {
        "deadline": "Q3",
        "measure": "用户满意度评分",
        "baseline": "85分",
        "target": "提升至90分",
    }


def test_it_reads_full_width_and_traditional_writing_alike() -> None:
    plain, wide = check("Q3将订单量提升15%"), check("Ｑ３將訂單量提升１５％")
    assert (plain.verdict, plain.missing) == (wide.verdict, wide.missing) == ("smart", ())


def test_it_gives_json_with_each_vague_word_once() -> None:
    assert check("尽快尽快提升订单量").as_json() == {
        "verdict": "vague",
        "missing": ["target", "deadline"],
        "vague_words": ["尽快"],
        "suggestion": "订单量从【现值】提升至【目标值】，截止【日期】，负责人【姓名】",
    }


GOAL_LIKE = st.lists(
    st.sampled_from(
        [
            *[
                "尽快",
                "大幅",
                "提升",
                "降低",
                "订单量",
                "用户",
                "满意度",
                "至",
                "从",
                "到",
                "90分",
                "15%",
                "3场",
                "Q3",
                "7月30日",
                "年底前",
                "每月",
                "24小时内",
                "响应率",
                "双11",
                "零投诉",
                "翻一番",
            ],
            *[
                "by",
                "to",
                "from",
                "20%",
                "the",
                "end",
                "of",
                "March",
                "Q2",
                "reduce",
                "response",
                "time",
                "within",
                "3",
                "hours",
                "as",
                "soon",
                "possible",
            ],
            " ",
            "，",
            "\ue000",
            "\ud800",
            "\x00",
        ]
    ),
    max_size=30,
).map("".join)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=120), GOAL_LIKE))
@example("")
@example("٣٪ ½ ㎡ İ ﬁ 𠮷")
def test_it_takes_any_text_and_points_into_it(text: str) -> None:
    result = check(text)
    assert (result.verdict == "smart") == (result.missing == ())
    assert (result.verdict == "vague") == ("target" in result.missing)
    for piece in (*result.found, *result.vague_words):
        assert text[piece.start : piece.end] == piece.text != ""
    report(result, language="zh-Hans")


@pytest.mark.parametrize(
    "text",
    [
        "Q3将用户满意度从85分提升至90分，",
        "1",
        "一",
        "率",
        "从",
        "a ",
        "increase ",
        "from 1 to ",
        "24小时内",
        "7月",
        "的",
        "尽快",
        " ",
        "1,",
        "1.",
        "较",
    ],
)
def test_its_time_grows_no_faster_than_the_text(text: str) -> None:
    def seconds(length: int) -> float:
        long = (text * length)[:length]
        started = time.process_time()
        check(long)
        return time.process_time() - started

    check(text)
    long = seconds(20_000)
    assert long < 4.0
    assert long < 40 * max(seconds(2_000), 0.005)
