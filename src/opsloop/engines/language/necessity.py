"""Does this need a meeting? Reads what somebody wants one for; everything it knows stands in necessity.txt.

    assess(title="通报考勤新规", objective="告知全员10月起的打卡要求").path == "notice"

It never says no: it says what speaks for a meeting, what is unclear, and what else could do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from opsloop.engines.language.characters import fold, script_of
from opsloop.engines.language.goalcheck import VagueWord, vague_words

Path = Literal["meeting", "notice", "comment", "request"]
# What the person says it is for, "" when they did not say; and the list of words that speaks for it.
PURPOSES = ("decide", "work_out", "inform", "comment", "request")
PATHS: dict[str, Path] = {"inform": "notice", "comment": "comment", "request": "request"}
# Fewer signs than this say no objective; with more people than this a meeting becomes a lecture.
SHORTEST, MANY = 6, 12


@dataclass(frozen=True)
class Remark:
    """Something to think about: a code, with the words it was found in or the number it is about.

    "no_objective", "short_objective", "topic_only", "vague", "no_result", "nobody_decides", "many".
    """

    code: str
    words: tuple[str, ...] = ()
    number: int = 0


@dataclass(frozen=True)
class Assessment:
    """What was found: `path` is what would do, `found` the words that speak for it, `vague` those to make exact."""

    path: Path
    is_clear: bool
    remarks: tuple[Remark, ...]
    found: tuple[str, ...]
    vague: tuple[VagueWord, ...]

    @property
    def needs_meeting(self) -> bool:
        """Whether nothing else would do as well."""
        return self.path == "meeting"


def assess(
    *, title: str, objective: str, purpose: str = "", deciders: int | None = None, people: int = 0,
    language: str | None = None,
) -> Assessment:  # fmt: skip
    """Return what speaks for and against a meeting with this title and objective.

    `purpose` is one of PURPOSES or ""; `deciders` None: nobody has been invited yet; `language` that of proposals.
    """
    text = f"{title}\n{objective}"
    found = {name: tuple(dict.fromkeys(_matches(name, text))) for name in PURPOSES}
    for_meeting = found["decide"] + found["work_out"]
    path, words = _path(purpose, found, for_meeting)
    vague = vague_words(objective, language=language or script_of(text))
    remarks = [
        *_about_objective(objective, for_meeting, vague),
        *_about_people(purpose, found, deciders, people),
    ]
    unclear = {"no_objective", "short_objective", "topic_only", "no_result", "vague"}
    is_clear = not any(one.code in unclear for one in remarks)
    return Assessment(path, is_clear, tuple(remarks), words, vague)


def _path(
    purpose: str, found: dict[str, tuple[str, ...]], for_meeting: tuple[str, ...]
) -> tuple[Path, tuple[str, ...]]:
    """What the person says counts; what they did not say is read from the words, and a decision outweighs all."""
    if purpose in PATHS:
        return PATHS[purpose], found[purpose]
    if purpose or for_meeting:
        return "meeting", for_meeting
    named = next((name for name in ("request", "comment", "inform") if found[name]), "")
    return (PATHS[named], found[named]) if named else ("meeting", ())


def _about_objective(
    objective: str, for_meeting: tuple[str, ...], vague: tuple[VagueWord, ...]
) -> Iterator[Remark]:
    plain = fold(objective).strip()
    if not plain:
        yield Remark("no_objective")
        return
    if len(re.sub(r"\s+", "", plain)) < SHORTEST:
        yield Remark("short_objective")
    elif begins := next((word for word in words("topic") if plain.startswith(word)), ""):
        yield Remark("topic_only", (begins,))
    elif not for_meeting:
        yield Remark("no_result")
    if vague:
        yield Remark("vague", tuple(word.text for word in vague))


def _about_people(
    purpose: str, found: dict[str, tuple[str, ...]], deciders: int | None, people: int
) -> Iterator[Remark]:
    is_decision = purpose == "decide" or (not purpose and bool(found["decide"]))
    if deciders == 0 and is_decision:
        yield Remark("nobody_decides")
    if people > MANY:
        yield Remark("many", number=people)


@cache
def words(name: str) -> tuple[str, ...]:
    """Return the entries of the list called `name`. Raises KeyError for a name not in the table."""
    return _table()[name]


@cache
def _table() -> dict[str, tuple[str, ...]]:
    lists: dict[str, list[str]] = {}
    own: list[str] = []
    for line in (
        files("opsloop.engines.language").joinpath("necessity.txt").read_text(encoding="utf-8").splitlines()
    ):
        if heading := re.fullmatch(r"\[(\w+)\]", line):
            own = lists.setdefault(heading[1], [])
        elif line.strip() and not line.startswith("#"):
            own += [entry.strip() for entry in line.split(";") if entry.strip()]
    return {name: tuple(entries) for name, entries in lists.items()}


@cache
def _pattern(name: str) -> re.Pattern[str]:
    """Return a pattern for any word of a list; an English one counts only whole."""
    entries = sorted(words(name), key=len, reverse=True)
    return re.compile(
        "|".join(rf"\b{re.escape(one)}\b" if one.isascii() else re.escape(one) for one in entries)
    )


def _matches(name: str, text: str) -> Iterator[str]:
    """Yield what of a list stands in `text`, as it was written."""
    for match in _pattern(name).finditer(fold(text)):
        yield text[match.start() : match.end()]
