"""Who may do what to a lesson; `check_x` raises with a reason, `can_x` answers yes or no."""

from __future__ import annotations

from django.utils.translation import gettext as _

from opsloop.knowledge.models import Lesson
from opsloop.organisation.models import Person
from opsloop.organisation.roles import Permission
from opsloop.records.refusals import Forbidden, Refused


def check_can_write(by: Person) -> None:
    """Raise unless `by` does any work here: whoever works learns."""
    if not by.may(Permission.WORK_CREATE):
        raise Forbidden(_("Your role only allows reading."))


def check_can_edit(lesson: Lesson, by: Person) -> None:
    """Raise unless `by` wrote the lesson or leads the department it comes from, and it is not put away."""
    leads = lesson.department_id is not None and by.may(Permission.WORK_EDIT, lesson.department_id)
    if lesson.author_id != by.pk and not leads:
        raise Forbidden(_("A lesson is changed by who wrote it, and by the leads of their department."))
    if lesson.archived_at:
        raise Refused(_("This lesson was put away. Bring it back first."))


def can_edit(lesson: Lesson, by: Person) -> bool:
    """Whether `by` may change the lesson."""
    try:
        check_can_edit(lesson, by)
    except Refused:
        return False
    return True
