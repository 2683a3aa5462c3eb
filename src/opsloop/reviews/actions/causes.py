"""The verbs of causes and measures: ask why once more, and make a task of the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused
from opsloop.reviews import permissions
from opsloop.reviews.actions.reviews import Which, about, begun
from opsloop.reviews.events import CauseFound, CauseRemoved, MeasureTaken
from opsloop.reviews.models import Cause, Measure, Review
from opsloop.work.actions import tasks
from opsloop.work.models import Task

LONGEST = 200
# "Why" is asked five times below what went wrong; more causes than this are a list, not a diagnosis.
DEEPEST = 6
MOST = 60


@transaction.atomic
def find_cause(
    *, which: Which, text: str, by: Person, at: datetime, parent: int | None = None, task: Task | None = None
) -> Cause:
    """Put down what went wrong, or (with `parent`, the key of a cause of this review) why.

    Raises:
        Refused: the text is empty or too long, the parent is gone, or it goes too deep.
    """
    review = begun(which, by=by, at=at)
    text = " ".join(text.replace("\0", "").split())
    if not text:
        raise Refused(_("Write the cause in one sentence."), field="text")
    if len(text) > LONGEST:
        raise Refused(_("One sentence is enough: at most %(n)s characters.") % {"n": LONGEST}, field="text")
    _check_room(review, parent)
    cause = Cause.objects.create(review=review, parent_id=parent, text=text, task=task, created_at=at)
    activity.record(CauseFound(**about(review, by, at)))
    return cause


def _check_room(review: Review, parent: int | None) -> None:
    above: dict[int, int | None] = dict(review.causes.values_list("pk", "parent_id"))
    if len(above) >= MOST:
        raise Refused(_("A review has room for %(n)s causes. Remove one first.") % {"n": MOST}, field="text")
    if parent is None:
        return
    if parent not in above:
        raise Refused(_("The cause above is not there any more. Reload the page."), field="text")
    depth, at = 1, parent
    while (up := above[at]) is not None:
        depth, at = depth + 1, up
    if depth >= DEEPEST:
        raise Refused(_("Five times why is deep enough. Take a measure against this cause."), field="text")


@transaction.atomic
def remove_cause(*, cause: Cause, by: Person, at: datetime) -> Undo:
    """Take a cause away with all that lies below it; measures against it stay."""
    review = cause.review
    permissions.check_can_write(review, by)
    kept = _below(cause, list(review.causes.all()))
    arguments = {"review": review.pk, "parent": cause.parent_id, "cause": kept}
    cause.delete()
    activity.record(CauseRemoved(**about(review, by, at)))
    return activity.offer_undo(verb="review.cause", arguments=arguments, by=by, at=at)


def _below(cause: Cause, rows: Sequence[Cause]) -> dict[str, Any]:
    deeper = [_below(row, rows) for row in rows if row.parent_id == cause.pk]
    return {"text": cause.text, "task": cause.task_id, "at": cause.created_at.isoformat(), "deeper": deeper}


@transaction.atomic
def undo_remove_cause(
    *, by: Person, at: datetime, review: int, parent: int | None, cause: Mapping[str, Any]
) -> None:
    """Put a cause back with all that lay below it.

    Raises:
        Refused: the review was handed in since, or what stood above it is gone.
    """
    found = Review.objects.visible_to(by).filter(pk=review).select_related("person", "department").first()
    if found is None or (parent is not None and not found.causes.filter(pk=parent).exists()):
        raise Refused(_("This does not exist any more."))
    permissions.check_can_write(found, by)
    _put_back(found, parent, cause)
    activity.record(CauseFound(**about(found, by, at)))


def _put_back(review: Review, parent: int | None, kept: Mapping[str, Any]) -> None:
    task = Task.objects.filter(pk=kept["task"]).first() if kept["task"] else None
    row = Cause.objects.create(
        review=review,
        parent_id=parent,
        text=kept["text"],
        task=task,
        created_at=datetime.fromisoformat(kept["at"]),
    )
    for deeper in kept["deeper"]:
        _put_back(review, row.pk, deeper)


@transaction.atomic
def take_measure(
    *,
    which: Which,
    title: str,
    owner: Person,
    due_at: datetime,
    by: Person,
    at: datetime,
    cause: int | None = None,
) -> tuple[Measure, Undo]:
    """Make a task of what is done about it; the next review says whether it happened.

    Raises:
        Refused: the rules of tasks do not allow it, or the cause is gone.
    """
    review = begun(which, by=by, at=at)
    against = review.causes.filter(pk=cause).first() if cause else None
    if cause and against is None:
        raise Refused(_("The cause above is not there any more. Reload the page."), field="cause")
    if not title.strip():
        raise Refused(_("Write what will be done."), field="title")
    if due_at <= at:
        raise Refused(_("A measure lies ahead: choose a day that is still to come."), field="due_on")
    task, undo = tasks.create_undoable(
        by=by, at=at, title=title.strip(), owner=owner, due_at=due_at, importance=4,
        description=str(against) if against else "",
    )  # fmt: skip
    measure = Measure.objects.create(review=review, task=task, cause=against)
    activity.record(MeasureTaken(**about(review, by, at), changes={"task": [None, task.pk]}))
    return measure, undo
