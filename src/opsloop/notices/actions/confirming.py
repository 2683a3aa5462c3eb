"""One tap: read and taken note of. Whatever comes at the same time, a receipt is confirmed once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity import submissions
from opsloop.inbox.actions import settle
from opsloop.notices.actions.delivering import complete_if_all
from opsloop.notices.events import NoticeConfirmed
from opsloop.notices.models import Notice, Receipt
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused


@transaction.atomic
def confirm(*, notice: Notice, by: Person, at: datetime, edition: int, way: str) -> bool:
    """Confirm the edition that `by` has read; say whether that was news (a second tap changes nothing).

    Raises:
        Refused: it was withdrawn or closed, it is not theirs to confirm, or was corrected since they read it.
    """
    submissions.claim()
    now = Notice.objects.select_related("author").get(pk=notice.pk)
    _check(now, by, edition)
    rows = Receipt.objects.filter(notice=now, person=by, kind=Receipt.Kind.TO, asked_edition__lte=edition)
    # Not open any more, or not yet: a correction opens the receipts batch by batch.
    rows = rows.filter(Q(is_open=True) | Q(confirmed_edition__lt=now.asked_edition))
    done = rows.update(
        is_open=False,
        confirmed_at=at,
        confirmed_edition=edition,
        way=way,
        next_at=None,
        seen_at=Coalesce("seen_at", at),
    )
    settle(person=by, kind="notice", key=now.pk, at=at)
    if not done:
        return False
    people = (now.author_id,) if now.author_id else ()
    activity.record(NoticeConfirmed(subject_id=now.pk, by_id=by.pk, at=at, person_ids=people))
    complete_if_all(now, at=at)
    return True


def _check(notice: Notice, by: Person, edition: int) -> None:
    if notice.state == Notice.State.WITHDRAWN:
        raise Refused(_("This notice was withdrawn; there is nothing to confirm."))
    if notice.state == Notice.State.CLOSED:
        raise Refused(_("This notice is closed; nobody has to confirm it any more."))
    if not Receipt.objects.filter(notice=notice, person=by, kind=Receipt.Kind.TO).exists():
        raise Refused(_("This notice is not yours to confirm."))
    if edition < notice.asked_edition:
        raise Refused(_("The notice was corrected since you read it. Load it again and read what changed."))
    if edition > notice.edition:
        raise Refused(_("There is no such edition of this notice. Load it again."))


@transaction.atomic
def mark_seen(*, notice: Notice, by: Person, at: datetime) -> None:
    """Remember when somebody first opened a notice; that is no confirmation."""
    submissions.claim()
    Receipt.objects.filter(notice=notice, person=by, seen_at=None).update(seen_at=at)
