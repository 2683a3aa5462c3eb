"""Who has confirmed: of one notice person by person, and the table of many notices (通知确认表)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Max, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from opsloop.notices import permissions
from opsloop.notices.models import Notice, Receipt
from opsloop.notices.models.receipts import ReceiptQuerySet
from opsloop.notices.queries.notices import counted
from opsloop.organisation.models import Person
from opsloop.organisation.roles import Permission
from opsloop.work.queries.columns import Column

# Names that a cell on screen spells out; the file has all of them.
NAMED = 8
SHOW = ("missing", "confirmed", "all")


@dataclass(frozen=True)
class Standing:
    """How far a notice is confirmed."""

    total: int
    missing: int
    seen: int
    reminded_at: datetime | None
    # Whom a head of some of these people sees: only their own.
    is_part: bool

    @property
    def confirmed(self) -> int:
        """How many have confirmed."""
        return self.total - self.missing


def rows_for(notice: Notice, person: Person) -> ReceiptQuerySet:
    """Return the receipts to confirm that `person` may see: all for who oversees it, their own people's for a head.

    A head sees them of a notice that they got themselves.
    """
    rows = Receipt.objects.filter(notice=notice).to_confirm()
    if permissions.oversees(notice, person):
        return rows
    held = person.reaches.departments(Permission.NOTICE_VIEW) or frozenset()
    return rows.filter(person__department__in=held)


def standing(notice: Notice, person: Person) -> Standing:
    """Return how far a notice is confirmed, as far as `person` sees it. One query."""
    open_ = Q(is_open=True, person__is_active=True)
    found = rows_for(notice, person).aggregate(
        total=Count("pk"),
        missing=Count("pk", filter=open_),
        seen=Count("pk", filter=open_ & Q(seen_at__isnull=False)),
        reminded=Max("reminded_at"),
    )
    is_part = not permissions.oversees(notice, person)
    return Standing(found["total"], found["missing"], found["seen"], found["reminded"], is_part)


def people(notice: Notice, person: Person, show: str) -> QuerySet[Receipt]:
    """Return the rows of a notice's table: who is missing, who has confirmed, or all."""
    rows = rows_for(notice, person)
    if show == "missing":
        rows = rows.missing()
    elif show == "confirmed":
        rows = rows.filter(is_open=False)
    found: QuerySet[Receipt] = rows.select_related("person__department")
    return found.order_by("-is_open", "person__department__path", "person__name", "pk")


def state_of(receipt: Receipt) -> str:
    """Say how one person stands."""
    if not receipt.is_open:
        return _("Confirmed")
    if not receipt.person.is_active:
        return pgettext("receipt", "Has left")
    if receipt.confirmed_edition:
        return _("Has to confirm it again")
    return _("Opened, not confirmed") if receipt.seen_at else _("Not opened")


def person_columns() -> list[Column]:
    """Return the columns of the file of one notice."""
    heads = (
        ("name", _("Recipient"), "text"), ("department", _("Department"), "text"), ("state", _("Confirmation"), "text"),
        ("asked", pgettext("receipt", "Got it at"), "moment"), ("confirmed", _("Confirmed at"), "moment"),
        ("way", pgettext("receipt", "Way"), "text"), ("edition", _("Edition"), "number"),
        ("reminded", _("Reminded at"), "moment"),
    )  # fmt: skip
    return [Column(name, label, "", kind=kind) for name, label, kind in heads]


def person_cells(rows: QuerySet[Receipt]) -> Iterator[Sequence[Any]]:
    """Yield the rows of the file of one notice."""
    for row in rows.iterator(chunk_size=1000):
        department = row.person.department
        yield (
            row.person.name, department.name if department else None, state_of(row), row.asked_at, row.confirmed_at,
            str(row.get_way_display()) or None, row.confirmed_edition or None, row.reminded_at,
        )  # fmt: skip


@dataclass(frozen=True)
class Filters:
    """What the table of many notices is narrowed to."""

    since: date
    until: date
    only_missing: bool = False

    @classmethod
    def read(cls, given: Any, today: date) -> Filters:
        """Return what an address asks for; by default the last 30 days."""
        since = _day(given.get("since"), today - timedelta(days=30))
        until = max(since, _day(given.get("until"), today))
        return cls(since, until, given.get("only") == "missing")

    def rows(self, person: Person, zone: ZoneInfo) -> QuerySet[Notice]:
        """Return the notices whose receipts `person` oversees, sent in the span, the newest first."""
        held = person.reaches.departments(Permission.NOTICE_VIEW)
        own = Q(author=person)
        rows = Notice.objects.visible_to(person).exclude(state__in=["draft", "scheduled"])
        rows = rows if held is None else rows.filter(own | Q(department__in=held))
        begin = datetime.combine(self.since, time(0), tzinfo=zone)
        end = datetime.combine(self.until + timedelta(days=1), time(0), tzinfo=zone)
        rows = rows.filter(sent_at__gte=begin, sent_at__lt=end)
        if self.only_missing:
            missing = Receipt.objects.to_confirm().missing().order_by().values("notice")
            rows = rows.filter(pk__in=missing)
        found: QuerySet[Notice] = rows.select_related("department", "author").order_by("-sent_at", "-pk")
        return found.defer("cause", "demands", "timing", "audience")


