"""Records of talks as one reads them: the list with its filters, one record, the table that is handed out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from opsloop.collaboration.models import CollaborationRules, CommunicationRecord
from opsloop.organisation.models import Person
from opsloop.search import queries as search
from opsloop.work.queries.columns import Column

STANDINGS: Mapping[str, Any] = {
    "": gettext_lazy("All records"),
    "owed": pgettext_lazy("record", "Resolution missing"),
    "open": pgettext_lazy("record", "Being followed up"),
    "late": pgettext_lazy("record", "Overdue"),
    "done": pgettext_lazy("record", "Done"),
}
WHOSE: Mapping[str, Any] = {
    "": gettext_lazy("Everybody's"),
    "mine": pgettext_lazy("record", "Written or led by me"),
    "follow": gettext_lazy("Followed up by me"),
}
# A file of more rows than this is no table to be printed.
MOST_IN_FILE = 2000


def hours_to_fill() -> int:
    """Return within how many hours a resolution is written down (blueprint §2.6: 24 h). One query."""
    found = CollaborationRules.objects.values_list("record_hours", flat=True).first()
    return found or CollaborationRules().record_hours


def standing(record: CommunicationRecord, at: datetime) -> str:
    """Return in a word how a record stands: owed, done, late or open."""
    if not record.resolution:
        return "owed"
    if record.outcome:
        return "done"
    return "late" if record.due_at and record.due_at < at else "open"


def _stands(name: str, at: datetime) -> Q:
    told, undone = ~Q(resolution=""), Q(outcome="")
    late = Q(due_at__lt=at)
    return {
        "owed": Q(resolution=""),
        "done": told & ~undone,
        "late": told & undone & late,
        "open": told & undone & (Q(due_at__isnull=True) | Q(due_at__gte=at)),
    }.get(name, Q())


@dataclass(frozen=True)
class Filters:
    """What a list of records is narrowed to; `whose` and `standing` are keys above, an empty one means all."""

    wanted: str = ""
    whose: str = ""
    standing: str = ""
    department: int | None = None
    since: date | None = None
    until: date | None = None

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Filters:
        """Return what an address asks for; what makes no sense is left out."""
        whose, stands, department = (
            given.get("whose", ""),
            given.get("standing", ""),
            given.get("department", ""),
        )
        return cls(
            wanted=given.get("q", "").replace("\0", "")[:100].strip(),
            whose=whose if whose in WHOSE else "",
            standing=stands if stands in STANDINGS else "",
            department=int(department)
            if department.isascii() and department.isdigit() and len(department) < 19
            else None,
            since=day_of(given.get("since", "")),
            until=day_of(given.get("until", "")),
        )

    @property
    def is_narrow(self) -> bool:
        """Whether anything is left out."""
        return self != Filters()


def day_of(text: str) -> date | None:
    """Return the day that an address names, or None."""
    try:
        found = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2100 else None


def listed(
    person: Person, filters: Filters, *, at: datetime, zone: ZoneInfo
) -> QuerySet[CommunicationRecord]:
    """Return the records that a list shows, the newest talk first; those whose date is near first when it is late."""
    rows = CommunicationRecord.objects.visible_to(person).alive().filter(_stands(filters.standing, at))
    if filters.whose:
        mine = Q(author=person) | Q(lead=person)
        rows = rows.filter(Q(follower=person) if filters.whose == "follow" else mine)
    if filters.department:
        takes_part = CommunicationRecord.to_departments.through.objects.filter(department=filters.department)
        rows = rows.filter(
            Q(from_department=filters.department) | Q(pk__in=takes_part.values("communicationrecord"))
        )
    if filters.since:
        rows = rows.filter(talked_at__gte=_begin(filters.since, zone))
    if filters.until:
        rows = rows.filter(talked_at__lt=_begin(filters.until + timedelta(days=1), zone))
    if filters.wanted:
        found = Q(number__iexact=filters.wanted) | Q(matter__icontains=filters.wanted)
        rows = rows.filter(found | Q(pk__in=search.matching("communication", filters.wanted)))
    order = (F("due_at").asc(nulls_last=True), "pk") if filters.standing == "late" else ("-talked_at", "-pk")
    return shown(rows).order_by(*order)


def shown(rows: QuerySet[CommunicationRecord]) -> QuerySet[CommunicationRecord]:
    """Return records with what a row of them shows. One query more for the departments involved."""
    return rows.select_related("from_department", "lead", "follower", "author").prefetch_related(
        "to_departments"
    )


def _begin(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)


@dataclass(frozen=True)
class Line:
    """A record in a list, and how it stands."""

    record: CommunicationRecord
    standing: str

    @property
    def others(self) -> str:
        """The departments involved, by name."""
        return names_of(self.record)


def lines(rows: Iterable[CommunicationRecord], at: datetime) -> list[Line]:
    """Return what a list shows of these records."""
    return [Line(row, standing(row, at)) for row in rows]


def names_of(record: CommunicationRecord) -> str:
    """Return the departments involved, by name."""
    return _(", ").join(one.name for one in record.to_departments.all())


def columns() -> list[Column]:
    """Return the columns of the table, as the methodology names them, behind the number."""
    heads = (
        ("number", pgettext("record", "Number"), "text"), ("matter", pgettext("record", "Matter"), "long"),
        ("from", _("Began by department"), "text"), ("to", _("Departments involved"), "text"),
        ("lead", _("Answers for it"), "text"), ("talked_at", _("Talked at"), "moment"),
        ("resolution", pgettext("record", "Resolution"), "long"), ("follower", _("Follows it up"), "text"),
        ("due_at", _("To be done by"), "moment"), ("outcome", _("Actually done"), "long"),
    )  # fmt: skip
    return [Column(name, label, "", kind=kind) for name, label, kind in heads]


def cells(rows: Iterable[CommunicationRecord]) -> Iterator[Sequence[Any]]:
    """Yield the rows of the table."""
    for row in rows:
        yield (
            row.number, row.matter, row.from_department.name, names_of(row), row.lead.name if row.lead else None,
            row.talked_at, row.resolution or None, row.follower.name if row.follower else None, row.due_at,
            row.outcome or None,
        )  # fmt: skip


def owed_by(person: Person) -> int:
    """Return how many resolutions `person` still has to write down. One query."""
    mine = Q(author=person) | Q(lead=person)
    count: int = CommunicationRecord.objects.alive().filter(mine, resolution="").count()
    return count
