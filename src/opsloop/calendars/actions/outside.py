"""The verbs of outside calendars: subscribe, change, unsubscribe, fetch what is due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity import jobs
from opsloop.activity.events import DomainEvent
from opsloop.activity.models import Job
from opsloop.calendars.events import (
    CalendarFetched,
    CalendarSubscribed,
    CalendarUnsubscribed,
    SubscriptionChanged,
)
from opsloop.calendars.models import OutsideCalendar, OutsideEvent
from opsloop.calendars.words import plain_url
from opsloop.engines import ical
from opsloop.organisation.models import Person
from opsloop.organisation.queries.blocks import zone_of
from opsloop.records.changes import set_fields
from opsloop.records.refusals import Refused
from opsloop.web import clock, outbound

JOB = "calendars.refresh"
MOST = 20
STALE = timedelta(minutes=30)
# After a failure the next try waits twice as long as the one before, up to a day.
LONGEST_WAIT = timedelta(days=1)
# What a copy holds: enough behind to see last month, enough ahead to plan.
BEHIND, AHEAD = timedelta(days=31), timedelta(days=180)
# A copy that reaches less far is fetched whole, even if its server says that nothing has changed.
LEAST_AHEAD = timedelta(days=150)
MOST_BYTES = 2 * 1024 * 1024
SECONDS = 15.0
CHANGEABLE = frozenset({"name", "url", "colour", "takes_time", "all_day_takes_time"})
# Of these an event keeps old and new; an address is a secret.
TOLD = CHANGEABLE - {"url"}


@transaction.atomic
def subscribe(
    *,
    by: Person,
    at: datetime,
    name: str,
    url: str,
    colour: str = "cyan",
    takes_time: bool = True,
    all_day_takes_time: bool = False,
) -> OutsideCalendar:
    """Subscribe `by` to the calendar at `url`; its first fetch is queued.

    Raises:
        Refused: it is subscribed to already, or there are too many.
    """
    _check_new(by, url)
    if OutsideCalendar.objects.filter(person=by).count() >= MOST:
        raise Refused(_("You have subscribed to 20 calendars. Remove one first."))
    row = OutsideCalendar.objects.create(
        person=by, name=name, url=url, colour=colour, takes_time=takes_time,
        all_day_takes_time=all_day_takes_time, due_at=at,
    )  # fmt: skip
    changes = {field: [None, getattr(row, field)] for field in sorted(TOLD)}
    activity.record(_event(CalendarSubscribed, row, at, by=by, changes=changes))
    start_refresh(by=by, at=at)
    return row


@transaction.atomic
def change(
    *, calendar: OutsideCalendar, values: Mapping[str, Any], by: Person, at: datetime, version: int
) -> None:
    """Change a subscription that its person saw at `version`; another address is fetched at once."""
    calendar.bump(version)
    changes = set_fields(calendar, {name: values[name] for name in CHANGEABLE if name in values})
    if not changes:
        return
    if "url" in changes:
        _check_new(by, calendar.url, besides=calendar.pk)
        calendar.etag = calendar.last_modified = calendar.error = ""
        calendar.failures, calendar.due_at, calendar.covered_until = 0, at, None
        changed = ("etag", "last_modified", "error", "failures", "due_at", "covered_until")
        calendar.save(update_fields=[*changes, *changed])
        calendar.events.all().delete()
        start_refresh(by=by, at=at)
    else:
        calendar.save(update_fields=list(changes))
    told = {name: pair for name, pair in changes.items() if name in TOLD}
    activity.record(_event(SubscriptionChanged, calendar, at, by=by, changes=told))


@transaction.atomic
def unsubscribe(*, calendar: OutsideCalendar, by: Person, at: datetime, version: int) -> None:
    """End a subscription; the copy of its events goes with it."""
    calendar.bump(version)
    changes = {field: [getattr(calendar, field), None] for field in sorted(TOLD)}
    activity.record(_event(CalendarUnsubscribed, calendar, at, by=by, changes=changes))
    calendar.delete()


def _check_new(by: Person, url: str, *, besides: int | None = None) -> None:
    others = OutsideCalendar.objects.filter(person=by, url=url)
    if (others.exclude(pk=besides) if besides else others).exists():
        raise Refused(_("You have subscribed to this calendar already."), field="url")


def due(*, at: datetime) -> QuerySet[OutsideCalendar]:
    """Return the calendars of active people that are to be fetched at `at`."""
    return OutsideCalendar.objects.filter(due_at__lte=at, person__is_active=True)


def refresh_if_due(*, by: Person, at: datetime) -> Job | None:
    """Queue a fetch of what is due among the calendars of `by`, unless one is on its way. At most four queries."""
    if not due(at=at).filter(person=by).exists():
        return None
    return start_refresh(by=by, at=at)


@transaction.atomic
def start_refresh(*, by: Person, at: datetime, all_of_them: bool = False) -> Job | None:
    """Queue a fetch of what is due (or of all calendars of `by`); None if one waits or runs already."""
    if all_of_them:
        OutsideCalendar.objects.filter(person=by).update(due_at=at)
    own = Job.objects.filter(owner=by, kind=JOB)
    if own.active().filter(queued_at__gt=at - STALE).exists():
        return None
    # Of something done every half hour, only the last time is worth a line in the job centre.
    own.exclude(pk__in=own.active()).delete()
    return jobs.start(kind=JOB, title=_("Fetch outside calendars"), owner=by, arguments={}, at=at)


def run_refresh(*, job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Do the work of a queued fetch: every calendar of its owner that is due."""
    rows = list(due(at=clock.now()).filter(person_id=job.owner_id).select_related("person"))
    for done, row in enumerate(rows):
        progress.advance(done, len(rows))
        refresh(calendar=row, at=clock.now())
    return {"calendars": len(rows)}


