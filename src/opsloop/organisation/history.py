"""What happened in the organisation, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from opsloop.activity.models import Event
from opsloop.activity.queries import history
from opsloop.organisation.models import Person
from opsloop.organisation.roles import Role


@dataclass(frozen=True)
class Entry:
    """One line of a history."""

    by: Person | None
    at: datetime
    text: str
    changes: Sequence[tuple[str, str, str]] = ()


def entries_of(subject_kind: str, subject_id: int, *, limit: int) -> list[Entry]:
    """Return the newest entries of one record's history. Two queries."""
    events = list(history(subject_kind, subject_id)[:limit])
    people = Person.objects.in_bulk({event.actor_id for event in events if event.actor_id})
    return [
        Entry(people.get(event.actor_id or 0), event.at, _text(event), _changes(event)) for event in events
    ]


def _text(event: Event) -> str:
    texts = {
        "person.changed": _("changed the entry"),
        "person.disabled": _("disabled the account"),
        "person.enabled": _("enabled the account"),
        "person.invited": _("made a link to join"),
        "person.joined": _("set a password by the link"),
        "invitation.revoked": _("revoked the link"),
        "role.granted": _("granted a role"),
        "role.withdrawn": _("withdrew a role"),
        "department.changed": _("changed the department"),
    }
    return texts.get(event.kind, event.kind)


def _changes(event: Event) -> list[tuple[str, str, str]]:
    labels = {
        "name": _("Name"),
        "username": _("User name"),
        "email": _("Email"),
        "department": _("Department"),
        "title": _("Position"),
        "role": _("Role"),
        "parent": _("Belongs to"),
        "headcount": _("Planned people"),
        "skills": _("Skills"),
    }
    # The phone number is shown to few; its change is told without it.
    return [
        (labels[name], _words(name, pair[0]), _words(name, pair[1]))
        for name, pair in event.changes.items()
        if name in labels and isinstance(pair, list) and len(pair) == 2
    ]


def _words(name: str, value: Any) -> str:
    if value in (None, "", {}, []):
        return ""
    if name == "role":
        return str(Role(value).label) if value in Role.values else str(value)
    if isinstance(value, dict) and "text" in value:
        return str(value["text"])
    if isinstance(value, dict):
        return "、".join(f"{key} {level}" for key, level in value.items())
    return str(value)
