"""Names in a cell: the first is the owner, the rest work along."""

from __future__ import annotations

import re

from opsloop.engines.sheets import vocabulary
from opsloop.engines.sheets.words import says_nothing, squeezed, word_set

_NOBODY = word_set(vocabulary.NOBODY)
_PARTS = word_set(vocabulary.PARTS)
_MARKS = re.compile(r"[、,，;；/／|｜\n\r&＆+＋]|(?<=[\u3400-\u9fff])和(?=[\u3400-\u9fff]{2,})|\s+and\s+")
_HAN_WORDS = re.compile(r"[\u3400-\u9fff·]{2,4}(\s+[\u3400-\u9fff·]{2,4})+")
_SPACED_NAME = re.compile(r"([\u3400-\u9fff])[\s\u3000]+([\u3400-\u9fff])")
_ROLE = re.compile(r"[(（\[【]([^()（）\[\]【】]*)[)）\]】]|^(主责|主|协助|协办|协|负责人|负责)[:：]")


def read_people(text: str) -> tuple[str, ...]:
    """Return the names in `text` in order, each once; empty if it names nobody yet."""
    names: list[str] = []
    for piece in _MARKS.split(text):
        spaced = piece.strip()
        for name in spaced.split() if _HAN_WORDS.fullmatch(spaced) else [spaced]:
            clean = _clean(name)
            if clean and clean not in names:
                names.append(clean)
    return tuple(names)


def _clean(name: str) -> str:
    bare = _ROLE.sub(_without_part, name).strip().lstrip("@＠").strip()
    if len(bare) > 2 and bare.endswith("等"):
        bare = bare[:-1]
    bare = (
        _SPACED_NAME.sub(r"\1\2", bare)
        if re.fullmatch(r"[\u3400-\u9fff][\s\u3000]+[\u3400-\u9fff]", bare)
        else bare
    )
    return "" if says_nothing(bare) or squeezed(bare) in _NOBODY else bare


def _without_part(match: re.Match[str]) -> str:
    if match[2] or squeezed(match[1] or "") in _PARTS:
        return ""
    return match[0]
