"""Changing what the organisation expects of progress, and why tasks are late."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.organisation.models import Person
from opsloop.progress import permissions
from opsloop.progress.events import RulesChanged
from opsloop.progress.models import Cause, DelayCause, ProgressRules
from opsloop.progress.queries.rules import causes
from opsloop.records.changes import set_fields
from opsloop.records.refusals import Refused, StaleVersion

FIELDS = ("due_by", "warn_days", "warn_chance")


@transaction.atomic
def change(*, values: Mapping[str, Any], by: Person, at: datetime, version: int) -> ProgressRules:
    """Change the rules that the writer saw at `version` (0: the defaults, never written).

    Raises:
        StaleVersion: somebody wrote them since.
    """
    permissions.check_can_set_rules(by)
    found = ProgressRules.objects.first()
    if found is None:
        # A second first writer meets the fixed key.
        found, made = ProgressRules.objects.get_or_create(pk=1)
        if made and version == 0:
            version = found.version
    changes = set_fields(found, {name: values[name] for name in FIELDS if name in values})
    found.bump(version)
    found.save(update_fields=[*FIELDS])
    kept = {name: [str(old), str(new)] for name, (old, new) in changes.items()}
    activity.record(RulesChanged(subject_id=1, by_id=by.pk, at=at, changes=kept))
    return found


@transaction.atomic
def name_cause(
    *, code: str, name: str, is_active: bool, by: Person, at: datetime, version: int
) -> DelayCause:
    """Rename a cause, or offer it no more; an empty `code` adds one. `version` 0: nobody has touched it yet.

    Raises:
        Refused: it has no name, or another one is called so.
    """
    permissions.check_can_set_rules(by)
    name = name.strip()[:40]
    known = {one.code: one for one in causes()}
    if not name:
        raise Refused(_("A cause needs a name."), field="name")
    if any(str(one.name) == name and one.code != code for one in known.values()):
        raise Refused(_("There is a cause of this name already."), field="name")
    if code and code not in known:
        raise Refused(_("This cause does not exist any more."))
    if code in Cause.values and not is_active and sum(one.is_active for one in known.values()) < 2:
        raise Refused(_("One cause has to be offered."))
    row = known[code].row if code else None
    if row is not None:
        row.bump(version)
        row.name, row.is_active = name, is_active
        row.save(update_fields=["name", "is_active"])
    else:
        row = _new_cause(code or f"own-{get_random_string(8).lower()}", name, is_active=is_active)
    activity.record(RulesChanged(subject_id=1, by_id=by.pk, at=at, changes={"cause": [code, name]}))
    return row


def _new_cause(code: str, name: str, *, is_active: bool) -> DelayCause:
    try:
        with transaction.atomic():
            return DelayCause.objects.create(code=code, name=name, is_active=is_active)
    except IntegrityError:
        raise StaleVersion(DelayCause.objects.get(code=code), expected=0) from None
