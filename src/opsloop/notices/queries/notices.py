"""Notices as one reads them: the lists, a notice with its editions and what they changed, what waits on Today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Prefetch, Q, QuerySet, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from opsloop.discussion.models import Attachment
from opsloop.engines.textdiff import Piece, compare
from opsloop.notices import permissions
from opsloop.notices.models import Edition, Importance, Notice, Question, Receipt
from opsloop.organisation.models import Person
from opsloop.organisation.roles import Permission
from opsloop.search import queries as search
from opsloop.web.dates import absolute

BOXES = {
    "confirm": gettext_lazy("To confirm"),
    "mine": pgettext_lazy("notices", "Received"),
    "sent": pgettext_lazy("notices", "Sent by me"),
    "drafts": gettext_lazy("Drafts"),
    "all": gettext_lazy("All of my departments"),
}
LOUD = Case(
    When(importance=Importance.URGENT, then=0),
    When(importance=Importance.IMPORTANT, then=1),
    default=2,
    output_field=IntegerField(),
)
# What an edition is compared by, with its words.
COMPARED = (
    ("title", gettext_lazy("Title")),
    ("cause", pgettext_lazy("notice", "Occasion")),
    ("demands", gettext_lazy("What is asked")),
    ("timing", gettext_lazy("Dates")),
    ("due_at", gettext_lazy("To be done by")),
    ("responsible", gettext_lazy("Responsible")),
    ("signature", gettext_lazy("Signed")),
    ("files", gettext_lazy("Attachments")),
)
QUESTIONS_SHOWN = 100


def open_receipts(person: Person) -> QuerySet[Receipt]:
    """Return what `person` still has to confirm of notices that are not over."""
    return Receipt.objects.visible_to(person).filter(
        is_open=True, notice__state__in=["sending", "sent", "corrected"]
    )


def to_confirm(person: Person, most: int) -> list[Receipt]:
    """Return what `person` has to confirm, the loudest and of those the newest first. One query."""
    rows = open_receipts(person).select_related("notice__author", "notice__department")
    loud = Case(
        When(notice__importance=Importance.URGENT, then=0),
        When(notice__importance=Importance.IMPORTANT, then=1),
        default=2,
        output_field=IntegerField(),
    )
    return list(rows.order_by(loud, "-asked_at", "-pk")[:most])


def listed(person: Person, box: str, wanted: str) -> QuerySet[Notice]:
    """Return the notices of one list, narrowed by `wanted` (Chinese, pinyin, initials; drafts by their title)."""
    rows = Notice.objects.visible_to(person)
    mine = Receipt.objects.filter(notice=OuterRef("pk"), person=person)
    match box:
        case "confirm":
            rows = rows.filter(Exists(mine.filter(is_open=True))).going()
        case "mine":
            rows = rows.filter(Exists(mine))
        case "sent":
            rows = rows.filter(author=person).exclude(state__in=["draft", "scheduled"])
        case "drafts":
            rows = rows.filter(author=person, state__in=["draft", "scheduled"])
        case _:
            rows = rows.exclude(state="draft")
            held = person.reaches.departments(Permission.NOTICE_VIEW)
            rows = rows if held is None else rows.filter(department__in=held)
    if wanted.strip():
        found = Q(title__icontains=wanted.strip()) | Q(number__icontains=wanted.strip())
        rows = rows.filter(found | Q(pk__in=search.matching("notice", wanted)))
    order = (LOUD, "sent_at", "pk") if box == "confirm" else ("-sent_at", "-saved_at", "-pk")
    shown: QuerySet[Notice] = rows.select_related("author", "department").order_by(*order)
    return shown.defer("cause", "demands", "timing")


@dataclass(frozen=True)
class Line:
    """A notice in a list: with one's own receipt, or with how many have confirmed."""

    notice: Notice
    receipt: Receipt | None
    total: int
    missing: int

    @property
    def confirmed(self) -> int:
        """How many have confirmed."""
        return self.total - self.missing


def lines(person: Person, notices: Sequence[Notice], *, counts: bool) -> list[Line]:
    """Return what a list shows of these notices. Two queries."""
    ids = [notice.pk for notice in notices]
    own = {row.notice_id: row for row in Receipt.objects.visible_to(person).filter(notice__in=ids)}
    numbers = counted(ids) if counts else {}
    return [Line(notice, own.get(notice.pk), *numbers.get(notice.pk, (0, 0))) for notice in notices]


def counted(ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Return notice -> how many have to confirm it, and how many of them have not. One query.

    Who has left since counts no more among those who are missing.
    """
    missing = Count("pk", filter=Q(is_open=True, person__is_active=True))
    rows = Receipt.objects.to_confirm().filter(notice__in=ids).order_by().values_list("notice")
    return {pk: (total, open_) for pk, total, open_ in rows.annotate(total=Count("pk"), open=missing)}


def box_counts(person: Person) -> dict[str, int]:
    """Return the numbers beside the tabs that call for somebody. One query."""
    going = open_receipts(person).order_by().values(box=Value("confirm")).annotate(n=Count("pk"))
    drafts = Notice.objects.filter(author=person, state__in=["draft", "scheduled"]).order_by()
    both = going.union(drafts.values(box=Value("drafts")).annotate(n=Count("pk")), all=True)
    return {row["box"]: row["n"] for row in both}


@dataclass(frozen=True)
class Change:
    """What an edition changed in one field."""

    label: str
    pieces: Sequence[Piece]


@dataclass(frozen=True)
class Told:
    """One edition in the history of a notice."""

    edition: Edition
    changes: Sequence[Change]


def history(notice: Notice) -> list[Told]:
    """Return the editions of a notice with what each changed, the newest first. Two queries."""
    files = Attachment.objects.select_related("uploaded_by").order_by("-pk")
    rows = list(
        notice.editions.select_related("by").prefetch_related(Prefetch("files", files)).order_by("number")
    )
    told = [Told(rows[0], ())] if rows else []
    told += [Told(new, _changes(old, new)) for old, new in pairwise(rows)]
    return told[::-1]


def _changes(old: Edition, new: Edition) -> list[Change]:
    return [
        Change(str(label), compare(_text(old, name), _text(new, name)))
        for name, label in COMPARED
        if _value(old, name) != _value(new, name)
    ]


def _value(edition: Edition, name: str) -> Any:
    return "\n".join(one.name for one in edition.files.all()) if name == "files" else getattr(edition, name)


def _text(edition: Edition, name: str) -> str:
    value = _value(edition, name)
    return absolute(value) if isinstance(value, datetime) else str(value or "")


def since(notice: Notice, told: Sequence[Told], edition: int) -> list[Change]:
    """Return what changed since the edition that a reader confirmed, over all corrections in between."""
    rows = {one.edition.number: one.edition for one in told}
    if edition not in rows or notice.edition not in rows or edition == notice.edition:
        return []
    return _changes(rows[edition], rows[notice.edition])


@dataclass(frozen=True)
class Asked:
    """A question as one reads it, and whether one may answer it."""

    question: Question
    may_answer: bool


def questions(notice: Notice, person: Person) -> list[Asked]:
    """Return the questions under a notice, the oldest first. One query."""
    rows = notice.questions.select_related("asked_by", "answered_by").order_by("pk")[:QUESTIONS_SHOWN]
    steers = permissions.steers(notice, person)
    return [Asked(row, steers and row.answered_at is None) for row in rows]


def responsible_names(notice: Notice) -> str:
    """Return the names of the responsible departments. One query."""
    return _(", ").join(notice.responsible.order_by("path").values_list("name", flat=True))
