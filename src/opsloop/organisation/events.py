"""What happens in the organisation."""

from __future__ import annotations

from dataclasses import dataclass

from opsloop.activity.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class OrganisationChanged(DomainEvent):
    kind = "organisation.changed"
    subject_kind = "organisation"


@dataclass(frozen=True, kw_only=True)
class DepartmentChanged(DomainEvent):
    kind = "department.changed"
    subject_kind = "department"


@dataclass(frozen=True, kw_only=True)
class PersonChanged(DomainEvent):
    kind = "person.changed"
    subject_kind = "person"


@dataclass(frozen=True, kw_only=True)
class PersonDisabled(DomainEvent):
    kind = "person.disabled"
    subject_kind = "person"


@dataclass(frozen=True, kw_only=True)
class RoleGranted(DomainEvent):
    kind = "role.granted"
    subject_kind = "person"


@dataclass(frozen=True, kw_only=True)
class RoleWithdrawn(DomainEvent):
    kind = "role.withdrawn"
    subject_kind = "person"


@dataclass(frozen=True, kw_only=True)
class CalendarChanged(DomainEvent):
    kind = "calendar.changed"
    subject_kind = "calendar"


@dataclass(frozen=True, kw_only=True)
class LeaveChanged(DomainEvent):
    kind = "leave.changed"
    subject_kind = "leave"


@dataclass(frozen=True, kw_only=True)
class PersonEnabled(DomainEvent):
    kind = "person.enabled"
    subject_kind = "person"


@dataclass(frozen=True, kw_only=True)
class PersonInvited(DomainEvent):
    kind = "person.invited"
    subject_kind = "person"


@dataclass(frozen=True, kw_only=True)
class InvitationRevoked(DomainEvent):
    kind = "invitation.revoked"
    subject_kind = "person"


@dataclass(frozen=True, kw_only=True)
class PersonJoined(DomainEvent):
    kind = "person.joined"
    subject_kind = "person"


@dataclass(frozen=True, kw_only=True)
class BlocksChanged(DomainEvent):
    kind = "blocks.changed"
    subject_kind = "block_template"
