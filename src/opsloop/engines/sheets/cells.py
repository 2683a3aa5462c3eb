"""How well values fit a field: decides what a heading with several meanings means."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from opsloop.engines.grid import Cell
from opsloop.engines.sheets.answers import read_progress, read_status
from opsloop.engines.sheets.bad import BadCellError
from opsloop.engines.sheets.dates import Clock, read_clock, read_moment, read_period
from opsloop.engines.sheets.durations import read_minutes

_ANY_DAY = Clock(date(2026, 1, 1))  # whether a text is a date does not depend on the day it is read


def _is_period(cell: Cell) -> bool:
    start, end = read_period(cell, _ANY_DAY)
    return start is not None or end is not None


_FITS: dict[str, Callable[[Cell], bool]] = {
    "due": lambda cell: read_moment(cell, _ANY_DAY) is not None,
    "due_time": lambda cell: read_clock(cell) is not None,
    "period": _is_period,
    "estimate": lambda cell: read_minutes(cell, "h") is not None,
    "progress": lambda cell: read_progress(cell) is not None,
    "status": lambda cell: read_status(cell) is not None,
}


def how_many_fit(field: str, values: Iterable[Cell]) -> int:
    """Return how many of `values` can be read as `field`; 0 for a field that takes anything."""
    fits = _FITS.get(field)
    return sum(1 for value in values if _quietly(fits, value)) if fits else 0


def _quietly(fits: Callable[[Cell], bool], value: Cell) -> bool:
    try:
        return fits(value)
    except BadCellError:
        return False
