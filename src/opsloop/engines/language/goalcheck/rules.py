"""The rule table of the goal check, read once from rules.txt and made ready for matching."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, cached_property
from importlib.resources import files

from opsloop.engines.language.goalcheck.forms import any_of, needs_of, pattern_of, whole

LANGUAGES = ("zh-Hans", "zh-Hant", "en")


@cache
def _sections() -> dict[str, list[str]]:
    """Return {list name: its lines} of the rule table."""
    sections: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in files(__package__).joinpath("rules.txt").read_text(encoding="utf-8").splitlines():
        if heading := re.fullmatch(r"\[([\w.-]+)\]", line):
            lines = sections.setdefault(heading[1], [])
        elif line.strip() and not line.startswith("#"):
            lines.append(line)
    return sections


@cache
def words(name: str) -> tuple[str, ...]:
    """Return the entries of the list called `name`. Raises KeyError for a name not in the table."""
    entries = (entry.strip() for entry in " ; ".join(_sections()[name]).split(";"))
    return tuple(entry for entry in entries if entry)


@cache
def pairs(name: str) -> dict[str, str]:
    """Return a list of pairs ("name = text" lines) as a dictionary, in the order of the table."""
    return dict(line.split(" = ", 1) for line in _sections()[name])


@cache
def _lists() -> dict[str, tuple[str, ...]]:
    """Return the lists a form may name: those of the sections deadline and calendar, by short name."""
    named = [
        name
        for name in _sections()
        if name.startswith(("deadline.", "calendar.")) and not name.endswith((".forms", ".not_before"))
    ]
    return {name.rpartition(".")[2]: words(name) for name in [*named, "measure.countable"]}


class Form:
    """One form of the table; its regular expression is compiled when a text first needs it."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._needs = needs_of(source, _lists())

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(whole(pattern_of(self._source, _lists())))

    def find(self, folded: str) -> Iterator[re.Match[str]]:
        """Yield the matches of this form in a folded text."""
        # Most forms name a word the text does not contain: they are never compiled for it.
        if all(any(word in folded for word in choice) for choice in self._needs):
            yield from self._pattern.finditer(folded)


@cache
def forms(section: str) -> tuple[Form, ...]:
    """Return all forms of a section, Chinese and English."""
    names = (name for name in (f"{section}.forms", f"{section}.en.forms") if name in _sections())
    return tuple(Form(source) for name in names for source in words(name))


@cache
def word_pattern(*names: str) -> re.Pattern[str]:
    """Return a pattern for any word of the lists called `names`, the longest that fits."""
    return re.compile(whole(any_of(word for name in names for word in words(name))))


VAGUE_GROUPS = ("vague.time", "vague.amount", "vague.effort", "vague.direction")


@cache
def proposals() -> dict[str, dict[str, str]]:
    """Return {vague word: {language: what to write instead}}."""
    return {
        word: {language: words(f"{group}.{language}")[0] for language in LANGUAGES}
        for group in VAGUE_GROUPS
        for word in words(f"{group}.words")
    }
