"""Word lists inside regular expressions, written as people read them."""

from __future__ import annotations

import re


def either(*lists: str) -> str:
    """Return a pattern for any of the words in `lists`, which are separated by spaces and taken literally."""
    words = " ".join(lists).split()
    return f"(?:{'|'.join(re.escape(word) for word in sorted(words, key=len, reverse=True))})"


# A word to count with, unless it begins another word.
MEASURE = (
    "(?:[个篇轮遍只套支杯]|次(?![日月周要品])|场(?![地次景控馆外内])|份(?!额)|条(?![款例件])|项(?!目)|件(?!事)"
    "|家(?![访长装电庭居宴里属])|期(?![末中刊间])|位(?!置)|名(?![单片称额字])|台(?![账词本历风])|款(?![式项])"
    "|档(?![案期口])|种(?![草子])|类(?![目型别])|组(?![织长会建合件员队内])|页(?!面)|版(?![本面式权])"
    "|单(?![品独子])|张(?![总经])|人(?![员力事群工]))"
)
