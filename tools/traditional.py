"""Derives the traditional catalogue from the simplified one; `python3 dev.py messages` calls it.

OpenCC turns the characters (s2tw) and `traditional_words.txt` the words. OpenCC's own table of words (s2twp) is
not used: it was made for programs and turns 前缀 into 字首, 类型 into 型別 and 权限 into 許可權.

Whoever knows better corrects an entry by hand, in the catalogue itself. Each derived entry carries a mark of what
was derived; an entry that no longer agrees with its mark was corrected and is kept. When its simplified text
changes after that, the entry is named here, to be looked at once more.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Callable
from pathlib import Path

import polib

from tools import messages

WORDS = Path(__file__).with_name("traditional_words.txt")
MARK = re.compile(r"^derived ([0-9a-f]{8})$", re.MULTILINE)


def words() -> dict[str, str]:
    """Return the table of words; raise ValueError for a line that is no pair or stands twice."""
    table: dict[str, str] = {}
    for number, line in enumerate(WORDS.read_text("utf-8").splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            left, tab, right = line.partition("\t")
            if not (left and tab and right) or left in table:
                raise ValueError(f"{WORDS.name} line {number}: one pair a line, parted by a tab, each once.")
            table[left] = right
    return table


def converter() -> Callable[[str], str]:
    """Return the function from simplified to traditional text."""
    from opencc import OpenCC

    characters = OpenCC("s2tw")
    table = words()
    longest_first = sorted(table, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, longest_first)))

    def convert(text: str) -> str:
        return pattern.sub(lambda found: table[found[0]], characters.convert(text))

    return convert


def mark(text: str) -> str:
    """Return the comment that remembers a derived text."""
    return f"derived {hashlib.sha256(text.encode()).hexdigest()[:8]}"


def wording(entry: polib.POEntry) -> str:
    """Return the one form of an entry."""
    return str(entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr)


def derive(simplified: polib.POFile, traditional: polib.POFile, convert: Callable[[str], str]) -> list[str]:
    """Fill the traditional catalogue in place; return the texts whose correction by hand needs another look."""
    source = {(entry.msgid, entry.msgctxt): wording(entry) for entry in simplified}
    stale = []
    for entry in traditional:
        old, new = wording(entry), convert(source.get((entry.msgid, entry.msgctxt), ""))
        marked = MARK.search(entry.tcomment)
        if old and not (marked and marked[0] == mark(old)):
            # Corrected by hand: kept, and looked at again when what it was derived from has changed.
            if new and marked and marked[0] != mark(new) and old != new:
                stale.append(f"{entry.msgid!r}: {old} (now {new})")
            continue
        entry.tcomment = MARK.sub("", entry.tcomment).strip()
        if new:
            entry.tcomment = f"{entry.tcomment}\n{mark(new)}".strip()
        if entry.msgid_plural:
            entry.msgstr_plural = {0: new}
        else:
            entry.msgstr = new
    return stale


def main() -> int:
    """Derive, write, compile; print what to look at."""
    traditional = messages.read("zh_Hant")
    for line in derive(messages.read("zh_Hans"), traditional, converter()):
        print(f"zh_Hant was corrected by hand and its source has changed: {line}")
    messages.write(traditional, "zh_Hant")
    print(f"zh_Hant: {len(traditional.untranslated_entries())} to translate after deriving")
    return 0


if __name__ == "__main__":
    sys.exit(main())
