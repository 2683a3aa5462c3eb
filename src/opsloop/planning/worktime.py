"""When somebody works, as plans see it: their blocks, with the share of each day that is kept free."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from opsloop.engines import blocks as engine
from opsloop.engines.blocks import Block
from opsloop.engines.workcalendar import WorkCalendar
from opsloop.organisation import queries as organisation
from opsloop.organisation.models import Person
from opsloop.planning.styles import Chosen, style_for


def blocks_for(
    person: Person,
    days: Iterable[date],
    *,
    chosen: Chosen | None = None,
    calendar: WorkCalendar | None = None,
    leave: Sequence[engine.Span] | None = None,
) -> tuple[Block, ...]:
    """Return the blocks of `person` on `days`, the end of each day flexible as far as they (or those above) chose.

    Costs what `organisation.queries.blocks_for` does, and at most one more without the `chosen` style at hand.
    """
    chosen = chosen or style_for(person)
    found = organisation.blocks_for(person, days, calendar=calendar, leave=leave)
    return engine.keep_flexible(found, chosen.flex)
