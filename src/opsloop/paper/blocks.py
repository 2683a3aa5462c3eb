"""What a paper is made of: plain values, no mark-up. Whatever people typed stays text in every format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Line:
    """A sentence; `url` leads to the rows behind it, `note` stands after it in grey. `depth` indents."""

    text: str
    url: str = ""
    note: str = ""
    depth: int = 0


@dataclass(frozen=True)
class Figure:
    """A number with its name; `note` says of how many, `url` leads to the rows it counts."""

    label: str
    value: str
    note: str = ""
    url: str = ""


@dataclass(frozen=True)
class Bar:
    """A bar of a chart: its name, its length in whole percent of the whole, and the words at its end."""

    name: str
    percent: int
    said: str


@dataclass(frozen=True)
class Heading:
    """The title of a section (level 1) or of a part of one (level 2)."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Text:
    """Paragraphs as somebody wrote them: each line of `text` is one."""

    text: str

    @property
    def paragraphs(self) -> list[str]:
        """The lines that say something."""
        return [one.strip() for one in self.text.splitlines() if one.strip()]


@dataclass(frozen=True)
class Lines:
    """A list of sentences."""

    rows: Sequence[Line]


@dataclass(frozen=True)
class Figures:
    """Numbers side by side."""

    rows: Sequence[Figure]


@dataclass(frozen=True)
class Bars:
    """A chart of shares; its words say the same as its bars."""

    rows: Sequence[Bar]


@dataclass(frozen=True)
class Grid:
    """A table with a heading for each column; `widths` are relative."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int] = ()


@dataclass(frozen=True)
class Entry:
    """One heading of a form with what stands beside it: sentences, a chart, or the chart and then sentences."""

    heading: str
    lines: Sequence[Line]
    bars: Sequence[Bar] = ()


@dataclass(frozen=True)
class Sheet:
    """A form as offices know it: headings in the left column, what belongs to them in the right one."""

    rows: Sequence[Entry]


Block = Heading | Text | Lines | Figures | Bars | Grid | Sheet


@dataclass(frozen=True)
class Paper:
    """One document. `lede` stands below the title, `foot` at the foot of each page beside its number.

    `language` (zh-hans, zh-hant, en) chooses between the forms that Chinese letters have in different regions.
    """

    title: str
    lede: str = ""
    blocks: Sequence[Block] = field(default_factory=tuple)
    foot: str = ""
    language: str = "zh-hans"
