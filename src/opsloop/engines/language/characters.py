"""Folding of characters: one character in, one character out, so that positions never move.

Every reading engine (goal check, search) looks at the folded text and points back into the original.
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f〇々"
"""The inside of a regular-expression class that matches one Chinese character."""


def _first_choices(table: str) -> dict[str, str]:
    """Return one of OpenCC's character tables as {character: first choice}, one to one only."""
    # Read straight from OpenCC's data: its converter object costs 30 times the memory.
    text = files("opencc").joinpath("dictionary", table).read_text(encoding="utf-8")
    pairs = (line.partition("\t")[::2] for line in text.splitlines())
    return {a: b[0] for a, b in pairs if len(a) == 1 and b and b[0] != a and b[1:2] in ("", " ")}


@cache
def _simplified_by_traditional() -> dict[str, str]:
    return _first_choices("TSCharacters.txt")


@cache
def _simplified_only() -> frozenset[str]:
    return frozenset(_first_choices("STCharacters.txt"))


@lru_cache(maxsize=32768)
def fold_character(character: str) -> str:
    """Return the folded form of one character, again exactly one character long.

    Full-width forms become half-width, capitals small and traditional characters simplified. A
    character whose folded form would be longer (㎡, ½, İ) is left as it is.
    """
    folded = character
    for change in (lambda text: unicodedata.normalize("NFKC", text), str.lower):
        changed = change(folded)
        folded = changed if len(changed) == 1 else folded
    return _simplified_by_traditional().get(folded, folded)


def fold(text: str) -> str:
    """Return `text` folded character by character; the result has the length of `text`."""
    return "".join(map(fold_character, text))


def script_of(text: str) -> str:
    """Return the language a text is written in: "zh-Hans", "zh-Hant" or "en".

    Any Chinese character makes it Chinese. It is traditional if it has more characters that exist
    only in traditional writing than characters that exist only in simplified writing.
    """
    han = [c for c in text if "\u3400" <= c <= "\u9fff" or c >= "\U00020000"]
    if not any(unicodedata.category(c) == "Lo" for c in han):
        return "en"
    traditional = sum(1 for c in han if c in _simplified_by_traditional())
    simplified = sum(1 for c in han if c in _simplified_only())
    return "zh-Hant" if traditional > simplified else "zh-Hans"
