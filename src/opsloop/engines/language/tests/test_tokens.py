"""The tokens of the search index and of its queries."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines.language.tokens import (
    MOST_CHARACTERS,
    MOST_READINGS,
    Term,
    fold,
    index_tokens,
    query_tokens,
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＯＰ－００１", "op-001"),
        ("訂單量", "订单量"),
        ("Café  \t報表", "café 报表"),
        ("e\u0301", "é"),
        ("零\u200b宽\x00度\ud800", "零宽度"),
        ("", ""),
    ],
)
def test_it_folds_what_search_takes_for_equal(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_it_cuts_chinese_into_pairs_that_end_with_the_last_character() -> None:
    assert index_tokens("活动方案").words == ("活动", "动方", "方案", "案")


def test_it_leaves_the_last_character_of_a_query_to_the_phrase() -> None:
    assert query_tokens("活动方案") == (Term(("活动", "动方", "方案"), None),)
    assert query_tokens("案") == (Term(("案",), None),)


def test_it_cuts_record_numbers_where_letters_meet_digits() -> None:
    assert index_tokens("RW20260007").words == ("rw", "20260007")
    assert query_tokens("OP-001")[0].words == query_tokens("op001")[0].words == ("op", "001")


def test_it_reads_polyphonic_characters_in_each_way() -> None:
    tokens = index_tokens("重庆银行")
    assert {"chongqingyinhang", "zhongqingyinxing"} <= set(tokens.pinyin)
    assert {"cqyh", "zqyx"} <= set(tokens.initials)


def test_it_types_umlauts_as_v() -> None:
    assert "lvse" in index_tokens("绿色").pinyin
    assert query_tokens("lüse")[0].latin == "lvse"


def test_it_takes_single_letters_and_bare_numbers_for_no_pinyin() -> None:
    assert query_tokens("h")[0].latin is None
    assert query_tokens("618")[0].latin is None


@given(st.text(max_size=300))
def test_every_part_of_a_title_is_a_phrase_of_its_tokens(title: str) -> None:
    words = index_tokens(title).words
    for term in query_tokens(title):
        *exact, last = term.words
        places = range(len(words) - len(exact))
        assert any(
            list(words[i : i + len(exact)]) == exact and words[i + len(exact)].startswith(last)
            for i in places
        )


@given(st.text(st.sampled_from("重行长乐单会调率ab1 "), max_size=200))
def test_it_keeps_few_readings_however_polyphonic_a_title(title: str) -> None:
    tokens = index_tokens(title)
    assert len(tokens.pinyin) <= MOST_READINGS * 200
    assert all(len(typed) <= 18 for typed in tokens.pinyin)


def test_it_stops_where_nobody_searches() -> None:
    assert len(index_tokens("长" * 50_000, ["文" * 50_000] * 20).words) == MOST_CHARACTERS
