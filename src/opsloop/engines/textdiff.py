"""What a correction changed in a text: pieces that stayed, went and came, as a reader wants to see them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

# Numbers, dates and Latin words stay whole; every Chinese character, sign and blank is a piece of its own.
_PIECES = re.compile(r"[A-Za-z0-9]+(?:[.:/-][A-Za-z0-9]+)*|\s+|.", re.DOTALL)
# A stretch that stayed and is shorter than this between two changes reads better as changed.
SHORTEST_KEPT = 2
# Beyond this a comparison of all pieces would take too long for a page; lines are compared instead.
MOST_PIECES = 4000


@dataclass(frozen=True)
class Piece:
    """A stretch of text that is the same in both, only in the old one, or only in the new one."""

    kind: Literal["same", "gone", "new"]
    text: str


def compare(old: str, new: str) -> tuple[Piece, ...]:
    """Return the pieces of both texts in order: the old one is "same" and "gone", the new one "same" and "new"."""
    before, after = _cut(old), _cut(new)
    if len(before) + len(after) > MOST_PIECES:
        before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    pieces: list[Piece] = []
    for name, start, end, from_, until in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        kept = "".join(before[start:end])
        if name == "equal" and (end - start >= SHORTEST_KEPT or start == 0 or end == len(before)):
            pieces.append(Piece("same", kept))
            continue
        pieces += [Piece("gone", kept), Piece("new", "".join(after[from_:until]))]
    return tuple(_joined(pieces))


def _cut(text: str) -> list[str]:
    return _PIECES.findall(text)


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Put neighbours together: between two kept stretches, first all that went, then all that came."""
    found: list[Piece] = []
    gone, came = "", ""
    for piece in [*pieces, Piece("same", "")]:
        if piece.kind == "gone":
            gone += piece.text
        elif piece.kind == "new":
            came += piece.text
        else:
            if gone == came:
                found.append(Piece("same", gone))
            else:
                found += [Piece("gone", gone), Piece("new", came)]
            found.append(piece)
            gone, came = "", ""
    return [piece for piece in found if piece.text]
