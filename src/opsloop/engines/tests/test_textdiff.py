"""What a correction changed, piece by piece."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines.textdiff import compare

texts = st.text(alphabet="一二三四五，。 0123:-\nab", max_size=60)


def side(old: str, new: str, kind: str) -> str:
    return "".join(piece.text for piece in compare(old, new) if piece.kind in {"same", kind})


@given(texts, texts)
def test_both_texts_can_be_read_from_the_pieces(old: str, new: str) -> None:
    assert side(old, new, "gone") == old
    assert side(old, new, "new") == new


@given(texts)
def test_the_same_text_is_one_piece_that_stayed(text: str) -> None:
    assert [piece.kind for piece in compare(text, text)] == (["same"] if text else [])


def test_a_time_is_changed_as_a_whole() -> None:
    pieces = compare("请于 18:00 前提交", "请于 17:30 前提交")
    assert [(piece.kind, piece.text) for piece in pieces] == [
        ("same", "请于 "), ("gone", "18:00"), ("new", "17:30"), ("same", " 前提交"),
    ]  # fmt: skip


def test_very_long_texts_are_compared_by_lines() -> None:
    old = "\n".join(f"第{n}行" for n in range(1500))
    pieces = compare(old, old.replace("第700行", "第七百行"))
    assert [piece.text.strip() for piece in pieces if piece.kind != "same"] == ["第700行", "第七百行"]
