"""Numbers as people write them: 15, 十五, 两, 廿三, 一点五, 半, two."""

from __future__ import annotations

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2, "俩": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_ENGLISH = {
    word: n
    for n, word in enumerate(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], 1
    )
} | {"a": 1, "an": 1, "fifteen": 15, "twenty": 20, "thirty": 30, "forty-five": 45, "ninety": 90}

HAN_NUMBER = "[零一二两三四五六七八九十百千廿卅]{1,7}"
# The bounds keep every pattern that uses them linear.
NUMBER = f"(?:[0-9]{{1,4}}|{HAN_NUMBER})"
DECIMAL = "(?:[0-9]{1,3}(?:\\.[0-9]{1,2})?|[零一二两三四五六七八九十百]{1,5}(?:点[一二三四五六七八九]{1,2})?)"
ENGLISH_NUMBER = f"(?:{'|'.join(sorted(_ENGLISH, key=len, reverse=True))})"


def whole(text: str) -> int | None:
    """Return the value of a whole number in digits, Chinese or English, or None if it is malformed."""
    if text.isascii() and text.isdigit():
        return int(text)
    if text in _ENGLISH:
        return _ENGLISH[text]
    text = text.replace("廿", "二十").replace("卅", "三十")
    if any(sign in text for sign in _UNITS):
        return _with_units(text)
    return _digit_by_digit(text)


def whole_within(text: str | None, first: int, last: int) -> int | None:
    """Return the value of a whole number if it is one from `first` to `last`, else None."""
    value = whole(text) if text else None
    return value if value is not None and first <= value <= last else None


def decimal(text: str) -> float | None:
    """Return the value of a number that may have a fraction: 1.5, 一点五, 两."""
    if text[:1].isdigit() and text.isascii():
        return float(text)
    head, point, tail = text.partition("点")
    value = whole(head)
    if value is None or not point:
        return value
    return value + sum(_DIGITS[c] * 10.0 ** -(n + 1) for n, c in enumerate(tail))


def _digit_by_digit(text: str) -> int | None:
    """二零二六 is 2026, 五 is 5; a bare 一二 is a way to list, so only years and 零五 read this way."""
    if not text or any(c not in _DIGITS for c in text):
        return None
    if len(text) in (2, 3) and text[0] != "零":
        return None
    return int("".join(str(_DIGITS[c]) for c in text))


def _with_units(text: str) -> int | None:
    total, digit, last_unit = 0, None, 10_000
    for sign in text:
        if sign in _UNITS:
            unit = _UNITS[sign]
            if unit >= last_unit or (digit is None and unit != 10):
                return None
            total, digit, last_unit = total + (1 if digit is None else digit) * unit, None, unit
        elif sign == "零" and digit is None:
            continue
        elif sign in _DIGITS and digit is None:
            digit = _DIGITS[sign]
        else:
            return None
    return total + (digit or 0)
