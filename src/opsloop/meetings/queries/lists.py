"""Lists of meetings: one's own, those of departments, what is on today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Count, Q, QuerySet, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opsloop.meetings.models import Meeting, Seat
from opsloop.organisation.models import Person
from opsloop.organisation.queries.blocks import zone_of
from opsloop.organisation.roles import Permission
from opsloop.search import queries as search

BOXES = {
    "coming": pgettext_lazy("meetings", "Coming"),
    "past": pgettext_lazy("meetings", "Past"),
    "drafts": _("Drafts"),
    "all": _("All of my departments"),
}
# A meeting that begins this soon stands on top of Today whether one answered or not: one is about to go.
SOON = timedelta(hours=1)
OVER = Q(state__in=["held", "closed", "cancelled"])


def _in_it(person: Person) -> Q:
    own = Seat.objects.filter(person=person).order_by().values("meeting")
    return Q(organiser=person) | Q(host=person) | Q(pk__in=own)


def listed(person: Person, box: str, wanted: str, *, at: datetime) -> QuerySet[Meeting]:
    """Return the meetings of one list, narrowed by `wanted` (Chinese, pinyin, initials; drafts by their title)."""
    rows = Meeting.objects.visible_to(person)
    past = OVER | Q(ends_at__lt=at - timedelta(hours=12))
    match box:
        case "drafts":
            rows = rows.filter(organiser=person, state="draft")
        case "past":
            rows = rows.filter(_in_it(person)).exclude(state="draft").filter(past)
        case "all":
            rows = rows.exclude(state="draft")
            held = person.reaches.departments(Permission.MEETING_VIEW)
            rows = rows if held is None else rows.filter(department__in=held)
        case _:
            rows = rows.filter(_in_it(person)).exclude(state="draft").exclude(past)
    if wanted.strip():
        found = Q(title__icontains=wanted.strip()) | Q(number__icontains=wanted.strip())
        rows = rows.filter(found | Q(pk__in=search.matching("meeting", wanted)))
    orders = {"coming": ("starts_at", "pk"), "drafts": ("-saved_at", "-pk")}
    order = orders.get(box, ("-starts_at", "-pk"))
    shown: QuerySet[Meeting] = rows.select_related("organiser", "department", "room").order_by(*order)
    return shown.defer("objective", "necessity")


@dataclass(frozen=True)
class Line:
    """A meeting in a list: with one's own seat, how many are invited, and how many of them come."""

    meeting: Meeting
    seat: Seat | None
    people: int
    coming: int

    @property
    def waits(self) -> bool:
        """Whether one has not answered yet."""
        seat = self.seat
        is_asked = seat is not None and seat.answer == Seat.Answer.NONE and seat.role != Seat.Role.COPY
        return is_asked and self.meeting.state == Meeting.State.CALLED


def lines(person: Person, meetings: Sequence[Meeting]) -> list[Line]:
    """Return what a list shows of these meetings. Two queries."""
    ids = [one.pk for one in meetings]
    own = {row.meeting_id: row for row in Seat.objects.filter(meeting__in=ids, person=person)}
    seats = (
        Seat.objects.filter(meeting__in=ids).exclude(role=Seat.Role.COPY).order_by().values_list("meeting")
    )
    counted = seats.annotate(n=Count("pk"), yes=Count("pk", filter=Q(answer=Seat.Answer.YES)))
    numbers = {pk: (people, yes) for pk, people, yes in counted}
    return [Line(one, own.get(one.pk), *numbers.get(one.pk, (0, 0))) for one in meetings]


def box_counts(person: Person, *, at: datetime) -> Mapping[str, int]:
    """Return the numbers beside the tabs that call for somebody: unanswered invitations, own drafts. One query."""
    asked = Seat.objects.filter(
        person=person, answer=Seat.Answer.NONE, meeting__state="called", meeting__ends_at__gt=at
    )
    asked = asked.exclude(role=Seat.Role.COPY).order_by()
    drafts = Meeting.objects.filter(organiser=person, state="draft").order_by()
    both = (
        asked.values(box=Value("coming"))
        .annotate(n=Count("pk"))
        .union(drafts.values(box=Value("drafts")).annotate(n=Count("pk")), all=True)
    )
    return {row["box"]: row["n"] for row in both}


def today(person: Person, *, at: datetime, most: int) -> list[Seat]:
    """Return one's seats in the meetings of this day that ask something of one, in order. One query.

    Those that wait for an answer, and those that begin within SOON or run; the others stand in the plan of the day.
    """
    zone = zone_of(person)
    end = datetime.combine(at.astimezone(zone).date() + timedelta(days=1), time(), tzinfo=zone)
    rows = Seat.objects.filter(
        person=person,
        meeting__state__in=["called", "running"],
        meeting__ends_at__gt=at,
        meeting__starts_at__lt=end,
    )
    rows = rows.filter(Q(answer=Seat.Answer.NONE) | Q(meeting__starts_at__lte=at + SOON))
    rows = rows.exclude(role=Seat.Role.COPY).exclude(answer=Seat.Answer.NO).select_related("meeting__room")
    return list(rows.order_by("meeting__starts_at", "pk")[:most])
