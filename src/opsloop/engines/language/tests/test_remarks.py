"""What is understood of a comment: names after @, links, quotations; everything else stays text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines.language.remarks import beginnings, blocks, handles, named, quoted

NAMES = {"温雅": [1], "温雅如": [2], "李娜": [3, 4]}
ACCOUNTS = {"wen": 1, "lina": 3, "lina2": 4}


@pytest.mark.parametrize(
    ("text", "ids", "ambiguous"),
    [
        ("@温雅 看一下", (1,), ()),
        ("@温雅请看一下", (1,), ()),
        ("＠温雅，请看", (1,), ()),
        ("@温雅如 看一下", (2,), ()),
        ("请@温雅和@温雅如一起看", (1, 2), ()),
        ("@李娜 看", (), ("李娜",)),
        ("@李娜(lina2) 看", (4,), ()),
        ("@李娜（LINA） 看", (3,), ()),
        ("@李娜(wen) 看", (), ("李娜",)),
        ("@wen 看", (1,), ()),
        ("@Wen, 看", (1,), ()),
        ("写信到 kf@wen.example", (), ()),
        ("@没有这个人", (), ()),
        ("@", (), ()),
    ],
)
def test_it_finds_who_is_named(text: str, ids: tuple[int, ...], ambiguous: tuple[str, ...]) -> None:
    found = handles(text)
    meant = named(found, NAMES, ACCOUNTS)
    assert (meant.ids, meant.ambiguous) == (ids, ambiguous)


def test_every_possible_name_is_asked_for() -> None:
    assert {"温", "温雅", "温雅请"} == beginnings(["温雅请"])


def test_it_marks_links_names_and_quotations() -> None:
    made = blocks("> 原话\n@温雅 见 https://a.example/x?y=1。再看 http://b.example.", ["温雅"])
    assert [block.is_quote for block in made] == [True, False]
    said = [(run.kind, run.text) for run in made[1].lines[0]]
    assert said == [
        ("name", "@温雅"), ("text", " 见 "), ("link", "https://a.example/x?y=1"), ("text", "。再看 "),
        ("link", "http://b.example"), ("text", "."),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "ftp://a"])
def test_only_web_addresses_become_links(text: str) -> None:
    assert {run.kind for block in blocks(text) for line in block.lines for run in line} == {"text"}


@given(st.text())
def test_nothing_of_a_comment_is_lost(text: str) -> None:
    lines = ["".join(run.text for run in line) for block in blocks(text, ["温雅"]) for line in block.lines]
    said = [
        line[1:].lstrip() if line.startswith((">", "＞")) else line
        for line in text.replace("\r\n", "\n").split("\n")
    ]
    assert lines == said


def test_a_quotation_leaves_older_ones_out() -> None:
    assert quoted("> 更早\n这句\n\n那句") == "> 这句\n> 那句"
