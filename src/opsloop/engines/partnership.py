"""How departments work for each other: figures of every pair of one that asks and one that does.

A case counts for the rates when it was asked in the span one looks at; what is open and late is as it stands now,
whenever it was asked. Times to answer are whole working minutes, counted by who hands the cases in.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from opsloop.engines.reviewing import Rate

NOTHING = Rate()
# What a number can be asked for: the cases behind it are those for which `judged` says something.
CODES = ("asked", "answer", "answered", "delivered", "returned", "escalated", "open", "late")
# What both agreed on and is not there yet: another date may be on offer, or with the superior.
_WORKING = frozenset({"accepted", "countered", "escalated"})
_HANDED_OVER = frozenset({"delivered", "done"})
_OPEN = frozenset({"asked", "countered", "accepted", "delivered", "escalated"})


@dataclass(frozen=True)
class Case:
    """One request between two departments; moments are aware, `answer_minutes` None while nobody has answered."""

    key: int
    asking: int
    doing: int
    state: str
    asked_at: datetime
    is_in_span: bool
    answer_due_at: datetime | None = None
    answered_at: datetime | None = None
    answer_minutes: int | None = None
    # The date that stands, which both have agreed on once it is accepted.
    due_at: datetime | None = None
    is_agreed: bool = False
    delivered_at: datetime | None = None
    was_returned: bool = False
    was_escalated: bool = False
    closed_at: datetime | None = None


@dataclass(frozen=True)
class Figures:
    """What the cases of one pair, or of many, come to; minutes are working minutes, None without an answer."""

    asked: int = 0
    median: int | None = None
    p90: int | None = None
    answered: Rate = NOTHING
    delivered: Rate = NOTHING
    returned: Rate = NOTHING
    escalated: int = 0
    open: int = 0
    late: int = 0


def judged(code: str, case: Case, at: datetime) -> bool | None:
    """Say what a case adds to a number: None nothing, True one that it is about, False one of those it is out of.

    Raises:
        KeyError: no number has this code.
    """
    if code in {"open", "late"}:
        counts = is_late(case, at) if code == "late" else case.state in _OPEN
        return True if counts else None
    if not case.is_in_span:
        return None
    return _JUDGES[code](case, at)


def _answer(case: Case, _at: datetime) -> bool | None:
    return None if case.answer_minutes is None else True


def _answered(case: Case, at: datetime) -> bool | None:
    """Whether an answer came in time; one that is not owed yet, or was asked for no more before, is not judged."""
    if case.answer_due_at is None:
        return None
    if case.answered_at is not None:
        return case.answered_at <= case.answer_due_at
    ended = min(at, case.closed_at) if case.closed_at else at
    return False if ended > case.answer_due_at else None


def _delivered(case: Case, at: datetime) -> bool | None:
    """Whether what was agreed came in time; what is not due yet, or was called off, is not judged."""
    if not case.is_agreed or case.due_at is None:
        return None
    if case.state in _HANDED_OVER and case.delivered_at is not None:
        return case.delivered_at <= case.due_at
    return False if case.state in _WORKING and case.due_at < at else None


def _returned(case: Case, _at: datetime) -> bool | None:
    if case.state not in _HANDED_OVER and not case.was_returned:
        return None
    return case.was_returned


_JUDGES: Mapping[str, Callable[[Case, datetime], bool | None]] = {
    "asked": lambda _case, _at: True,
    "answer": _answer,
    "answered": _answered,
    "delivered": _delivered,
    "returned": _returned,
    "escalated": lambda case, _at: True if case.was_escalated else None,
}


def is_late(case: Case, at: datetime) -> bool:
    """Whether the department that does it owes something since before `at`: an answer, or the thing itself."""
    if case.state == "asked" and case.answer_due_at is not None and case.answer_due_at < at:
        return True
    return case.state in _OPEN - _HANDED_OVER and case.due_at is not None and case.due_at < at


def figures(cases: Iterable[Case], at: datetime) -> Figures:
    """Return the figures of some cases as they stand at `at`."""
    rows = list(cases)
    minutes = sorted(
        case.answer_minutes for case in rows if judged("answer", case, at) and case.answer_minutes is not None
    )

    def count(code: str) -> int:
        return sum(judged(code, case, at) is True for case in rows)

    return Figures(
        asked=count("asked"),
        median=_median(minutes),
        p90=_nearest_rank(minutes, 0.9),
        answered=_rate("answered", rows, at),
        delivered=_rate("delivered", rows, at),
        returned=_rate("returned", rows, at),
        escalated=count("escalated"),
        open=count("open"),
        late=count("late"),
    )


def by_pair(cases: Iterable[Case], at: datetime) -> Mapping[tuple[int, int], Figures]:
    """Return (asking, doing) -> figures, for the pairs that have a case."""
    pairs: dict[tuple[int, int], list[Case]] = {}
    for case in cases:
        pairs.setdefault((case.asking, case.doing), []).append(case)
    return {pair: figures(rows, at) for pair, rows in pairs.items()}


def _rate(code: str, rows: Sequence[Case], at: datetime) -> Rate:
    said = [one for case in rows if (one := judged(code, case, at)) is not None]
    return Rate(sum(said), len(said))


def _median(ordered: Sequence[int]) -> int | None:
    """Return the middle value; between two of them, the whole minute halfway."""
    if not ordered:
        return None
    half, is_odd = divmod(len(ordered), 2)
    return ordered[half] if is_odd else (ordered[half - 1] + ordered[half]) // 2


def _nearest_rank(ordered: Sequence[int], share: float) -> int | None:
    """Return the least value that `share` of all do not exceed, so that it is one that really occurred."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None
