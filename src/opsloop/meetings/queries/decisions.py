"""The register of decisions: found by words, department, meeting and time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from opsloop.meetings.models import Decision
from opsloop.organisation.models import Department, Person
from opsloop.work.queries.columns import Column


@dataclass(frozen=True)
class Filters:
    """What the register is narrowed to; `department` counts with those below it."""

    q: str = ""
    department: int | None = None
    meeting: int | None = None
    since: date | None = None
    until: date | None = None
    holds: bool = False


def register(person: Person, wanted: Filters) -> QuerySet[Decision]:
    """Return the decisions that `person` may see, the newest first. One query, another for a department."""
    rows = Decision.objects.visible_to(person).exclude(number="")
    for word in wanted.q.split()[:6]:
        hit = Q(text__icontains=word) | Q(number__icontains=word)
        rows = rows.filter(hit | Q(meeting__title__icontains=word) | Q(meeting__number__icontains=word))
    if wanted.department is not None:
        path = Department.objects.filter(pk=wanted.department).values_list("path", flat=True).first()
        rows = rows.filter(meeting__department__path__startswith=path) if path else rows.none()
    if wanted.meeting is not None:
        rows = rows.filter(meeting=wanted.meeting)
    if wanted.since is not None:
        rows = rows.filter(decided_on__gte=wanted.since)
    if wanted.until is not None:
        rows = rows.filter(decided_on__lte=wanted.until)
    if wanted.holds:
        rows = rows.filter(replaced_by=None)
    return rows.select_related("meeting__department", "topic", "replaced_by")


def columns() -> Sequence[Column]:
    """Return the columns of the register as a file."""
    heads = (
        ("number", _("Number"), "text"), ("decided_on", _("Decided on"), "day"), ("text", _("Decision"), "long"),
        ("topic", _("Topic"), "text"), ("meeting", _("Meeting"), "text"),
        ("department", _("Department"), "text"), ("replaced_by", _("Replaced by"), "text"),
    )  # fmt: skip
    return [Column(name, label, "", kind=kind) for name, label, kind in heads]


def cells(rows: Iterable[Decision]) -> Iterator[list[Any]]:
    """Yield the cells of the register, in the order of `columns`."""
    for row in rows:
        meeting = row.meeting
        yield [
            row.number, row.decided_on, row.text, row.topic.title if row.topic else "",
            f"{meeting.number} {meeting}".strip(), str(meeting.department or ""),
            row.replaced_by.number if row.replaced_by else "",
        ]  # fmt: skip


def later_than(decision: Decision, person: Person) -> QuerySet[Decision]:
    """Return what could take the place of a decision: later ones that `person` may see."""
    rows = Decision.objects.visible_to(person).exclude(number="").exclude(pk=decision.pk)
    return rows.filter(
        Q(decided_on__gt=decision.decided_on) | Q(decided_on=decision.decided_on, pk__gt=decision.pk)
    )
