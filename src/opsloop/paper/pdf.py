"""Papers as PDF: A4, page numbers, Chinese fonts embedded. Set by Typst from one template of ours (docs/adr/0031).

What people typed reaches the template as data and is never read as mark-up, so it can neither run nor break anything.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from opsloop.paper import fonts
from opsloop.paper.blocks import Block, Entry, Grid, Paper, Sheet, Text
from opsloop.records.cells import readable
from opsloop.records.refusals import Refused

KIND = "application/pdf"
# Longer ones are set as well, but nobody reads them, and setting holds the processor.
MOST_LETTERS = 400_000


def pdf(paper: Paper, *, at: datetime, site: str = "") -> bytes:
    """Return `paper` as the bytes of a PDF; `site` is what the addresses in it begin with, `at` its time.

    Raises:
        NoFont: the machine has no Chinese font.
        Refused: it is longer than any printer would bear.
    """
    import typst

    known = fonts.known()
    data = {
        "title": paper.title,
        "lede": paper.lede,
        "foot": paper.foot,
        "site": site,
        "fonts": fonts.chosen(known.families(), paper.language),
        "region": "tw" if paper.language.lower() == "zh-hant" else "cn",
        "page": _("Page %(n)s of %(all)s"),
        "blocks": [_plain(one) for one in paper.blocks],
    }
    text = json.dumps(_readable(data), ensure_ascii=False)
    if len(text) > MOST_LETTERS:
        raise Refused(_("This is too long for a PDF. Take the Word file, or choose a shorter period."))
    made: bytes = typst.compile(
        _template(), font_paths=known, sys_inputs={"data": text}, timestamp=int(at.timestamp())
    )
    return made


@cache
def _template() -> bytes:
    return Path(__file__).with_name("paper.typ").read_bytes()


def _plain(block: Block) -> dict[str, Any]:
    more: Callable[[Any], dict[str, Any]] = _MORE.get(type(block), asdict)
    return {"is": type(block).__name__.lower(), **more(block)}


def _grid(block: Grid) -> dict[str, Any]:
    return {**asdict(block), "widths": list(block.widths) or [1] * len(block.heads)}


def _entry(row: Entry) -> dict[str, Any]:
    return {
        "heading": row.heading,
        "lines": [asdict(line) for line in row.lines],
        "bars": list(map(asdict, row.bars)),
    }


_MORE: Mapping[type, Callable[[Any], dict[str, Any]]] = {
    Text: lambda block: {"paragraphs": block.paragraphs},
    Grid: _grid,
    Sheet: lambda block: {"rows": [_entry(row) for row in block.rows]},
}


def _readable(value: Any) -> Any:
    """Replace what no file can hold in every text."""
    if isinstance(value, str):
        return readable(value)
    if isinstance(value, Mapping):
        return {key: _readable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_readable(one) for one in value]
    return value
