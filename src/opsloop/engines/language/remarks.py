"""What people type into a comment: whom they name with @, addresses that can be clicked, quoted lines.

A comment is plain text. Line breaks stay, a line that begins with > quotes, http(s) addresses become links and
names after @ are marked; nothing else has a meaning. Product codes and tables full of * and _ stay as typed,
and there is no markup that could carry a script.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

# The longest name or user name that may follow an @.
LONGEST_NAME = 60
# More people are reached by a notice, not by a comment.
MOST_HANDLES = 50
# An @ after a letter, a digit or a dot belongs to a mail address.
_AT = re.compile(r"(?<![A-Za-z0-9._%+-])[@＠]([^\s@＠]{1,60})")
# In brackets after a name that several have: @李娜(lina).
_ACCOUNT = re.compile(r"[(（]([A-Za-z0-9._-]{1,60})[)）]")
# An address ends where a space, Chinese text or a closing sign begins.
_LINK = re.compile(
    r"https?://[^\s<>\"'“”‘’、。，；：！？（）《》【】\u3400-\u9fff\U00020000-\U0003ffff]+", re.IGNORECASE
)
_TRAILING = ".,;:!?)]}'\""


@dataclass(frozen=True)
class Run:
    """A stretch of one line: plain text, a link, or a name after @."""

    kind: Literal["text", "link", "name"]
    text: str


@dataclass(frozen=True)
class Block:
    """Lines that belong together: said, or quoted with >."""

    is_quote: bool
    lines: tuple[tuple[Run, ...], ...]


def handles(text: str) -> list[str]:
    """Return what follows each @ of `text`, up to the next space: a name and perhaps more."""
    return [match[1] for match in _AT.finditer(text)][:MOST_HANDLES]


def beginnings(found: Sequence[str]) -> set[str]:
    """Return every name that could stand at the beginning of these handles; one of them may be meant."""
    return {handle[:end] for handle in found for end in range(1, min(len(handle), LONGEST_NAME) + 1)}


def accounts(text: str) -> list[str]:
    """Return the user names in brackets that say which of several is meant."""
    return [match[1] for match in _ACCOUNT.finditer(text)][:MOST_HANDLES]


@dataclass(frozen=True)
class Named:
    """Whom a text names: ids in order, and the names that fit several people and say not which."""

    ids: tuple[int, ...]
    ambiguous: tuple[str, ...]


def named(found: Sequence[str], names: Mapping[str, Sequence[int]], accounts: Mapping[str, int]) -> Named:
    """Find whom handles mean: the longest name or user name each begins with.

    `names` maps a name to all who have it, `accounts` a user name in small letters to its person. A handle
    that begins with no known name is plain text.
    """
    ids: dict[int, None] = {}
    ambiguous: dict[str, None] = {}
    for handle in found:
        name = next((handle[:end] for end in range(len(handle), 0, -1) if handle[:end] in names), "")
        account = re.match(r"[A-Za-z0-9._-]+", handle)
        if name:
            who = _which(handle[len(name) :], names[name], accounts)
            if who is None:
                ambiguous[name] = None
            else:
                ids[who] = None
        elif account and account[0].lower().rstrip(".") in accounts:
            ids[accounts[account[0].lower().rstrip(".")]] = None
    return Named(tuple(ids), tuple(ambiguous))


def _which(rest: str, candidates: Sequence[int], accounts: Mapping[str, int]) -> int | None:
    if len(candidates) == 1:
        return candidates[0]
    said = _ACCOUNT.match(rest)
    who = accounts.get(said[1].lower()) if said else None
    return who if who in candidates else None


def blocks(text: str, names: Collection[str] = ()) -> list[Block]:
    """Return a comment as blocks of lines of runs; `names` are those whose @ is marked."""
    made: list[Block] = []
    marks = _marks(names)
    for line in text.replace("\r\n", "\n").split("\n"):
        is_quote = line.startswith((">", "＞"))
        runs = tuple(_runs(line[1:].lstrip() if is_quote else line, marks))
        if made and made[-1].is_quote == is_quote:
            made[-1] = Block(is_quote, (*made[-1].lines, runs))
        else:
            made.append(Block(is_quote, (runs,)))
    return made


def _marks(names: Collection[str]) -> re.Pattern[str]:
    # The longest first: 王小明 before 王小.
    known = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    name = rf"|(?<![A-Za-z0-9._%+-])[@＠](?:{known})" if known else ""
    return re.compile(f"{_LINK.pattern}{name}", re.IGNORECASE)


def _runs(line: str, marks: re.Pattern[str]) -> list[Run]:
    runs: list[Run] = []
    at = 0
    for match in marks.finditer(line):
        if match.start() < at:
            continue
        found = match[0]
        if not found.startswith(("@", "＠")):
            found = found.rstrip(_TRAILING)
        if match.start() > at:
            runs.append(Run("text", line[at : match.start()]))
        runs.append(Run("name" if found.startswith(("@", "＠")) else "link", found))
        at = match.start() + len(found)
    if at < len(line):
        runs.append(Run("text", line[at:]))
    return runs


def quoted(text: str, *, most: int = 3) -> str:
    """Return the first lines of `text` as a quotation to answer below."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith((">", "＞"))]
    return "\n".join(f"> {line[:200]}" for line in lines[:most])
