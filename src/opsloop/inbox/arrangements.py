"""The verbs of an arrangement: sent once a person and day, taken back within ten minutes.

Who may send whom what is decided above (team/actions); here it is delivered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.inbox.events import ArrangementSent, ArrangementTakenBack
from opsloop.inbox.models import Arrangement, Notification
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused

# So long it can be taken back; later somebody works by it.
GRACE = timedelta(minutes=10)


@transaction.atomic
def send(*, rows: Iterable[Arrangement], by: Person, at: datetime) -> Undo:
    """Deliver arrangements, a line in the inbox each, and offer to take them all back.

    Raises:
        Refused: somebody has sent one of them in this very moment.
    """
    made = list(rows)
    for row in made:
        row.sent_at, row.sent_by = at, by
    try:
        with transaction.atomic():
            Arrangement.objects.bulk_create(made)
    except IntegrityError as error:
        raise Refused(_("Somebody has just sent one of these. Look at the list again.")) from error
    activity.record_many([
        ArrangementSent(
            subject_id=row.pk, by_id=by.pk, at=at, person_ids=(row.person_id,),
            changes={"day": [None, row.day.isoformat()]},
        )
        for row in made
    ])  # fmt: skip
    ids = [row.pk for row in made]
    return activity.offer_undo(verb="arrangement.take_back", arguments={"ids": ids}, by=by, at=at)


@transaction.atomic
def take_back(*, by: Person, at: datetime, ids: Sequence[int]) -> None:
    """Take what `by` sent a moment ago out of the inboxes again.

    Raises:
        Refused: it was sent more than ten minutes ago.
    """
    rows = list(Arrangement.objects.filter(pk__in=ids, sent_by=by))
    if any(at - row.sent_at > GRACE for row in rows):
        raise Refused(_("This was sent more than ten minutes ago and stays. Write to the people instead."))
    Notification.objects.of("arranged", ids).delete()
    events = [
        ArrangementTakenBack(subject_id=row.pk, by_id=by.pk, at=at, person_ids=(row.person_id,))
        for row in rows
    ]
    Arrangement.objects.filter(pk__in=[row.pk for row in rows]).delete()
    activity.record_many(events)
