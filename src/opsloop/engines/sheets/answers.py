"""Short answers: relevance, urgency, yes or no, status, progress."""

from __future__ import annotations

import re
from datetime import date, time, timedelta

from opsloop.engines.grid import Cell, shown
from opsloop.engines.sheets import vocabulary
from opsloop.engines.sheets.bad import BadCellError
from opsloop.engines.sheets.numerals import in_digits
from opsloop.engines.sheets.words import fold, says_nothing, squeezed, word_set

_RELEVANCE = {word: value for value, line in vocabulary.RELEVANCE_WORDS.items() for word in word_set(line)}
_URGENCY = {word: name for name, line in vocabulary.URGENCY_WORDS.items() for word in word_set(line)}
_STATUS = {word: name for name, line in vocabulary.STATUS_WORDS.items() for word in word_set(line)}
_YES, _NO = word_set(vocabulary.YES), word_set(vocabulary.NO)


def read_relevance(cell: Cell, *, words: bool = True) -> int | None:
    """Return the relevance 1 to 5 in `cell`, None if it says nothing.

    Words (高, 中, 低 …) count only with `words`: in a column of figures a word is a slip. Raises BadCellError.
    """
    if isinstance(cell, bool | date | time | timedelta):
        raise BadCellError("not_a_relevance")
    text = shown(cell)
    if says_nothing(text):
        return None
    figure = relevance_figure(text)
    if figure is not None:
        if figure not in (1, 2, 3, 4, 5):
            raise BadCellError("relevance_out_of_range")
        return int(figure)
    if words and squeezed(text) in _RELEVANCE:
        return _RELEVANCE[squeezed(text)]
    raise BadCellError("not_a_relevance")


def relevance_figure(text: str) -> float | None:
    """Return the figure that `text` gives as a relevance (4, 4分, 4/5, ★★★★☆), or None."""
    folded = in_digits(squeezed(text))
    stars = re.fullmatch(r"([★⭐✦*]️?)+[☆✩]*", text.strip())
    if stars:
        return float(sum(text.count(star) for star in "★⭐✦*"))
    match = re.fullmatch(r"(-?\d+(?:\.\d+)?)(分|星|级|颗星|/5|stars?)?", folded)
    return float(match[1]) if match else None


def is_relevance_word(text: str) -> bool:
    """Return whether `text` is one of the words that grade relevance."""
    return squeezed(text) in _RELEVANCE


def read_urgency(cell: Cell) -> str | None:
    """Return "high", "medium" or "low", None if the cell says nothing. Raises BadCellError."""
    text = shown(cell)
    if says_nothing(text):
        return None
    folded = squeezed(text).strip("[]()【】")
    known = _URGENCY.get(folded) or _URGENCY.get(re.sub(r"^[^\w!★]+|[^\w!★]+$", "", folded))
    if known:
        return known
    stars = re.fullmatch(r"(★{1,3}|⭐{1,3})☆*", text.strip())
    if stars:
        return ("low", "medium", "high")[len(stars[1]) - 1]
    parts = re.findall(r"[a-z]+\d*|[^\W\da-z_]+", fold(text))  # 高 High, P0(紧急)
    both = {_URGENCY.get(part) for part in parts}
    if len(parts) > 1 and len(both) == 1 and (same := both.pop()):
        return same
    circles = {"🔴": "high", "🟠": "high", "🟡": "medium", "🟢": "low", "⚪": "low"}
    if text.strip()[:1] in circles:
        return circles[text.strip()[:1]]
    raise BadCellError("not_an_urgency")


def read_yes(cell: Cell) -> bool | None:
    """Return whether `cell` says yes, None if it says nothing. Raises BadCellError."""
    if isinstance(cell, bool):
        return cell
    text = squeezed(shown(cell))
    if text in _YES:
        return True
    if text in _NO:
        return False
    if says_nothing(text):
        return None
    raise BadCellError("not_yes_or_no")


def read_status(cell: Cell) -> str | None:
    """Return the status code of `cell`, or None if its words are not known."""
    text = squeezed(shown(cell))
    if text[:1] in {"☑", "✓", "✔", "√", "✅"} and len(text) == 1:
        return "done"
    return _STATUS.get(re.sub(r"^[^\w]+", "", text))


def read_progress(cell: Cell) -> int | None:
    """Return the progress in `cell` in whole percent, None if it says nothing.

    A number up to 1 is a share, as a cell formatted in percent holds it. Raises BadCellError.
    """
    if isinstance(cell, bool | date | time | timedelta):
        raise BadCellError("not_a_progress")
    text = shown(cell)
    if says_nothing(text):
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(%?)", fold(text).replace(" ", ""))
    if match is None:
        raise BadCellError("not_a_progress")
    number = float(match[1])
    percent = number if match[2] or number > 1 else number * 100
    if percent > 100:
        raise BadCellError("not_a_progress")
    return round(percent)
