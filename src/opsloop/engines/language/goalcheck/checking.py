"""The verdict on a goal: what it names, what it lacks, and how it could be written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from opsloop.engines.language.characters import fold, script_of
from opsloop.engines.language.goalcheck import rules
from opsloop.engines.language.goalcheck.pieces import Piece, Span, longest
from opsloop.engines.language.goalcheck.reading import read
from opsloop.engines.language.goalcheck.suggesting import suggest

Verdict = Literal["smart", "incomplete", "vague"]
PARTS = ("measure", "target", "deadline")


@dataclass(frozen=True)
class VagueWord:
    """A word that promises nothing: `text` as written at [start, end) and what to write instead."""

    text: str
    start: int
    end: int
    proposal: str


@dataclass(frozen=True)
class GoalCheck:
    """What the check found in one goal. `missing` keeps the order measure, target, deadline."""

    verdict: Verdict
    missing: tuple[str, ...]
    vague_words: tuple[VagueWord, ...]
    suggestion: str | None
    found: tuple[Piece, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the check as `opsloop check-goal --json` prints it; each vague word stands once."""
        return {
            "verdict": self.verdict,
            "missing": list(self.missing),
            "vague_words": list(dict.fromkeys(word.text for word in self.vague_words)),
            "suggestion": self.suggestion,
        }


def report(result: GoalCheck, *, language: str) -> str:
    """Return the check in words, one line each for verdict, gaps, vague words and suggestion."""
    wording = rules.pairs(f"report.{language}")
    lines = [wording[result.verdict]]
    if result.missing:
        parts = f"{wording['comma']} ".replace("、 ", "、").join(wording[part] for part in result.missing)
        lines.append(wording["missing"].format(parts=parts))
    proposals = {word.text: word.proposal for word in result.vague_words}
    lines += [wording["vague_word"].format(word=word, proposal=text) for word, text in proposals.items()]
    if result.suggestion:
        lines.append(wording["suggestion"].format(suggestion=result.suggestion))
    return "\n".join(lines)


def check(text: str, *, language: str | None = None) -> GoalCheck:
    """Check whether a goal names a measure, a value to reach and a deadline.

    smart = nothing is missing; vague = no value to reach, even if a measure is named; incomplete = a
    value, but no measure or no deadline. `language` ("zh-Hans", "zh-Hant", "en") is the language of
    the suggestion and the proposals; None takes that of the text. Never raises, whatever the text.
    """
    spoken = language if language in rules.LANGUAGES else script_of(text)
    pieces = read(text)
    present = {piece.kind for piece in pieces}
    missing = tuple(part for part in PARTS if part not in present)
    words = _vague_words(text, spoken, _vague_spans(fold(text)), pieces)
    suggestion = suggest(text, pieces, missing, [Span(w.start, w.end) for w in words], spoken)
    return GoalCheck(_verdict(missing), missing, words, suggestion, pieces)


def _verdict(missing: tuple[str, ...]) -> Verdict:
    if not missing:
        return "smart"
    return "vague" if "target" in missing else "incomplete"


def vague_words(text: str, *, language: str | None = None) -> tuple[VagueWord, ...]:
    """Return the vague words of any text (a task, a request, a notice) with their proposals.

    Words inside a measure are left alone: the 及时 of 及时回复率 promises something.
    """
    spans = _vague_spans(fold(text))
    if not spans:
        # Most texts: finding out what is a measure is the longer part, and nobody asks.
        return ()
    spoken = language if language in rules.LANGUAGES else script_of(text)
    return _vague_words(text, spoken, spans, read(text))


def _vague_spans(folded: str) -> list[Span]:
    pattern = rules.word_pattern(*(f"{group}.words" for group in rules.VAGUE_GROUPS))
    return longest(Span(*match.span()) for match in pattern.finditer(folded))


def _vague_words(
    text: str, language: str, spans: Sequence[Span], pieces: Iterable[Piece]
) -> tuple[VagueWord, ...]:
    folded = fold(text)
    measures = [piece for piece in pieces if piece.kind == "measure"]
    covered = {position for piece in measures for position in range(piece.start, piece.end)}
    return tuple(
        VagueWord(
            text[span.start : span.end],
            span.start,
            span.end,
            rules.proposals()[re.sub(r"\s+", " ", folded[span.start : span.end])][language],
        )
        for span in spans
        if span.start not in covered
    )
