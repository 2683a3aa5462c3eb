"""Who may write a report; `check_x` raises with a reason, `can_x` answers yes or no."""

from __future__ import annotations

from django.utils.translation import gettext as _

from opsloop.organisation.models import Person
from opsloop.organisation.roles import Permission
from opsloop.records.refusals import Forbidden, Refused
from opsloop.reports.models import Report, Subjected


def can_write_for(row: Subjected, person: Person) -> bool:
    """Whether `person` may write the report of `row`'s subject: own ones, of departments they lead, own projects."""
    if row.department_id is not None:
        return person.may(Permission.PLAN_TEAM, row.department_id)
    if row.project is not None:
        return bool(row.project.owner_id == person.pk)
    return row.person_id == person.pk and person.may(Permission.WORK_CREATE)


def check_can_write(report: Report, by: Person) -> None:
    """Raise unless `by` may write `report`, and it is still being written.

    Raises:
        Forbidden: it is somebody else's.
        Refused: it was handed in.
    """
    if not can_write_for(report, by):
        raise Forbidden(
            _(
                "A report is written by the person it is about; that of a department by its leads, that of a project"
                " by its owner."
            )
        )
    if report.is_submitted:
        raise Refused(_("This report was handed in. Take it back first, then it can be changed."))


def can_write(report: Report, by: Person) -> bool:
    """Whether `by` may write `report` as it stands."""
    try:
        check_can_write(report, by)
    except Refused:
        return False
    return True
