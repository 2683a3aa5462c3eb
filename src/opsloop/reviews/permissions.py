"""Who may write a review; `check_x` raises with a reason, `can_x` answers yes or no."""

from __future__ import annotations

from django.utils.translation import gettext as _

from opsloop.organisation.models import Department, Person
from opsloop.organisation.roles import Permission
from opsloop.records.refusals import Forbidden, Refused
from opsloop.reviews.models import Review


def can_write_for(department: Department | None, person: Person) -> bool:
    """Whether `person` may write the review of a department (None: their own)."""
    if department is None:
        return person.may(Permission.WORK_CREATE)
    return person.may(Permission.PLAN_TEAM, department.pk)


def check_can_write(review: Review, by: Person) -> None:
    """Raise unless `by` may write `review`, and it is still being written.

    Raises:
        Forbidden: it is somebody else's, or that of a department they do not lead.
        Refused: it was handed in.
    """
    is_own = review.department is not None or review.person_id == by.pk
    if not is_own or not can_write_for(review.department, by):
        raise Forbidden(
            _("A review is written by the person it is about; that of a department by its leads.")
        )
    if review.is_submitted:
        raise Refused(_("This review was handed in. Take it back first, then it can be changed."))


def can_write(review: Review, by: Person) -> bool:
    """Whether `by` may write `review` as it stands."""
    try:
        check_can_write(review, by)
    except Refused:
        return False
    return True
