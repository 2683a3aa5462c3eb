"""Bringing a notice to its people, in batches that are each one short transaction and happen once.

A worker killed in between goes on where it stopped: who has a receipt has been told, because both are written
together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.db import transaction
from django_tasks import task

from opsloop.activity import actions as activity
from opsloop.engines.chasing import moment
from opsloop.engines.workclock import WorkClock
from opsloop.notices.events import NoticeComplete, NoticeCopied, NoticeDelivered, NoticeSent
from opsloop.notices.models import Notice, Receipt
from opsloop.notices.queries.audience import Audience, heads_of, people_of
from opsloop.notices.queries.clock import clock_of
from opsloop.notices.ruling import Ways, rules, ways_of
from opsloop.organisation.models import Person
from opsloop.search import actions as search
from opsloop.web import clock

# People told in one transaction: it holds the only write lock of SQLite.
BATCH = 500


@task()
def deliver(pk: int) -> None:
    """Bring a notice to everybody it means."""
    deliver_now(pk, at=clock.now())


def deliver_now(pk: int, *, at: datetime) -> None:
    """Bring a notice to everybody it means and who does not have it yet; done again it changes nothing."""
    notice = Notice.objects.filter(pk=pk).first()
    if notice is None or not notice.is_going:
        return
    make_findable(notice)
    bring_to_missing(notice, at=at)
    _finish(notice, at=at)


def make_findable(notice: Notice) -> None:
    """Put the text as it stands into the search index."""
    texts = [notice.number, notice.cause, notice.demands, notice.timing]
    search.index(kind="notice", object_id=notice.pk, title=notice.title, texts=texts)


def bring_to_missing(notice: Notice, *, at: datetime) -> int:
    """Give everybody a receipt whom the notice means now and who has none to confirm; return how many."""
    wanted = set(
        people_of(Audience.read(notice.audience), author_id=notice.author_id).values_list("pk", flat=True)
    )
    have = set(notice.receipts.to_confirm().values_list("person_id", flat=True))
    missing = sorted(wanted - have)
    ways, counting = ways_of(rules(), notice.importance), clock_of(notice.department, at)
    done = 0
    for some in batches(missing):
        if not _bring(notice, some, at=at, ways=ways, counting=counting):
            break
        done += len(some)
    return done


def batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield `ids` in handfuls of one transaction each."""
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]


@transaction.atomic
def _bring(notice: Notice, people: Sequence[int], *, at: datetime, ways: Ways, counting: WorkClock) -> bool:
    """Write the receipts of a batch and tell its people; say whether the notice still goes out."""
    now = Notice.objects.going().filter(pk=notice.pk).values_list("edition", "asked_edition").first()
    if now is None:
        return False
    edition = max(now)
    asked = {
        "kind": Receipt.Kind.TO,
        "is_open": True,
        "asked_at": at,
        "asked_edition": edition,
        "next_at": moment(ways.pace, 0, at, counting),
    }
    copies = Receipt.objects.filter(notice=notice, person__in=people, kind=Receipt.Kind.COPY)
    had_copies = set(copies.values_list("person_id", flat=True))
    copies.update(**asked)
    rows = [Receipt(notice=notice, person_id=pk, **asked) for pk in people if pk not in had_copies]
    # Nobody of the batch may have one: two workers at the same moment meet here, and one of them begins again.
    Receipt.objects.bulk_create(rows, batch_size=BATCH)
    activity.record(
        NoticeSent(
            subject_id=notice.pk,
            by_id=notice.author_id,
            at=at,
            person_ids=tuple(people),
            changes={"importance": [None, notice.importance]},
        )
    )
    return True


@transaction.atomic
def _finish(notice: Notice, *, at: datetime) -> None:
    """Say that everybody has it, once, and give the heads their copies."""
    mine = Notice.objects.filter(pk=notice.pk, state=Notice.State.SENDING)
    if not mine.update(state=Notice.State.SENT, delivered_at=at):
        return
    if ways_of(rules(), notice.importance).heads:
        departments = Person.objects.filter(pk__in=notice.receipts.values("person")).order_by()
        found = heads_of(set(departments.values_list("department_id", flat=True)))
        give_copies(notice, {head for heads in found.values() for head in heads}, at=at, tells=True)
    say_delivered(notice, at=at)
    complete_if_all(notice, at=at)


def say_delivered(notice: Notice, *, at: datetime) -> None:
    """Tell the author, and the groups that may hear of it, that everybody has it; in the caller's transaction."""
    people = (notice.author_id,) if notice.author_id else ()
    activity.record(NoticeDelivered(subject_id=notice.pk, by_id=None, at=at, person_ids=people))


def give_copies(notice: Notice, people: Iterable[int], *, at: datetime, tells: bool) -> list[int]:
    """Give people a copy who have no receipt; return them. In the caller's transaction."""
    wanted = set(people) - {notice.author_id}
    have = set(notice.receipts.filter(person__in=wanted).values_list("person_id", flat=True))
    new = sorted(wanted - have)
    rows = [
        Receipt(notice=notice, person_id=pk, kind=Receipt.Kind.COPY, is_open=False, asked_at=at) for pk in new
    ]
    Receipt.objects.bulk_create(rows, batch_size=BATCH)
    if new and tells:
        activity.record(
            NoticeCopied(subject_id=notice.pk, by_id=notice.author_id, at=at, person_ids=tuple(new))
        )
    return new


def complete_if_all(notice: Notice, *, at: datetime) -> bool:
    """Say, once, that everybody has confirmed, if so; in the caller's transaction."""
    if notice.receipts.to_confirm().missing().exists() or not notice.receipts.to_confirm().exists():
        return False
    mine = Notice.objects.going().filter(pk=notice.pk, complete_at=None, delivered_at__isnull=False)
    if not mine.update(complete_at=at):
        return False
    people = (notice.author_id,) if notice.author_id else ()
    activity.record(NoticeComplete(subject_id=notice.pk, by_id=None, at=at, person_ids=people))
    return True


def bring_to_newcomers(*, at: datetime) -> int:
    """Bring the notices that say "also for newcomers" to who joined their audience since; return to how many."""
    rows = Notice.objects.filter(state__in=["sent", "corrected"], for_newcomers=True).select_related(
        "department"
    )
    day = at.date()
    done = 0
    for notice in rows.order_by("pk"):
        if notice.holds_on(day) and (count := bring_to_missing(notice, at=at)):
            Notice.objects.filter(pk=notice.pk).update(complete_at=None)
            done += count
    return done
