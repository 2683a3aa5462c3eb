"""The directory: people with their roles, found by name or pinyin, filtered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from opsloop.engines.language.readings import alphabetical
from opsloop.organisation.models import Department, Invitation, Person, RoleAssignment
from opsloop.organisation.roles import PERMISSION_LABELS, ROLE_RULES, Permission, Role
from opsloop.organisation.tokens import token_hash
from opsloop.search import queries as search

# Who holds one of these over a department leads its people.
LEADING = [Role.LEAD, Role.MANAGER, Role.DIRECTOR]


@dataclass(frozen=True)
class Filters:
    """What the directory is narrowed to; empty means everybody active."""

    text: str = ""
    department: Department | None = None
    role: str = ""
    status: str = ""


def directory(viewer: Person, filters: Filters, *, at: datetime) -> QuerySet[Person]:
    """Return the people `viewer` may see, with department and roles; `by_name` puts them into order."""
    people = Person.objects.visible_to(viewer).select_related("department")
    if filters.text:
        people = people.filter(pk__in=search.matching("person", filters.text))
    if filters.department:
        below = Department.objects.filter(path__startswith=filters.department.path)
        people = people.in_departments(list(below.values_list("pk", flat=True)))
    if filters.role:
        held = RoleAssignment.objects.filter(person=OuterRef("pk"), role=filters.role)
        people = people.filter(Exists(held))
    invited = Invitation.objects.filter(person=OuterRef("pk")).open(at=at)
    people = people.annotate(is_invited=Exists(invited))
    return _with_status(people, filters.status).prefetch_related(roles_prefetch())


def by_name(people: QuerySet[Person]) -> list[int]:
    """Return the keys of people in the order of a phone book, by pinyin, which no database knows. One query."""
    names = people.prefetch_related(None).order_by().values_list("pk", "name")
    return [pk for pk, _name in sorted(names, key=lambda row: (alphabetical(row[1]), row[0]))]


def loaded(people: QuerySet[Person], keys: Sequence[int]) -> list[Person]:
    """Return these people in this order. Two queries."""
    found = {one.pk: one for one in people.filter(pk__in=keys)}
    return [found[pk] for pk in keys if pk in found]


def roles_prefetch() -> Prefetch[Any]:
    """Return the prefetch of roles with their departments."""
    return Prefetch("role_assignments", RoleAssignment.objects.select_related("department").order_by("pk"))


def _with_status(people: QuerySet[Person], status: str) -> QuerySet[Person]:
    if status == "all":
        return people
    if status == "waiting":
        people = people.filter(Q(password__startswith=UNUSABLE_PASSWORD_PREFIX))
    return people.filter(is_active=status != "disabled")


def invitation_by_token(token: str, *, at: datetime) -> Invitation | None:
    """Return the open invitation of a link, or None if it was used, revoked, too old or never made."""
    found = Invitation.objects.open(at=at).filter(token_hash=token_hash(token), person__is_active=True)
    return found.select_related("person").first()


def links_to_hand_out(by: Person, *, at: datetime) -> QuerySet[Invitation]:
    """Return the open invitations whose link `by` may see (the rule of `check_can_invite`, for many)."""
    found = Invitation.objects.visible_to(by).open(at=at).select_related("person").order_by("person__name")
    if by.may(Permission.ROLES_GRANT):
        return found
    wide = RoleAssignment.objects.filter(person=OuterRef("person"), department__isnull=True)
    return found.filter(person__password__startswith=UNUSABLE_PASSWORD_PREFIX).exclude(Exists(wide))


@dataclass(frozen=True)
class Holding:
    """What somebody still holds: a sentence fit for the page, how many, and where to see them."""

    text: str
    count: int
    url: str = ""


def holdings(person: Person) -> list[Holding]:
    """Return what `person` would leave behind, as the packages above say it (HOLDINGS in reactions.py)."""
    table = import_module(settings.OPSLOOP_REACTIONS)
    found = [Holding(*tell(person)) for tell in getattr(table, "HOLDINGS", ())]
    return [holding for holding in found if holding.count]


@dataclass(frozen=True)
class MatrixRow:
    """One permission and, role by role, how far it reaches ("" where it is not held)."""

    permission: Permission
    label: Any
    cells: tuple[str, ...]


def matrix() -> list[MatrixRow]:
    """Return permissions × roles, from the data in roles.py."""
    return [
        MatrixRow(
            permission,
            label,
            tuple(
                str(ROLE_RULES[role].reach) if permission in ROLE_RULES[role].permissions else ""
                for role in Role
            ),
        )
        for permission, label in PERMISSION_LABELS.items()
    ]


@dataclass(frozen=True)
class Right:
    """One permission of one person: everywhere, or in the named departments."""

    label: Any
    everywhere: bool
    departments: tuple[str, ...]


def rights(person: Person) -> list[Right]:
    """Return what `person` may do where, for reading. Names the highest departments of each subtree only."""
    departments = list(Department.objects.all())
    found = []
    for permission, label in PERMISSION_LABELS.items():
        if not person.may(permission):
            continue
        held = person.reaches.departments(permission)
        names = () if held is None else tuple(_tops(departments, held))
        found.append(Right(label, held is None, names))
    return found


def _tops(departments: Sequence[Department], held: Iterable[int]) -> list[str]:
    inside = set(held)
    return [d.name for d in departments if d.pk in inside and d.parent_id not in inside]


def assignable_departments(by: Person, permission: Permission) -> QuerySet[Department]:
    """Return the open departments for which `by` holds `permission`."""
    held = by.reaches.departments(permission)
    everywhere = Department.objects.visible_to(by).filter(closed_at__isnull=True)
    return everywhere if held is None else everywhere.filter(pk__in=held)


def led_people(by: Person) -> QuerySet[Person]:
    """Return the active people whose leave `by` may enter, oneself included."""
    held = by.reaches.departments(Permission.LEAVE_MANAGE)
    people: QuerySet[Person] = Person.objects.visible_to(by).filter(is_active=True)
    return people if held is None else people.filter(Q(pk=by.pk) | Q(department_id__in=held))


def leading(person: Person) -> list[tuple[int, Person]]:
    """Return those who lead `person`, the nearest first, each with how many departments lie between. One query.

    They hold a leading role over the department or one above it; directors stand above all. Administrators
    run the system and lead nobody by that.
    """
    path = person.department.path if person.department else ""
    near = [int(part) for part in reversed(path.split("/")) if part]
    rows = RoleAssignment.objects.filter(role__in=LEADING, person__is_active=True).exclude(person=person)
    rows = rows.filter(Q(department__in=near) | Q(department__isnull=True)).select_related("person")
    found: dict[int, tuple[int, Person]] = {}
    for row in rows:
        distance = near.index(row.department_id) if row.department_id else len(near)
        if row.person_id not in found or distance < found[row.person_id][0]:
            found[row.person_id] = (distance, row.person)
    return sorted(found.values(), key=lambda one: (one[0], one[1].name))


def nearest_leads(person: Person) -> list[Person]:
    """Return those who lead `person` most nearly, by name; what waits for a lead waits for them. One query."""
    found = leading(person)
    return [lead for distance, lead in found if distance == found[0][0]]


@dataclass(frozen=True)
class RoleColumn:
    """One role as a column of the matrix."""

    label: Any
    description: Any
    reach: str


def role_columns() -> list[RoleColumn]:
    """Return the roles in the order of the matrix."""
    return [
        RoleColumn(role.label, ROLE_RULES[role].description, str(ROLE_RULES[role].reach)) for role in Role
    ]


@dataclass(frozen=True)
class SecurityFacts:
    """How a person's own account is protected."""

    has_totp: bool
    keys: int
    sessions: int


def security_facts(person: Person) -> SecurityFacts:
    """Return what the settings page says about log-in and second factors. Two queries."""
    kinds = list(Authenticator.objects.filter(user=person).values_list("type", flat=True))
    sessions = UserSession.objects.filter(user=person).count()
    return SecurityFacts(Authenticator.Type.TOTP in kinds, kinds.count(Authenticator.Type.WEBAUTHN), sessions)
