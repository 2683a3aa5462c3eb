"""Setting the organisation up, once, and changing its settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.engines import blocks as engine
from opsloop.organisation import permissions
from opsloop.organisation.actions import blocks, departments, people
from opsloop.organisation.events import OrganisationChanged
from opsloop.organisation.models import Department, NumberPattern, Organisation, Person, RoleAssignment
from opsloop.organisation.numbering import DEFAULTS
from opsloop.organisation.roles import Permission, Role
from opsloop.records.changes import set_fields
from opsloop.records.refusals import Refused

FIELDS = frozenset(
    {
        "name",
        "mode",
        "time_zone",
        "language",
        "reserve_percent",
        "hours_approval",
        "hours_step",
        "hours_round_up",
    }
)


@dataclass(frozen=True)
class Outline:
    """One department to create: its name, and how deep it stands below the one before it."""

    name: str
    depth: int


@dataclass(frozen=True)
class FirstAdmin:
    """Who sets the organisation up."""

    username: str
    name: str
    email: str
    password: str


def set_up(
    *, at: datetime, values: Mapping[str, Any], outline: Sequence[Outline], rules: Sequence[engine.Rule],
    admin: FirstAdmin,
) -> Person:  # fmt: skip
    """Create the organisation with its departments, time blocks and first administrator; return that person.

    Raises:
        Refused: it has been set up already, perhaps a moment ago in another window.
    """
    try:
        with transaction.atomic():
            return _set_up(at, values, outline, rules, admin)
    except IntegrityError as error:
        # Two first visitors at once: the row with the fixed key exists for one of them only.
        if Organisation.objects.filter(set_up_at__isnull=False).exists():
            raise Refused(_("This installation has been set up already. Please log in.")) from error
        raise


def _set_up(
    at: datetime, values: Mapping[str, Any], outline: Sequence[Outline], rules: Sequence[engine.Rule],
    admin: FirstAdmin,
) -> Person:  # fmt: skip
    if Organisation.objects.filter(set_up_at__isnull=False).exists():
        raise Refused(_("This installation has been set up already. Please log in."))
    Organisation.objects.filter(set_up_at__isnull=True).delete()
    organisation = Organisation(pk=1, set_up_at=at, **{k: v for k, v in values.items() if k in FIELDS})
    organisation.save(force_insert=True)
    person = Person.objects.create_user(
        admin.username,
        admin.email,
        admin.password,
        name=admin.name,
        language=organisation.language,
        time_zone=organisation.time_zone,
        created_at=at,
    )
    RoleAssignment.objects.create(person=person, role=Role.ADMIN, granted_at=at, granted_by_id=person.pk)
    people.index(person)
    _create_departments(outline, person, at)
    blocks.set_rules(rules=rules, by=person, at=at, version=None)
    activity.record(OrganisationChanged(subject_id=organisation.pk, by_id=person.pk, at=at))
    return person


def _create_departments(outline: Sequence[Outline], by: Person, at: datetime) -> None:
    stack: list[tuple[int, Department]] = []
    for line in outline:
        while stack and stack[-1][0] >= line.depth:
            stack.pop()
        parent = stack[-1][1] if stack else None
        stack.append((line.depth, departments.create(name=line.name, parent=parent, by=by, at=at)))


@transaction.atomic
def change(
    *, organisation: Organisation, values: Mapping[str, Any], by: Person, at: datetime, version: int
) -> None:
    """Change name, mode, zone, language or reserve of the organisation, seen at `version`."""
    permissions.check_can(Permission.SETTINGS_MANAGE, by)
    organisation.bump(version)
    changes = set_fields(organisation, {name: value for name, value in values.items() if name in FIELDS})
    organisation.save(update_fields=list(changes))
    activity.record(OrganisationChanged(subject_id=organisation.pk, by_id=by.pk, at=at, changes=changes))


@transaction.atomic
def set_pattern(
    *, kind: str, prefix: str, date_part: str, width: int, by: Person, at: datetime, version: int | None
) -> NumberPattern:
    """Set how the numbers of record type `kind` look; given numbers stay. `version` None: none was set yet.

    Raises:
        Refused: no such record type.
        StaleVersion: somebody set it since.
    """
    permissions.check_can(Permission.SETTINGS_MANAGE, by)
    if kind not in DEFAULTS:
        raise Refused(_("There is no such record type."))
    pattern, created = NumberPattern.objects.get_or_create(
        kind=kind, defaults={"prefix": prefix, "date_part": date_part, "width": width}
    )
    if created:
        changes: dict[str, Any] = {kind: [None, [prefix, date_part, width]]}
    else:
        pattern.bump(version or 0)
        changes = set_fields(pattern, {"prefix": prefix, "date_part": date_part, "width": width})
        pattern.save(update_fields=list(changes))
    activity.record(OrganisationChanged(subject_id=1, by_id=by.pk, at=at, changes=changes))
    return pattern
