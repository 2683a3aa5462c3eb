"""Series: meetings made some weeks ahead from the last one; changed from one on, ended, and days off decided about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.engines import recurrence
from opsloop.engines.workcalendar import NoWorkdayError, WorkCalendar
from opsloop.meetings import permissions
from opsloop.meetings.actions import booking, calling
from opsloop.meetings.actions.inviting import Outgoing
from opsloop.meetings.actions.writing import Roles, copy_agenda, end_of, roles_of, seat
from opsloop.meetings.events import SeriesAsked, SeriesChanged
from opsloop.meetings.models import Meeting, Room, Series
from opsloop.organisation.models import Person
from opsloop.organisation.queries import working_calendar
from opsloop.records.refusals import Forbidden, Refused

# How far ahead meetings stand in calendars; a later one is made when its time comes nearer.
AHEAD = timedelta(weeks=6)
# More than a meeting each working day of these weeks is a slip of the pen.
MOST_AT_ONCE = 40
# What each meeting of a series takes over from the one before.
TAKEN_OVER = (
    "title", "objective", "organiser", "host", "minute_taker", "department", "lasts", "place", "link",
    "is_confidential", "time_zone",
)  # fmt: skip


@dataclass(frozen=True)
class DayOff:
    """A day that the rule of a series names and on which nobody works: what it is, and where it could go."""

    nominal: date
    name: str
    before: date | None
    after: date | None


@transaction.atomic
def call(*, meeting: Meeting, by: Person, at: datetime, version: int) -> Series | None:
    """Call a draft, and, if it says how it comes round, the meetings that follow; return its series.

    Raises as `calling.call`. A room that is taken later on is named on that meeting and keeps nothing from happening.
    """
    permissions.check_can_write(meeting, by)
    out = Outgoing()
    if not meeting.repeats:
        calling.invite(meeting, out, by=by, at=at, version=version)
        out.post(at=at)
        return None
    if not recurrence.is_rule(meeting.repeats):
        raise Refused(_("This repeat is not understood. Choose another one."), field="repeats")
    calling.invite(meeting, out, by=by, at=at, version=version)
    assert meeting.starts_at is not None  # it was called
    series = Series.objects.create(
        organiser=by, rule=meeting.repeats, starts_at=meeting.starts_at, time_zone=meeting.time_zone,
        made_until=meeting.starts_at,
    )  # fmt: skip
    meeting.series, meeting.occurs_at = series, meeting.starts_at
    meeting.save(update_fields=["series", "occurs_at"])
    _extend(series, out, by=by, at=at)
    out.post(at=at)
    return series


def extend_all(*, at: datetime) -> int:
    """Make the meetings that have come near, of every series; return how many. Any number of workers may look."""
    rows = Series.objects.filter(ended_at__isnull=True, made_until__lt=at + AHEAD - timedelta(days=1))
    return sum(_extend_one(series, at=at) for series in rows.select_related("organiser").order_by("pk"))


@transaction.atomic
def _extend_one(series: Series, *, at: datetime) -> int:
    if series.organiser is None or not series.organiser.is_active:
        # Whose series it was has left: nobody is invited in their name. The meetings there are stay.
        Series.objects.filter(pk=series.pk, ended_at__isnull=True).update(ended_at=at)
        return 0
    out = Outgoing()
    made = _extend(series, out, by=series.organiser, at=at)
    out.post(at=at)
    return made


def _extend(series: Series, out: Outgoing, *, by: Person, at: datetime) -> int:
    """Make the meetings up to AHEAD from now, in the caller's transaction; one worker of many does."""
    until = at + AHEAD
    mine = Series.objects.filter(pk=series.pk, made_until=series.made_until, ended_at__isnull=True)
    since = series.made_until
    if until <= since or not mine.update(made_until=until):
        return 0
    series.made_until = until
    model = last_of(series)
    if model is None:
        return 0
    calendar = calendar_of(since, until)
    days = nominal_days(series, since, until, calendar)
    made = 0
    for day in days[:MOST_AT_ONCE]:
        if calendar.is_workday(day) and not _stands(series, day):
            model = _make(series, model, day, day, out, by=by, at=at)
            made += 1
    off = [day for day in days if not calendar.is_workday(day)]
    if off or any(one.misses_room for one in coming(series, at)):
        _ask(series, model, by, at)
    return made


