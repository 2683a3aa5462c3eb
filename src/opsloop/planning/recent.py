"""A week as it was read a moment ago: who tries things out asks the same again with every move of a slider.

What was read is used again within a minute, as long as nothing was written meanwhile: every write records an event,
and `live.state` tells whether one came to be, in whatever order transactions end.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import date, datetime
from functools import cached_property

from django.db import connection

from opsloop.activity import live
from opsloop.engines import scheduling
from opsloop.engines.scheduling import kernel
from opsloop.engines.scheduling.model import ITERATIONS_EACH
from opsloop.organisation.models import Person
from opsloop.planning.proposals import Week, load, solve

MOST = 24
# Of a person with very many tasks, what the search may take while somebody waits for the effect of a touch.
MOST_ITERATIONS = 12_000


class Read:
    """A week, and the plan that would be proposed for it."""

    def __init__(self, week: Week, state: str) -> None:
        self.week = week
        # What was committed just before it was read.
        self.state = state

    @cached_property
    def plan(self) -> scheduling.Plan:
        """The plan for the week as it is."""
        return solve(self.week, self.week.movable, effort=effort(self.week))


_lock = threading.Lock()
_weeks: OrderedDict[tuple[object, ...], Read] = OrderedDict()


def read(person: Person, week_start: date, *, at: datetime, state: str | None = None) -> Read:
    """Return a week and its plan, to be looked at only. One query if it was asked for a moment ago.

    None at all with the `state` at hand.
    """
    state = live.state() if state is None else state
    minute = at.replace(second=0, microsecond=0)
    key = (str(connection.settings_dict["NAME"]), person.pk, week_start, minute, state)
    with _lock:
        if key in _weeks:
            _weeks.move_to_end(key)
            return _weeks[key]
    found = Read(load(person=person, week_start=week_start, at=at), state)
    with _lock:
        _weeks[key] = found
        while len(_weeks) > MOST:
            _weeks.popitem(last=False)
    return found


def forget() -> None:
    """Forget all: for tests, whose databases go back to what they were without an event."""
    with _lock:
        _weeks.clear()


def effort(week: Week) -> scheduling.Effort | None:
    """Return how long to search while somebody waits for the effect of a touch; None for as long as usual."""
    if not kernel.COMPILED or len(week.tasks) * ITERATIONS_EACH <= MOST_ITERATIONS:
        return None
    return scheduling.Effort(iterations=MOST_ITERATIONS)
