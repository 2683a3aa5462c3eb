"""Changing what the organisation has agreed on about requests between departments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from opsloop.activity import actions as activity
from opsloop.collaboration import permissions
from opsloop.collaboration.events import CollaborationRulesChanged
from opsloop.collaboration.models import CollaborationRules
from opsloop.organisation.models import Person
from opsloop.records.changes import set_fields

FIELDS = (
    "answer_minutes", "remind_minutes", "accept_minutes", "late_minutes", "sync_days", "sync_at", "record_hours",
)  # fmt: skip


@transaction.atomic
def change(*, values: Mapping[str, Any], by: Person, at: datetime, version: int) -> CollaborationRules:
    """Change the rules that the writer saw at `version` (0: the defaults, never written).

    Raises:
        StaleVersion: somebody wrote them since.
    """
    permissions.check_can_set_rules(by)
    found = CollaborationRules.objects.first()
    if found is None:
        # A second first writer meets the fixed key.
        found, made = CollaborationRules.objects.get_or_create(pk=1)
        if made and version == 0:
            version = found.version
    changes = set_fields(found, {name: values[name] for name in FIELDS if name in values})
    found.bump(version, FIELDS)
    # JSON knows no times of day.
    changes = {
        name: [one if isinstance(one, int) else str(one) for one in pair] for name, pair in changes.items()
    }
    activity.record(CollaborationRulesChanged(subject_id=1, by_id=by.pk, at=at, changes=changes))
    return found
