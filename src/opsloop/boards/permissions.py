"""Who may do what to a saved view. `check_x` raises with a reason that can be shown, `can_x` says yes or no."""

from __future__ import annotations

from django.utils.translation import gettext as _

from opsloop.boards.models import SavedView
from opsloop.organisation.models import Department, Person
from opsloop.organisation.roles import Permission
from opsloop.records.refusals import Forbidden, Refused

Audience = SavedView.Audience


def check_can_share(audience: str, department: Department | None, person: Person) -> None:
    """Raise Refused unless `person` may offer a view to that audience."""
    if audience == Audience.DEPARTMENT and department is None:
        raise Refused(_("Choose the department that shall see this view."), field="department")
    if audience == Audience.EVERYBODY and not person.may(Permission.WORK_ASSIGN):
        raise Forbidden(_("Only team leads may offer a view to everybody."), field="audience")


def check_can_change(view: SavedView, person: Person) -> None:
    """Raise Refused unless `person` may rename, replace or delete the view for all who see it."""
    if view.owner_id == person.pk:
        return
    held = person.reaches.departments(Permission.WORK_ASSIGN)
    if held is None or (view.audience == Audience.DEPARTMENT and view.department_id in held):
        return
    raise Forbidden(
        _("Only its author and the leads of its department may change this view. Save it as your own.")
    )


def can_change(view: SavedView, person: Person) -> bool:
    """Whether `person` may change the view for all who see it."""
    try:
        check_can_change(view, person)
    except Refused:
        return False
    return True
