"""What the views of reviews share: which review an address names, and whether the person may write it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.http import Http404

from opsloop.engines.reviewing import Period, period_of, read_period
from opsloop.organisation.models import Department, Person
from opsloop.reviews import permissions
from opsloop.reviews.actions.reviews import Which
from opsloop.reviews.models import Review
from opsloop.reviews.queries.facts import PARTS, Facts, Part, gather, subject_of
from opsloop.web.http import PageRequest, read_id


@dataclass(frozen=True)
class Place:
    """The review that an address names: as it is kept, or as it is before its first word (no key)."""

    which: Which
    review: Review
    whose: str
    # Of a department: it and all below it.
    family: Sequence[int] = ()

    @property
    def period(self) -> Period:
        """What it looks back on."""
        return self.which.period

    @property
    def name(self) -> str:
        """The name of the person or the department."""
        return self.which.department.name if self.which.department else self.which.person.name

    @property
    def version(self) -> int:
        """What a form states as the version it saw: 0 before the first word."""
        return self.review.version if self.review.pk else 0


def find(request: PageRequest, name: str, whose: str) -> Place:
    """Return the review that the address names, if the person writes it or may; 404 otherwise. At most two queries."""
    period, person = read_period(name), request.person
    zone = zone_of(request)
    if (
        period is None
        or period.starts_on > period_of(period.kind, request.now.astimezone(zone).date()).starts_on
    ):
        raise Http404
    department, family = _family(person, whose) if whose != "me" else (None, ())
    # Who may only read finds handed in reviews by their key.
    if not permissions.can_write_for(department, person):
        raise Http404
    which = Which(person, period, department)
    return Place(which, which.find() or which.unwritten(request.now), whose, family)


def _family(person: Person, whose: str) -> tuple[Department, Sequence[int]]:
    """Return an open department, and it with all below it. One query."""
    key = read_id(whose) or 0
    path = Department.objects.filter(pk=key).order_by().values("path")[:1]
    found = list(Department.objects.visible_to(person).filter(path__startswith=path))
    department = next((one for one in found if one.pk == key and one.closed_at is None), None)
    if department is None:
        raise Http404
    return department, [one.pk for one in found]


def zone_of(request: PageRequest) -> ZoneInfo:
    """Return the time zone of who asks."""
    return ZoneInfo(request.person.time_zone)


def facts_of(
    request: PageRequest,
    review: Review,
    parts: Collection[Part] = PARTS,
    *,
    family: Collection[int] | None = None,
) -> Facts:
    """Return the facts of a review, or parts of them: those it was handed in with, else as the record says now."""
    if review.is_submitted:
        return Facts.from_json(review.facts)
    subject = subject_of(review.person, review.department, family or None)
    return gather(subject, review.period, zone=zone_of(request), at=request.now, parts=parts)
