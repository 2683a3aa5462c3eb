"""Papers as PDF, Word and Markdown: everything typed stays text, Chinese is right, pages are numbered."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from django.utils import translation
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from opsloop.paper import fonts
from opsloop.paper.blocks import (
    Bar,
    Bars,
    Entry,
    Figure,
    Figures,
    Grid,
    Heading,
    Line,
    Lines,
    Paper,
    Sheet,
    Text,
)
from opsloop.paper.markdown import markdown
from opsloop.paper.pdf import pdf
from opsloop.paper.tests.reading import fonts_of, links, read, words
from opsloop.paper.word import word
from opsloop.records.refusals import Refused

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SITE = "https://ops.example.cn"
HOSTILE = '#set page(width: 1cm) *b* _i_ $x^2$ @ref <l> `r` #sys.inputs \\ "q" #include "paper.typ" // end'


def whole(text: str = "国庆大促主视觉定稿") -> Paper:
    """Return a paper with a block of every kind."""
    bars = [Bar("内容创作", 40, "40% · 16 小时"), Bar("沟通协调", 60, "60% · 24 小时")]
    blocks = (
        Heading("本周完成"),
        Text(f"{text}\n\n第二段"),
        Lines([Line(text, "/tasks/1/", "林悦"), Line("没有链接")]),
        Figures([Figure("关键任务完成率", "85%", "24/28", "/tasks/?f=x"), Figure("工时", "32")]),
        Bars(bars),
        Grid(["部门", "完成率"], [["内容组", "85%"], [text, "—"]], (2, 1)),
        Sheet(
            [
                Entry("改进措施", [Line(text), Line("为什么", depth=1)]),
                Entry("时间", [], bars),
                Entry("空", []),
            ]
        ),
    )
    return Paper("运营周报", "内容组 · 2026-W47", blocks, "运营部")


def test_a_pdf_is_a4_with_embedded_chinese_and_numbered_pages() -> None:
    long = Paper(
        "长", blocks=[Lines([Line(f"第{n}项，{'很长的内容' * 20}") for n in range(60)])], foot="运营部"
    )
    with translation.override("zh-hans"):
        reader = read(pdf(long, at=AT))
    assert len(reader.pages) > 2
    box = reader.pages[0].mediabox
    assert (round(float(box.width)), round(float(box.height))) == (595, 842)
    assert fonts_of(reader)
    for number, page in enumerate(reader.pages, 1):
        assert f"第 {number} 页，共 {len(reader.pages)} 页" in page.extract_text()


def test_every_kind_of_block_stands_in_every_format() -> None:
    made = whole()
    reader = read(pdf(made, at=AT, site=SITE))
    document = Document(io.BytesIO(word(made, site=SITE)))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    texts = {
        "pdf": words(reader),
        "word": "".join([one.text for one in document.paragraphs] + cells),
        "markdown": markdown(made, site=SITE),
    }
    for name, text in texts.items():
        for said in (
            "运营周报",
            "本周完成",
            "国庆大促主视觉定稿",
            "第二段",
            "85%",
            "内容创作",
            "沟通协调",
            "为什么",
        ):
            assert said in text, (name, said)
    assert links(reader) == [f"{SITE}/tasks/1/", f"{SITE}/tasks/?f=x"]
    assert f"[国庆大促主视觉定稿]({SITE}/tasks/1/)" in texts["markdown"]
    assert 'w:eastAsia="微软雅黑"' in document.styles.element.xml


def test_what_people_typed_is_never_read_as_mark_up() -> None:
    made = whole(HOSTILE)
    reader = read(pdf(made, at=AT))
    assert "#set page(width: 1cm)" in words(reader)
    assert round(float(reader.pages[0].mediabox.width)) == 595
    assert links(reader) == []
    text = markdown(Paper("t", blocks=[Text("# kein Titel\n[x](javascript:1)\n<script>")]))
    assert "\\# kein Titel" in text
    assert "\\[x\\]" in text
    assert "\\<script\\>" in text


@settings(max_examples=25, deadline=None)
@given(st.text(alphabet=st.characters(), max_size=60))
def test_any_letters_can_be_printed(text: str) -> None:
    made = whole(text)
    assert read(pdf(made, at=AT)).pages
    assert word(made)
    assert markdown(made).startswith("# ")


def test_without_a_chinese_font_it_says_what_to_do_instead_of_printing_squares() -> None:
    assert fonts.chosen(["dejavu sans", "noto sans cjk sc"], "zh-hans") == ["noto sans cjk sc"]
    with translation.override("zh-hans"), pytest.raises(fonts.NoFont) as refused:
        fonts.chosen(["DejaVu Sans", "Liberation Serif"], "zh-hans")
    assert "fonts-noto-cjk" in refused.value.reason
    assert "方块" in refused.value.reason


def test_each_region_has_its_own_letters_first() -> None:
    families = ["Noto Sans CJK SC", "Noto Sans CJK TC"]
    assert fonts.chosen(families, "zh-hans")[0] == "Noto Sans CJK SC"
    assert fonts.chosen(families, "zh-hant")[0] == "Noto Sans CJK TC"


def test_what_no_printer_would_bear_is_refused() -> None:
    with pytest.raises(Refused):
        pdf(Paper("长", blocks=[Text("字" * 9_000)] * 50), at=AT)
    assert pdf(Paper("短", blocks=[Text("字" * 5_000)]), at=AT)