def refresh(*, calendar: OutsideCalendar, at: datetime) -> bool:
    """Fetch one calendar and replace its copy; say whether that went well. What went wrong stands on its row.

    Network and reading happen outside any transaction. A calendar whose address is changed meanwhile keeps
    nothing of what came from the old one.
    """
    zone = zone_of(calendar.person)
    try:
        answer = _fetch(calendar, zone, at)
        if answer.status == 304:
            _note(calendar, at, error="")
            return True
        reading = _read(answer, zone, at)
    except _Failed as failed:
        _note(calendar, at, error=failed.code)
        return False
    _replace(calendar, answer, reading, zone, at)
    return True


class _Failed(Exception):  # noqa: N818  (kept on the row, shown to the person)
    """A fetch that brought nothing; `code` is a key of words.ERRORS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _fetch(calendar: OutsideCalendar, zone: ZoneInfo, at: datetime) -> outbound.Answer:
    headers = {"Accept": "text/calendar, */*;q=0.1"}
    reaches = calendar.covered_until is not None and calendar.covered_until >= at + LEAST_AHEAD
    if reaches and calendar.read_in_zone == zone.key:
        tokens = {"If-None-Match": calendar.etag, "If-Modified-Since": calendar.last_modified}
        headers |= {name: token for name, token in tokens.items() if token}
    try:
        url = plain_url(calendar.url)
        answer = outbound.get(url, headers=headers, most_bytes=MOST_BYTES, seconds=SECONDS)
    except outbound.OutboundError as error:
        raise _Failed(error.code) from None
    if answer.status == 304 and len(headers) > 1:
        return answer
    if answer.status in (401, 403):
        raise _Failed("refused")
    if answer.status in (404, 410):
        raise _Failed("gone")
    if answer.status != 200:
        raise _Failed("server")
    return answer


def _read(answer: outbound.Answer, zone: ZoneInfo, at: datetime) -> ical.Reading:
    begins = answer.body[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if begins.startswith((b"<!doctype", b"<html")):
        raise _Failed("page")
    try:
        return ical.read(answer.body, since=at - BEHIND, until=at + AHEAD, zone=zone)
    except ical.UnreadableError:
        raise _Failed("unreadable") from None


def _note(calendar: OutsideCalendar, at: datetime, *, error: str) -> None:
    """Keep how a fetch went that changed nothing of the copy, and when to try again."""
    failures = min(calendar.failures + 1, 50) if error else 0
    wait = min(STALE * 2 ** min(failures, 10), LONGEST_WAIT) if error else STALE
    values: dict[str, Any] = {"error": error, "failures": failures, "due_at": at + wait}
    if not error:
        values["fetched_at"] = at
    with transaction.atomic():
        _same(calendar).update(**values)
        if error != calendar.error:
            activity.record(_event(CalendarFetched, calendar, at, changes={"error": [calendar.error, error]}))


@transaction.atomic
def _replace(
    calendar: OutsideCalendar, answer: outbound.Answer, reading: ical.Reading, zone: ZoneInfo, at: datetime
) -> None:
    kept = {
        "error": "",
        "failures": 0,
        "fetched_at": at,
        "due_at": at + STALE,
        "left_out": reading.left_out,
        "etag": answer.headers.get("etag", "")[:300],
        "last_modified": answer.headers.get("last-modified", "")[:100],
        "covered_until": at + AHEAD,
        "read_in_zone": zone.key,
    }
    if not _same(calendar).update(**kept):
        return
    old = list(calendar.events.order_by("pk").values_list(*_COPIED))
    new = [tuple(_copied(one).values()) for one in reading.occurrences]
    if sorted(old, key=repr) != sorted(new, key=repr):
        calendar.events.all().delete()
        rows = [OutsideEvent(calendar=calendar, **_copied(one)) for one in reading.occurrences]
        OutsideEvent.objects.bulk_create(rows, batch_size=500)
        changes = {"events": [len(old), len(new)]}
        activity.record(_event(CalendarFetched, calendar, at, changes=changes))
    elif calendar.error:
        activity.record(_event(CalendarFetched, calendar, at, changes={"error": [calendar.error, ""]}))


_COPIED = ("title", "place", "starts_at", "ends_at", "is_all_day", "takes_time")


def _copied(one: ical.Occurrence) -> dict[str, Any]:
    return {
        "title": one.title,
        "place": one.place,
        "starts_at": one.starts,
        "ends_at": one.ends,
        "is_all_day": one.is_all_day,
        "takes_time": one.takes_time,
    }


def _same(calendar: OutsideCalendar) -> QuerySet[OutsideCalendar]:
    """Return the row, if it is still there and still has the address that was fetched."""
    return OutsideCalendar.objects.filter(pk=calendar.pk, url=calendar.url)


def _event(
    kind: type[DomainEvent],
    row: OutsideCalendar,
    at: datetime,
    *,
    changes: Mapping[str, Any],
    by: Person | None = None,
) -> DomainEvent:
    return kind(
        subject_id=row.pk,
        by_id=by.pk if by else None,
        at=at,
        person_ids=(row.person_id,),
        changes=changes,
    )
