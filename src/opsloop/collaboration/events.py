"""What happens to requests between departments, and to the records of what they talked about.

Members of both departments may see a request, so its events name the department that was asked as well as the people
whom they concern. A draft has no events: nobody else knows of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from opsloop.activity.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class RequestEvent(DomainEvent):
    """Something that happened to a request; `kind` says what, `person_ids` whom it is told."""

    subject_kind = "request"


@dataclass(frozen=True, kw_only=True)
class RequestSent(RequestEvent):
    """It was sent, or asked again: the other side owes an answer."""

    kind = "request.sent"


@dataclass(frozen=True, kw_only=True)
class RequestAskedAgain(RequestEvent):
    kind = "request.asked_again"


@dataclass(frozen=True, kw_only=True)
class RequestAssigned(RequestEvent):
    """It was put into somebody's hands."""

    kind = "request.assigned"


@dataclass(frozen=True, kw_only=True)
class RequestAccepted(RequestEvent):
    kind = "request.accepted"


@dataclass(frozen=True, kw_only=True)
class RequestCountered(RequestEvent):
    kind = "request.countered"


@dataclass(frozen=True, kw_only=True)
class RequestDeclined(RequestEvent):
    kind = "request.declined"


@dataclass(frozen=True, kw_only=True)
class RequestAgreed(RequestEvent):
    """Who asked agreed to the offer, or held to what was agreed before."""

    kind = "request.agreed"


@dataclass(frozen=True, kw_only=True)
class RequestWithdrawn(RequestEvent):
    kind = "request.withdrawn"


@dataclass(frozen=True, kw_only=True)
class RequestSyncAsked(RequestEvent):
    """The clock asks how it goes."""

    kind = "request.sync_asked"


@dataclass(frozen=True, kw_only=True)
class RequestSynced(RequestEvent):
    kind = "request.synced"


@dataclass(frozen=True, kw_only=True)
class RequestWorkDone(RequestEvent):
    """The doing task was closed; what it made can be handed over."""

    kind = "request.work_done"


@dataclass(frozen=True, kw_only=True)
class RequestDelivered(RequestEvent):
    kind = "request.delivered"


@dataclass(frozen=True, kw_only=True)
class RequestReturned(RequestEvent):
    kind = "request.returned"


@dataclass(frozen=True, kw_only=True)
class RequestDone(RequestEvent):
    kind = "request.done"


@dataclass(frozen=True, kw_only=True)
class RequestReminded(RequestEvent):
    kind = "request.reminded"


@dataclass(frozen=True, kw_only=True)
class RequestUnanswered(RequestEvent):
    """The head of a side hears that it does not answer."""

    kind = "request.unanswered"


@dataclass(frozen=True, kw_only=True)
class RequestEscalated(RequestEvent):
    """It waits for the superior; `person_ids` is that person."""

    kind = "request.escalated"


@dataclass(frozen=True, kw_only=True)
class RequestTakenUp(RequestEvent):
    """The two sides hear that it went to the superior."""

    kind = "request.taken_up"


@dataclass(frozen=True, kw_only=True)
class RequestDecided(RequestEvent):
    kind = "request.decided"


@dataclass(frozen=True, kw_only=True)
class CollaborationRulesChanged(DomainEvent):
    kind = "collaboration_rules.changed"
    subject_kind = "collaboration_rules"
