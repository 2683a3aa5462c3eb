"""Writes a goal in its quantified form, with a clear placeholder for everything the text lacks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from opsloop.engines.language.characters import fold
from opsloop.engines.language.goalcheck import rules
from opsloop.engines.language.goalcheck.pieces import Piece, Span


def suggest(
    text: str, pieces: Sequence[Piece], missing: Sequence[str], vague: Sequence[Span], language: str
) -> str | None:
    """Return the quantified form of a goal in `language`, or None if there is nothing to improve."""
    if not missing:
        return _without(text, vague, language) if vague else None
    if not text.strip():
        return None
    if missing == ("deadline",):
        return _fill(
            "as_written", language, text=_without(text, vague, language), deadline=_deadline(pieces, language)
        )
    return _quantified(text, pieces, language)


def _quantified(text: str, pieces: Sequence[Piece], language: str) -> str:
    wording = rules.pairs(f"suggestion.{language}")
    target = _last(pieces, "target")
    base = _last(pieces, "baseline")
    measure = _measure(text, pieces, language)
    value, is_level = _value(target.text) if target else (wording["target"], True)
    return _fill(
        "level" if is_level else "change",
        language,
        measure=measure,
        verb=_verb(text, measure, language),
        base=base.text if base else wording["base"],
        target=value,
        deadline=_deadline(pieces, language),
    )


def _fill(template: str, language: str, **values: str) -> str:
    return rules.pairs(f"suggestion.{language}")[template].format(**values)


def _last(pieces: Sequence[Piece], kind: str) -> Piece | None:
    return next((piece for piece in reversed(pieces) if piece.kind == kind), None)


def _measure(text: str, pieces: Sequence[Piece], language: str) -> str:
    """Return the measure named in the text, or a placeholder with an example that fits its wording."""
    wording = rules.pairs(f"suggestion.{language}")
    instead = _instead(text, language)
    named = next((piece.text for piece in pieces if piece.kind == "measure"), None)
    if named is not None:
        score = rules.pairs(f"measure.score.{language}")
        return next((named[: -len(end)] + score[end] for end in score if fold(named).endswith(end)), named)
    return wording["measure_like"].format(example=instead) if instead else wording["measure"]


def _instead(text: str, language: str) -> str | None:
    folded = fold(text)
    examples = rules.pairs(f"measure.instead.{language}")
    return next((example for word, example in examples.items() if word in folded), None)


def _value(target: str) -> tuple[str, bool]:
    """Return the number of a target without the verb before it, and whether it is a level to reach.

    "提升至90分" is a level, "提升20%" a change.
    """
    number = re.search(r"[¥$€£￥]?\d.*|[一二两三四五六七八九十百千万亿半零].*", target)
    if not number:
        return target, True
    lead = fold(target[: number.start()]).strip()
    change = {*rules.words("target.raise"), *rules.words("target.lower"), "by"}
    return number[0].strip(), lead not in change and not lead.endswith(" by")


def _verb(text: str, measure: str, language: str) -> str:
    """Return the word for up or down: as the text says it, else as the measure wants it."""
    wording = rules.pairs(f"suggestion.{language}")
    folded = fold(text)
    lower = rules.word_pattern("target.lower", "target.en.lower").search(folded)
    upper = rules.word_pattern("target.raise", "target.en.raise").search(folded)
    if lower or upper:
        return (
            wording["lower"] if lower and (not upper or lower.start() < upper.start()) else wording["raise"]
        )
    less = any(word in fold(measure) for word in rules.words("less_is_better.words"))
    return wording["lower"] if less else wording["raise"]


def _deadline(pieces: Sequence[Piece], language: str) -> str:
    wording = rules.pairs(f"suggestion.{language}")
    piece = _last(pieces, "deadline")
    if piece is None:
        return wording["by"].format(date=wording["deadline"])
    date = re.sub(r"(?:之前|以前|前|为止|止)$", "", piece.text) if language != "en" else piece.text
    by_itself = re.match(r"(?:by|before|until|within|in|over|during|no later|for|on|this|next)\b", fold(date))
    within = date.endswith(("内", "內", "期间", "期間", "里", "裡"))
    return date if by_itself and language == "en" else wording["within" if within else "by"].format(date=date)


def _without(text: str, vague: Sequence[Span], language: str) -> str:
    """Return the text with the vague words cut out and the seams closed."""
    kept, position = [], 0
    for span in vague:
        kept.append(text[position : span.start])
        position = span.end + (1 if text[span.end : span.end + 1] == "地" else 0)
    rest = re.sub(r"\s{2,}", " ", "".join([*kept, text[position:]]))
    rest = re.sub(r"\s+([,.;!?，。；！？])", r"\1", rest).strip(" ，,。.；;!！")
    return rest[:1].upper() + rest[1:] if language == "en" else rest
