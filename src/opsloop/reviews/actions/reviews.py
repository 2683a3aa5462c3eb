"""The verbs of a review: write its sentences, hand it in, take it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.engines.reviewing import Period
from opsloop.organisation.models import Department, Person
from opsloop.organisation.queries.people import nearest_leads
from opsloop.records.refusals import Refused, StaleVersion
from opsloop.reviews import permissions
from opsloop.reviews.events import ReviewSubmitted, ReviewTakenBack, ReviewWritten
from opsloop.reviews.models import REVIEW_LIFECYCLE, TEXTS, Review

# A sheet of paper has room for about that much a field.
LONGEST = 5_000


@dataclass(frozen=True)
class Which:
    """Names a review, which may not have been begun yet: whose (with a department: its own), of which period."""

    person: Person
    period: Period
    department: Department | None = None

    def unwritten(self, at: datetime) -> Review:
        """Return the review as it is before its first word, unsaved."""
        return Review(
            person=self.person,
            department=self.department,
            kind=self.period.kind,
            starts_on=self.period.starts_on,
            begun_at=at,
        )

    def find(self) -> Review | None:
        """Return the review, once it has been begun. One query."""
        rows = Review.objects.filter(kind=self.period.kind, starts_on=self.period.starts_on)
        if self.department is None:
            rows = rows.filter(person=self.person, department__isnull=True)
        else:
            rows = rows.filter(department=self.department)
        return rows.select_related("person", "department").first()


def begun(which: Which, *, by: Person, at: datetime) -> Review:
    """Return the review for writing, begun at `at` unless it was before; in the caller's transaction.

    Raises:
        Forbidden, Refused: `by` may not write it, or it was handed in.
    """
    blank = which.unwritten(at)
    permissions.check_can_write(blank, by)
    keys = {"kind": blank.kind, "starts_on": blank.starts_on, "department": which.department}
    others: dict[str, Any] = {"begun_at": at}
    if which.department is None:
        keys["person"] = which.person
    else:
        others["person"] = by
    review, _is_new = Review.objects.get_or_create(**keys, defaults=others)
    permissions.check_can_write(review, by)
    return review


@transaction.atomic
def write(*, which: Which, values: Mapping[str, str], by: Person, at: datetime, version: int) -> Review:
    """Keep what was written into the fields of `TEXTS`; `version` 0 when nobody had begun. Saves nothing unchanged.

    Raises:
        StaleVersion: somebody wrote it since.
        Refused: a text is longer than `LONGEST`, or the review was handed in.
    """
    found = which.find()
    if found is not None and found.version != version:
        raise StaleVersion(found, expected=version)
    review = begun(which, by=by, at=at)
    changed = [name for name in TEXTS if name in values and values[name] != getattr(review, name)]
    for name in changed:
        if len(values[name]) > LONGEST:
            raise Refused(
                _("This is too long: at most %(n)s characters, there are %(length)s.")
                % {"n": LONGEST, "length": len(values[name])},
                field=name,
            )
        setattr(review, name, values[name])
    if changed:
        if review.department_id:
            review.person = by
        review.bump(review.version, [*changed, "person"])
        activity.record(
            ReviewWritten(**about(review, by, at), changes={name: [None, None] for name in changed})
        )
    return review


@transaction.atomic
def submit(
    *,
    which: Which,
    values: Mapping[str, str],
    facts: Mapping[str, Any],
    by: Person,
    at: datetime,
    version: int,
) -> tuple[Review, Undo]:
    """Hand a review in with what stands in its fields and its figures as they are; those who lead are told.

    Raises:
        Refused: no sentence has been written, or it was handed in before; then nothing is written.
        StaleVersion: somebody wrote it since.
    """
    review = write(which=which, values=values, by=by, at=at, version=version)
    if not any(getattr(review, name).strip() for name in TEXTS):
        raise Refused(_("Figures say what happened; write at least one sentence about why."), field=TEXTS[0])
    review.state, review.submitted_at, review.facts = Review.State.SUBMITTED, at, dict(facts)
    review.bump(review.version, ["state", "submitted_at", "facts"])
    told = tuple(person.pk for person in nearest_leads(by) if person.pk != by.pk)
    activity.record(ReviewSubmitted(**about(review, by, at, told)))
    undo = activity.offer_undo(verb="review.take_back", arguments={"pk": review.pk}, by=by, at=at)
    return review, undo


@transaction.atomic
def take_back(*, review: Review, by: Person, at: datetime, version: int) -> Review:
    """Open a review again that was handed in; its figures follow the record from now on.

    Raises:
        Forbidden: it is not theirs.
        Refused: it was not handed in.
        StaleVersion: somebody wrote it since.
    """
    if review.state not in REVIEW_LIFECYCLE.before(Review.State.DRAFT):
        raise Refused(_("This review was not handed in."))
    review.state, review.submitted_at, review.facts = Review.State.DRAFT, None, {}
    permissions.check_can_write(review, by)
    review.bump(version, ["state", "submitted_at", "facts"])
    activity.record(ReviewTakenBack(**about(review, by, at, tuple(one.pk for one in nearest_leads(by)))))
    return review


@transaction.atomic
def undo_submit(*, by: Person, at: datetime, pk: int) -> None:
    """Take the handing in back that a toast offered."""
    review = Review.objects.visible_to(by).filter(pk=pk).select_related("person", "department").first()
    if review is None:
        raise Refused(_("This does not exist any more."))
    take_back(review=review, by=by, at=at, version=review.version)


def about(review: Review, by: Person, at: datetime, told: tuple[int, ...] = ()) -> dict[str, Any]:
    """Return what every event of a review says of it."""
    department = review.department_id or review.person.department_id
    return {
        "subject_id": review.pk, "by_id": by.pk, "at": at, "department_id": department, "person_ids": told,
    }  # fmt: skip
