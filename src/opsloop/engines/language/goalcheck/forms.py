"""Turns the lines of the rule table into regular expressions.

A form is written for people: `{year}年[{month}月]`, `(within|in) {count} {unitname}`. The signs are
explained at the top of rules.toml.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

# A number word must not stand inside a longer one: 十一月 is one month, 二十一日 one day.
_NUMERAL = "一二两三四五六七八九十百千万亿"
_DAY = rf"(?:3[01]|[12]\d|0?[1-9]|二十[{_NUMERAL}]?|三十一?|十[{_NUMERAL}]?|[{_NUMERAL}])(?!\d)"
# What a gap may not contain: punctuation, and the words that start the change itself.
_NO_GAP = r"\s，。；、,;:：!?！？将把使让至到达提升降增减涨缩"

# The parts that are shapes rather than lists of words.
SHAPES: dict[str, str] = {
    "n": r"\d{1,12}(?:\.\d{1,4})?",
    "cn": rf"(?:(?<!\d)\d{{1,8}}(?:\.\d{{1,4}})?|[{_NUMERAL}半几数]{{1,6}})\s?",
    "count": (
        r"(?:\d{1,6}(?:\.\d{1,2})?|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|eighteen|"
        r"thirty|sixty|ninety|a few|a couple of)"
    ),
    "year": rf"(?:20[2-4]\d|(?<!\d)2\d(?=年)|二[零〇][二三四][{_NUMERAL}零〇])\s?",
    "yearshort": r"(?:20)?[2-4]\d",
    "month": rf"(?<![\d.{_NUMERAL}每双])\s?(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])\s?",
    "month2": r"(?:1[0-2]|0?[1-9])",
    "day": _DAY + r"\s?",
    "daynumber": r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?![\d%])",
    "weekday": r"[一二三四五六日天1-6]",
    "gap": f"[^{_NO_GAP}]{{0,8}}",
    "words": r"(?: [a-z'%\d-]{1,20}){0,7}? ",
    "few": r"(?: (?:the|our|its|levels?|of|in|same|average|results?|figures?|baseline|value)){0,4}? ",
    "enword": r"[a-z]{2,20}(?: [a-z]{2,20})?",
    "q": r"(?:q[1-4]|h[12])",
}


def any_of(words: Iterable[str]) -> str:
    """Return the pattern of one of `words`, the longest that fits."""
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    return "(?:" + "|".join(spelled(word) for word in ordered) + ")"


def spelled(word: str) -> str:
    """Return the pattern of one plain word; a space in it stands for one to three blanks."""
    return re.escape(word).replace(r"\ ", r"\s{1,3}")


# A match may not begin or end inside an English word or a number.
_OPENS = r"(?:(?=[a-z])(?<![a-z])|(?=\d)(?<![\d.])|(?![a-z\d]))"
_CLOSES = r"(?:(?<=[a-z])(?![a-z])|(?<=\d)(?!\d|\.\d)|(?<![a-z\d]))"


def whole(pattern: str) -> str:
    """Return `pattern` so that it matches only at the borders of words and numbers."""
    return f"{_OPENS}(?:{pattern}){_CLOSES}"


_TOKEN = re.compile(r"\{(\w+)\}|([\[\]()|])|( +)|([^\[\](){}| ]+)")


def pattern_of(form: str, lists: Mapping[str, Sequence[str]]) -> str:
    """Return the regular expression of one form.

    Raises KeyError, with the name, if the form uses a `{name}` that is neither a shape nor a list.
    """
    signs = {"[": "(?:", "]": ")?", "(": "(?:", ")": ")", "|": "|"}
    result = []
    for name, sign, space, plain in _TOKEN.findall(form):
        if name:
            result.append(SHAPES[name] if name in SHAPES else any_of(lists[name]))
        else:
            result.append(signs.get(sign) or (r"\s{1,3}" if space else re.escape(plain)))
    return "".join(result)


def needs_of(form: str, lists: Mapping[str, Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Return what a text must contain for `form` to match: one word out of each of the choices.

    Only the parts outside brackets are looked at, so the answer may ask for too little, never too much.
    """
    needs: list[tuple[str, ...]] = []
    depth = 0
    for name, sign, _, plain in _TOKEN.findall(form):
        if sign == "|" and depth == 0:
            return ()
        depth += {"[": 1, "(": 1, "]": -1, ")": -1}.get(sign, 0)
        if depth == 0 and name and name not in SHAPES:
            needs.append(tuple(word.split(" ")[0] for word in lists[name]))
        elif depth == 0 and plain:
            needs.append((plain,))
    return tuple(needs)
