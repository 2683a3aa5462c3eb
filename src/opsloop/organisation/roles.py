"""Roles as data: what each is called, what it may do, and how far it reaches."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Permission(StrEnum):
    """What somebody may do. Names are `noun.verb`; the matrix page shows them with `PERMISSION_LABELS`."""

    WORK_VIEW = "work.view"
    WORK_CREATE = "work.create"
    WORK_EDIT = "work.edit"
    WORK_ASSIGN = "work.assign"
    WORK_DELETE = "work.delete"
    GOAL_EDIT = "goal.edit"
    PROJECT_EDIT = "project.edit"
    TIME_VIEW = "time.view"
    PLAN_TEAM = "plan.team"
    TABLES_IMPORT = "tables.import"
    TABLES_EXPORT = "tables.export"
    PEOPLE_MANAGE = "people.manage"
    ROLES_GRANT = "roles.grant"
    DEPARTMENTS_MANAGE = "departments.manage"
    CALENDAR_MANAGE = "calendar.manage"
    BLOCKS_MANAGE = "blocks.manage"
    LEAVE_MANAGE = "leave.manage"
    NOTICE_VIEW = "notice.view"
    NOTICE_STEER = "notice.steer"
    REQUEST_STEER = "request.steer"
    MEETING_VIEW = "meeting.view"
    ROOMS_MANAGE = "rooms.manage"
    SETTINGS_MANAGE = "settings.manage"
    AUDIT_VIEW = "audit.view"


PERMISSION_LABELS: dict[Permission, Promise] = {
    Permission.WORK_VIEW: _("See tasks, projects and goals"),
    Permission.WORK_CREATE: _("Create tasks"),
    Permission.WORK_EDIT: _("Change tasks of others"),
    Permission.WORK_ASSIGN: _("Assign tasks to others"),
    Permission.WORK_DELETE: _("Delete tasks of others"),
    Permission.GOAL_EDIT: _("Create and change goals"),
    Permission.PROJECT_EDIT: _("Create and change projects"),
    Permission.TIME_VIEW: _("See the hours of others"),
    Permission.PLAN_TEAM: _("Plan the week of others"),
    Permission.TABLES_IMPORT: _("Import tables"),
    Permission.TABLES_EXPORT: _("Export tables"),
    Permission.PEOPLE_MANAGE: _("Invite, change and disable people"),
    Permission.ROLES_GRANT: _("Grant and withdraw roles"),
    Permission.DEPARTMENTS_MANAGE: _("Change the department tree"),
    Permission.CALENDAR_MANAGE: _("Change the working calendar"),
    Permission.BLOCKS_MANAGE: _("Change the time blocks of a team"),
    Permission.LEAVE_MANAGE: _("Enter the leave of others"),
    Permission.NOTICE_VIEW: _("See the notices of a department and who has confirmed them"),
    Permission.NOTICE_STEER: _("Correct, withdraw and close notices of a department"),
    Permission.REQUEST_STEER: _("Answer and hand out the requests to a department, and build its forms"),
    Permission.MEETING_VIEW: _("See the meetings and minutes of a department"),
    Permission.ROOMS_MANAGE: _("Add, change and remove meeting rooms"),
    Permission.SETTINGS_MANAGE: _("Change the settings of the organisation"),
    Permission.AUDIT_VIEW: _("Read the audit log"),
}


class Role(models.TextChoices):
    """The roles a person can hold, each for one department or for the whole organisation."""

    MEMBER = "member", _("Member")
    LEAD = "lead", _("Team lead")
    MANAGER = "manager", _("Manager")
    DIRECTOR = "director", _("Director")
    AUDITOR = "auditor", _("Auditor")
    ADMIN = "admin", _("Administrator")


class Reach(StrEnum):
    """How far a role reaches from the department it is held for."""

    DEPARTMENT = "department"
    SUBTREE = "subtree"
    ORGANISATION = "organisation"


@dataclass(frozen=True)
class RoleRule:
    """What holding a role means."""

    description: Promise
    reach: Reach
    permissions: frozenset[Permission]


P = Permission
_MEMBER = {P.WORK_VIEW, P.WORK_CREATE, P.TABLES_IMPORT, P.TABLES_EXPORT}
_LEAD = _MEMBER | {
    P.WORK_EDIT, P.WORK_ASSIGN, P.WORK_DELETE, P.GOAL_EDIT, P.PROJECT_EDIT, P.TIME_VIEW, P.PLAN_TEAM,
    P.BLOCKS_MANAGE, P.LEAVE_MANAGE, P.NOTICE_VIEW, P.NOTICE_STEER, P.REQUEST_STEER, P.MEETING_VIEW,
}  # fmt: skip
_MANAGER = _LEAD | {P.PEOPLE_MANAGE}

ROLE_RULES: dict[Role, RoleRule] = {
    Role.MEMBER: RoleRule(
        _("Does the work of a department: sees it, creates tasks, changes own ones."),
        Reach.DEPARTMENT,
        frozenset(_MEMBER),
    ),
    Role.LEAD: RoleRule(
        _("Leads a department: assigns, plans and changes the work of everyone in it and below."),
        Reach.SUBTREE,
        frozenset(_LEAD),
    ),
    Role.MANAGER: RoleRule(
        _("Manages departments: what a team lead may, and inviting and disabling people."),
        Reach.SUBTREE,
        frozenset(_MANAGER),
    ),
    Role.DIRECTOR: RoleRule(
        _("Directs the organisation: sees and steers all departments."),
        Reach.ORGANISATION,
        frozenset(_MANAGER),
    ),
    Role.AUDITOR: RoleRule(
        _("Reads everything, including the audit log, and changes nothing."),
        Reach.ORGANISATION,
        frozenset({P.WORK_VIEW, P.TIME_VIEW, P.AUDIT_VIEW, P.TABLES_EXPORT, P.NOTICE_VIEW, P.MEETING_VIEW}),
    ),
    Role.ADMIN: RoleRule(
        _("Runs the system: people, roles, departments, calendar, settings, and all work."),
        Reach.ORGANISATION,
        frozenset(P),
    ),
}
