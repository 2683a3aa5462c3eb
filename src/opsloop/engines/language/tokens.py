"""Cuts texts and queries into the tokens of the search index.

Chinese is cut into overlapping pairs of characters, because words of two characters are the most
frequent and no dictionary knows all of them; a run ends with its last character alone, so that every
character begins a token. Latin words and numbers are cut where letters meet digits: RW20260001 is
rw + 20260001, and OP-001 is found as op001, op-001, op 001 and 001.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product

from opsloop.engines.language.characters import HAN, fold_character
from opsloop.engines.language.readings import readings

# Longer texts are indexed up to here: nobody looks for a task by its 5,000th character.
MOST_CHARACTERS = 5000
# A query longer than this is cut off; more terms than this are ignored.
LONGEST_QUERY = 100
MOST_TERMS = 8
# What may be typed from each syllable of a title onwards is kept this many letters far.
PINYIN_LETTERS = 18
# As many syllables have at least that many letters; initials are kept this many syllables far.
PINYIN_SOUNDS = 12
INITIALS = 8
# Titles with several polyphonic characters in a row are kept under at most this many readings.
MOST_READINGS = 4

# Stands between a title and the texts after it, so that no phrase runs across. Never in a query.
BREAK = "‖"

# Kana and Hangul have no spaces between words either, and are cut like Chinese.
_CUT = rf"{HAN}\u3041-\u30ff\uac00-\ud7a3"
_RUN = re.compile(rf"(?P<cut>[{_CUT}]+)|(?P<digits>\d+)|(?P<word>[^\W\d_{_CUT}]+)")


@lru_cache(maxsize=64)
def fold(text: str) -> str:
    """Return `text` as search compares it: NFKC, small letters, simplified characters.

    Control characters, zero-width characters and lone surrogates are dropped; blanks become one space.
    """
    normal = unicodedata.normalize("NFKC", text).lower()
    kept = (c for c in normal if c in "\t\n\r" or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    return " ".join("".join(map(fold_character, kept)).split())


@dataclass(frozen=True)
class IndexTokens:
    """The tokens of one entry: `words` in the order of the text; beginnings of its title in pinyin."""

    words: tuple[str, ...]
    pinyin: tuple[str, ...]
    initials: tuple[str, ...]


@dataclass(frozen=True)
class Term:
    """One part of a query, all parts must match: the phrase `words`, whose last word may go on.

    `latin` holds the letters and digits of a term that may be meant as pinyin or initials, else None.
    """

    words: tuple[str, ...]
    latin: str | None


def index_tokens(title: str, texts: Sequence[str] = ()) -> IndexTokens:
    """Return the tokens under which an entry is found. Only its title is found by pinyin."""
    words = [*_words(fold(title[:MOST_CHARACTERS]))]
    for text in texts:
        if text:
            words += [BREAK, *_words(fold(text[:MOST_CHARACTERS]))]
    sounds = [*_sounds(fold(title[:MOST_CHARACTERS]))]
    return IndexTokens(
        tuple(words[:MOST_CHARACTERS]),
        _beginnings([sound.full for sound in sounds], PINYIN_SOUNDS),
        _beginnings([sound.initial for sound in sounds], INITIALS),
    )


def query_tokens(query: str) -> tuple[Term, ...]:
    """Return the terms of a query; () if there is nothing in it that an index could hold."""
    parts = fold(query)[:LONGEST_QUERY].split(" ")
    terms = (Term(tuple(_words(part, is_query=True)), _latin(part)) for part in parts)
    return tuple(islice((term for term in terms if term.words), MOST_TERMS))


def _words(folded: str, *, is_query: bool = False) -> Iterator[str]:
    runs = [*_RUN.finditer(folded)]
    for number, run in enumerate(runs, start=1):
        characters = run[0]
        if not run["cut"]:
            yield characters
            continue
        yield from (characters[i : i + 2] for i in range(len(characters) - 1))
        # In a query the last character alone would be a word of its own: 方案 is not 方案, 案.
        if len(characters) == 1 or not (is_query and number == len(runs)):
            yield characters[-1]


def _latin(part: str) -> str | None:
    letters = part.replace("'", "").replace("ü", "v")
    is_latin = re.fullmatch("[a-z0-9]{2,}", letters) and re.search("[a-z]", letters)
    return letters if is_latin else None


@dataclass(frozen=True)
class _Sound:
    """How one character of a title may be typed: in full, and by its initial."""

    full: tuple[str, ...]
    initial: tuple[str, ...]


def _sounds(title: str) -> Iterator[_Sound]:
    """Yield the sounds of a folded title; Latin words and numbers are typed as they stand: q4hd."""
    for run in _RUN.finditer(title[:200]):
        if run["cut"]:
            spoken = (read for read in map(readings, run[0]) if read)
            yield from (_Sound(read, tuple(dict.fromkeys(one[0] for one in read))) for read in spoken)
        elif run[0].isascii():
            yield _Sound((run[0],), (run[0],))


def _beginnings(ways: Sequence[tuple[str, ...]], length: int) -> tuple[str, ...]:
    """Return what may be typed from each place of a title onwards, `length` sounds far."""
    found: dict[str, None] = {}
    for start in range(len(ways)):
        window = _most_polyphonic(ways[start : start + length])
        for typed in islice(product(*window), MOST_READINGS):
            found["".join(typed)[:PINYIN_LETTERS]] = None
    return tuple(found)


def _most_polyphonic(window: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Keep the other readings of the first two polyphonic characters only: products have no end."""
    left = 2
    kept: list[tuple[str, ...]] = []
    for read in window:
        kept.append(read if left or len(read) == 1 else read[:1])
        left -= len(read) > 1 and left > 0
    return kept
