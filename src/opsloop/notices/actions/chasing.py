"""Those who have not confirmed: reminded in working time, then their head is told; each step once.

The rows of a step are locked, or on SQLite written by the one writer, while they are counted on and the people are
told: whatever was restarted, and however many workers look, nobody hears of a step twice (R9).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django_tasks import task

from opsloop.activity import actions as activity
from opsloop.background import queue
from opsloop.background.effects import first_time
from opsloop.engines.chasing import moment, take
from opsloop.engines.workclock import WorkClock
from opsloop.notices import permissions
from opsloop.notices.actions.delivering import BATCH, complete_if_all, give_copies
from opsloop.notices.events import NoticeOverdue, NoticeReminded
from opsloop.notices.models import Notice, Receipt
from opsloop.notices.queries.audience import heads_of
from opsloop.notices.queries.clock import clock_of
from opsloop.notices.ruling import rules, ways_of
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused

# Whoever was reminded by hand or by rule is left alone for so long.
PAUSE = timedelta(minutes=10)


def chase_due(*, at: datetime) -> int:
    """Take the steps that are due at `at`; return of how many people. Any number of workers may look at once."""
    done = 0
    due = Receipt.objects.filter(is_open=True, next_at__lte=at)
    for pk in list(due.order_by("notice").values_list("notice", flat=True).distinct()):
        while some := _chase(pk, at=at):
            done += some
    for notice in Notice.objects.going().filter(complete_at=None, delivered_at__isnull=False):
        # Two who confirm last at the same moment may each have seen the other as missing.
        with transaction.atomic():
            complete_if_all(notice, at=at)
    return done


@transaction.atomic
def _chase(pk: int, *, at: datetime) -> int:
    """Take the step of up to a batch of people of one notice; return of how many."""
    notice = Notice.objects.select_related("department").get(pk=pk)
    due = Receipt.objects.filter(notice=notice, is_open=True, next_at__lte=at).select_related("person")
    rows = list(due.order_by("pk").select_for_update(skip_locked=True, of=("self",))[:BATCH])
    gone = (
        [row.pk for row in rows if not row.person.is_active] if notice.is_going else [row.pk for row in rows]
    )
    Receipt.objects.filter(pk__in=gone).update(next_at=None)
    staying = [row for row in rows if row.pk not in set(gone)]
    clock, pace = clock_of(notice.department, at), ways_of(rules(), notice.importance).pace
    reminded: list[int] = []
    late: list[Receipt] = []
    cohorts: dict[tuple[datetime, int], list[Receipt]] = defaultdict(list)
    for row in staying:
        cohorts[row.asked_at, row.steps].append(row)
    for (asked_at, steps), some in cohorts.items():
        taken = take(pace, steps, asked_at, at, clock)
        mine = Receipt.objects.filter(pk__in=[row.pk for row in some], is_open=True)
        if taken is None:
            # The rules were changed since: it is due at another moment.
            mine.update(next_at=_again(notice, steps, asked_at, clock))
        elif taken.step == "remind":
            mine.update(steps=taken.done, next_at=taken.next_at, reminded_at=at)
            reminded += [row.person_id for row in some]
        else:
            mine.update(steps=taken.done, next_at=None, head_told_at=at)
            late += some
    if reminded:
        activity.record(NoticeReminded(subject_id=pk, by_id=None, at=at, person_ids=tuple(sorted(reminded))))
    if late:
        _tell_heads(notice, late, at=at)
    return len(rows)


def _again(notice: Notice, steps: int, asked_at: datetime, clock: WorkClock) -> datetime | None:
    return moment(ways_of(rules(), notice.importance).pace, steps, asked_at, clock)


def _tell_heads(notice: Notice, late: Sequence[Receipt], *, at: datetime) -> None:
    """Tell who heads these people most nearly and has confirmed themselves; where nobody does, the author."""
    besides = {row.person_id for row in late}
    found = heads_of({row.person.department_id for row in late}, besides=besides)
    heads = {head for some in found.values() for head in some}
    if any(not some for some in found.values()) and notice.author_id:
        heads.add(notice.author_id)
    # Who is told has to be able to read it.
    give_copies(notice, heads, at=at, tells=False)
    if heads:
        activity.record(
            NoticeOverdue(subject_id=notice.pk, by_id=None, at=at, person_ids=tuple(sorted(heads)))
        )


@transaction.atomic
def remind(*, notice: Notice, by: Person, at: datetime, person_id: int | None = None) -> int:
    """Remind by hand who has not confirmed, all or one; return how many.

    Raises:
        Refused: nobody is missing, or all of them were reminded a moment ago.
    """
    permissions.check_can_remind(notice, by)
    missing = notice.receipts.to_confirm().missing()
    if person_id is not None:
        missing = missing.filter(person=person_id)
    if not missing.exists():
        raise Refused(_("Nobody is missing: everybody has confirmed."))
    rested = Q(reminded_at=None) | Q(reminded_at__lte=at - PAUSE)
    ids = Receipt.objects.filter(pk__in=missing.filter(rested).values("pk"))
    # The moment marks whom it means; the worker tells them.
    done = ids.update(reminded_at=at)
    if not done:
        raise Refused(_("They were reminded a moment ago. Leave them ten minutes."))
    queue.add(tell_reminded, notice.pk, by.pk, at.isoformat())
    activity.record(NoticeReminded(subject_id=notice.pk, by_id=by.pk, at=at, person_ids=()))
    return done


@task()
def tell_reminded(pk: int, by: int, moment_text: str) -> None:
    """Tell those whom somebody reminded by hand at that moment."""
    at = parse_datetime(moment_text)
    rows = Receipt.objects.filter(notice=pk, reminded_at=at, is_open=True).order_by("pk")
    ids = list(rows.values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        with transaction.atomic():
            people = tuple(rows.filter(pk__in=some).values_list("person_id", flat=True))
            if at is not None and people and first_time(f"notice:{pk}:reminded:{moment_text}:{some[0]}"):
                activity.record(NoticeReminded(subject_id=pk, by_id=by, at=at, person_ids=people))
