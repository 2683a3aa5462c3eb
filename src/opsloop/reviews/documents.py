"""A review as a Word document: the table of the methodology, ready to be sent and printed."""

from __future__ import annotations

import io
from typing import Any

from opsloop.engines.reviewing import Share
from opsloop.records.cells import readable
from opsloop.reviews.queries.facts import Facts
from opsloop.reviews.queries.sheet import Row, Sheet

FONT = "微软雅黑"
# The widths of heading and content on A4 with margins of 2 cm, in cm.
WIDTHS = (3.2, 13.8)
# How many characters a bar of 100 % has.
BAR = 25


def word(made: Sheet, facts: Facts) -> bytes:
    """Return the bytes of a .docx with the table of a review."""
    # Imported late: a server that writes no document need not hold its writer.
    from docx import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm

    document = Document()
    _set_up(document)
    title = document.add_paragraph(style="Title")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.add_run(readable(made.title))
    subject = document.add_paragraph(readable(made.subject))
    subject.alignment = WD_ALIGN_PARAGRAPH.CENTER
    table = document.add_table(rows=0, cols=2, style="Table Grid")
    table.autofit = False
    for row in made.rows:
        cells = table.add_row().cells
        for cell, width in zip(cells, WIDTHS, strict=True):
            cell.width = Cm(width)
        cells[0].paragraphs[0].add_run(row.heading).bold = True
        _fill(cells[1], row, facts)
    memory = io.BytesIO()
    document.save(memory)
    return memory.getvalue()


def _set_up(document: Any) -> None:
    """Use A4, and a font that has Chinese letters for every text; Word asks for it apart from the Latin one."""
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2)
    for name, size in (("Normal", 10.5), ("Title", 18)):
        style = document.styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), FONT)


def _fill(cell: Any, row: Row, facts: Facts) -> None:
    lines = [readable(line) for line in row.lines] or ["—"]
    if row.bars:
        lines = [*map(_bar, facts.kinds), *lines[len(facts.kinds) :]] or ["—"]
    cell.paragraphs[0].add_run(lines[0])
    for line in lines[1:]:
        cell.add_paragraph(line)


def _bar(share: Share) -> str:
    length = max(1, round(share.percent * BAR / 100))
    return readable(f"{'█' * length} {share.percent}%  {share.name}（{share.minutes / 60:.1f} 小时）")
