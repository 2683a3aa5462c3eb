"""How words are compared: folded, so that width, case, script and space do not matter."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from opsloop.engines.sheets import vocabulary

_VARIANTS = str.maketrans(vocabulary.VARIANTS)
_BRACKETS = re.compile(r"[(\[{][^()\[\]{}]*[)\]}]")
_SPACE = re.compile(r"\s+")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """Return `text` with compatibility forms, case, script variants and space evened out."""
    folded = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).translate(_VARIANTS).casefold()
    return _SPACE.sub(" ", folded).strip()


@lru_cache(maxsize=20_000)
def squeezed(text: str) -> str:
    """Return `fold(text)` without any space: for comparing short answers and titles."""
    return fold(text).replace(" ", "")


@lru_cache(maxsize=5_000)
def heading_tokens(text: str) -> tuple[str, ...]:
    """Return the words of a heading: Latin words whole, other characters one by one, brackets left out."""
    folded = fold(text)
    outside = _BRACKETS.sub(" ", folded)
    tokens = re.findall(r"[a-z0-9]+|[%#]|[^\W_a-z0-9]", outside)
    return tuple(tokens or re.findall(r"[a-z0-9]+|[%#]|[^\W_a-z0-9]", folded))


def heading_key(text: str) -> str:
    """Return the heading `text` as it is looked up: its words joined."""
    return "".join(heading_tokens(text))


def word_set(line: str) -> frozenset[str]:
    """Return the words of one line of the vocabulary, ready for `squeezed` look-ups."""
    return frozenset(squeezed(word) for word in line.split())


NOTHING = word_set(vocabulary.NOTHING) | {""}


def says_nothing(text: str) -> bool:
    """Return whether a cell's `text` means that nothing was entered."""
    return squeezed(text) in NOTHING