def _ask(series: Series, meeting: Meeting, by: Person, at: datetime) -> None:
    people = (series.organiser_id,) if series.organiser_id else ()
    activity.record(
        SeriesAsked(
            subject_id=meeting.pk, by_id=None, at=at, person_ids=people, changes={"by": [None, by.pk]}
        )
    )


def calendar_of(since: datetime, until: datetime) -> WorkCalendar:
    """Return the working calendar of a span."""
    return working_calendar({since.year, until.year})


def zone_of(series: Series) -> ZoneInfo:
    """Return the zone a series is counted in."""
    return ZoneInfo(series.time_zone)


def nominal_days(series: Series, since: datetime, until: datetime, calendar: WorkCalendar) -> list[date]:
    """Return the days after `since` up to `until` that the rule names, without those that were skipped."""
    zone = zone_of(series)
    first = series.starts_at.astimezone(zone).date()
    low, high = since.astimezone(zone).date(), until.astimezone(zone).date()
    return [
        day
        for day in _named(series.rule, first, high, calendar)
        if low < day and day.isoformat() not in series.skipped
    ]


def _named(rule: str, first: date, last: date, calendar: WorkCalendar) -> Iterator[date]:
    if not recurrence.is_rule(rule):
        # One of another version, which this one does not read: it must not hide the meetings there are.
        return
    for one in recurrence.occurrences(rule, first=first, calendar=calendar):
        if one.nominal > last:
            return
        yield one.nominal


def moment_on(series: Series, day: date) -> datetime:
    """Return when a meeting of a series begins on a day: at the same time of the clock."""
    local = series.starts_at.astimezone(zone_of(series))
    return datetime.combine(day, local.time(), tzinfo=zone_of(series))


def last_of(series: Series) -> Meeting | None:
    """Return the last meeting of a series that was not cancelled, or the last of all."""
    rows = Meeting.objects.filter(series=series).select_related(
        "organiser", "room__department", "host", "department"
    )
    kept = rows.exclude(state=Meeting.State.CANCELLED).order_by("-occurs_at").first()
    return kept or rows.order_by("-occurs_at").first()


def coming(series: Series, at: datetime) -> QuerySet[Meeting]:
    """Return the meetings of a series that have been called and are still to come, in order."""
    rows = Meeting.objects.filter(series=series, state=Meeting.State.CALLED, starts_at__gt=at)
    return rows.select_related("room__department", "host", "organiser").order_by("occurs_at")


def _stands(series: Series, day: date) -> bool:
    return Meeting.objects.filter(series=series, occurs_at=moment_on(series, day)).exists()


def _make(
    series: Series, model: Meeting, nominal: date, day: date, out: Outgoing, *, by: Person, at: datetime
) -> Meeting:
    """Make the meeting of a nominal day, which takes place on `day`, and invite its people."""
    values: dict[str, Any] = {name: getattr(model, name) for name in TAKEN_OVER}
    meeting = Meeting(
        **values, series=series, occurs_at=moment_on(series, nominal), starts_at=moment_on(series, day),
        follows=model, created_at=at, saved_at=at,
    )  # fmt: skip
    meeting.ends_at = end_of(meeting)
    room = model.room or Room.objects.current().filter(name=model.misses_room or "").first()
    if room is not None:
        if _has_room(meeting, room, by):
            meeting.room = room
        else:
            meeting.misses_room = room.name
    meeting.save(force_insert=True)
    seat(meeting, roles_of(model))
    copy_agenda(model, meeting)
    calling.invite(meeting, out, by=by, at=at, version=meeting.version)
    return meeting


