"""Who may do what in the organisation; `check_x` raises with a reason, `can_x` answers yes or no."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from opsloop.organisation.models import BlockTemplate, Department, Person, RoleAssignment
from opsloop.organisation.roles import ROLE_RULES, Permission, Reach, Role
from opsloop.records.refusals import Forbidden, Refused


def reaches(by: Person, permission: Permission, department_id: int | None) -> bool:
    """Whether `by` holds `permission` for the department; None means somebody or something outside all."""
    held = by.reaches.departments(permission)
    return held is None or department_id in held


def allows(check: Callable[..., None], *arguments: Any) -> bool:
    """Whether `check` raises no refusal."""
    try:
        check(*arguments)
    except Refused:
        return False
    return True


def check_can(permission: Permission, by: Person) -> None:
    """Raise Forbidden unless `by` holds `permission` at all."""
    if not by.may(permission):
        raise Forbidden(_("Your role does not allow this. Ask an administrator."))


def check_can_create_person(department: Department | None, by: Person) -> None:
    """Raise Refused unless `by` may add somebody to `department`."""
    check_can(Permission.PEOPLE_MANAGE, by)
    if not reaches(by, Permission.PEOPLE_MANAGE, department.pk if department else None):
        raise Forbidden(_("Choose a department that you manage."), field="department")
    if department and department.closed_at:
        raise Refused(_("This department is closed. Choose another one."), field="department")


def check_can_manage(person: Person, by: Person) -> None:
    """Raise Forbidden unless `by` may change or disable `person`.

    Whoever may not grant roles may not change those who steer the whole organisation either.
    """
    if by.may(Permission.ROLES_GRANT):
        return
    if not reaches(by, Permission.PEOPLE_MANAGE, person.department_id):
        raise Forbidden(_("You can only manage people of your own departments."))
    if person.pk != by.pk and wide_roles(person):
        raise Forbidden(_("People with a role for the whole organisation are managed by administrators."))


def wide_roles(person: Person) -> bool:
    """Whether the person holds a role that reaches the whole organisation."""
    wide = [role for role, rule in ROLE_RULES.items() if rule.reach is Reach.ORGANISATION]
    return RoleAssignment.objects.filter(person=person, role__in=wide).exists()


def can_manage(person: Person, by: Person) -> bool:
    """Whether `by` may change or disable `person`."""
    return allows(check_can_manage, person, by)


def check_can_invite(person: Person, by: Person) -> None:
    """Raise Refused unless `by` may make a link that sets the password of `person`.

    For somebody who has joined, such a link is as good as their password: administrators only.
    """
    check_can_manage(person, by)
    if not person.is_active:
        raise Refused(_("%(name)s is disabled. Enable the account first.") % {"name": person.name})
    if person.has_joined and not by.may(Permission.ROLES_GRANT):
        raise Forbidden(
            _("%(name)s has joined already. A new password link is made by administrators.")
            % {"name": person.name}
        )


def check_can_change_address(by: Person) -> None:
    """Raise Forbidden unless `by` may change the address of somebody who has joined.

    Whoever reads the mail of that address can set a new password: as good as `check_can_invite`. One's own
    is changed with the password at hand, on the pages of the account.
    """
    if not by.may(Permission.ROLES_GRANT):
        raise Forbidden(
            _("The address of somebody who has joined is changed by administrators, or by themselves."),
            field="email",
        )


def check_can_disable(person: Person, by: Person) -> None:
    """Raise Refused unless `by` may disable `person`."""
    check_can_manage(person, by)
    if person.pk == by.pk:
        raise Refused(_("You cannot disable your own account."))
    check_not_last_admin(person)


def check_not_last_admin(person: Person) -> None:
    """Raise Refused if the organisation would be left without an administrator."""
    admins = RoleAssignment.objects.filter(role=Role.ADMIN, person__is_active=True)
    if admins.filter(person=person).exists() and not admins.exclude(person=person).exists():
        raise Refused(_("This is the last administrator. Make somebody else administrator first."))


def check_can_see_contact(person: Person, by: Person) -> None:
    """Raise Forbidden unless `by` may see the private phone number of `person`."""
    if by.pk == person.pk or reaches(by, Permission.LEAVE_MANAGE, person.department_id):
        return
    raise Forbidden(_("The phone number is shown to the person and to their leads."))


def check_can_enter_leave(person: Person, by: Person) -> None:
    """Raise Forbidden unless `by` may enter leave of `person`: their own, or that of their people."""
    if by.pk != person.pk and not reaches(by, Permission.LEAVE_MANAGE, person.department_id):
        raise Forbidden(_("You can enter your own leave and that of people you lead."))


def check_can_edit_blocks(*, department: Department | None, person: Person | None, by: Person) -> None:
    """Raise Forbidden unless `by` may set the time blocks of this owner (neither: the organisation's)."""
    if person is not None:
        if person.pk != by.pk and not reaches(by, Permission.BLOCKS_MANAGE, person.department_id):
            raise Forbidden(_("You can set your own time blocks and those of people you lead."))
    elif department is not None:
        if not reaches(by, Permission.BLOCKS_MANAGE, department.pk):
            raise Forbidden(_("You can set the time blocks of the teams you lead."))
    elif not by.may(Permission.SETTINGS_MANAGE):
        raise Forbidden(_("The time blocks of the whole organisation are set by administrators."))


def can_edit_template(template: BlockTemplate, by: Person) -> bool:
    """Whether `by` may change `template`."""
    try:
        check_can_edit_blocks(department=template.department, person=template.person, by=by)
    except Refused:
        return False
    return True
