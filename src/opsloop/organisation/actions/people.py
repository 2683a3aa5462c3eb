"""Adding, changing, disabling people; their roles, skills and personal settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.organisation import permissions
from opsloop.organisation.events import (
    PersonChanged,
    PersonDisabled,
    PersonEnabled,
    RoleGranted,
    RoleWithdrawn,
)
from opsloop.organisation.models import Department, Invitation, Person, PersonSkill, RoleAssignment, Skill
from opsloop.organisation.roles import ROLE_RULES, Permission, Reach, Role
from opsloop.records.changes import as_json, set_fields
from opsloop.records.refusals import Forbidden, Refused
from opsloop.search import actions as search

FIELDS = frozenset({"username", "name", "email", "department", "title", "phone"})
PREFERENCES = frozenset(
    {"language", "time_zone", "theme", "density", "start_page", "phone", "title", "reserve_percent"}
)
MOST_SKILLS = 30


@transaction.atomic
def create(
    *, by: Person, at: datetime, username: str, name: str, department: Department | None,
    role: Role | None = Role.MEMBER, **values: Any,
) -> Person:  # fmt: skip
    """Add a person with a first role in their department; they cannot log in before an invitation.

    Raises:
        Refused: the rules do not allow it; `field` names what to mend.
    """
    permissions.check_can_create_person(department, by)
    fields = {key: value for key, value in values.items() if key in FIELDS | PREFERENCES}
    person = Person(username=username.strip(), name=name.strip(), department=department, **fields)
    person.created_at = at
    person.set_unusable_password()
    _check_identity(person)
    person.save(force_insert=True)
    index(person)
    changes = {"name": [None, person.name], "department": [None, as_json(department)]}
    activity.record(PersonChanged(**_about(person, by, at), changes=changes))
    if role:
        grant(person=person, role=role, department=department, by=by, at=at)
    return person


@transaction.atomic
def change(*, person: Person, values: Mapping[str, Any], by: Person, at: datetime, version: int) -> None:
    """Change what the directory says about a person seen at `version`.

    Moving somebody to another department moves the roles they hold for the old one along.

    Raises:
        StaleVersion: somebody wrote it since.
        Refused: the rules do not allow it.
    """
    permissions.check_can_manage(person, by)
    old_home = person.department
    person.bump(version)
    changes = set_fields(person, {name: value for name, value in values.items() if name in FIELDS})
    if "email" in changes and person.has_joined:
        permissions.check_can_change_address(by)
    _check_identity(person)
    if "department" in changes:
        permissions.check_can_create_person(person.department, by)
        _move_roles(person, old_home)
    person.save(update_fields=list(changes))
    if "email" in changes:
        # allauth keeps a list of its own; the new address is taken over from the person at log-in.
        EmailAddress.objects.filter(user=person).delete()
    if changes:
        index(person)
        activity.record(PersonChanged(**_about(person, by, at), changes=changes))


@transaction.atomic
def disable(*, person: Person, by: Person, at: datetime, version: int) -> None:
    """Disable a person: no log-in, no open session, no open invitation. What they did stays theirs.

    Raises:
        StaleVersion: somebody wrote it since.
        Refused: it is the last administrator, or oneself.
    """
    _queue_for_admins()
    permissions.check_can_disable(person, by)
    person.bump(version)
    person.is_active, person.disabled_at = False, at
    person.save(update_fields=["is_active", "disabled_at"])
    Invitation.objects.filter(person=person).open(at=at).update(revoked_at=at)
    end_sessions(person)
    activity.record(PersonDisabled(**_about(person, by, at)))


@transaction.atomic
def enable(*, person: Person, by: Person, at: datetime, version: int) -> None:
    """Let a disabled person log in again, with the roles they held."""
    permissions.check_can_manage(person, by)
    person.bump(version)
    person.is_active, person.disabled_at = True, None
    person.save(update_fields=["is_active", "disabled_at"])
    activity.record(PersonEnabled(**_about(person, by, at)))


def end_sessions(person: Person) -> None:
    """Log a person out everywhere."""
    for session in UserSession.objects.filter(user=person):
        session.end()


@transaction.atomic
def grant(*, person: Person, role: Role, department: Department | None, by: Person, at: datetime) -> None:
    """Let a person hold `role` for `department`, or for the whole organisation (None).

    Membership of a department can be given by whoever manages it; every other role by administrators.

    Raises:
        Forbidden: `by` may not grant this role.
        Refused: the role makes no sense there, or is held already.
    """
    _check_can_grant(role, department, by)
    reach = ROLE_RULES[role].reach
    if reach is Reach.ORGANISATION:
        department = None
    elif department is None:
        raise Refused(_("Choose the department for which the role is held."), field="department")
    elif department.closed_at:
        raise Refused(_("This department is closed. Choose another one."), field="department")
    held = RoleAssignment.objects.filter(person=person, role=role, department=department)
    if held.exists():
        raise Refused(_("%(name)s holds this role already.") % {"name": person.name}, field="role")
    RoleAssignment.objects.create(
        person=person, role=role, department=department, granted_at=at, granted_by_id=by.pk
    )
    changes = {"role": [None, role.value], "department": [None, as_json(department)]}
    activity.record(RoleGranted(**_about(person, by, at), changes=changes))


@transaction.atomic
def withdraw(*, assignment: RoleAssignment, by: Person, at: datetime) -> None:
    """Take a role away.

    Raises:
        Forbidden: `by` may not.
        Refused: nobody would be administrator any more.
    """
    role = Role(assignment.role)
    _check_can_grant(role, assignment.department, by)
    if role is Role.ADMIN:
        _queue_for_admins()
        permissions.check_not_last_admin(assignment.person)
    changes = {"role": [role.value, None], "department": [as_json(assignment.department), None]}
    assignment.delete()
    activity.record(RoleWithdrawn(**_about(assignment.person, by, at), changes=changes))


@transaction.atomic
def set_skills(*, person: Person, levels: Mapping[str, int], by: Person, at: datetime, version: int) -> None:
    """Say what a person seen at `version` can do: skill name -> level 1 to 5. Skills left out are dropped.

    Raises:
        StaleVersion: somebody wrote the person since.
        Refused: a level or a name is out of range.
    """
    if person.pk != by.pk:
        permissions.check_can_enter_leave(person, by)
    wanted = {name.strip(): level for name, level in levels.items() if name.strip()}
    if len(wanted) > MOST_SKILLS or any(len(name) > 40 for name in wanted):
        raise Refused(_("At most 30 skills of at most 40 characters each."), field="skills")
    if not all(1 <= level <= 5 for level in wanted.values()):
        raise Refused(_("A level is a number from 1 to 5."), field="skills")
    person.bump(version)
    before = dict(PersonSkill.objects.filter(person=person).values_list("skill__name", "level"))
    PersonSkill.objects.filter(person=person).delete()
    PersonSkill.objects.bulk_create(
        PersonSkill(person=person, skill=skill, level=wanted[skill.name]) for skill in _skills(wanted)
    )
    if before != wanted:
        changes = {"skills": [before, wanted]}
        activity.record(PersonChanged(**_about(person, by, at), changes=changes))


@transaction.atomic
def prefer(*, person: Person, values: Mapping[str, Any], at: datetime, version: int) -> None:
    """Change one's own settings, seen at `version`.

    Raises:
        StaleVersion: they were changed in another window since.
    """
    person.bump(version)
    changes = set_fields(person, {name: value for name, value in values.items() if name in PREFERENCES})
    person.save(update_fields=list(changes))
    if changes:
        activity.record(PersonChanged(**_about(person, person, at), changes=changes))


def index(person: Person) -> None:
    """Make a person findable by name, pinyin, initials and user name."""
    search.index(kind="person", object_id=person.pk, title=person.name, texts=[person.username, person.title])


def _skills(names: Iterable[str]) -> list[Skill]:
    Skill.objects.bulk_create([Skill(name=name) for name in names], ignore_conflicts=True)
    return list(Skill.objects.filter(name__in=names))


def _queue_for_admins() -> None:
    """Let one at a time ask whether an administrator would be left; SQLite has one writer anyway."""
    list(RoleAssignment.objects.filter(role=Role.ADMIN).select_for_update())


def _check_can_grant(role: Role, department: Department | None, by: Person) -> None:
    if by.may(Permission.ROLES_GRANT):
        return
    manages = permissions.reaches(by, Permission.PEOPLE_MANAGE, department.pk if department else None)
    if role is not Role.MEMBER or department is None or not manages:
        raise Forbidden(_("Roles are granted and withdrawn by administrators."), field="role")


def _check_identity(person: Person) -> None:
    others = Person.objects.exclude(pk=person.pk)
    if not person.name:
        raise Refused(_("A person needs a name."), field="name")
    if others.filter(username__iexact=person.username).exists():
        raise Refused(_("This user name is taken. Choose another one."), field="username")
    person.email = person.email.strip().lower()
    if person.email and others.filter(email__iexact=person.email).exists():
        raise Refused(_("This email address belongs to somebody else."), field="email")


def _move_roles(person: Person, old_home: Department | None) -> None:
    """Let roles held for the old department be held for the new one."""
    if old_home is None:
        return
    held = set(RoleAssignment.objects.filter(person=person).values_list("role", "department_id"))
    for row in RoleAssignment.objects.filter(person=person, department=old_home):
        if person.department is None or (row.role, person.department_id) in held:
            row.delete()
        else:
            row.department = person.department
            row.save(update_fields=["department"])


def _about(person: Person, by: Person, at: datetime) -> dict[str, Any]:
    return {
        "subject_id": person.pk,
        "by_id": by.pk,
        "at": at,
        "department_id": person.department_id,
        "person_ids": (person.pk,),
    }
