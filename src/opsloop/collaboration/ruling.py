"""What counts about requests between departments: how long an answer may take, and who is called when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opsloop.collaboration.models import CollaborationRequest, CollaborationRules
from opsloop.engines.chasing import Pace, moment
from opsloop.engines.syncing import next_prompt
from opsloop.engines.workclock import WorkClock
from opsloop.notices.queries.clock import clock_of
from opsloop.organisation.models import Department

State = CollaborationRequest.State
# Whose turn it is in each state.
DOING, ASKING, SUPERIOR = "doing", "asking", "superior"
TURNS = {
    State.ASKED: DOING,
    State.COUNTERED: ASKING,
    State.ACCEPTED: DOING,
    State.DELIVERED: ASKING,
    State.ESCALATED: SUPERIOR,
}
# How often who asked, and the superior, are reminded before somebody above them hears of it.
REMINDERS = 2


def rules() -> CollaborationRules:
    """Return the organisation's rules; an unsaved row if it never said anything. One query."""
    return CollaborationRules.objects.first() or CollaborationRules(version=0)


def pace_of(found: CollaborationRules, state: str) -> Pace | None:
    """Return how persistently is called for whose turn it is, in working minutes; None where nobody owes anything.

    The last step ("head") is what follows when nobody answers: the superior for a request that is not answered or
    not delivered, the head of who asked for an offer or a delivery, the next one up for a superior.
    """
    match state:
        case State.ASKED:
            if found.remind_minutes < found.answer_minutes:
                return Pace(found.remind_minutes, found.answer_minutes - found.remind_minutes, 1)
            return Pace(found.answer_minutes, 1, 0)
        case State.ACCEPTED:
            return Pace(found.late_minutes, 1, 0)
        case State.COUNTERED | State.DELIVERED:
            return Pace(found.accept_minutes, found.accept_minutes, REMINDERS)
        case State.ESCALATED:
            return Pace(found.answer_minutes, found.answer_minutes, REMINDERS)
    return None


def clock_for(request: CollaborationRequest, at: datetime) -> WorkClock:
    """Return the clock of the side whose turn it is: the hours of its department. Four queries at most."""
    sides: dict[str, Department | None] = {DOING: request.to_department, ASKING: request.from_department}
    return clock_of(sides.get(TURNS.get(State(request.state), "")), at)


def answer_due(request: CollaborationRequest, at: datetime) -> datetime:
    """Return by when the department asked at `at` owes its answer."""
    return clock_of(request.to_department, at).after(at, rules().answer_minutes)


def counted_from(request: CollaborationRequest) -> datetime | None:
    """Return the moment from which the clock of the turn counts: what is being done is late after its date."""
    return request.due_at if request.state == State.ACCEPTED else request.turn_at


def next_step(found: CollaborationRules, request: CollaborationRequest, clock: WorkClock) -> datetime | None:
    """Return when the clock has something to do next; None: nothing."""
    pace, since = pace_of(found, request.state), counted_from(request)
    return moment(pace, request.steps_done, since, clock) if pace and since else None


def next_sync(
    request: CollaborationRequest, since: datetime, hour: time, clock: WorkClock
) -> datetime | None:
    """Return when the handler is asked for progress next; None while nobody has to tell any."""
    if not request.sync_days or request.state != State.ACCEPTED:
        return None
    return next_prompt(since, request.sync_days, hour, clock.calendar, ZoneInfo(settings.TIME_ZONE))


def in_words(found: CollaborationRules, request: CollaborationRequest | None = None) -> Sequence[str]:
    """Return the rules as sentences, so that a page can name them; those of a request, or all of them."""
    state = request.state if request else ""
    sync_days = request.sync_days if request else found.sync_days
    said = []
    if state in {"", State.ASKED}:
        said.append(
            _(
                "An answer is owed within %(answer)s of working time; after %(remind)s the department is reminded, "
                "then the nearest common superior hears of it."
            )
            % {"answer": hours(found.answer_minutes), "remind": hours(found.remind_minutes)}
        )
    if state in {"", State.ACCEPTED}:
        said.append(
            _("What is not delivered goes to the superior %(late)s of working time after the agreed date.")
            % {"late": hours(found.late_minutes)}
        )
        said.append(_sync_words(sync_days, found.sync_at))
    if state in {"", State.COUNTERED, State.DELIVERED}:
        said.append(
            _(
                "Who asked answers an offer or a delivery within %(accept)s of working time; they are reminded twice, "
                "then their head hears of it."
            )
            % {"accept": hours(found.accept_minutes)}
        )
    if state in {"", State.ESCALATED}:
        said.append(
            _(
                "The superior is reminded every %(answer)s of working time, twice; then it goes to the next one up."
            )
            % {"answer": hours(found.answer_minutes)}
        )
    return said


def _sync_words(days: int, hour: time) -> str:
    if not days:
        return _("Nobody is asked for progress in between.")
    said = {"days": days, "hour": time_format(hour, "H:i")}
    if days == 1:
        return (
            _(
                "The handler is asked for progress every working day at %(hour)s, unless they told it that day."
            )
            % said
        )
    return (
        _(
            "The handler is asked for progress every %(days)s working days at %(hour)s, unless they told it that day."
        )
        % said
    )


def hours(minutes: int) -> str:
    """Return working minutes in words: hours where they are whole or halves, else minutes."""
    if minutes >= 60 and minutes % 30 == 0:
        value = f"{minutes / 60:g}"
        return ngettext("%(count)s hour", "%(count)s hours", 1 if value == "1" else 2) % {"count": value}
    return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
