"""User names for people who are entered by somebody else."""

from __future__ import annotations

import re

LONGEST = 50


def free_username(*, name: str, email: str = "", taken: set[str]) -> str:
    """Return a user name from the address or the pinyin of the name, with a number if it is taken.

    `taken` holds the user names in use, in lower case; the new one is added to it.
    """
    from pypinyin import lazy_pinyin  # dictionaries that few requests need

    base = email.partition("@")[0] or "".join(lazy_pinyin(name))
    base = re.sub(r"[^\w.+-]", "", base.lower())[:LONGEST] or "person"
    found, number = base, 2
    while found in taken:
        found, number = f"{base}{number}", number + 1
    taken.add(found)
    return found
