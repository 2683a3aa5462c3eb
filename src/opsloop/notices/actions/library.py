"""Templates of notices and groups of recipients: made, changed, removed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from opsloop.activity import actions as activity
from opsloop.notices import permissions
from opsloop.notices.events import LibraryChanged
from opsloop.notices.models import NoticeTemplate, RecipientGroup
from opsloop.organisation.models import Person

TEMPLATE_FIELDS = ("name", "is_shared", "importance", "title", "cause", "demands", "timing")


@transaction.atomic
def keep_template(
    *,
    template: NoticeTemplate | None,
    values: Mapping[str, Any],
    by: Person,
    at: datetime,
    version: int | None = None,
) -> NoticeTemplate:
    """Make a template of one's own, or change one that the writer saw at `version`."""
    permissions.check_may_send(by)
    given = {name: values[name] for name in TEMPLATE_FIELDS if name in values}
    if template is None:
        template = NoticeTemplate.objects.create(**given, owner=by, created_at=at)
    else:
        permissions.check_can_keep(template, by)
        for name, value in given.items():
            setattr(template, name, value)
        template.bump(version or 0, given)
    _record(template.pk, by, at, {"template": [None, template.name]})
    return template


@transaction.atomic
def keep_group(
    *,
    group: RecipientGroup | None,
    name: str,
    is_shared: bool,
    members: Sequence[Person],
    by: Person,
    at: datetime,
    version: int | None = None,
) -> RecipientGroup:
    """Make a group of recipients, or change one that the writer saw at `version`."""
    permissions.check_may_send(by)
    if group is None:
        group = RecipientGroup.objects.create(name=name, is_shared=is_shared, owner=by, created_at=at)
    else:
        permissions.check_can_keep(group, by)
        group.name, group.is_shared = name, is_shared
        group.bump(version or 0, ["name", "is_shared"])
    group.members.set(members)
    _record(group.pk, by, at, {"group": [None, group.name]})
    return group


@transaction.atomic
def remove(*, row: NoticeTemplate | RecipientGroup, by: Person, at: datetime) -> None:
    """Remove a template or a group; notices that went out keep who got them."""
    permissions.check_can_keep(row, by)
    _record(row.pk, by, at, {"removed": [row.name, None]})
    row.delete()


def _record(pk: int, by: Person, at: datetime, changes: Mapping[str, Any]) -> None:
    activity.record(LibraryChanged(subject_id=pk, by_id=by.pk, at=at, person_ids=(by.pk,), changes=changes))
