"""Setting what a number shall be."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.dashboards import permissions
from opsloop.dashboards.events import TargetSet
from opsloop.dashboards.models import Target
from opsloop.dashboards.numbers import BY_CODE
from opsloop.organisation.models import Department, Person
from opsloop.records.refusals import Refused, StaleVersion


@transaction.atomic
def set_target(
    *, number: str, department: Department | None, value: int | None, by: Person, at: datetime, version: int
) -> Undo:
    """Set the target of a number in percent, for a department or (None) for all; None takes the own one away.

    `version` is the one that was seen, 0 where there was none.

    Raises:
        Forbidden: `by` may not set targets.
        Refused: it is no percentage.
        StaleVersion: somebody set it since.
    """
    permissions.check_can_set_targets(by)
    if value is not None and not 0 <= value <= 100:
        raise Refused(_("A target is a percentage from 0 to 100."), field="value")
    found = Target.objects.filter(number=number, department=department).first()
    before = found.value if found else None
    if found is not None:
        found.value = value if value is not None else found.value
        found.bump(version, ["value"])
        if value is None:
            found.delete()
    elif value is not None:
        found = _first(number, department, value)
    pk = found.pk if found is not None and found.pk else 0
    activity.record(
        TargetSet(
            subject_id=pk, by_id=by.pk, at=at, department_id=department.pk if department else None,
            changes={"target": [before, value], "number": [number, number]},
        )
    )  # fmt: skip
    step = {"number": number, "department": department.pk if department else None, "value": before}
    return activity.offer_undo(verb="dashboard.target", arguments=step, by=by, at=at)


def _first(number: str, department: Department | None, value: int) -> Target:
    try:
        with transaction.atomic():
            return Target.objects.create(number=number, department=department, value=value)
    except IntegrityError:
        current = Target.objects.get(number=number, department=department)
        raise StaleVersion(current, expected=0) from None


def undo_set_target(
    *, by: Person, at: datetime, number: str, department: int | None, value: int | None
) -> None:
    """Put the target before back."""
    if number not in BY_CODE:
        raise Refused(_("This number does not exist any more."))
    place = Department.objects.filter(pk=department).first() if department else None
    if department and place is None:
        raise Refused(_("This department does not exist any more."))
    found = Target.objects.filter(number=number, department=place).first()
    set_target(
        number=number, department=place, value=value, by=by, at=at, version=found.version if found else 0
    )
