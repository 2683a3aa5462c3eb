"""Papers as Word documents, ready to be sent on, changed and printed."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from opsloop.paper.blocks import Bar, Bars, Figures, Grid, Heading, Line, Lines, Paper, Sheet, Text
from opsloop.records.cells import readable

KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FONT = "微软雅黑"
# The widths of heading and content of a form on A4 with margins of 2 cm, in cm; together what a page has.
WIDTHS = (3.2, 13.8)
# How many characters a bar of 100 % has.
BAR = 25
FIGURES_IN_A_ROW = 4


def word(paper: Paper, *, site: str = "") -> bytes:
    """Return `paper` as the bytes of a .docx; `site` is what the addresses in it begin with, without one they go."""
    # Imported late: a server that writes no document need not hold its writer.
    from docx import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    document = Document()
    _set_up(document)
    _number_pages(document, paper.foot)
    title = document.add_paragraph(style="Title")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.add_run(readable(paper.title))
    if paper.lede:
        lede = document.add_paragraph(readable(paper.lede))
        lede.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for block in paper.blocks:
        _WRITERS[type(block)](document, block, site)
    memory = io.BytesIO()
    document.save(memory)
    return memory.getvalue()


def _set_up(document: Any) -> None:
    """Use A4, and a font that has Chinese letters for every text; Word asks for it apart from the Latin one."""
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2)
    for name, size in (
        ("Normal", 10.5),
        ("Title", 18),
        ("Heading 1", 13),
        ("Heading 2", 11),
        ("List Bullet", 10.5),
    ):
        style = document.styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        style.font.color.rgb = RGBColor(0x1F, 0x1F, 0x1F)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), FONT)
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)


def _number_pages(document: Any, foot: str) -> None:
    """Put `foot` and the number of the page at the foot of each page."""
    paragraph = document.sections[0].footer.paragraphs[0]
    if foot:
        paragraph.add_run(readable(foot) + "    ")
    for instruction in ("PAGE", None, "NUMPAGES"):
        if instruction is None:
            paragraph.add_run(" / ")
        else:
            _field(paragraph, instruction)


def _field(paragraph: Any, instruction: str) -> None:
    """Add a field that Word computes, such as PAGE."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for kind in ("begin", "", "end"):
        run = paragraph.add_run()._r
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = instruction
        run.append(mark)


def _heading(document: Any, block: Heading, _site: str) -> None:
    document.add_heading(readable(block.text), level=block.level)


def _text(document: Any, block: Text, _site: str) -> None:
    for one in block.paragraphs:
        document.add_paragraph(readable(one))


def _lines(document: Any, block: Lines, site: str) -> None:
    for row in block.rows:
        _say(document.add_paragraph(style="List Bullet"), row, site)


def _say(paragraph: Any, line: Line, site: str) -> None:
    """Write a sentence, as a link where it has an address that works outside."""
    if line.url and site:
        _link(paragraph, readable(line.text), site + line.url)
    else:
        paragraph.add_run(readable(line.text))
    if line.note:
        paragraph.add_run("  " + readable(line.note)).font.size = _points(9)


def _points(size: float) -> Any:
    from docx.shared import Pt

    return Pt(size)


def _link(paragraph: Any, text: str, url: str) -> None:
    """Add a link; python-docx reads links and has no call that writes them."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import RGBColor
    from docx.text.run import Run

    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    element = OxmlElement("w:r")
    link.append(element)
    run = Run(element, paragraph)
    run.text, run.font.color.rgb = text, RGBColor(0x09, 0x58, 0xD9)
    paragraph._p.append(link)


def _figures(document: Any, block: Figures, site: str) -> None:
    rows = [block.rows[n : n + FIGURES_IN_A_ROW] for n in range(0, len(block.rows), FIGURES_IN_A_ROW)]
    table = document.add_table(rows=0, cols=FIGURES_IN_A_ROW, style="Table Grid")
    for row in rows:
        for cell, one in zip(table.add_row().cells, row, strict=False):
            cell.paragraphs[0].add_run(readable(one.label)).font.size = _points(9)
            _say(cell.add_paragraph(), Line(one.value, one.url, one.note), site)


def _bars(document: Any, block: Bars, _site: str) -> None:
    for bar in block.rows:
        document.add_paragraph(_drawn(bar))


def _drawn(bar: Bar) -> str:
    length = max(1, round(bar.percent * BAR / 100))
    return readable(f"{'█' * length} {bar.name}  {bar.said}")


def _grid(document: Any, block: Grid, _site: str) -> None:
    table = document.add_table(rows=1, cols=len(block.heads), style="Table Grid")
    for cell, head in zip(table.rows[0].cells, block.heads, strict=True):
        cell.paragraphs[0].add_run(readable(head)).bold = True
    for row in block.rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.paragraphs[0].add_run(readable(text))


def _sheet(document: Any, block: Sheet, site: str) -> None:
    from docx.shared import Cm

    table = document.add_table(rows=0, cols=2, style="Table Grid")
    table.autofit = False
    for row in block.rows:
        cells = table.add_row().cells
        for cell, width in zip(cells, WIDTHS, strict=True):
            cell.width = Cm(width)
        cells[0].paragraphs[0].add_run(readable(row.heading)).bold = True
        _fill(cells[1], [*(Line(_drawn(bar)) for bar in row.bars), *row.lines] or [Line("—")], site)


def _fill(cell: Any, lines: Sequence[Line], site: str) -> None:
    for number, line in enumerate(lines):
        paragraph = cell.add_paragraph() if number else cell.paragraphs[0]
        paragraph.paragraph_format.left_indent = _points(10.5 * line.depth)
        _say(paragraph, line, site)


_WRITERS: Mapping[type, Callable[[Any, Any, str], None]] = {
    Heading: _heading, Text: _text, Lines: _lines, Figures: _figures, Bars: _bars, Grid: _grid, Sheet: _sheet,
}  # fmt: skip
