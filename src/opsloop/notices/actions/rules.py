"""Changing what the organisation has agreed on about notices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from opsloop.activity import actions as activity
from opsloop.notices import permissions
from opsloop.notices.events import RulesChanged
from opsloop.notices.models import NoticeRules
from opsloop.organisation.models import Person


@transaction.atomic
def change(
    *,
    ways: Mapping[str, Mapping[str, Any]],
    senders: Mapping[str, str],
    link_days: int,
    by: Person,
    at: datetime,
    version: int,
) -> NoticeRules:
    """Change the rules that the writer saw at `version` (0: the defaults, never written).

    Raises:
        StaleVersion: somebody wrote them since.
    """
    permissions.check_can_set_rules(by)
    found = NoticeRules.objects.first()
    if found is None:
        # A second first writer meets the fixed key.
        found, made = NoticeRules.objects.get_or_create(pk=1)
        if made and version == 0:
            version = found.version
    before = {"ways": found.ways, "senders": found.senders, "link_days": found.link_days}
    found.ways, found.senders = {name: dict(one) for name, one in ways.items()}, dict(senders)
    found.link_days = link_days
    found.bump(version, ["ways", "senders", "link_days"])
    changes = {
        name: [old, getattr(found, name)] for name, old in before.items() if old != getattr(found, name)
    }
    activity.record(RulesChanged(subject_id=1, by_id=by.pk, at=at, changes=changes))
    return found
