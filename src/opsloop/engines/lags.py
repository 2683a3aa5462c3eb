"""How long a task waits after another: working minutes, typed as +1天, 2h, 30min."""

from __future__ import annotations

from opsloop.engines.sheets.bad import BadCellError
from opsloop.engines.sheets.durations import MINUTES, read_minutes

_ZERO = frozenset({"0", "0h", "0d", "0min", "无", "none"})


def read(text: str) -> int:
    """Return working minutes; a bare number counts days, a sign "+" says nothing, "" and 0 are none.

    Raises:
        BadCellError: it is no duration, or points backwards.
    """
    plain = text.strip().lstrip("+＋").strip()
    if not plain or plain.casefold() in _ZERO:
        return 0
    minutes = read_minutes(plain, "d")
    if minutes is None:
        raise BadCellError("not_a_duration")
    return minutes


def written(minutes: int) -> str:
    """Write working minutes as `read` takes them, in the greatest unit that divides them; "" for none."""
    if not minutes:
        return ""
    for unit in ("d", "h"):
        whole, rest = divmod(minutes, MINUTES[unit])
        if not rest:
            return f"+{whole}{unit}"
    return f"+{minutes}min"
