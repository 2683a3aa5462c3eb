"""Risks: raised, weighed anew, answered, closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from opsloop.activity.models import Undo
from opsloop.organisation.models import Person
from opsloop.portfolio.actions import records
from opsloop.portfolio.models import Risk
from opsloop.records.changes import set_fields
from opsloop.records.dates import is_plausible
from opsloop.records.refusals import Refused
from opsloop.work.models import Project


def add(*, project: Project, by: Person, at: datetime, **values: Any) -> tuple[Risk, Undo]:
    """Put a risk into the register.

    Raises:
        Refused: the values do not fit; `field` names what to mend.
    """
    risk = Risk(project=project)
    _check(values)
    set_fields(risk, values)
    return risk, records.add(record=risk, by=by, at=at)


def change(*, risk: Risk, values: Mapping[str, Any], by: Person, at: datetime, version: int) -> Undo | None:
    """Change a risk that the writer saw at `version`; a new score remembers the old one as its trend."""
    whole = {"title": risk.title, **values}
    _check(whole)
    score = int(whole.get("probability", risk.probability)) * int(whole.get("impact", risk.impact))
    if score != risk.score:
        whole["score_before"] = risk.score
    return records.change(record=risk, values=whole, by=by, at=at, version=version)


def _check(values: Mapping[str, Any]) -> None:
    if not str(values.get("title", "")).strip():
        raise Refused(_("A risk needs a name: what may happen?"), field="title")
    if not is_plausible(values.get("review_on")):
        raise Refused(_("Choose a date between 2000 and 2100."), field="review_on")
