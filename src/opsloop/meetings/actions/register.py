"""The register of decisions: a later one takes an earlier one's place."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.meetings import holding_permissions as permissions
from opsloop.meetings.holding_events import DecisionReplaced
from opsloop.meetings.models import Decision
from opsloop.meetings.queries.people import readers
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused


@transaction.atomic
def replace(
    *, decision: Decision, later: Decision | None, by: Person, at: datetime, version: int
) -> Decision:
    """Say that `later` takes the place of `decision`, or (None) that it holds again.

    Raises:
        Forbidden, Refused: `by` may not, or `later` is no later decision on the register.
        StaleVersion: somebody changed it since.
    """
    permissions.check_can_replace(decision, decision.meeting, by)
    if later is not None:
        if not later.number or later.pk == decision.pk:
            raise Refused(_("Choose another decision that is on the register."), field="later")
        if (later.decided_on, later.pk) < (decision.decided_on, decision.pk):
            raise Refused(
                _("A decision is replaced by a later one. Choose one made after it."), field="later"
            )
    before = decision.replaced_by_id
    decision.replaced_by = later
    decision.bump(version, ["replaced_by"])
    changes = {"replaced_by": [before, later.pk if later else None]}
    people = readers(decision.meeting)
    activity.record(
        DecisionReplaced(subject_id=decision.pk, by_id=by.pk, at=at, person_ids=people, changes=changes)
    )
    return decision