def _day(text: str | None, otherwise: date) -> date:
    try:
        found = date.fromisoformat((text or "")[:10])
    except ValueError:
        return otherwise
    return found if 2000 <= found.year <= 2100 else otherwise


@dataclass(frozen=True)
class Row:
    """One notice in the table of many: names as far as they are spelled out, and how many there are."""

    notice: Notice
    recipients: Sequence[str]
    total: int
    unconfirmed: Sequence[str]
    missing: int
    reminded_at: datetime | None

    @property
    def more(self) -> int:
        """How many recipients are not spelled out."""
        return self.total - len(self.recipients)

    @property
    def more_missing(self) -> int:
        """How many of the unconfirmed are not spelled out."""
        return self.missing - len(self.unconfirmed)

    @property
    def completion(self) -> str:
        """How it stands, in words."""
        if self.notice.state == Notice.State.WITHDRAWN:
            return str(self.notice.get_state_display())
        if not self.total:
            return _("Being sent")
        if not self.missing:
            return _("Everybody has confirmed")
        done = {"done": self.total - self.missing, "total": self.total}
        said = _("%(done)s of %(total)s confirmed") % done
        return _("Closed; %(said)s") % {"said": said} if self.notice.state == Notice.State.CLOSED else said


def table(notices: Sequence[Notice], *, named: int | None = NAMED) -> list[Row]:
    """Return the rows of many notices; `named` None spells everybody out. Four queries at most for a page."""
    ids = [notice.pk for notice in notices]
    numbers = counted(ids)
    reminded = dict(
        Receipt.objects.filter(notice__in=ids)
        .order_by()
        .values_list("notice")
        .annotate(at=Max("reminded_at"))
    )
    to = Receipt.objects.to_confirm().filter(notice__in=ids)
    everybody = _names(to, ids, named)
    missing = _names(to.missing(), ids, named)
    return [
        Row(
            notice, everybody.get(notice.pk, []), numbers.get(notice.pk, (0, 0))[0], missing.get(notice.pk, []),
            numbers.get(notice.pk, (0, 0))[1], reminded.get(notice.pk),
        )
        for notice in notices
    ]  # fmt: skip


def _names(rows: QuerySet[Receipt], ids: Sequence[int], named: int | None) -> dict[int, list[str]]:
    """Return notice -> the first names of these receipts. One query, however many people they are."""
    names: dict[int, list[str]] = {}
    if not ids:
        return names
    if named is None:
        for pk, name in rows.order_by("notice", "pk").values_list("notice", "person__name"):
            names.setdefault(pk, []).append(name)
        return names
    first = Receipt.objects.filter(pk__in=_firsts(rows, named)).order_by("pk")
    for pk, name in first.values_list("notice", "person__name"):
        names.setdefault(pk, []).append(name)
    return names


def _firsts(rows: QuerySet[Receipt], named: int) -> Any:
    """Return the keys of the first `named` receipts of each notice, as one subquery."""
    place = Window(RowNumber(), partition_by=[F("notice")], order_by=[F("pk").asc()])
    return rows.order_by().annotate(place=place).filter(place__lte=named).values("pk")


def table_columns() -> list[Column]:
    """Return the columns of the table, as the methodology names them."""
    heads = (
        ("number", _("Notice number"), "text"), ("title", _("Subject"), "long"),
        ("department", _("Sending department"), "text"), ("at", _("Sent at"), "moment"),
        ("recipients", _("Recipients"), "long"), ("missing", _("Not confirmed"), "long"),
        ("reminded", _("Reminded at"), "moment"), ("completion", _("Completion"), "text"),
    )  # fmt: skip
    return [Column(name, label, "", kind=kind) for name, label, kind in heads]


def table_cells(notices: Sequence[Notice]) -> Iterator[Sequence[Any]]:
    """Yield the rows of the file, everybody spelled out."""
    for row in table(notices, named=None):
        notice = row.notice
        yield (
            notice.number, notice.title, notice.department.name if notice.department else None, notice.sent_at,
            "、".join(row.recipients), "、".join(row.unconfirmed) or None, row.reminded_at, row.completion,
        )  # fmt: skip
