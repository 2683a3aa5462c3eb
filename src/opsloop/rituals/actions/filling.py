"""Filling the gaps of a day in one click: several entries, one undo."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.engines.hours import Span
from opsloop.records.refusals import Refused
from opsloop.rituals.actions import runs
from opsloop.rituals.actions.runs import Which
from opsloop.timekeeping.actions import entries
from opsloop.work.models import Task


@transaction.atomic
def fill(*, which: Which, fillings: Sequence[tuple[Task, Span]], at: datetime) -> Undo:
    """Record each filling as hours of the person.

    Raises:
        Refused: none was named, or one overlaps what is recorded by now; then none is recorded.
    """
    if not fillings:
        raise Refused(_("Choose at least one gap to fill."))
    inner = []
    for task, span in fillings:
        change = entries.record_spans(spans=[span], task=task, by=which.person, at=at)
        inner += [change.undo.pk] if change.undo else []
    run = runs.begin(which, at=at)
    arguments = which.of() | {"answers": {}, "step": run.step, "inner": inner}
    return activity.offer_undo(verb="ritual.answer", arguments=arguments, by=which.person, at=at)
