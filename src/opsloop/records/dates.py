"""Which dates a record may hold. Years outside break arithmetic with time zones and are slips of the pen."""

from __future__ import annotations

from datetime import date

FIRST_YEAR = 2000
LAST_YEAR = 2100


def is_plausible(value: date | None) -> bool:
    """Whether a date or a moment lies in a year that people plan in; none at all is fine."""
    return value is None or FIRST_YEAR <= value.year <= LAST_YEAR
