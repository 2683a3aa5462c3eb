"""Reads a goal in passes: what one pass claims, the next does not see."""

from __future__ import annotations

from opsloop.engines.language.goalcheck import dates, measures, values
from opsloop.engines.language.goalcheck.pieces import Piece, Reading

# The order matters: a name before a date, a rate before a deadline, all of them before a number.
PASSES = (
    dates.strike_names,
    dates.strike_rates,
    dates.read_limits,
    dates.strike_comparisons,
    dates.read_deadlines,
    measures.read_measures,
    values.read_value_words,
    values.read_numbers,
)


def read(text: str) -> tuple[Piece, ...]:
    """Return the pieces of the goal `text`, in the order of the text. Never raises."""
    reading = Reading(text)
    for one_pass in PASSES:
        one_pass(reading)
    return tuple(sorted(reading.pieces, key=lambda piece: (piece.start, -piece.end)))
