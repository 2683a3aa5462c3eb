"""Choosing what matters more in plans, and how much of each day is kept free."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.engines.scheduling import LEANINGS
from opsloop.organisation.models import Department, Person
from opsloop.planning.events import PlanStyleChanged
from opsloop.planning.models import PlanStyle
from opsloop.planning.permissions import check_can_style
from opsloop.records.refusals import Refused, StaleVersion

FIELDS = (*LEANINGS, "flex_percent")


@transaction.atomic
def set_style(
    *,
    values: Mapping[str, int | None],
    by: Person,
    at: datetime,
    version: int | None,
    person: Person | None = None,
    department: Department | None = None,
) -> Undo | None:
    """Make `values` the style of a person, a department or (neither) the organisation; None is "as above".

    `version` is that of the row which the writer saw; None if there was none. What is not in `values` stays. Returns
    the offered undo, None if nothing changed.

    Raises:
        StaleVersion: somebody chose since.
        Forbidden: `by` may not choose for them.
    """
    check_can_style(person=person, department=department, by=by)
    row = PlanStyle.objects.filter(person=person, department=department).first()
    if row is None:
        row = PlanStyle.objects.create(person=person, department=department)
    elif version is None:
        raise StaleVersion(row, expected=0)
    else:
        row.bump(version)
    before = {name: getattr(row, name) for name in FIELDS}
    after = before | {name: values[name] for name in FIELDS if name in values}
    if before == after:
        return None
    _write(row, before, after, by=by, at=at)
    arguments = {"style_id": row.pk, "version": row.version, "before": before}
    return activity.offer_undo(verb="plan_style.set", arguments=arguments, by=by, at=at)


@transaction.atomic
def undo_set_style(
    *, by: Person, at: datetime, style_id: int, version: int, before: Mapping[str, int | None]
) -> None:
    """Bring back what was chosen before.

    Raises:
        Refused: somebody has chosen again since.
    """
    row = PlanStyle.objects.select_related("person", "department").filter(pk=style_id).first()
    if row is None or row.version != version:
        raise Refused(_("This cannot be undone: the planning style has been changed since."))
    check_can_style(person=row.person, department=row.department, by=by)
    row.bump(version)
    _write(row, {name: getattr(row, name) for name in FIELDS}, before, by=by, at=at)


def _write(
    row: PlanStyle, before: Mapping[str, Any], after: Mapping[str, Any], *, by: Person, at: datetime
) -> None:
    for name in FIELDS:
        setattr(row, name, after[name])
    row.save(update_fields=FIELDS)
    changed = {name: [before[name], after[name]] for name in FIELDS if before[name] != after[name]}
    people = (row.person_id,) if row.person_id else ()
    home = row.person.department_id if row.person else row.department_id
    activity.record(
        PlanStyleChanged(
            subject_id=row.pk, by_id=by.pk, at=at, department_id=home, person_ids=people, changes=changed
        )
    )
