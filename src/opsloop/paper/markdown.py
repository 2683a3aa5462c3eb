"""Papers as Markdown, for chats and wikis: what people typed is escaped, so it stays text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from opsloop.paper.blocks import Bar, Bars, Figures, Grid, Heading, Line, Lines, Paper, Sheet, Text

KIND = "text/markdown; charset=utf-8"
# What means something to a reader of Markdown, wherever it stands; the rest only at the beginning of a line.
_MARKS = re.compile(r"([\\`*_\[\]<>|~&])")
_BEGINNING = re.compile(r"^(\s*)([#>+=-]|\d+[.)])", re.MULTILINE)
BAR = 20


def markdown(paper: Paper, *, site: str = "") -> str:
    """Return `paper` as Markdown; `site` is what the addresses in it begin with, without one they go."""
    parts = [f"# {_plain(paper.title)}"]
    if paper.lede:
        parts.append(_plain(paper.lede))
    parts += [_WRITERS[type(block)](block, site) for block in paper.blocks]
    return "\n\n".join(part for part in parts if part) + "\n"


def _plain(text: str) -> str:
    return _BEGINNING.sub(r"\1\\\2", _MARKS.sub(r"\\\1", " ".join(text.split())))


def _said(line: Line, site: str) -> str:
    text = f"[{_plain(line.text)}]({site}{line.url})" if line.url and site else _plain(line.text)
    return f"{text} {_plain(line.note)}" if line.note else text


def _lines(block: Lines, site: str) -> str:
    return _list(block.rows, site)


def _list(rows: Sequence[Line], site: str) -> str:
    return "\n".join(f"{'  ' * row.depth}- {_said(row, site)}" for row in rows)


def _figures(block: Figures, site: str) -> str:
    return "\n".join(
        f"- {_plain(one.label)}: **{_said(Line(one.value, one.url), site)}** {_plain(one.note)}".rstrip()
        for one in block.rows
    )


def _bar(bar: Bar) -> str:
    return f"- `{'█' * max(1, round(bar.percent * BAR / 100))}` {_plain(bar.name)} {_plain(bar.said)}"


def _bars(block: Bars, _site: str) -> str:
    return "\n".join(map(_bar, block.rows))


def _grid(block: Grid, _site: str) -> str:
    rows = [block.heads, ["---"] * len(block.heads), *block.rows]
    return "\n".join(
        "| " + " | ".join(cell if number == 1 else _plain(cell) for cell in row) + " |"
        for number, row in enumerate(rows)
    )


def _sheet(block: Sheet, site: str) -> str:
    parts = []
    for row in block.rows:
        parts.append(f"## {_plain(row.heading)}")
        parts += filter(None, ["\n".join(map(_bar, row.bars)), _list(row.lines, site)])
    return "\n\n".join(parts)


_WRITERS: Mapping[type, Callable[[Any, str], str]] = {
    Heading: lambda block, _site: f"{'#' * (block.level + 1)} {_plain(block.text)}",
    Text: lambda block, _site: "\n\n".join(map(_plain, block.paragraphs)),
    Lines: _lines, Figures: _figures, Bars: _bars, Grid: _grid, Sheet: _sheet,
}  # fmt: skip