def _has_room(meeting: Meeting, room: Room, by: Person) -> bool:
    assert meeting.starts_at is not None and meeting.ends_at is not None  # noqa: PT018  (just set)
    return (
        permissions.may_use(room, by)
        and not booking.clashes(room, meeting.starts_at, meeting.ends_at).exists()
    )


def days_off(series: Series, at: datetime) -> list[DayOff]:
    """Return the days off among the made weeks of a series about which nobody has decided. Three queries."""
    if series.ended_at is not None:
        return []
    calendar = calendar_of(at, series.made_until)
    since = max(at, series.starts_at)
    days = [
        day
        for day in nominal_days(series, since, series.made_until, calendar)
        if not calendar.is_workday(day)
    ]
    if not days:
        return []
    stand = set(
        Meeting.objects.filter(
            series=series, occurs_at__in=[moment_on(series, day) for day in days]
        ).values_list("occurs_at", flat=True)
    )
    return [
        DayOff(day, calendar.name_of(day), _near(calendar, day, back=True), _near(calendar, day, back=False))
        for day in days
        if moment_on(series, day) not in stand
    ]


def _near(calendar: WorkCalendar, day: date, *, back: bool) -> date | None:
    try:
        return calendar.previous_workday(day) if back else calendar.next_workday(day)
    except NoWorkdayError:
        return None


@transaction.atomic
def decide_day(
    *, series: Series, nominal: date, how: str, by: Person, at: datetime, version: int
) -> Meeting | None:
    """Settle what becomes of a day off: "skip", "before", "after", or "keep" it on that day.

    Raises:
        Forbidden: the series is somebody else's.
        Refused: that day waits for no decision.
    """
    check_can_steer(series, by)
    found = next((one for one in days_off(series, at) if one.nominal == nominal), None)
    if found is None or how not in {"skip", "before", "after", "keep"}:
        raise Refused(_("Nothing is to be decided about this day any more."))
    day = {"before": found.before, "after": found.after, "keep": nominal}.get(how)
    if day is not None and moment_on(series, day) <= at:
        raise Refused(_("That day is past. Choose another one, or leave it out."))
    series.bump(version)
    meeting, out = None, Outgoing()
    if day is None:
        series.skipped = sorted({*series.skipped, nominal.isoformat()})
        series.save(update_fields=["skipped"])
    else:
        model = _before(series, nominal)
        if model is None:
            raise Refused(_("Nothing is to be decided about this day any more."))
        meeting = _make(series, model, nominal, day, out, by=by, at=at)
    _record(
        series,
        by,
        at,
        {"skipped" if day is None else "moved": [nominal.isoformat(), day and day.isoformat()]},
    )
    out.post(at=at)
    return meeting


def _before(series: Series, day: date) -> Meeting | None:
    rows = Meeting.objects.filter(series=series, occurs_at__lt=moment_on(series, day))
    rows = rows.select_related("organiser", "room__department", "host", "department")
    return rows.exclude(state=Meeting.State.CANCELLED).order_by("-occurs_at").first() or last_of(series)


@transaction.atomic
def change_following(
    *, meeting: Meeting, values: Mapping[str, Any], roles: Roles, by: Person, at: datetime, version: int
) -> int:
    """Change a meeting of a series and all that follow it, and what will be made later; return how many there were.

    Another time moves each by as many days and to that time of the clock. A room that is taken on some of the days is
    named on those meetings, which stay without it.

    Raises as `calling.change`; Refused too if the days of the rule cannot be moved.
    """
    permissions.check_can_change(meeting, by)
    series = meeting.series
    if series is None or meeting.starts_at is None or meeting.occurs_at is None:
        raise Refused(_("This meeting belongs to no series."))
    rows = list(coming(series, at).filter(occurs_at__gt=meeting.occurs_at))
    zone = zone_of(series)
    old, new = (
        meeting.starts_at.astimezone(zone),
        (values.get("starts_at") or meeting.starts_at).astimezone(zone),
    )
    days = (new.date() - old.date()).days
    try:
        rule = recurrence.shifted(series.rule, days)
    except ValueError:
        said = _(
            "The days of this series cannot be moved together. Move this meeting alone, or call a new series."
        )
        raise Refused(said, field="starts_at") from None
    out = Outgoing()
    calling.alter(meeting, values, roles, out, by=by, at=at, version=version)
    for one in rows:
        assert one.starts_at is not None  # it is called
        day = one.starts_at.astimezone(zone).date() + timedelta(days=days)
        moved = {**values, "starts_at": datetime.combine(day, new.time(), tzinfo=zone)}
        _alter_if_room(one, moved, roles, out, by=by, at=at)
    _retime(series, [meeting, *rows], rule, days, new.time())
    _record(series, by, at, {"following": [meeting.number, len(rows) + 1]})
    out.post(at=at)
    return len(rows) + 1


