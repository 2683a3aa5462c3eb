"""The line under the reader: the text as written and, position by position, the same text folded."""

from __future__ import annotations

import re
from dataclasses import dataclass

from opsloop.engines.language.characters import HAN, fold

_ALIKE = str.maketrans({"〜": "~", "–": "-", "—": "-", "―": "-", "−": "-", "〇": "零", "：": ":", "·": "·"})
_HAN = re.compile(f"[{HAN}]")


@dataclass(frozen=True)
class Line:
    """`raw` is what the user wrote; `norm` has the same length and is half-width, lower-case, simplified."""

    raw: str
    norm: str

    @classmethod
    def of(cls, raw: str) -> Line:
        """Fold `raw` character by character, so that a position means the same in both."""
        folded = fold(raw).translate(_ALIKE)
        return cls(raw, "".join(_settled(a, b) for a, b in zip(raw, folded, strict=True)))

    def __len__(self) -> int:
        return len(self.raw)

    def breaks_before(self, index: int) -> bool:
        """Tell whether no word reaches over the left edge of `index`."""
        return index <= 0 or not self.is_word(index - 1)

    def breaks_at(self, index: int) -> bool:
        """Tell whether no word starts or goes on at `index`."""
        return index >= len(self.norm) or not self.is_word(index)

    def is_word(self, index: int) -> bool:
        """Tell whether a letter, digit or Chinese character stands at `index`. Emoji are none."""
        return self.norm[index].isalnum() or self.norm[index] == "_"

    def is_han(self, index: int) -> bool:
        """Tell whether a Chinese character stands at `index` (False outside the line)."""
        return 0 <= index < len(self.norm) and bool(_HAN.match(self.norm[index]))

    def skip_spaces(self, index: int) -> int:
        """Return the first position from `index` that is no space."""
        while index < len(self.norm) and self.norm[index] == " ":
            index += 1
        return index


def _settled(raw: str, folded: str) -> str:
    """Make every white space a plain space; leave ① and ² alone, they are not digits people reckon with."""
    if raw.isspace():
        return " "
    if folded.isascii() and folded.isdigit() and not raw.isdecimal():
        return raw
    return folded
