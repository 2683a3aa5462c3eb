"""What is left of the line without the understood pieces: the user's own words, tidied at the seams only."""

from __future__ import annotations

from collections.abc import Sequence

from opsloop.engines.language.quickadd.line import Line

_SEPARATORS = ",，、;；:：|·-—– "
_STOPS = ",，、;；。.!！?？:："
# Between two pieces that are gone, these link nothing any more: @小张 和 @小李.
_LINKS = frozenset(["和", "与", "及", "跟", "and", "&", "、"])
_BRACKETS = {"(": ")", "（": "）", "[": "]", "【": "】"}


def title_without(line: Line, spans: Sequence[tuple[int, int]]) -> str:
    """Return the line without `spans` (in order), white space and lone punctuation at the seams tidied."""
    title, position, opening = "", 0, True
    for start, end in spans:
        if end <= position:
            continue
        between = line.raw[position : max(start, position)]
        if opening or line.norm[position:start].strip() not in _LINKS:
            title = _joined(title, between, seam=not opening)
        position, opening = end, False
    rest = line.raw[position:]
    if opening:
        return rest.strip()
    title = _joined(title, rest, seam=True)
    return title.strip() if rest.strip() else _without_tail(title).strip()


def _joined(left: str, right: str, *, seam: bool) -> str:
    """Put two pieces of text together where something was taken out between them."""
    if not seam:
        return right
    if not left.strip():
        return right.lstrip().lstrip(_SEPARATORS) if right.strip(_SEPARATORS) else left.lstrip()
    if not right.strip():
        return left.rstrip() + " "
    spaced = left[-1].isspace() or right[0].isspace()
    left, right = left.rstrip(), right.lstrip()
    if _BRACKETS.get(left[-1]) == right[0]:
        left, right = left[:-1], right[1:]
        spaced = spaced or left.endswith(" ")
        left, right = left.rstrip(), right.lstrip()
    elif left[-1] in ",，、;；" and right[0] in _STOPS:
        left = left[:-1].rstrip()
    if not left or not right:
        return left + right
    latin = left[-1].isascii() and right[0].isascii() and left[-1].isalnum() and right[0].isalnum()
    return f"{left} {right}" if spaced or latin else left + right


def _without_tail(title: str) -> str:
    """Drop the comma that led to a piece at the end: 开会，明天3点."""
    return title.rstrip().rstrip(_SEPARATORS)
