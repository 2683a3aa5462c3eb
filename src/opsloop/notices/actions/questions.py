"""Questions under a notice, and their answers, which everybody who got it can read."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.notices import permissions
from opsloop.notices.events import QuestionAnswered, QuestionAsked
from opsloop.notices.models import Notice, Question
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused

LONGEST_QUESTION, LONGEST_ANSWER = 1000, 3000
# Of one person under one notice; who has more to ask calls.
MOST_OPEN = 10


@transaction.atomic
def ask(*, notice: Notice, text: str, by: Person, at: datetime) -> Question:
    """Ask something; the author is told.

    Raises:
        Refused: nothing was written, too much, or ten questions wait already.
    """
    permissions.check_can_ask(notice, by)
    said = _checked(text, LONGEST_QUESTION)
    if Question.objects.filter(notice=notice, asked_by=by, answered_at=None).count() >= MOST_OPEN:
        raise Refused(_("Ten questions of yours wait for an answer already."), field="text")
    made = Question.objects.create(notice=notice, asked_by=by, asked_at=at, text=said)
    people = (notice.author_id,) if notice.author_id else ()
    activity.record(QuestionAsked(subject_id=notice.pk, by_id=by.pk, at=at, person_ids=people))
    return made


@transaction.atomic
def answer(*, question: Question, text: str, by: Person, at: datetime) -> Question:
    """Answer a question, once; who asked is told.

    Raises:
        Refused: somebody was faster, or nothing was written.
    """
    notice = question.notice
    permissions.check_can_answer(question, notice, by)
    said = _checked(text, LONGEST_ANSWER)
    mine = Question.objects.filter(pk=question.pk, answered_at=None)
    if not mine.update(answer=said, answered_at=at, answered_by=by):
        raise Refused(_("Somebody has just answered this question. Load the page again."))
    people = (question.asked_by_id,) if question.asked_by_id else ()
    activity.record(QuestionAnswered(subject_id=notice.pk, by_id=by.pk, at=at, person_ids=people))
    question.refresh_from_db()
    return question


def _checked(text: str, longest: int) -> str:
    said = text.replace("\r\n", "\n").replace("\0", "").strip()
    if not said:
        raise Refused(_("Write something first."), field="text")
    if len(said) > longest:
        raise Refused(
            _("At most %(most)s characters; these are %(count)s.") % {"most": longest, "count": len(said)},
            field="text",
        )
    return said
