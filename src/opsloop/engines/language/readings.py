"""How Chinese characters are read, without tones: for search by pinyin and by initials."""

from __future__ import annotations

import json
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path


@cache
def _usual() -> dict[str, str]:
    """Return {code point in decimals: readings with tones, the usual one first} of pypinyin's table."""
    # The table is read as data: importing pypinyin itself would load 47,000 phrases (30 MiB).
    spec = find_spec("pypinyin")
    assert spec is not None
    assert spec.origin is not None
    table: dict[str, str] = json.loads(
        Path(spec.origin).with_name("pinyin_dict.json").read_text(encoding="utf-8")
    )
    return table


@cache
def _polyphones() -> dict[str, tuple[str, ...]]:
    text = files("opsloop.engines.language").joinpath("polyphones.txt").read_text(encoding="utf-8")
    body = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#"))
    entries = (entry.split() for entry in body.split(";") if entry.strip())
    return {character: tuple(dict.fromkeys(readings)) for character, *readings in entries}


@cache
def readings(character: str) -> tuple[str, ...]:
    """Return the toneless readings of one Chinese character, the usual one first; () if it has none.

    ü is written v, as on a keyboard: 率 is ("lv", "shuai").
    """
    listed = _polyphones().get(character)
    if listed:
        return listed
    toned = _usual().get(str(ord(character)), "").split(",")[0]
    return (_toneless(toned),) if toned else ()


def _toneless(syllable: str) -> str:
    plain = unicodedata.normalize("NFD", syllable.replace("ü", "v")).replace("u\u0308", "v")
    return "".join(letter for letter in plain if "a" <= letter <= "z")


@lru_cache(maxsize=16384)
def spelled(name: str) -> str:
    """Return how a name is typed in pinyin: in full and by its initials, 林悦 → "linyue ly"."""
    sounds = _sounds(name)
    return "".join(sounds) + " " + "".join(sound[:1] for sound in sounds)


@lru_cache(maxsize=16384)
def alphabetical(name: str) -> tuple[tuple[str, ...], str]:
    """Return the key that puts names into the order of a phone book: syllable by syllable, then as written."""
    return tuple(_sounds(name)), name


def _sounds(name: str) -> list[str]:
    return [(readings(sign) or (sign.lower(),))[0] for sign in name if not sign.isspace()]
