"""Giving out record numbers without gaps or doubles."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.db.models import F

from opsloop.organisation.models.numbering import NumberCounter, NumberPattern

# Blueprint §1: OP-001 daily operations tasks, RW20231001 project tasks. kind -> prefix, date part, width.
DEFAULTS: dict[str, tuple[str, str, int]] = {
    "task": ("OP-", "", 3),
    "project_task": ("RW", "%Y%m%d", 2),
    "project": ("XM", "%Y", 3),
    "goal": ("MB", "%Y", 3),
    "notice": ("BG", "%Y%m%d", 2),
    "request": ("XZ", "%Y%m%d", 2),
    "communication": ("CO-", "", 3),
    "meeting": ("HY", "%Y%m%d", 2),
    "decision": ("JY", "%Y", 3),
}


def next_number(kind: str, *, at: datetime) -> str:
    """Return the next number of a record type, e.g. "OP-001"; `at` in the organisation's zone.

    Must run in the transaction that stores the record: a rollback takes the number back, so there are
    no gaps, and the guarded UPDATE locks the counter row until commit, so there are no doubles.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a number is given out in the transaction of its record")
    return reserve_numbers(kind, 1, at=at)[0]


def reserve_numbers(kind: str, count: int, *, at: datetime) -> list[str]:
    """Return `count` numbers in one go, for imports. Same promises as `next_number`."""
    prefix, date_part, width = _pattern(kind)
    period = at.strftime(date_part) if date_part else ""
    counters = NumberCounter.objects.filter(kind=kind, period=period)
    if not counters.update(last=F("last") + count):
        # The first of its period.
        NumberCounter.objects.get_or_create(kind=kind, period=period)
        counters.update(last=F("last") + count)
    last = counters.get().last
    return [f"{prefix}{period}{number:0{width}d}" for number in range(last - count + 1, last + 1)]


def example(prefix: str, date_part: str, width: int, *, at: datetime) -> str:
    """Return what the first number of a pattern would look like at `at`."""
    return f"{prefix}{at.strftime(date_part) if date_part else ''}{1:0{width}d}"


def _pattern(kind: str) -> tuple[str, str, int]:
    row = NumberPattern.objects.filter(kind=kind).first()
    return (row.prefix, row.date_part, row.width) if row else DEFAULTS[kind]
