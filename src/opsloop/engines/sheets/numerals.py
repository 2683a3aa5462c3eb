"""Chinese numerals up to 99, as they stand in dates and durations."""

from __future__ import annotations

import re

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_RUN = re.compile(r"[零〇一二两三四五六七八九十]+")


def in_digits(text: str) -> str:
    """Return `text` with Chinese numerals written as digits: 二〇二六年十一月三十日 → 2026年11月30日."""
    return _RUN.sub(lambda run: _value(run.group()), text)


def _value(run: str) -> str:
    if "十" not in run:
        return "".join(str(_DIGITS[char]) for char in run)
    tens, _, ones = run.partition("十")
    if len(tens) > 1 or len(ones) > 1 or "十" in ones:
        return run
    return str((_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0))
