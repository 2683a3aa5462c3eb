"""What is found in a goal, and the text while it is being read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from opsloop.engines.language.characters import fold
from opsloop.engines.language.goalcheck import rules

# Takes the place of a claimed character: matched by no rule.
STRUCK = "\ue000"


@dataclass(frozen=True)
class Piece:
    """A piece of a goal: `text` is what stands in the original from `start` up to `end`.

    `kind` is "measure", "target", "deadline" or "baseline" (where we stand today).
    """

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Span:
    """A half-open range of positions."""

    start: int
    end: int


class Reading:
    """One text while it is being read in passes.

    What one pass claims is struck out for the next, so that the 7 in 7月30日 is no value, the 24 in
    24小时内响应率 no deadline and the 618 in 618大促 neither.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.folded = fold(text)
        self._open = list(self.folded)
        self.rates: list[Span] = []
        self.pieces: list[Piece] = []

    @property
    def unclaimed(self) -> str:
        """The folded text with everything claimed so far struck out."""
        return "".join(self._open)

    @property
    def measurable(self) -> str:
        """As `unclaimed`, but with the rates readable, for they are part of a measure."""
        text = self._open[:]
        for span in self.rates:
            text[span.start : span.end] = self.folded[span.start : span.end]
        return "".join(text)

    def strike(self, span: Span) -> None:
        """Claim `span`, so that no later pass reads it again."""
        self._open[span.start : span.end] = STRUCK * (span.end - span.start)

    def add(self, kind: str, span: Span) -> None:
        """Record a piece, without the blanks around it."""
        written = self.text[span.start : span.end]
        start = span.start + len(written) - len(written.lstrip())
        stripped = written.strip()
        if stripped:
            self.pieces.append(Piece(kind, stripped, start, start + len(stripped)))


def longest(spans: Iterable[Span]) -> list[Span]:
    """Return `spans` without those that overlap a longer (or as long, earlier) one, in text order."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
        elif span.end - span.start > kept[-1].end - kept[-1].start:
            kept[-1] = span
    return kept


def matches(folded: str, section: str) -> list[Span]:
    """Return where the forms of a section of the rule table stand in a folded text."""
    found = (match for form in rules.forms(section) for match in form.find(folded))
    return longest(Span(*match.span()) for match in found if match.end() > match.start())
