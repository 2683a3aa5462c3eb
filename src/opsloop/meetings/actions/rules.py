"""Changing what the organisation has agreed on about meetings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from opsloop.activity import actions as activity
from opsloop.meetings import permissions
from opsloop.meetings.events import RulesChanged
from opsloop.meetings.models import MeetingRules
from opsloop.organisation.models import Person
from opsloop.records.changes import set_fields

FIELDS = ("most_minutes", "topic_minutes", "good_times", "notice_days", "minutes_days", "confirm_days")


@transaction.atomic
def change(*, values: Mapping[str, Any], by: Person, at: datetime, version: int) -> MeetingRules:
    """Change the rules that the writer saw at `version` (0: the defaults, never written); `values` are those of FIELDS.

    Raises:
        Forbidden: `by` is no administrator.
        StaleVersion: somebody wrote them since.
    """
    permissions.check_can_set_rules(by)
    found = MeetingRules.objects.first()
    if found is None:
        # A second first writer meets the fixed key.
        found, made = MeetingRules.objects.get_or_create(pk=1)
        if made and version == 0:
            version = found.version
    changes = set_fields(found, {name: values[name] for name in FIELDS})
    found.bump(version, FIELDS)
    activity.record(RulesChanged(subject_id=1, by_id=by.pk, at=at, changes=changes))
    return found
