"""How long a task waits after the one before it has ended."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.organisation.models import Person
from opsloop.records.changes import as_json
from opsloop.records.refusals import Refused
from opsloop.work import permissions
from opsloop.work.actions.tasks import about, check_lag
from opsloop.work.events import DependencyChanged
from opsloop.work.models import Dependency


@transaction.atomic
def change_lag(*, dependency: Dependency, lag_minutes: int, by: Person, at: datetime) -> Undo | None:
    """Let the successor start `lag_minutes` of working time after the predecessor has ended."""
    permissions.check_can_edit(dependency.successor, by)
    check_lag(lag_minutes)
    old = dependency.lag_minutes
    if old == lag_minutes:
        return None
    dependency.lag_minutes = lag_minutes
    dependency.save(update_fields=["lag_minutes"])
    changes = {"predecessor": [None, as_json(dependency.predecessor)], "lag_minutes": [old, lag_minutes]}
    activity.record(DependencyChanged(**about(dependency.successor, by, at), changes=changes))
    arguments = {
        "predecessor_id": dependency.predecessor_id,
        "successor_id": dependency.successor_id,
        "before": old,
        "after": lag_minutes,
    }
    return activity.offer_undo(verb="task.lag", arguments=arguments, by=by, at=at)


@transaction.atomic
def undo_change_lag(
    *, by: Person, at: datetime, predecessor_id: int, successor_id: int, before: int, after: int
) -> None:
    """Put a lag back, if nobody has changed it since."""
    ends = {"predecessor_id": predecessor_id, "successor_id": successor_id}
    link = Dependency.objects.select_related("predecessor", "successor").filter(**ends).first()
    if link is None or link.lag_minutes != after:
        raise Refused(_("This cannot be undone: somebody has changed the task since."))
    change_lag(dependency=link, lag_minutes=before, by=by, at=at)