def _alter_if_room(
    meeting: Meeting, values: Mapping[str, Any], roles: Roles, out: Outgoing, *, by: Person, at: datetime
) -> None:
    room: Room | None = values.get("room", meeting.room)
    starts_at: datetime = values["starts_at"]
    meeting.misses_room = ""
    if room is not None:
        ends_at = starts_at + timedelta(minutes=values.get("lasts", meeting.lasts))
        if booking.clashes(room, starts_at, ends_at).exclude(meeting=meeting).exists():
            values = {**values, "room": None}
            meeting.misses_room = room.name
    calling.alter(meeting, values, roles, out, by=by, at=at, version=meeting.version)
    Meeting.objects.filter(pk=meeting.pk).update(misses_room=meeting.misses_room)


def _retime(series: Series, meetings: Sequence[Meeting], rule: str, days: int, clock: time) -> None:
    """Let the rule, and the days its meetings stand for, follow what was moved."""
    zone = zone_of(series)

    def later(moment: datetime) -> datetime:
        return datetime.combine(moment.astimezone(zone).date() + timedelta(days=days), clock, tzinfo=zone)

    # From the far end, so that no two of a series stand for the same moment in between.
    order = sorted(meetings, key=lambda one: one.occurs_at or one.created_at, reverse=days >= 0)
    for one in order:
        if one.occurs_at is not None:
            one.occurs_at = later(one.occurs_at)
            Meeting.objects.filter(pk=one.pk).update(occurs_at=one.occurs_at)
    series.starts_at, series.rule = later(series.starts_at), rule
    Series.objects.filter(pk=series.pk).update(starts_at=series.starts_at, rule=rule)


@transaction.atomic
def end(*, meeting: Meeting, why: str, by: Person, at: datetime, version: int) -> int:
    """End a series with a meeting: it and those that follow are cancelled; return how many.

    Raises as `calling.cancel`.
    """
    permissions.check_can_cancel(meeting, by)
    series = meeting.series
    if series is None or meeting.occurs_at is None:
        raise Refused(_("This meeting belongs to no series."))
    if not why.strip():
        raise Refused(_("Say why it is cancelled; everybody reads it."), field="why")
    rows = list(coming(series, at).filter(occurs_at__gt=meeting.occurs_at))
    out = Outgoing()
    calling.call_off(meeting, out, why=why, by=by, at=at, version=version)
    for one in rows:
        calling.call_off(one, out, why=why, by=by, at=at, version=one.version)
    Series.objects.filter(pk=series.pk).update(ended_at=at, version=series.version + 1)
    _record(series, by, at, {"ended": [None, meeting.number]})
    out.post(at=at)
    return len(rows) + 1


def check_can_steer(series: Series, by: Person) -> None:
    """Raise Forbidden unless the series is the person's own."""
    if series.organiser_id != by.pk:
        raise Forbidden(_("A series is changed by who called it."))


def _record(series: Series, by: Person, at: datetime, changes: Mapping[str, Any]) -> None:
    activity.record(
        SeriesChanged(subject_id=series.pk, by_id=by.pk, at=at, person_ids=(by.pk,), changes=changes)
    )
